"""Put drafts and verdicts together into a brief, with every claim that is not in it listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent.analysis.ach import LETTERS
from agent.analysis.confidence import rate_confidence
from agent.material import cite
from agent.sections import catalogue
from agent.sections.catalogue import PartPlan, SectionPlan
from agent.sections.draft import Draft
from agent.sections.fallback import Filled, fill_parts, quoted
from agent.sections.labels import main_themes, named_entities
from agent.techniques import WRITTEN, Printed, Worked, list_techniques, own_claims
from agent.verify.addressing import quotable
from agent.verify.cascade import stands
from agent.verify.duplicates import check_duplicates
from agent.verify.steps import check_by_rule
from schemas.brief import Ach, Brief, Part, Run, Section, Technique
from schemas.claims import CheckedClaim, Claim, Verdict
from schemas.filing import Category
from schemas.sources import Sources
from schemas.sourcing import Sourcing
from schemas.techniques import Change


@dataclass
class Ledger:
    """Every claim with its verdict, in brief order, and which of them went into the body."""

    entries: dict[str, CheckedClaim] = field(default_factory=dict)
    in_body: set[str] = field(default_factory=set)
    stood: list[Claim] = field(default_factory=list)

    def enter(self, draft: Draft) -> list[CheckedClaim]:
        """Record all claims of a section and return them as they stand in the ledger."""
        verdicts = draft.settled.verdicts
        may_repeat = draft.plan in catalogue.TECHNIQUES
        return [
            self.add(claim, verdicts[claim.id], may_repeat=may_repeat)
            for claim in draft.settled.claims
        ]

    def add(self, claim: Claim, verdict: Verdict, *, may_repeat: bool = False) -> CheckedClaim:
        """Record one claim and return it as it stands in the ledger.

        Sections are settled side by side, so only here can a claim be seen to repeat one of
        another section; the later one fails, unless it is a row of a technique's table.
        """
        if stands(verdict) and not may_repeat:
            verdict = check_duplicates(claim, self.stood) or verdict
        if stands(verdict):
            self.stood.append(claim)
        entry = CheckedClaim(
            **claim.model_dump(exclude={"evidence"}),
            evidence=verdict.evidence or claim.evidence,
            verdict=verdict.label,
            method=verdict.method,
            score=verdict.score,
            reason=verdict.reason,
        )
        self.entries[entry.id] = entry
        return entry

    def print(self, entries: Sequence[CheckedClaim]) -> tuple[CheckedClaim, ...]:
        """Take note that these stand in the body, and return them."""
        self.in_body.update(entry.id for entry in entries)
        return tuple(entries)

    def leave_out(self, entries: Sequence[CheckedClaim], reason: str) -> None:
        """Note why claims that stand are not printed all the same."""
        for entry in entries:
            changes = {"method": "technique", "reason": reason}
            self.entries[entry.id] = entry.model_copy(update=changes)

    def withheld(self) -> tuple[CheckedClaim, ...]:
        """Return every recorded claim that is not in the body."""
        return tuple(e for e in self.entries.values() if e.id not in self.in_body)


def assemble(
    sources: Sources,
    drafts: Mapping[str, Draft],
    *,
    ach: Ach | None,
    worked: Worked,
    sourcing: Sourcing,
    methods: Mapping[str, str],
    category: Category | None,
    run: Run,
    generated_at: datetime,
) -> Brief:
    """Return the brief: what stands in the body, what does not in `withheld`, all in the ledger.

    Args:
        sources: Everything that was read.
        drafts: The settled sections by prompt name; only those of techniques may be missing.
        ach: The worked hypothesis matrix, or None.
        worked: What the other techniques yielded.
        sourcing: Who says the key facts, how they are graded, where they differ.
        methods: The source of each technique's method, by prompt name.
        category: What it is filed under, if anybody said.
        run: How the brief was made.
        generated_at: When, with a time zone.
    """
    ledger = Ledger()
    usable = quotable(sources)
    entered = {
        plan.prompt: ledger.enter(drafts[plan.prompt])
        for plan in (*catalogue.PLANS, *catalogue.TECHNIQUES)
        if plan.prompt in drafts
    }
    entered["hypotheses"] += entered.get("indicators", [])
    plans = [plan for plan in catalogue.PLANS if plan is not catalogue.CAUSAL_LAYERS]
    empty = [plan for plan in plans if not _kept(entered[plan.prompt])]
    quotations = fill_parts(_parts_to_quote(plans, empty, entered), usable)
    sections = {
        plan.prompt: _drafted_section(plan, entered[plan.prompt], ledger, quotations)
        for plan in plans
        if plan not in empty
    } | {
        plan.prompt: _quoted_section(plan, drafts[plan.prompt], usable, ledger, quotations)
        for plan in empty
    }
    sections["hypotheses"] = _with_assessment(sections["hypotheses"], ach)
    techniques = _techniques(
        sections, drafts, entered, ach=ach, worked=worked, ledger=ledger, methods=methods
    )
    claims = [e for e in ledger.entries.values() if e.author == "model"]
    first_try = [e for e in claims if e.verdict == "supported" and e.repairs == 0]
    body = [ledger.entries[id] for id in ledger.in_body]
    cited = {sources.of(id).number for e in body if e.author == "model" for id in e.evidence}
    confidence = rate_confidence(
        [s for s in sources.items if s.number in cited] or sources.items,
        drafted=len(claims),
        at_first_try=len(first_try),
        judgements=sum(1 for e in body if e.basis == "judgement"),
        facts=sourcing.facts,
        ach=ach,
    )
    return Brief(
        title=sources.items[0].title,
        published=max((s.published for s in sources.items if s.published), default=None),
        generated_at=generated_at,
        confidence=confidence,
        sources=sources.items,
        sourcing=sourcing,
        bluf=sections["bluf"],
        hypotheses=sections["hypotheses"],
        assumptions=sections["assumptions"],
        implications=sections["implications"],
        outlook=sections["outlook"],
        entities=sections["entities"],
        tags=sections["tags"],
        techniques=techniques,
        ledger=tuple(ledger.entries.values()),
        withheld=ledger.withheld(),
        category=category,
        run=run,
    )


def _kept(entries: Sequence[CheckedClaim]) -> list[CheckedClaim]:
    return [entry for entry in entries if entry.verdict == "supported"]


def _parts_to_quote(
    plans: Sequence[SectionPlan],
    empty: Sequence[SectionPlan],
    entered: Mapping[str, Sequence[CheckedClaim]],
) -> list[tuple[SectionPlan, PartPlan]]:
    """Return every part of the emptied sections, and the parts no brief can be without."""
    return [
        (plan, part)
        for plan in plans
        for part in plan.parts
        if plan in empty or (part.needed and not _kept(_of_part(part, entered[plan.prompt])))
    ]


def _of_part(part: PartPlan, entries: Sequence[CheckedClaim]) -> list[CheckedClaim]:
    return [entry for entry in entries if entry.part == part.name]


def _drafted_section(
    plan: SectionPlan,
    entries: Sequence[CheckedClaim],
    ledger: Ledger,
    quotations: Mapping[str, Filled],
) -> Section:
    parts = [
        _quoted_part(plan, part, ledger, quotations)
        if plan.key(part) in quotations
        else _drafted_part(part, entries, ledger)
        for part in plan.parts
    ]
    return Section(name=plan.name, title=plan.title, parts=tuple(_lettered(parts)))


def _quoted_section(
    plan: SectionPlan,
    draft: Draft,
    sources: Sources,
    ledger: Ledger,
    quotations: Mapping[str, Filled],
) -> Section:
    if plan in {catalogue.ENTITIES, catalogue.TAGS}:
        parts = [_label_part(plan, sources, ledger)]
    else:
        parts = [_quoted_part(plan, part, ledger, quotations) for part in plan.parts]
    note = _why_quoted(draft)
    return Section(name=plan.name, title=plan.title, parts=tuple(parts), note=note)


def _why_quoted(draft: Draft) -> str:
    instead = "these are from the sources"
    if draft.failure is not None:
        return f"The model gave no usable answer; {instead}."
    drafted = len(draft.settled.claims)
    if drafted == 1:
        return f"The one drafted claim did not stand the check; {instead}."
    return f"None of {drafted} drafted claims stood the check; {instead}."


def _drafted_part(part: PartPlan, entries: Sequence[CheckedClaim], ledger: Ledger) -> Part:
    drafted = _of_part(part, entries)
    kept = _kept(drafted)
    note = None
    if drafted and not kept:
        note = f"Withheld: {len(drafted)} of {len(drafted)} drafted."
    elif not drafted:
        note = "The model drafted nothing here."
    return Part(name=part.name, title=part.title, claims=ledger.print(kept), note=note)


def _quoted_part(
    plan: SectionPlan, part: PartPlan, ledger: Ledger, quotations: Mapping[str, Filled]
) -> Part:
    filled = quotations.get(plan.key(part))
    if filled is None:
        note = "No sentence was found for this."
        return Part(name=part.name, title=part.title, claims=(), note=note)
    entries = [ledger.add(claim, filled.verdicts[claim.id]) for claim in filled.claims]
    return Part(name=part.name, title=part.title, claims=ledger.print(entries), note=filled.note)


def _label_part(plan: SectionPlan, sources: Sources, ledger: Ledger) -> Part:
    (part,) = plan.parts
    found = named_entities(sources) if plan is catalogue.ENTITIES else main_themes(sources)
    entries = []
    for claim in found:
        verdict = check_by_rule(claim, sources)
        if verdict is not None and stands(verdict):
            entries.append(ledger.add(claim, quoted(claim)))
    return Part(name=part.name, title=part.title, claims=ledger.print(entries))


def _lettered(parts: Sequence[Part]) -> list[Part]:
    """Return the parts with the hypotheses spread over parts A, B, C, as they are discussed."""
    lettered: list[Part] = []
    for part in parts:
        if part.name != "hypotheses" or not part.claims or part.claims[0].author == "program":
            lettered.append(part)
            continue
        lettered += [
            Part(name=letter.lower(), title=f"Hypothesis {letter}", claims=(claim,))
            for letter, claim in zip(LETTERS, part.claims, strict=False)
        ]
    return lettered


def _with_assessment(section: Section, ach: Ach | None) -> Section:
    part = Part(name="assessment", title="Assessment", claims=(), note=assessment(ach))
    at = next(i for i, p in enumerate(section.parts) if p.name == "indicators")
    parts = (*section.parts[:at], part, *section.parts[at:])
    return section.model_copy(update={"parts": parts})


def assessment(ach: Ach | None) -> str:
    """Return what the hypothesis matrix comes to, in one line; or why there is none."""
    if ach is None:
        return "Not assessed: no matrix of at least two hypotheses and three signals was rated."
    points = ", ".join(f"{h} {s:g}" for h, s in zip(ach.hypotheses, ach.scores, strict=True))
    weighed = ", weighed by credibility" if any(row.weight != 1 for row in ach.rows) else ""
    over = (
        f"inconsistency points over {len(ach.rows)} of {ach.signal_count} signals{weighed}: "
        f"{points}"
    )
    if len(ach.least_refuted) > 1:
        return f"Hypotheses {' and '.join(ach.least_refuted)} tie as least refuted ({over})."
    return f"Hypothesis {ach.least_refuted[0]} is least refuted ({over}).{_cautions(ach)}"


def _cautions(ach: Ach) -> str:
    """Return what would change the result: the order of asking, or one signal alone."""
    said = ""
    if ach.least_refuted_reversed is None:
        said = " Caution: the opposite order could not be asked."
    elif not ach.stable:
        other = " and ".join(ach.least_refuted_reversed)
        said = f" Caution: asked in the opposite order, it is {other}."
    if ach.linchpins:
        said += (
            f" Caution: it turns on {cite(ach.linchpins)}, each of which alone, left out or read "
            "the other way, changes the result."
        )
    return said


def _techniques(
    sections: Mapping[str, Section],
    drafts: Mapping[str, Draft],
    entered: Mapping[str, Sequence[CheckedClaim]],
    *,
    ach: Ach | None,
    worked: Worked,
    ledger: Ledger,
    methods: Mapping[str, str],
) -> tuple[Technique, ...]:
    """Return the techniques that yielded a result; one without a result is not named."""
    names = [plan.prompt for plan in (*catalogue.TECHNIQUES, catalogue.CAUSAL_LAYERS)]
    own = {name: list(entered.get(name, [])) for name in names}
    printed = Printed(
        sections=sections,
        stood={name: _kept(entries) for name, entries in own.items()},
        drafted={name: len(entries) for name, entries in own.items()},
        changes=worked.changes(drafts.values()),
    )
    techniques = list_techniques(printed, worked, methods)
    shown = {entry.id for entry in ledger.print(own_claims(techniques))} | ledger.in_body
    unused = [e for stood in printed.stood.values() for e in stood if e.id not in shown]
    ledger.leave_out(unused, "its technique has no full result, so it is not shown")
    return (*((_matrix_technique(ach, methods),) if ach else ()), *techniques)


def _matrix_technique(ach: Ach, methods: Mapping[str, str]) -> Technique:
    return Technique(
        name="Analysis of Competing Hypotheses",
        method=methods["matrix"],
        result=assessment(ach),
        changed=(Change(claim="hypotheses.assessment", what=WRITTEN),),
        ach=ach,
    )
