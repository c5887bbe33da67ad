"""Check that every date and clock time of a claim agrees with one that a source gives."""

from collections.abc import Iterable

from agent.verify.moments import Moment, moments_in, resolved
from agent.verify.numerals import figures_in
from agent.verify.passage import Passage
from agent.verify.verdicts import against
from agent.verify.words import content
from schemas.claims import Claim, Verdict
from schemas.sources import Sentence


def check_dates(claim: Claim, passage: Passage) -> Verdict | None:
    """Return a failing verdict for the first date of the claim that no source bears out.

    A date agrees when each part that the claim states (year, month, day, weekday, time) is stated
    or follows from the publication date: `December 2025` agrees with `Dec. 12` in a story of that
    month. A date that stands only outside the cited sentences passes, unless a cited sentence
    that says the same gives another.
    """
    for moment in moments_in(claim.text):
        if not moment.parts or _borne_out(moment, passage.own, passage):
            continue
        rival = _rival(claim, moment, passage)
        if rival:
            sentence, other = rival
            return against(
                claim,
                method="dates",
                label="contradicted",
                score=0.1,
                reason=f"says {moment.text}; sentence {sentence.id} says {other.text}",
                evidence=(sentence.id,),
            )
        if not _known(moment, passage):
            return against(
                claim,
                method="dates",
                score=0.15,
                reason=f"says {moment.text}, which no source gives or implies",
                evidence=passage.ids,
            )
    return None


def locate_dates(claim: Claim, passage: Passage) -> tuple[str, ...]:
    """Return the id of one sentence for each date that the cited sentences do not give."""
    found = []
    for moment in moments_in(claim.text):
        if moment.parts and not _borne_out(moment, passage.cited, passage):
            holders = (s for s in passage.elsewhere if _borne_out(moment, (s,), passage))
            found.append(next(holders, None))
    return tuple(s.id for s in found if s)


def _known(moment: Moment, passage: Passage) -> bool:
    if _borne_out(moment, passage.elsewhere, passage):
        return True
    published = (s.published for s in passage.cited_sources if s.published)
    stamps = (Moment(d.year, d.month, d.day, d.weekday()) for d in published)
    if any(_covers(stamp, moment) for stamp in stamps):
        return True
    titles = (s.title for s in passage.sources.items)
    return any(_covers(other, moment) for title in titles for other in moments_in(title))


def _borne_out(moment: Moment, sentences: Iterable[Sentence], passage: Passage) -> bool:
    for sentence in sentences:
        published = passage.published(sentence)
        for other in moments_in(sentence.text):
            pairs = (
                (o, m) for o in resolved(other, published) for m in resolved(moment, published)
            )
            if any(_covers(o, m) or _covers(o, moment) for o, m in pairs):
                return True
        if _same_number(moment, sentence):
            return True
    return False


def _covers(other: Moment, moment: Moment) -> bool:
    if moment.relative and moment.relative == other.relative:
        return True
    if other.minute is not None and moment.minute is not None:
        # 4:20 stands for 4:20 p.m. in the twelve-hour clock.
        return other.minute % 720 == moment.minute % 720
    known = other.parts
    return bool(moment.parts) and all(known.get(n) == v for n, v in moment.parts.items())


def _same_number(moment: Moment, sentence: Sentence) -> bool:
    # "2000" may be read as a year in the claim and as a count in the source.
    if set(moment.parts) != {"year"}:
        return False
    return any(f.low == moment.year for f in figures_in(sentence.text))


def _rival(claim: Claim, moment: Moment, passage: Passage) -> tuple[Sentence, Moment] | None:
    """Return a cited sentence that says what the claim says, with another date in its place."""
    words = set(content(claim.text))
    mentioned = [m.parts for m in moments_in(claim.text)]
    for sentence in passage.own:
        shared = words & set(content(sentence.text))
        others = [m for m in moments_in(sentence.text) if m.parts.keys() == moment.parts.keys()]
        if (
            len(shared) >= 0.5 * len(words)
            and len(others) == 1
            and others[0].parts not in mentioned
        ):
            return sentence, others[0]
    return None
