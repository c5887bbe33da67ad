"""What a brief is once the decisions of its review are done to it.

A rejected claim leaves the body, and its text leaves the whole file. What was computed from it is
computed again or falls, and the judgements that rested on it say so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from agent.analysis.confidence import LEVELS, rate_confidence
from agent.assemble import assessment
from agent.material import cite
from agent.review.redaction import REJECTED, redact
from agent.review.techniques import SIMULATED, work_again
from agent.techniques import WRITTEN
from agent.views.lines import body, plain, sections
from schemas.brief import Ach, Brief, Confidence, Factor, Part, Section, Technique
from schemas.claims import CheckedClaim, Likelihood
from schemas.review import METHOD, Decision, Review
from schemas.update import Update

MARKED = "rejected in review"
ALL_REJECTED = "Every claim here was rejected in review."
LEFT_OUT = "its technique has no full result without a claim that was rejected in review"


@dataclass(frozen=True)
class _Fates:
    """What became of the claims of the draft's body: their entries, and who fell."""

    entries: dict[str, CheckedClaim]
    rejected: dict[str, CheckedClaim]
    edited: frozenset[str]


def settle(brief: Brief) -> Brief:
    """Return the brief with what its review decided done to it; undecided claims stay as drafted.

    Kept and withheld claims together are the ledger, before and after: a rejected one stays there
    by its id alone.
    """
    review = brief.review
    if review is None:
        return brief
    rulings = {decision.claim: decision for decision in review.decisions}
    fates = _rule(brief, rulings)
    kept: dict[str, Section] = {s.name: _kept(s, fates) for s in sections(brief)}
    techniques = work_again(
        brief, kept, fates.entries, rejected=fates.rejected, edited=fates.edited
    )
    fates.entries.update(_after_techniques(brief, techniques, fates))
    fates.entries.update(_told(brief, techniques, fates, rulings, review))
    fallen = [c.id for c in body(brief) if c.id not in _ids(kept.values(), techniques)]
    fates.entries.update((id, _fallen(fates, id, review)) for id in fallen)
    fates.entries.update(_repeats(brief, fates))
    kept["hypotheses"] = _assessed(kept["hypotheses"], brief.techniques, techniques)
    return _put_together(brief, kept, techniques, fates)


def _rule(brief: Brief, rulings: Mapping[str, Decision]) -> _Fates:
    """Return the ledger with the edits made, and the claims of the body that were rejected."""
    # What the reviewer was shown is what holds, should a file say otherwise in its ledger.
    entries = {claim.id: claim for claim in (*brief.ledger, *body(brief))}
    rejected, edited = {}, set()
    for claim in body(brief):
        decision = rulings.get(claim.id)
        if decision is None:
            continue
        if decision.ruling == "rejected":
            rejected[claim.id] = claim
        elif decision.ruling == "edited":
            entries[claim.id] = _edited(claim, decision)
            edited.add(claim.id)
    return _Fates(entries, rejected, frozenset(edited))


def _edited(claim: CheckedClaim, decision: Decision) -> CheckedClaim:
    verdict = decision.verdict
    if verdict is None or not decision.text:
        return claim
    # The verifier may have found the sentence that bears it out beside those that it cites.
    found = verdict.evidence if verdict.label == "supported" else ()
    return claim.model_copy(
        update={
            "text": decision.text,
            "evidence": found or decision.evidence,
            "verdict": verdict.label,
            "method": verdict.method,
            "score": verdict.score,
            "reason": verdict.reason,
        }
    )


def _kept(section: Section, fates: _Fates) -> Section:
    """Return the section without what was rejected; the letter of a hypothesis falls with it."""
    parts = []
    for part in section.parts:
        left = tuple(fates.entries[c.id] for c in part.claims if c.id not in fates.rejected)
        if left or not part.claims:
            parts.append(part.model_copy(update={"claims": left}))
        elif not (section.name == "hypotheses" and len(part.name) == 1):
            parts.append(part.model_copy(update={"claims": (), "note": ALL_REJECTED}))
    emptied = not any(part.claims for part in parts)
    note = None if emptied and any(part.claims for part in section.parts) else section.note
    return section.model_copy(update={"parts": tuple(parts), "note": note})


