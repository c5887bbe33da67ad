"""Check that every figure of a claim agrees with one that a source gives for the same thing."""

from collections.abc import Iterator
from math import floor, isfinite, log10

from agent.verify.arithmetic import follows
from agent.verify.moments import moments_in
from agent.verify.numerals import Figure, figures_in
from agent.verify.passage import Passage
from agent.verify.verdicts import against
from agent.verify.words import content, plain
from schemas.claims import Claim, Verdict
from schemas.sources import Sentence

# How far a rounded figure may lie from the exact one: some 15,000 for 14,000 is still fair.
_ABOUT = 0.075
_ABOUT_POINTS = 0.25

# So few things a text may list without counting them: these fail only against another number.
_LISTED = 3


def check_figures(claim: Claim, passage: Passage) -> Verdict | None:
    """Return a failing verdict for the first figure of the claim that no source bears out.

    Words, digits and scales are one (`fifteen thousand`, `15,000`), and a rounded figure agrees
    when it is marked as rounded. A figure that stands only outside the cited sentences passes,
    unless a cited sentence counts the same thing differently; one that follows from theirs by a
    difference or a share is left to a reader. A right figure on the wrong noun
    fails too, where the cited sentence shows which figure belongs to which noun.
    """
    for figure in figures_in(claim.text):
        rival = _rival(claim, figure, passage)
        if rival and not _given(figure, passage.own):
            return _contradicted(claim, figure, *rival)
        if not _given(figure, (*passage.cited, *passage.elsewhere)):
            if figure.high <= _LISTED and figure.kind == "count":
                continue
            if follows(figure, passage.cited):
                continue
            return against(
                claim,
                method="figures",
                score=0.15,
                reason=f"says {_shown(figure)}, which no source gives",
                evidence=passage.ids,
            )
    return _moved(claim, passage)


def locate_figures(claim: Claim, passage: Passage) -> tuple[str, ...]:
    """Return the id of one sentence for each figure that the cited sentences do not give."""
    found = []
    for figure in figures_in(claim.text):
        if not _given(figure, passage.cited):
            found.append(next((s.id for s in passage.elsewhere if _given(figure, (s,))), None))
    return tuple(id for id in found if id)


def agrees(figure: Figure, other: Figure) -> bool:
    """Tell whether a claim's figure is a fair rendering of a source's figure.

    The kinds must fit. Equal values always agree. A marked one (`some`, `nearly`, `more than`)
    agrees with a finer value near by on the right side, a share in words with a percentage one
    point away, and one in words such as 1.2 million with a value given to two more digits.
    """
    if not _same_kind(figure, other):
        return False
    if figure.low != figure.high:
        return _close(figure.low, other.low) and _close(figure.high, other.high)
    if _close(figure.low, other.low) or _close(figure.low, other.high):
        return True
    return _rounds(figure, other)


def _rounds(figure: Figure, other: Figure) -> bool:
    """Tell whether the claim's figure is a coarser form of the source's."""
    if other.kind == "percent" and other.spelled:
        return abs(figure.low - other.low) <= 1
    # As many digits as the source has are no rounding: about 2,400 for about 2,300 is an error.
    if figure.significant >= other.significant:
        return False
    if figure.marker == "about":
        return _nears(figure, other)
    if figure.marker == "above":
        return figure.low <= other.low <= 1.5 * figure.low
    if figure.marker == "below":
        return 0.67 * figure.low <= other.high <= figure.low
    scaled = figure.kind != "percent" and any(c.isalpha() for c in figure.text)
    finer = other.significant >= figure.significant + 2 and figure.significant >= 2
    return scaled and finer and _close(_rounded(other.low, figure.significant), figure.low)


def _nears(figure: Figure, other: Figure) -> bool:
    points = _ABOUT_POINTS if figure.kind == "percent" else 0.0
    low, high = other.low * (1 - _ABOUT), other.high * (1 + _ABOUT)
    return min(low, other.low - points) <= figure.low <= max(high, other.high + points)


