"""Mark the words in which two texts differ, and find which texts of two lists belong together."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest

from agent.prompts.difference import Segment, mark_words

WORD = re.compile(r"\w+")
# Under this likeness two sentences share little more than articles and prepositions.
LEAST_ALIKE = 0.35
# Comparing takes time that grows with the product of both lists.
MOST_PAIRS = 40_000

Place = int | None


def mark_difference(a: str, b: str) -> tuple[list[Segment], list[Segment]]:
    """Return both texts in segments, each with whether it is in that text alone.

    Texts that have little in common are marked whole: the marks of shared articles and
    prepositions would only hide that all else is new.
    """
    if a != b and likeness(a, b) < LEAST_ALIKE:
        return [(a, True)] if a else [], [(b, True)] if b else []
    removed, added = mark_words([f"-{a}", f"+{b}"])
    return _without_sign(removed), _without_sign(added)


def likeness(a: str, b: str) -> float:
    """Return the share of words that two texts have in common, in [0, 1].

    Dice (1945), Ecology 26:297: twice what both have over what each has. Case does not count.
    """
    return _dice(_words(a), _words(b))


def align(a: Sequence[str], b: Sequence[str]) -> list[tuple[Place, Place]]:
    """Return which texts of two lists belong together, as places in both, None for no partner.

    Every text is in one pair and both lists keep their order. Like texts are matched as Needleman
    and Wunsch (1970), J. Mol. Biol. 48:443, align sequences; what stands between two matches on
    one side is put beside what stands there on the other.
    """
    anchors = [(-1, -1), *_matches(a, b), (len(a), len(b))]
    pairs: list[tuple[Place, Place]] = []
    for (last_a, last_b), (next_a, next_b) in pairwise(anchors):
        pairs += zip_longest(range(last_a + 1, next_a), range(last_b + 1, next_b))
        pairs.append((next_a, next_b))
    return pairs[:-1]


def _matches(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    if len(a) * len(b) > MOST_PAIRS:
        return []
    found, best = [], _best(a, b)
    i = j = 0
    while i < len(a) and j < len(b):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            found.append((i, j))
            i, j = i + 1, j + 1
    return found


def _best(a: Sequence[str], b: Sequence[str]) -> list[list[float]]:
    """Return the greatest likeness in all that the rest of both lists can be matched with."""
    words_a, words_b = [_words(text) for text in a], [_words(text) for text in b]
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in reversed(range(len(a))):
        for j in reversed(range(len(b))):
            alike = _dice(words_a[i], words_b[j])
            matched = best[i + 1][j + 1] + alike if alike >= LEAST_ALIKE else 0.0
            best[i][j] = max(matched, best[i + 1][j], best[i][j + 1])
    return best


def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text.casefold()))


def _dice(a: frozenset[str], b: frozenset[str]) -> float:
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 0.0


def _without_sign(line: Sequence[Segment]) -> list[Segment]:
    (first, changed), *rest = line
    return list(_filled([(first[1:], changed), *rest]))


def _filled(segments: Sequence[Segment]) -> Iterator[Segment]:
    return (segment for segment in segments if segment[0])
