"""Draft one section and settle its claims: written, checked, repaired."""

from dataclasses import dataclass

from agent.desk import Desk
from agent.errors import ModelError, RefusalError, SchemaError
from agent.sections.catalogue import SectionPlan, claims_of
from agent.verify.repair import Settled, settle


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
    desk.progress.stage(plan.prompt, "started")
    try:
        answer = await desk.ask(plan.prompt, signals=desk.signals, **values)
    except (SchemaError, RefusalError) as error:
        desk.progress.note(str(error))
        desk.progress.stage(plan.prompt, "finished", "no usable answer")
        return Draft(plan, Settled((), {}), error)
    settled = await settle(claims_of(plan, answer), desk)
    kept = len(settled.kept())
    desk.progress.stage(plan.prompt, "finished", f"{kept} of {len(settled.claims)} claims stand")
    return Draft(plan, settled)