def _given(figure: Figure, sentences: tuple[Sentence, ...]) -> bool:
    return any(_gives(sentence, figure) for sentence in sentences)


def _gives(sentence: Sentence, figure: Figure) -> bool:
    if any(agrees(figure, other) for other in figures_in(sentence.text)):
        return True
    years = [m.year for m in moments_in(sentence.text) if m.year]
    if "century" in figure.unit and figure.kind == "ordinal":
        return any((year - 1) // 100 + 1 == figure.low for year in years)
    # "2000" may be read as a count in the claim and as a year in the source.
    return figure.low in years


def _same_kind(figure: Figure, other: Figure) -> bool:
    kinds = {figure.kind, other.kind}
    if kinds == {"money"}:
        return figure.unit == other.unit
    return len(kinds) == 1 or kinds in ({"count", "ordinal"}, {"count", "money"})


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1.0)


def _rounded(value: float, significant: int) -> float:
    if value <= 0 or not isfinite(value):
        return value
    return round(value, significant - 1 - floor(log10(value)))


def _rival(claim: Claim, figure: Figure, passage: Passage) -> tuple[Sentence, Figure] | None:
    """Return a cited sentence that counts what the claim counts, with another figure."""
    words = _words(claim.text)
    mine = figures_in(claim.text)
    for sentence in passage.own:
        if len(words & _words(sentence.text)) < 0.6 * len(words):
            continue
        others = [o for o in figures_in(sentence.text) if _counts_same(figure, o)]
        if len(others) == 1 and not any(agrees(f, others[0]) for f in mine):
            return sentence, others[0]
    return None


def _counts_same(figure: Figure, other: Figure) -> bool:
    if not _same_kind(figure, other):
        return False
    return figure.kind in ("percent", "money") or bool(set(figure.unit[:2]) & set(other.unit[:2]))


def _words(text: str) -> set[str]:
    return {w for w in content(text) if not w[0].isdigit()}


def _contradicted(claim: Claim, figure: Figure, sentence: Sentence, other: Figure) -> Verdict:
    return against(
        claim,
        method="figures",
        label="contradicted",
        score=0.1,
        reason=f"says {_shown(figure)}; sentence {sentence.id} says {_shown(other)}",
        evidence=(sentence.id,),
    )


def _moved(claim: Claim, passage: Passage) -> Verdict | None:
    """Return a verdict when a figure stands beside the words of another figure's count."""
    for sentence in passage.own:
        for figure, other in _mismatches(claim.text, sentence.text):
            return against(
                claim,
                method="figures",
                label="contradicted",
                score=0.2,
                reason=f"gives {_shown(figure)} for what sentence {sentence.id} "
                f"counts as {_shown(other)}",
                evidence=(sentence.id,),
            )
    return None


def _mismatches(claim: str, sentence: str) -> Iterator[tuple[Figure, Figure]]:
    mine, theirs = figures_in(claim), figures_in(sentence)
    for figure in mine:
        same = [o for o in theirs if agrees(figure, o)]
        if len(same) != 1:
            continue
        here, there = _around(figure, claim), _around(same[0], sentence)
        for other in theirs:
            if other is same[0] or other.kind != figure.kind or any(agrees(f, other) for f in mine):
                continue
            beside = _around(other, sentence)
            if len(here & (beside - there)) >= 2 and not here & (there - beside):
                yield figure, other


def _around(figure: Figure, text: str) -> set[str]:
    flat = plain(text)
    before = [w for w in content(flat[: figure.start]) if not w[0].isdigit()]
    after = [w for w in content(flat[figure.end :]) if not w[0].isdigit()]
    return {*before[-2:], *after[:3]}


def _shown(figure: Figure) -> str:
    return " ".join(f"{figure.text} {figure.noun}".split())
