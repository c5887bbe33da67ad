"""Draft one section and settle its claims: written, checked, repaired."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from agent.desk import Desk
from agent.errors import ModelError, RefusalError, SchemaError
from agent.sections.catalogue import SectionPlan, claims_of
from agent.verify.repair import Settled, settle
from schemas.claims import Claim
from schemas.sections import Answer

Shape = TypeVar("Shape", bound=Answer)


@dataclass(frozen=True)
class Draft:
    """A section's claims with their verdicts; `failure` says why there are none to begin with."""

    plan: SectionPlan
    settled: Settled
    failure: ModelError | None = None


async def draft_section(plan: SectionPlan, desk: Desk, **values: str) -> Draft:
    """Return one section, drafted by its prompt and settled claim by claim.

    A section whose answers stay unusable comes back empty with the failure, so that the others
    still make a brief.

    Args:
        plan: The section.
        desk: What to write it with.
        values: Texts for the prompt's placeholders, beyond the signals.

    Raises:
        EndpointError: An endpoint failed for good.
    """
    draft, _ = await draft_answer(plan, Answer, partial(claims_of, plan), desk, **values)
    return draft


async def draft_answer(
    plan: SectionPlan,
    shape: type[Shape],
    claims_from: Callable[[Shape], Sequence[Claim]],
    desk: Desk,
    **values: str,
) -> tuple[Draft, Shape | None]:
    """Return a section as `draft_section` does, and the answer that its claims came from.

    Args:
        plan: The section.
        shape: What its prompt file names as the answer's shape, or a base of it.
        claims_from: Makes claims of the answer.
        desk: What to write it with.
        values: Texts for the prompt's placeholders, beyond the signals.

    Raises:
        EndpointError: An endpoint failed for good.
    """
    desk.progress.stage(plan.prompt, "started")
    try:
        answer = await desk.ask(plan.prompt, signals=desk.signals, **values)
    except (SchemaError, RefusalError) as error:
        desk.progress.note(str(error))
        desk.progress.stage(plan.prompt, "finished", "no usable answer")
        return Draft(plan, Settled((), {}), error), None
    if not isinstance(answer, shape):
        raise TypeError(f"the {plan.prompt} prompt names {type(answer).__name__}")
    settled = await settle(claims_from(answer), desk)
    kept = len(settled.kept())
    desk.progress.stage(plan.prompt, "finished", f"{kept} of {len(settled.claims)} claims stand")
    return Draft(plan, settled), answer


def undrafted(plan: SectionPlan) -> Draft:
    """Return the draft of a section for which there was nothing to ask."""
    return Draft(plan, Settled((), {}))
