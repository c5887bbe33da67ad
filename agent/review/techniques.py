"""Work the techniques again without the claims that were rejected, by the rules that made them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from agent.analysis.ach import LETTERS, work_matrix
from agent.analysis.assumptions import changed_by_assumptions
from agent.analysis.deception import GROUNDS, changed_by_deception
from agent.analysis.indicators import find_table_fault
from agent.assemble import assessment
from agent.sections import catalogue
from agent.sections.cross_impact import Simulated
from agent.sections.indicators import SCENARIOS
from agent.techniques import Printed, Worked, list_techniques
from schemas.brief import Ach, Brief, Section, Technique
from schemas.claims import CheckedClaim
from schemas.techniques import AssumptionCheck, Change, DeceptionCard, Indicators

SIMULATED = " before the cross-impact simulation"
PROMPTS: Mapping[str, str] = {
    "Indicators": "indicators",
    "Scenario Generation": "outlook",
    catalogue.KEY_ASSUMPTIONS.title: "key_assumptions",
    catalogue.DECEPTION.title: "deception",
    catalogue.DRIVERS.title: "cross_impact",
    catalogue.CAUSAL_LAYERS.title: "causal_layers",
}


@dataclass(frozen=True)
class _Review:
    """The draft, its sections as they are kept, and what became of its claims."""

    brief: Brief
    kept: Mapping[str, Section]
    entries: Mapping[str, CheckedClaim]
    rejected: Collection[str]

    def technique(self, prompt: str) -> Technique | None:
        """Return the draft's technique, by its prompt."""
        return next((t for t in self.brief.techniques if PROMPTS.get(t.name) == prompt), None)

    def own(self, prompt: str) -> tuple[CheckedClaim, ...]:
        """Return the claims of a technique itself that were not rejected, as they are now."""
        technique = self.technique(prompt)
        claims = [c for part in technique.parts for c in part.claims] if technique else []
        return tuple(self.entries[c.id] for c in claims if c.id not in self.rejected)


def work_again(
    brief: Brief,
    kept: Mapping[str, Section],
    entries: Mapping[str, CheckedClaim],
    *,
    rejected: Collection[str],
    edited: Collection[str],
) -> tuple[Technique, ...]:
    """Return the draft's techniques as they are without the rejected claims, in their order.

    The matrix loses the column of a rejected hypothesis and is ranked again; a table loses rows and
    columns; what cannot be worked without the claim is not named any more. Where a claim was edited
    from which a table had been worked, the result says so.

    Args:
        brief: The draft.
        kept: Its sections by name, without the rejected claims.
        entries: The ledger by id, with the edits made.
        rejected: Ids of the rejected claims.
        edited: Ids of the edited ones.
    """
    review = _Review(brief, kept, entries, rejected)
    if not rejected:
        worked = list(brief.techniques)
    else:
        known = {technique.name: technique for technique in _listed(review)}
        again = (
            known.get(t.name) if t.name in PROMPTS else _other(t, review) for t in brief.techniques
        )
        worked = [technique for technique in again if technique is not None]
    return tuple(_with_caution(technique, brief, edited) for technique in worked)


def without_hypotheses(ach: Ach, gone: Collection[str]) -> Ach | None:
    """Return the matrix without some of its columns, ranked again; None with fewer than two left.

    The letters stay with their hypotheses. Of the opposite order only the least refuted are on
    record: those that are left still are, and when none is, it is not known.
    """
    columns = [place for place, letter in enumerate(ach.hypotheses) if letter not in gone]
    if len(columns) == len(ach.hypotheses):
        return ach
    if len(columns) < 2:
        return None
    names = [str(place) for place in range(len(ach.rows))]
    worked = work_matrix(
        [(name, row.signal) for name, row in zip(names, ach.rows, strict=True)],
        {
            name: [row.ratings[column] for column in columns]
            for name, row in zip(names, ach.rows, strict=True)
        },
        {},
        hypotheses=len(columns),
        signal_count=ach.signal_count,
        credibility={name: row.weight for name, row in zip(names, ach.rows, strict=True)},
    )
    if worked is None:
        return None
    letters = dict(zip(LETTERS, (ach.hypotheses[column] for column in columns), strict=False))
    return _renamed(worked, letters, ach, _reversed(ach, gone))


def _renamed(
    worked: Ach, letters: Mapping[str, str], before: Ach, other_way: tuple[str, ...] | None
) -> Ach:
    def named(places: Iterable[str]) -> tuple[str, ...]:
        return tuple(letters[place] for place in places)

    rows = tuple(
        row.model_copy(
            update={
                "evidence": was.evidence,
                "least_refuted_if_removed": named(row.least_refuted_if_removed),
                "least_refuted_if_flipped": named(row.least_refuted_if_flipped),
            }
        )
        for row, was in zip(worked.rows, before.rows, strict=True)
    )
    winners = named(worked.least_refuted)
    return worked.model_copy(
        update={
            "hypotheses": named(worked.hypotheses),
            "rows": rows,
            "least_refuted": winners,
            "least_refuted_reversed": other_way,
            "stable": None if other_way is None else other_way == winners,
            "linchpins": tuple(
                id for place in worked.linchpins for id in before.rows[int(place)].evidence
            ),
        }
    )


def _reversed(ach: Ach, gone: Collection[str]) -> tuple[str, ...] | None:
    other_way = ach.least_refuted_reversed or (ach.least_refuted if ach.stable else ())
    return tuple(letter for letter in other_way if letter not in gone) or None


