"""The main flow: sources in, a checked brief out. Read this first.

    signals ─┬─► hypotheses ─► matrix ─► outlook ─┬─► bluf
             ├─► assumptions ─► key assumptions ──┤
             ├─► implications ─► cross-impact ────┤
             ├─► deception, causal layers ────────┤
             ├─► grades ─► sourcing ──────────────┤
             └─► entities, tags, category ────────┘

Every section settles its own claims (check, repair, check) as soon as it is drafted, so that a
section never waits for one it does not need. The key assumptions need the hypotheses and the
implications too; indicators need the outlook and are asked for beside the bottom line. The grades
weigh the matrix once its ratings are in.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from agent.analysis.admiralty import WEIGHTS
from agent.assemble import assemble
from agent.desk import Desk
from agent.errors import ModelError
from agent.llm.client import Model
from agent.material import cite, fold, marker, number_lines
from agent.progress import Progress
from agent.prompts import PromptSet
from agent.sections import catalogue
from agent.sections.cross_impact import simulate_events
from agent.sections.deception import examine_speakers
from agent.sections.draft import Draft, draft_section
from agent.sections.filing import choose_category
from agent.sections.grades import grade_signals
from agent.sections.indicators import SCENARIOS, find_indicators
from agent.sections.key_assumptions import challenge_assumptions
from agent.sections.matrix import describe, rate_hypotheses
from agent.sections.signals import (
    SpokenSentence,
    as_text,
    read_signals,
    shown_sentences,
)
from agent.sourcing import describe_sourcing
from agent.techniques import Worked, change_claims
from agent.together import side_by_side
from agent.verify.addressing import note_addressing, quotable
from agent.verify.duplicates import check_duplicates
from schemas.brief import Ach, Brief, Run
from schemas.claims import Basis, Claim
from schemas.sources import Sources
from schemas.sourcing import Sourcing

REPAIR_ROUNDS = 2
# A model too small to judge also repairs next to nothing (docs/benchmarks.md).
REPAIR_ROUNDS_SMALL = 1
# What a technique says is printed under it, and reaches the BLUF as a note on a claim.
OF_TECHNIQUES = frozenset(plan.prompt for plan in catalogue.TECHNIQUES)


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
    sources = note_addressing(sources)
    progress.stage("signals", "started")
    signals = await read_signals(sources, model, prompts, progress)
    progress.stage("signals", "finished", f"{len(signals)} sentences matter")
    shown = shown_sentences(sources, signals, model)
    if len(shown) < len(sources.sentences):
        progress.note(
            f"sections see {len(shown)} of {len(sources.sentences)} sentences, the signals first; "
            "claims are checked against all of them"
        )
    usable = quotable(sources).sentences
    signals = tuple(s for s in signals if s.sentence in shown and s.sentence.id in usable)
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
    async with side_by_side() as group:
        filed = group.create_task(choose_category(desk))
        drafts, ach, worked, sourcing = await _draft_sections(desk, signals)
        _require_an_answer(drafts, model.name)
        drafts, worked = await _conclude(change_claims(drafts, worked), worked, desk)
    return assemble(
        sources,
        change_claims(drafts, worked),
        ach=ach,
        worked=worked,
        sourcing=sourcing,
        methods=prompts.methods,
        category=filed.result(),
        run=describe_run(),
        generated_at=datetime.now(UTC).replace(microsecond=0),
    )


async def _draft_sections(
    desk: Desk, signals: tuple[SpokenSentence, ...]
) -> tuple[dict[str, Draft], Ach | None, Worked, Sourcing]:
    """Return every section but the BLUF, as wide as the graph allows, and what was worked out."""
    plans = [catalogue.ENTITIES, catalogue.TAGS]
    if desk.judge is not None:
        plans.append(catalogue.CAUSAL_LAYERS)
    async with side_by_side() as group:
        hypotheses = group.create_task(draft_section(catalogue.HYPOTHESES, desk))
        assumptions = group.create_task(draft_section(catalogue.ASSUMPTIONS, desk))
        implications = group.create_task(draft_section(catalogue.IMPLICATIONS, desk))
        sourcing = group.create_task(_grade_and_describe(signals, desk))
        outlook = group.create_task(_matrix_to_outlook(hypotheses, signals, sourcing, desk))
        others = [group.create_task(draft_section(plan, desk)) for plan in plans]
        if _can_work(desk):
            techniques = group.create_task(
                _work_techniques(hypotheses, assumptions, implications, signals, desk)
            )
        else:
            techniques = None
    ach, outlooked = outlook.result()
    drafted, worked = techniques.result() if techniques else ([], Worked())
    drafts = [hypotheses.result(), assumptions.result(), implications.result(), outlooked]
    drafts += [*(task.result() for task in others), *drafted]
    return {draft.plan.prompt: draft for draft in drafts}, ach, worked, sourcing.result()


async def _grade_and_describe(signals: tuple[SpokenSentence, ...], desk: Desk) -> Sourcing:
    return describe_sourcing(quotable(desk.sources), signals, await grade_signals(signals, desk))


async def _matrix_to_outlook(
    hypotheses: Awaitable[Draft],
    signals: tuple[SpokenSentence, ...],
    sourcing: Awaitable[Sourcing],
    desk: Desk,
) -> tuple[Ach | None, Draft]:
    async def weigh() -> dict[str, float]:
        return {fact.evidence: WEIGHTS[fact.credibility] for fact in (await sourcing).facts}

    kept = _kept(await hypotheses, "hypotheses")
    ach = await rate_hypotheses(kept, signals, desk, weigh)
    return ach, await draft_section(catalogue.OUTLOOK, desk, hypotheses=describe(kept, ach))


async def _work_techniques(
    hypotheses: Awaitable[Draft],
    assumptions: Awaitable[Draft],
    implications: Awaitable[Draft],
    signals: tuple[SpokenSentence, ...],
    desk: Desk,
) -> tuple[list[Draft], Worked]:
    """Return what the techniques beside the matrix drafted and yielded, but for the indicators."""
    async with side_by_side() as group:
        speakers = group.create_task(examine_speakers(signals, desk))
        explained, assumed, implied = await hypotheses, await assumptions, await implications
        premises = _kept(assumed, "assumptions", basis="assumption")
        earlier = [*explained.settled.kept(), *assumed.settled.kept()]
        # What repeats an earlier section is not printed, so it cannot be an event.
        events = [c for c in implied.settled.kept() if check_duplicates(c, earlier) is None]
        judgements = [*_kept(explained, "hypotheses"), *events]
        challenged = group.create_task(challenge_assumptions(premises, judgements, desk))
        simulation = group.create_task(simulate_events(events, desk))
    deception, cards = speakers.result()
    breaks, checks = challenged.result()
    drivers, simulated = simulation.result()
    return [breaks, deception, drivers], Worked(checks, cards, simulated)


async def _conclude(
    drafts: Mapping[str, Draft], worked: Worked, desk: Desk
) -> tuple[dict[str, Draft], Worked]:
    """Return the drafts with the bottom line and, side by side with it, the indicators."""
    async with side_by_side() as group:
        bluf = group.create_task(draft_section(catalogue.BLUF, desk, claims=_checked_text(drafts)))
        if _can_work(desk):
            hypotheses = _kept(drafts["hypotheses"], "hypotheses")
            scenarios = _kept(drafts["outlook"], *SCENARIOS)
            watched = group.create_task(find_indicators(hypotheses, scenarios, desk))
        else:
            watched = None
    concluded = {**drafts, "bluf": bluf.result()}
    if watched is None:
        return concluded, worked
    concluded["indicators"], indicators = watched.result()
    return concluded, replace(worked, indicators=indicators)


def _can_work(desk: Desk) -> bool:
    """Whether techniques beyond the matrix are asked for.

    Their claims are inferences: without a judge none would stand, and a model too small to judge
    writes none that does.
    """
    return desk.judge is not None and desk.model.judges


def _kept(draft: Draft, *parts: str, basis: Basis = "judgement") -> list[Claim]:
    return [c for c in draft.settled.kept() if c.part in parts and c.basis == basis]


def _checked_text(drafts: Mapping[str, Draft]) -> str:
    """Return what stood the check, one claim to a line, for the BLUF to be written from."""
    kept = [
        f"- ({_said_of(claim)}) {fold(claim.text)} {cite(claim.evidence)}"
        for draft in drafts.values()
        for claim in draft.settled.kept()
        if claim.form == "sentence" and _is_told(draft)
    ]
    return "\n".join(kept) or "None; use the source."


def _is_told(draft: Draft) -> bool:
    # Layers that are not whole are not printed, so nothing may be built on them.
    parts = {claim.part for claim in draft.settled.kept()}
    whole = draft.plan is not catalogue.CAUSAL_LAYERS or len(parts) == len(draft.plan.parts)
    return whole and draft.plan.prompt not in OF_TECHNIQUES


def _said_of(claim: Claim) -> str:
    """Return a claim's basis with its likelihood and with what a technique says of it."""
    return "; ".join(said for said in (claim.basis, claim.likelihood, claim.note) if said)


def _require_an_answer(drafts: Mapping[str, Draft], model: str) -> None:
    sections = [draft for name, draft in drafts.items() if name not in OF_TECHNIQUES]
    failures = [draft.failure for draft in sections if draft.failure]
    if len(failures) == len(sections):
        raise ModelError(f"no section got a usable answer from {model}; one of them: {failures[0]}")
