"""Say what each technique yielded and which lines of the brief it changed.

A technique without a result has no entry; one that changed nothing says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from agent.analysis.assumptions import changed_by_assumptions
from agent.analysis.deception import changed_by_deception
from agent.analysis.scenarios import find_scenario_fault
from agent.analysis.uptake import changed_by_layers
from agent.sections import catalogue
from agent.sections.cross_impact import Simulated
from agent.sections.draft import Draft
from schemas.brief import Part, Section, Technique
from schemas.claims import CheckedClaim, Claim, Likelihood
from schemas.techniques import AssumptionCheck, Change, DeceptionCard, Indicators, Standing

WRITTEN = "written by it"
STANDINGS: tuple[Standing, ...] = ("solid", "with caveats", "unsupported")


@dataclass(frozen=True)
class Worked:
    """What the techniques yielded beside the claims they drafted."""

    checks: tuple[AssumptionCheck, ...] = ()
    cards: tuple[DeceptionCard, ...] = ()
    simulated: Simulated | None = None
    indicators: Indicators | None = None

    def changes(self, drafts: Iterable[Draft]) -> dict[str, tuple[Change, ...]]:
        """Return what the techniques change about the drafts' claims, by the technique's prompt."""
        claims = [claim for draft in drafts for claim in _on_checked_evidence(draft)]
        known = {claim.id for claim in claims}
        terms = self.simulated.terms if self.simulated else {}
        found = {
            "key_assumptions": changed_by_assumptions(self.checks),
            "deception": changed_by_deception(self.cards, claims),
            "cross_impact": tuple(
                Change(claim=id, what=f"{before} before the cross-impact simulation")
                for id, (before, _) in terms.items()
            ),
        }
        return {
            name: tuple(change for change in changes if change.claim in known)
            for name, changes in found.items()
        }


def change_claims(drafts: Mapping[str, Draft], worked: Worked) -> dict[str, Draft]:
    """Return the drafts with what the techniques change about their claims: terms and notes.

    Doing it twice changes nothing more.
    """
    notes: dict[str, str] = {}
    for changes in worked.changes(drafts.values()).values():
        for change in changes:
            earlier = f"{notes[change.claim]}; " if change.claim in notes else ""
            notes[change.claim] = earlier + change.what
    terms = worked.simulated.terms if worked.simulated else {}
    return {
        name: replace(draft, settled=replace(draft.settled, claims=_changed(draft, notes, terms)))
        for name, draft in drafts.items()
    }


def _on_checked_evidence(draft: Draft) -> list[Claim]:
    """Return the claims, each citing the sentences on which its verdict rests."""
    verdicts = draft.settled.verdicts
    return [
        claim.model_copy(update={"evidence": verdicts[claim.id].evidence or claim.evidence})
        for claim in draft.settled.claims
    ]


def _changed(
    draft: Draft, notes: Mapping[str, str], terms: Mapping[str, tuple[Likelihood, Likelihood]]
) -> tuple[Claim, ...]:
    claims = []
    for claim in draft.settled.claims:
        changes: dict[str, object] = {}
        if claim.id in notes:
            changes["note"] = notes[claim.id]
        if claim.id in terms:
            changes["likelihood"] = terms[claim.id][1]
        claims.append(claim.model_copy(update=changes))
    return tuple(claims)


@dataclass(frozen=True)
class Printed:
    """What stands in the numbered sections, and the techniques' own claims that stood.

    Attributes:
        sections: The sections by name.
        stood: Of each technique's prompt, the claims that stood the check.
        drafted: Of each technique's prompt, how many claims were drafted.
        changes: Of each technique's prompt, what it changed about claims, printed or not.
    """

    sections: Mapping[str, Section]
    stood: Mapping[str, Sequence[CheckedClaim]]
    drafted: Mapping[str, int]
    changes: Mapping[str, Sequence[Change]]

    def claims(self) -> dict[str, CheckedClaim]:
        """Return the printed claims of the sections by id."""
        parts = (part for section in self.sections.values() for part in section.parts)
        return {claim.id: claim for part in parts for claim in part.claims}

    def changed(self, prompt: str) -> tuple[Change, ...]:
        """Return what a technique changed about claims that are printed."""
        claims = self.claims()
        return tuple(change for change in self.changes[prompt] if change.claim in claims)


def list_techniques(
    printed: Printed, worked: Worked, methods: Mapping[str, str]
) -> tuple[Technique, ...]:
    """Return the techniques beside the hypothesis matrix that yielded a result.

    Args:
        printed: What stands in the brief.
        worked: The techniques' results.
        methods: The source of each technique's method, by prompt name.
    """
    found = (
        _indicators(printed, worked.indicators, methods),
        _assumptions(printed, worked.checks, methods),
        _deception(printed, worked.cards, methods),
        _cross_impact(printed, worked.simulated, methods),
        _scenarios(printed, methods),
        _layers(printed, methods),
    )
    return tuple(technique for technique in found if technique is not None)


def _indicators(
    printed: Printed, table: Indicators | None, methods: Mapping[str, str]
) -> Technique | None:
    claims = printed.claims()
    rows = tuple(row for row in table.rows if row.claim in claims) if table else ()
    if table is None or not rows:
        return None
    drafted = printed.drafted["indicators"]
    dropped = drafted - len(rows)
    left_out = f"; {dropped} of {drafted} drafted did not stand" if dropped else ""
    return Technique(
        name="Indicators",
        method=methods["indicators"],
        result=f"{_count(len(rows), 'indicator')} in section 2 can be seen and dated, and tell "
        f"outcomes apart{left_out}.",
        changed=tuple(Change(claim=row.claim, what=WRITTEN) for row in rows),
        indicators=table.model_copy(update={"rows": rows}),
    )


def _assumptions(
    printed: Printed,
    checks: Sequence[AssumptionCheck],
    methods: Mapping[str, str],
) -> Technique | None:
    claims = printed.claims()
    stood = {claim.id: claim for claim in printed.stood["key_assumptions"]}
    shown = tuple(
        check.model_copy(update={"resting": tuple(id for id in check.resting if id in claims)})
        for check in checks
        if check.assumption in claims and check.breaks in stood
    )
    if not shown:
        return None
    counts = [(sum(c.standing == s for c in shown), s) for s in STANDINGS]
    classes = ", ".join(f"{count} {standing}" for count, standing in counts if count)
    breaks = tuple(stood[check.breaks] for check in shown)
    (part,) = catalogue.KEY_ASSUMPTIONS.parts
    return Technique(
        name=catalogue.KEY_ASSUMPTIONS.title,
        method=methods["key_assumptions"],
        result=f"{_count(len(shown), 'assumption')} of section 3 challenged: {classes}.",
        changed=printed.changed("key_assumptions"),
        assumptions=shown,
        parts=(Part(name=part.name, title=part.title, claims=breaks),),
    )


def _deception(
    printed: Printed,
    cards: Sequence[DeceptionCard],
    methods: Mapping[str, str],
) -> Technique | None:
    if not cards:
        return None
    stood = {claim.id: claim for claim in printed.stood["deception"]}
    able = [card.speaker for card in cards if card.complete]
    parts = tuple(
        Part(
            name=f"speaker {number}",
            title=f"{card.speaker} ({card.kind})",
            claims=tuple(stood[id] for id in (card.motive, card.opportunity, card.means) if id),
            note=_missing(card),
        )
        for number, card in enumerate(cards, start=1)
    )
    return Technique(
        name=catalogue.DECEPTION.title,
        method=methods["deception"],
        result=f"Of {_count(len(cards), 'speaker')} with a stake, {len(able)} "
        f"{'has' if len(able) == 1 else 'have'} motive, opportunity and means"
        f"{': ' + ', '.join(able) if able else ''}. None of it shows that anybody deceives.",
        changed=printed.changed("deception"),
        deception=tuple(cards),
        parts=parts,
    )


def _missing(card: DeceptionCard) -> str | None:
    grounds = {"opportunity": card.opportunity, "means": card.means}
    missing = [ground for ground, id in grounds.items() if id is None]
    return f"no {' and no '.join(missing)} stood the check" if missing else None


def _cross_impact(
    printed: Printed,
    simulated: Simulated | None,
    methods: Mapping[str, str],
) -> Technique | None:
    if simulated is None:
        return None
    result, changed = simulated.result, printed.changed("cross_impact")
    events = {outcome.event for outcome in result.outcomes}
    drivers = tuple(claim for claim in printed.stood["drivers"] if claim.id in events)
    moved = sum(abs(o.change) >= 2 * o.standard_error for o in result.outcomes)
    cells = sum(cell is not None for row in result.matrix for cell in row)
    parts = catalogue.DRIVERS.parts
    return Technique(
        name=catalogue.DRIVERS.title,
        method=methods["cross_impact"],
        result=f"{len(events)} events, {_count(cells, 'influence')}, {result.runs:,} runs: "
        f"{moved} of the probabilities moved by more than sampling error, and "
        f"{_count(len(changed), 'likelihood')} of section 4 left the band that was judged.",
        changed=changed,
        cross_impact=result,
        parts=(Part(name=parts[0].name, title=parts[0].title, claims=drivers),) if drivers else (),
    )


def _scenarios(printed: Printed, methods: Mapping[str, str]) -> Technique | None:
    parts = printed.sections["outlook"].parts
    scenarios = [p for p in parts if p.name in {"best", "worst", "most_likely"}]
    bands = {
        part.name: (part.title.removeprefix("Scenario: ").lower(), claim, claim.likelihood)
        for part in scenarios
        for claim in part.claims
        if claim.author == "model" and claim.likelihood
    }
    if len(bands) < 3:
        return None
    fault = find_scenario_fault({name: band for name, (_, _, band) in bands.items()})
    said = ", ".join(f"{title} ({band})" for title, _, band in bands.values())
    return Technique(
        name="Scenario Generation",
        method=methods["outlook"],
        result=f"Three scenarios in section 5: {said}.{f' Caution: {fault}.' if fault else ''}",
        changed=tuple(Change(claim=claim.id, what=WRITTEN) for _, claim, _ in bands.values()),
    )


def _layers(printed: Printed, methods: Mapping[str, str]) -> Technique | None:
    plan = catalogue.CAUSAL_LAYERS
    stood = printed.stood["causal_layers"]
    layers = {name: tuple(claims) for name, claims in groupby(stood, key=lambda claim: claim.part)}
    if not all(part.name in layers for part in plan.parts):
        return None
    bottom_line = [c for part in printed.sections["bluf"].parts for c in part.claims]
    return Technique(
        name=plan.title,
        method=methods["causal_layers"],
        result="Four layers, each with claims that rest on the sources.",
        changed=changed_by_layers(stood, bottom_line),
        parts=tuple(
            Part(name=part.name, title=part.title, claims=layers[part.name]) for part in plan.parts
        ),
    )


def own_claims(techniques: Iterable[Technique]) -> tuple[CheckedClaim, ...]:
    """Return the claims that stand under the techniques themselves."""
    return tuple(c for technique in techniques for part in technique.parts for c in part.claims)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
