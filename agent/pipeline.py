"""The main flow: sources in, a checked brief out. Read this first.

    signals ─┬─► hypotheses ─► matrix ─► outlook ─┬─► bluf
             ├─► assumptions ─────────────────────┤
             ├─► implications ────────────────────┤
             ├─► causal layers ───────────────────┤
             └─► entities, tags ──────────────────┘

Every section settles its own claims (check, repair, check) as soon as it is drafted, so that a
section never waits for one it does not need.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from agent.assemble import assemble
from agent.desk import Desk
from agent.errors import ModelError
from agent.llm.client import Model
from agent.material import cite, fold, marker, number_lines
from agent.progress import Progress
from agent.prompts import PromptSet
from agent.sections import catalogue
from agent.sections.draft import Draft, draft_section
from agent.sections.matrix import describe, rate_hypotheses
from agent.sections.signals import (
    SpokenSentence,
    as_text,
    read_signals,
    shown_sentences,
    state_media_share,
)
from agent.together import side_by_side
from schemas.brief import Ach, Brief, Run
from schemas.sources import Sources

REPAIR_ROUNDS = 2
# A model too small to judge also repairs next to nothing (docs/benchmarks.md).
REPAIR_ROUNDS_SMALL = 1


async def write_brief(
    sources: Sources,
    model: Model,
    prompts: PromptSet,
    progress: Progress,
    *,
    judge: Model | None,
    describe_run: Callable[[], Run],
) -> Brief:
    """Return the brief on the sources.

    Args:
        sources: What was read, at least one source with at least one sentence.
        model: Writes.
        prompts: One version of the prompts.
        progress: Is told of every stage.
        judge: Settles claims that rules cannot; None withholds them.
        describe_run: Called at the end, for the figures of the run.

    Raises:
        ModelError: The endpoint failed for good, or no section got a usable answer.
    """
    progress.stage("signals", "started")
    signals = await read_signals(sources, model, prompts, progress)
    progress.stage("signals", "finished", f"{len(signals)} sentences matter")
    shown = shown_sentences(sources, signals, model)
    if len(shown) < len(sources.sentences):
        progress.note(
            f"sections see {len(shown)} of {len(sources.sentences)} sentences, the signals first; "
            "claims are checked against all of them"
        )
    signals = tuple(spoken for spoken in signals if spoken.sentence in shown)
    lines = number_lines(shown, sources)
    desk = Desk(
        model=model,
        judge=judge,
        prompts=prompts.with_material(marker(lines), lines),
        sources=sources,
        shown=shown,
        signals=as_text(signals),
        progress=progress,
        repair_rounds=REPAIR_ROUNDS if model.judges else REPAIR_ROUNDS_SMALL,
    )
    drafts, ach = await _draft_sections(desk, signals)
    _require_an_answer(drafts, model.name)
    drafts["bluf"] = await draft_section(catalogue.BLUF, desk, claims=_checked_text(drafts))
    return assemble(
        sources,
        drafts,
        ach=ach,
        state_media_share=state_media_share(signals),
        methods=prompts.methods,
        run=describe_run(),
        generated_at=datetime.now(UTC).replace(microsecond=0),
    )


async def _draft_sections(
    desk: Desk, signals: tuple[SpokenSentence, ...]
) -> tuple[dict[str, Draft], Ach | None]:
    """Return every section but the BLUF, drafted as wide as the graph allows, and the matrix."""
    plans = [catalogue.ASSUMPTIONS, catalogue.IMPLICATIONS, catalogue.ENTITIES, catalogue.TAGS]
    if desk.judge is not None:
        # Three of its four layers are inferences: without a judge it is never whole.
        plans.append(catalogue.CAUSAL_LAYERS)
    async with side_by_side() as group:
        chain = group.create_task(_hypotheses_to_outlook(desk, signals))
        others = [group.create_task(draft_section(plan, desk)) for plan in plans]
    hypotheses, ach, outlook = chain.result()
    drafts = [hypotheses, outlook, *(task.result() for task in others)]
    return {draft.plan.prompt: draft for draft in drafts}, ach


async def _hypotheses_to_outlook(
    desk: Desk, signals: tuple[SpokenSentence, ...]
) -> tuple[Draft, Ach | None, Draft]:
    hypotheses = await draft_section(catalogue.HYPOTHESES, desk)
    kept = [c for c in hypotheses.settled.kept() if c.part == "hypotheses"]
    ach = await rate_hypotheses(kept, signals, desk)
    outlook = await draft_section(catalogue.OUTLOOK, desk, hypotheses=describe(kept, ach))
    return hypotheses, ach, outlook


def _checked_text(drafts: Mapping[str, Draft]) -> str:
    """Return what stood the check, one claim to a line, for the BLUF to be written from."""
    kept = [
        f"- ({claim.basis}) {fold(claim.text)} {cite(claim.evidence)}"
        for draft in drafts.values()
        for claim in draft.settled.kept()
        if claim.form == "sentence" and claim.section != "techniques"
    ]
    return "\n".join(kept) or "None; use the source."


def _require_an_answer(drafts: Mapping[str, Draft], model: str) -> None:
    failures = [draft.failure for draft in drafts.values() if draft.failure]
    if len(failures) == len(drafts):
        raise ModelError(f"no section got a usable answer from {model}; one of them: {failures[0]}")