def _after_techniques(
    brief: Brief, techniques: Sequence[Technique], fates: _Fates
) -> dict[str, CheckedClaim]:
    """Return the entries of which a technique no longer says what it said, without that.

    A likelihood that a fallen simulation had moved goes back to what was judged.
    """
    said = _changes(techniques)
    changed = {}
    for id, whats in _changes(brief.techniques).items():
        gone = whats - said.get(id, set())
        entry = fates.entries.get(id)
        if entry is None or not gone:
            continue
        moved = {what.removesuffix(SIMULATED) for what in gone if what.endswith(SIMULATED)}
        changes: dict[str, object] = {"note": _without(entry.note, gone)}
        judged = [term for term in get_args(Likelihood) if term in moved]
        if judged:
            changes["likelihood"] = judged[0]
        changed[id] = entry.model_copy(update=changes)
    return changed


def _changes(techniques: Iterable[Technique]) -> dict[str, set[str]]:
    said: dict[str, set[str]] = defaultdict(set)
    for technique in techniques:
        for change in technique.changed:
            said[change.claim].add(change.what)
    return said


def _without(note: str | None, gone: Collection[str]) -> str | None:
    left = note or ""
    for what in sorted(gone, key=len, reverse=True):
        left = left.replace(what, "")
    return "; ".join(piece for piece in left.split("; ") if piece) or None


def _told(
    brief: Brief,
    techniques: Sequence[Technique],
    fates: _Fates,
    rulings: Mapping[str, Decision],
    review: Review,
) -> dict[str, CheckedClaim]:
    """Return the entries of which the review has something to say, with that."""
    rested = _rested(brief, techniques, fates)
    told = {}
    for claim in body(brief):
        said = [
            *_said(rulings.get(claim.id), plain(review.reviewer)),
            *_mark([id for id in fates.rejected if id in rested.get(claim.id, ())]),
        ]
        if said:
            changes = {"reviewed": "; ".join(said)}
            told[claim.id] = fates.entries[claim.id].model_copy(update=changes)
    return told


def _said(decision: Decision | None, reviewer: str) -> Iterable[str]:
    if decision is None:
        return
    if decision.ruling == "edited":
        yield f"edited by {reviewer}"
        verdict = decision.verdict
        if decision.override and verdict:
            checked = "could not check" if verdict.label == "not checkable" else "does not support"
            yield f"the verifier {checked} it: {verdict.reason}"
            yield f"kept because: {decision.override}"
    if decision.dissent:
        yield f"dissent by {reviewer}: {decision.dissent}"


def _mark(rejected: Sequence[str]) -> Iterable[str]:
    if rejected:
        what = "a claim" if len(rejected) == 1 else "claims"
        yield f"rested on {what} {MARKED} ({cite(rejected)})"


def _rested(brief: Brief, techniques: Sequence[Technique], fates: _Fates) -> Mapping[str, set[str]]:
    """Return the rejected claims on which each judgement rested, by the judgement's id.

    A judgement rests on an assumption by the key assumptions check; on a claim of a technique that
    changed it and no longer does; and on a report that cites a sentence which it cites too.
    """
    rested: dict[str, set[str]] = defaultdict(set)
    for check in (check for technique in brief.techniques for check in technique.assumptions):
        if check.assumption in fates.rejected:
            for id in check.resting:
                rested[id].add(check.assumption)
    judgements = {c.id: fates.entries[c.id] for c in body(brief) if c.basis == "judgement"}
    still = _changes(techniques)
    for technique in brief.techniques:
        for change in technique.changed:
            gone = change.what not in still.get(change.claim, ()) and change.what != WRITTEN
            if gone and change.claim in judgements:
                rested[change.claim] |= _foundations(technique) & set(fates.rejected)
    for report in fates.rejected.values():
        if report.basis == "reported" and report.form == "sentence":
            for id, judgement in judgements.items():
                if set(judgement.evidence) & set(report.evidence):
                    rested[id].add(report.id)
    return rested


def _foundations(technique: Technique) -> set[str]:
    """Return the claims from which a technique has worked out what it changed.

    What would break an assumption is no ground for the judgements that rest on the assumption.
    """
    if technique.assumptions:
        return set()
    events = technique.cross_impact.outcomes if technique.cross_impact else ()
    own = {claim.id for part in technique.parts for claim in part.claims}
    return own | {outcome.event for outcome in events}


def _fallen(fates: _Fates, id: str, review: Review) -> CheckedClaim:
    """Return a claim that has left the body: rejected, or with a technique that fell."""
    entry = fates.entries[id]
    if id not in fates.rejected:
        return entry.model_copy(update={"method": "technique", "reason": LEFT_OUT})
    return entry.model_copy(
        update={
            "text": REJECTED,
            "likelihood": None,
            "verdict": "unsupported",
            "method": METHOD,
            "score": 0.0,
            "reason": f"rejected by {plain(review.reviewer)}",
            "note": None,
            "reviewed": None,
        }
    )