def _listed(review: _Review) -> tuple[Technique, ...]:
    """Return the techniques beside the matrix as the pipeline lists them for what is left."""
    methods = {PROMPTS[t.name]: t.method for t in review.brief.techniques if t.name in PROMPTS}
    checks, cards = _checks(review), _cards(review)
    worked = Worked(checks, cards, _simulated(review), _indicators(review))
    names = ("causal_layers", "key_assumptions", "deception")
    own = {name: review.own(name) for name in names}
    drafted = [id for id in review.entries if id.startswith("indicators.")]
    printed = Printed(
        sections=review.kept,
        stood={**own, "drivers": review.own("cross_impact")},
        drafted={"indicators": len(drafted)},
        changes={
            "key_assumptions": _still(review, "key_assumptions", _by_checks(review, checks)),
            "deception": _still(review, "deception", _by_cards(review, cards)),
            "cross_impact": _still(review, "cross_impact", set()),
        },
    )
    return list_techniques(printed, worked, defaultdict(str, methods))


def _still(review: _Review, prompt: str, gone: set[Change]) -> tuple[Change, ...]:
    technique = review.technique(prompt)
    return tuple(c for c in technique.changed if c not in gone) if technique else ()


def _checks(review: _Review) -> tuple[AssumptionCheck, ...]:
    technique = review.technique("key_assumptions")
    return tuple(
        check
        for check in (technique.assumptions if technique else ())
        if not {check.assumption, check.breaks} & set(review.rejected)
    )


def _by_checks(review: _Review, left: tuple[AssumptionCheck, ...]) -> set[Change]:
    """Return what the dropped checks alone had changed."""
    technique = review.technique("key_assumptions")
    before = technique.assumptions if technique else ()
    return set(changed_by_assumptions(before)) - set(changed_by_assumptions(left))


def _cards(review: _Review) -> tuple[DeceptionCard, ...]:
    """Return the cards that still have a motive, without the grounds that were rejected."""
    technique = review.technique("deception")
    cards = (
        card.model_copy(update={g: None for g in GROUNDS if getattr(card, g) in review.rejected})
        for card in (technique.deception if technique else ())
    )
    return tuple(card for card in cards if card.motive)


def _by_cards(review: _Review, left: tuple[DeceptionCard, ...]) -> set[Change]:
    """Return the marks on reports that the cards no longer make."""
    technique = review.technique("deception")
    claims = [entry.as_claim() for entry in review.brief.ledger]
    before = changed_by_deception(technique.deception if technique else (), claims)
    return set(before) - set(changed_by_deception(left, claims))


def _simulated(review: _Review) -> Simulated | None:
    """Return the simulation, or None when an event of it was rejected: every figure rests on it."""
    technique = review.technique("cross_impact")
    result = technique.cross_impact if technique else None
    if result is None or {o.event for o in result.outcomes} & set(review.rejected):
        return None
    return Simulated(result, {})


def _indicators(review: _Review) -> Indicators | None:
    """Return the table without the outcomes that were rejected and the rows that fit all others."""
    technique = review.technique("indicators")
    table = technique.indicators if technique else None
    if table is None:
        return None
    gone = {*_gone_letters(review), *_gone_scenarios(review)}
    places = [place for place, outcome in enumerate(table.outcomes) if outcome not in gone]
    outcomes = tuple(table.outcomes[place] for place in places)
    hypotheses = sum(outcome in LETTERS for outcome in outcomes)
    rows = (
        row.model_copy(update={"effects": tuple(row.effects[place] for place in places)})
        for row in table.rows
    )
    telling = (
        row
        for row in rows
        if not gone
        or not find_table_fault(
            row.effects, hypotheses=hypotheses, scenarios=len(outcomes) - hypotheses
        )
    )
    return Indicators(outcomes=outcomes, rows=tuple(telling))


def _gone_letters(review: _Review) -> set[str]:
    left = {part.name for part in review.kept["hypotheses"].parts}
    lettered = {p.name for p in review.brief.hypotheses.parts if p.claims and len(p.name) == 1}
    return {name.upper() for name in lettered - left}


def _gone_scenarios(review: _Review) -> set[str]:
    emptied = {part.name for part in review.kept["outlook"].parts if not part.claims}
    drafted = {part.name for part in review.brief.outlook.parts if part.claims}
    return {title for name, title in SCENARIOS.items() if name in emptied & drafted}


def _other(technique: Technique, review: _Review) -> Technique | None:
    """Return the matrix ranked again, and any technique unknown here only while it is whole."""
    if technique.ach:
        gone = _gone_letters(review)
        ach = without_hypotheses(technique.ach, gone)
        if ach is None or ach == technique.ach:
            return technique if ach else None
        return technique.model_copy(update={"ach": ach, "result": assessment(ach)})
    own = {claim.id for part in technique.parts for claim in part.claims}
    return None if own & set(review.rejected) else technique


def _with_caution(technique: Technique, brief: Brief, edited: Collection[str]) -> Technique:
    """Return the technique; where it was worked from words that are others now, it says so."""
    since = [id for id in _worked_from(technique, brief) if id in edited]
    if not since:
        return technique
    said = f"{technique.result} Caution: edited in review, after this was worked: "
    return technique.model_copy(update={"result": f"{said}{', '.join(since)}."})


def _worked_from(technique: Technique, brief: Brief) -> list[str]:
    letters = technique.ach.hypotheses if technique.ach else ()
    parts = (part for part in brief.hypotheses.parts if part.name.upper() in letters)
    found = [claim.id for part in parts for claim in part.claims]
    if technique.indicators:
        found += [row.claim for row in technique.indicators.rows]
    if technique.cross_impact:
        found += [outcome.event for outcome in technique.cross_impact.outcomes]
    return found + [check.assumption for check in technique.assumptions]
