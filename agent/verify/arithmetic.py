"""Tell a figure that the cited sentences do not give but that follows from figures they do."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from agent.verify.moments import moments_in
from agent.verify.numerals import Figure, figures_in
from agent.verify.words import plain
from schemas.sources import Sentence

_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")

# How far a share in words may lie from the exact one: two thirds for 65 percent. In points.
_POINTS = 3.5
# The same for a difference or a length of time said to be rounded, as a share of it.
_NEAR = 0.08


def follows(figure: Figure, sentences: Iterable[Sentence]) -> bool:
    """Return whether a difference, a share or a length of time in the sentences gives the figure.

    Such a figure is neither given nor made up: `reserves shrank by 2.5 billion` for a fall from 9.4
    to 6.9 billion, `two thirds of the hospitals` for six of nine, `45 years later` for 1974 and
    2019. Whether it is said of the right thing is for a reader to tell.
    """
    said = tuple(sentences)
    if figure.spelled and any(_in_words(figure, s.text) for s in said):
        return True
    found = [f for s in said for f in figures_in(s.text)]
    if figure.kind == "percent":
        return any(abs(figure.low - share) <= _allowed(figure) for share in _shares(found))
    kinds = {"money"} if figure.kind == "money" else {"count", "percent"}
    values = [end for f in found if f.kind in kinds for end in dict.fromkeys((f.low, f.high))]
    gaps = {abs(a - b) for a, b in combinations(values, 2)}
    if figure.kind == "money" and figure.low != figure.high:
        # "by 2.5 billion to 6.9 billion": each end for itself.
        ends = (figure.low, figure.high)
        return all(_near(figure, end, gaps | set(values)) for end in ends)
    return _near(figure, figure.low, gaps | set(_spans(said)))


def _in_words(figure: Figure, text: str) -> bool:
    word = plain(figure.text).lower().split()[-1]
    return not word.isdigit() and f" {word} " in f" {plain(text).lower()} "


def _shares(figures: Sequence[Figure]) -> Iterator[float]:
    for a, b in combinations(figures, 2):
        if a.kind == b.kind and max(a.low, b.low) > 0:
            share = 100 * min(a.low, b.low) / max(a.low, b.low)
            yield from (share, 100 - share)
    # Three quarters of an hour.
    yield from (100 * f.low / 60 for f in figures if f.unit[:1] == ("minut",))


def _allowed(figure: Figure) -> float:
    if figure.marker in ("above", "below"):
        return 12.0
    return _POINTS if figure.spelled or figure.marker else 0.5


def _spans(sentences: tuple[Sentence, ...]) -> Iterator[float]:
    """Yield lengths of time between two dates or clock times: years, days, minutes, and hours."""
    years = [int(year) for s in sentences for year in _YEAR.findall(s.text)]
    yield from (float(abs(a - b)) for a, b in combinations(years, 2))
    found = [moment for s in sentences for moment in moments_in(s.text)]
    for a, b in combinations(found, 2):
        if a.day and b.day and a.month == b.month:
            yield float(abs(a.day - b.day))
        if a.minute is not None and b.minute is not None:
            minutes = abs(a.minute - b.minute)
            yield from (float(minutes), float(minutes % 60), minutes // 60)


def _near(figure: Figure, value: float, others: Iterable[float]) -> bool:
    room = _NEAR if figure.marker else 1e-9
    return any(abs(value - other) <= room * max(value, other) for other in others if other)