def _repeats(brief: Brief, fates: _Fates) -> dict[str, CheckedClaim]:
    """Return the claims that were withheld for saying again what is now rejected, without words."""
    reasons = {f"says again what claim {id} says": id for id in fates.rejected}
    return {
        entry.id: entry.model_copy(
            update={"text": REJECTED, "reason": f"{entry.reason}, which was rejected in review"}
        )
        for entry in brief.withheld
        if entry.method == "duplicates" and entry.reason in reasons
    }


def _assessed(section: Section, before: Sequence[Technique], after: Sequence[Technique]) -> Section:
    """Return the hypotheses with what the matrix says of them now."""
    was, now = _matrix(before), _matrix(after)
    if was is None or (now is not None and now.result == was.result):
        return section
    note = now.result if now else assessment(None)
    parts = (
        part.model_copy(update={"note": note}) if _is_assessment(part) else part
        for part in section.parts
    )
    return section.model_copy(update={"parts": tuple(parts)})


def _is_assessment(part: Part) -> bool:
    return part.title == "Assessment" and not part.claims


def _matrix(techniques: Iterable[Technique]) -> Technique | None:
    return next((technique for technique in techniques if technique.ach), None)


def _put_together(
    brief: Brief, kept: Mapping[str, Section], techniques: Sequence[Technique], fates: _Fates
) -> Brief:
    shown = _ids(kept.values(), techniques)
    changed: dict[str, object] = {
        name: section.model_copy(update={"parts": _filled(section.parts, fates)})
        for name, section in kept.items()
    }
    changed |= {
        "techniques": tuple(
            technique.model_copy(update={"parts": _filled(technique.parts, fates)})
            for technique in techniques
        ),
        "ledger": tuple(fates.entries.values()),
        "withheld": tuple(entry for id, entry in fates.entries.items() if id not in shown),
        "update": _updated(brief.update, fates),
    }
    settled = brief.model_copy(update=changed)
    if fates.rejected or fates.edited:
        settled = settled.model_copy(update={"confidence": _confidence(settled, fates)})
    return redact(settled, fates.rejected.values(), kept=shown)


def _ids(kept: Iterable[Section], techniques: Iterable[Technique]) -> set[str]:
    parts = [part for section in kept for part in section.parts]
    parts += [part for technique in techniques for part in technique.parts]
    return {claim.id for part in parts for claim in part.claims}


def _filled(parts: Iterable[Part], fates: _Fates) -> tuple[Part, ...]:
    return tuple(
        part.model_copy(update={"claims": tuple(fates.entries[c.id] for c in part.claims)})
        for part in parts
    )


def _updated(update: Update | None, fates: _Fates) -> Update | None:
    """Return the changes since an earlier brief, with this brief's judgements as they are now."""
    if update is None:
        return None
    fate_of = fates.entries.get
    judgements = (
        fate.model_copy(update={"text_after": now.text, "likelihood_after": now.likelihood})
        if fate.after and (now := fate_of(fate.after))
        else fate
        for fate in update.judgements
    )
    return update.model_copy(update={"judgements": tuple(judgements)})


def _confidence(brief: Brief, fates: _Fates) -> Confidence:
    """Return the confidence by the same rule for what is left; a review does not raise it.

    A rejected or edited claim does not count as supported at first try.
    """
    shown = list(body(brief))
    drafted = [entry for entry in brief.ledger if entry.author == "model"]
    cited = {i.partition(".")[0] for c in shown if c.author == "model" for i in c.evidence}
    rated = rate_confidence(
        [source for source in brief.sources if str(source.number) in cited] or brief.sources,
        facts=brief.sourcing.facts,
        drafted=len(drafted),
        at_first_try=sum(
            e.verdict == "supported" and e.repairs == 0 and e.id not in fates.edited
            for e in drafted
        ),
        judgements=sum(claim.basis == "judgement" for claim in shown),
        ach=_ach(brief),
    )
    before = brief.confidence.level
    if LEVELS.index(rated.level) <= LEVELS.index(before):
        return rated
    said = f"the draft was rated {before}, and a review does not raise that: caps at {before}"
    factor = Factor(name="draft before the review", value=said, allows=before)
    return rated.model_copy(
        update={
            "level": before,
            "factors": (*rated.factors, factor),
            "reasons": (*rated.reasons, said),
        }
    )


def _ach(brief: Brief) -> Ach | None:
    matrix = _matrix(brief.techniques)
    return matrix.ach if matrix else None
