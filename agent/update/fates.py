"""Say of each judgement of two briefs whether it is new, changed, dropped or unchanged, and why."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.clean import one_line
from agent.llm.client import Model
from agent.material import cite
from agent.prompts import PromptSet
from agent.update.challenges import Challenge, find_challenges
from agent.update.indicators import indicators_of
from agent.update.matching import Match, match_claims
from agent.verify.cascade import check_claims
from agent.views import lines
from schemas.brief import Brief
from schemas.claims import CheckedClaim, Verdict
from schemas.sources import Sources
from schemas.update import JudgementFate

LONGEST = 400  # code points of a reason


@dataclass(frozen=True)
class _Update:
    """Both briefs, and what was found out about the claims of the earlier one."""

    earlier: Brief
    now: Brief
    new: frozenset[str]
    matches: Mapping[str, Match]
    challenges: Mapping[str, Challenge]
    drafted_again: Mapping[str, Match]
    verdicts: Mapping[str, Verdict]

    def fresh(self, claim: CheckedClaim) -> tuple[str, ...]:
        """Return the sentences of new sources that a claim cites."""
        return tuple(id for id in claim.evidence if id.partition(".")[0] in self.new)


async def find_fates(
    earlier: Brief, now: Brief, new: Sources, *, judge: Model | None, prompts: PromptSet
) -> tuple[JudgementFate, ...]:
    """Return the fate of each judgement of both briefs, in the new one's order, dropped ones last.

    The judgements are those of the numbered sections but for the indicators, which are watched
    apart; of the reports printed there, those come too that new sources contradict. Which goes with
    which is worked out (`matching.py`). One is unchanged when both briefs make the same statement
    with the same likelihood, and changed when they make it with another, or speak of the same
    matter in words that are not plainly the same statement.

    Args:
        earlier: The brief that is brought up to date, reviewed or not.
        now: The brief on all sources.
        new: The new sources alone.
        judge: Checks the dropped ones again where the steps are unsure, or None.
        prompts: Holds the judge's prompts.

    Raises:
        EndpointError: The judge's endpoint failed for good.
    """
    judged, reported = judgements_of(earlier), _reports(earlier)
    conflicts = now.sourcing.conflicts
    challenges = await find_challenges(
        (*judged, *reported), conflicts, new, judge=judge, prompts=prompts
    )
    before = (*judged, *(claim for claim in reported if claim.id in challenges))
    after = (*judgements_of(now), *_reports(now))
    matches = await asyncio.to_thread(_matches, before, after)
    gone = [claim for claim in before if claim.id not in matches]
    withheld = [claim for claim in now.withheld if claim.author == "model"]
    update = _Update(
        earlier,
        now,
        frozenset(str(source.number) for source in new.items),
        matches,
        challenges,
        await asyncio.to_thread(_matches, gone, withheld),
        await check_claims(
            [claim.as_claim() for claim in gone], Sources(items=now.sources), judge, prompts
        ),
    )
    found = {match.after.id: _kept(match, update) for match in matches.values()}
    found |= {c.id: _new(c, update) for c in judgements_of(now) if c.id not in found}
    order = [claim.id for claim in lines.body(now)]
    in_order = (found[id] for id in order if id in found)
    return (*in_order, *(_dropped(claim, update) for claim in gone))


def judgements_of(brief: Brief) -> tuple[CheckedClaim, ...]:
    """Return the judgements in the numbered sections of a brief, without its indicators."""
    watched = {claim.id for claim in indicators_of(brief)}
    return tuple(
        claim
        for claim in _printed(brief)
        if claim.basis == "judgement" and claim.author == "model" and claim.id not in watched
    )


def _reports(brief: Brief) -> tuple[CheckedClaim, ...]:
    return tuple(c for c in _printed(brief) if c.basis == "reported" and c.form == "sentence")


def _printed(brief: Brief) -> Iterator[CheckedClaim]:
    for section in lines.sections(brief):
        for part in section.parts:
            yield from part.claims


def _matches(before: Sequence[CheckedClaim], after: Sequence[CheckedClaim]) -> Mapping[str, Match]:
    """Return the matches by the id of the earlier claim; a report goes with no judgement."""
    kinds = {claim.basis == "reported" for claim in before}
    return {
        match.before.id: match
        for kind in sorted(kinds)
        for match in match_claims(
            [claim for claim in before if (claim.basis == "reported") == kind],
            [claim for claim in after if (claim.basis == "reported") == kind],
        )
    }


def _kept(match: Match, update: _Update) -> JudgementFate:
    before, after, fresh = match.before, match.after, update.fresh(match.after)
    moved = before.likelihood != after.likelihood
    same = match.likeness.same or before.text == after.text
    unchanged = same and not moved
    challenge = update.challenges.get(before.id)
    why = (
        _likewise(before) if unchanged else "",
        f"its likelihood moved from {_term(before)} to {_term(after)}" if moved else "",
        "" if same else _otherwise(match),
        "" if same and not fresh else _ground(fresh),
        challenge.why if challenge else "",
    )
    return JudgementFate(
        fate="unchanged" if unchanged else "changed",
        before=before.id,
        after=after.id,
        text_before=before.text,
        text_after=after.text,
        basis=_basis(before),
        likelihood_before=before.likelihood,
        likelihood_after=after.likelihood,
        place=_place(after, update.now),
        why=_joined(why),
        evidence=tuple(dict.fromkeys((*fresh, *(challenge.evidence if challenge else ())))),
    )


def _new(claim: CheckedClaim, update: _Update) -> JudgementFate:
    fresh = update.fresh(claim)
    return JudgementFate(
        fate="new",
        before=None,
        after=claim.id,
        text_before=None,
        text_after=claim.text,
        likelihood_after=claim.likelihood,
        place=_place(claim, update.now),
        why=_joined(("no judgement of the earlier brief says this", _ground(fresh))),
        evidence=fresh,
    )


def _dropped(claim: CheckedClaim, update: _Update) -> JudgementFate:
    challenge = update.challenges.get(claim.id)
    why = (challenge.why if challenge else "", _absence(claim, update))
    return JudgementFate(
        fate="dropped",
        before=claim.id,
        after=None,
        text_before=claim.text,
        text_after=None,
        basis=_basis(claim),
        likelihood_before=claim.likelihood,
        place=_place(claim, update.earlier),
        why=_joined(why),
        evidence=challenge.evidence if challenge else (),
    )


def _absence(claim: CheckedClaim, update: _Update) -> str:
    """Return why an earlier claim is not in the new brief, as far as steps can tell."""
    again = update.drafted_again.get(claim.id)
    if again is not None:
        return f"drafted again and withheld: {again.after.reason} ({again.after.id})"
    verdict = update.verdicts[claim.id]
    if verdict.label in {"supported", "not checkable"}:
        return "not drafted again"
    return f"no longer stands: {verdict.label}, by {verdict.method}: {verdict.reason}"


def _likewise(before: CheckedClaim) -> str:
    return "same statement, same likelihood" if before.likelihood else "same statement"


def _otherwise(match: Match) -> str:
    apart = match.likeness.apart
    return f"differs: {apart}" if apart else "put in other words"


def _ground(fresh: Sequence[str]) -> str:
    return f"rests on new evidence {cite(fresh)}" if fresh else "rests on no new evidence"


def _basis(claim: CheckedClaim) -> Literal["judgement", "reported"]:
    return "reported" if claim.basis == "reported" else "judgement"


def _term(claim: CheckedClaim) -> str:
    return claim.likelihood or "none given"


def _place(claim: CheckedClaim, brief: Brief) -> str:
    return one_line(lines.place(claim.id, brief))


def _joined(reasons: Sequence[str]) -> str:
    said = "; ".join(reason for reason in reasons if reason)
    return one_line(said, LONGEST)
