"""Lay a claim beside a sentence, word by word and in order."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from agent.verify.numerals import figures_in
from agent.verify.words import content, plain
from schemas.sources import Sentence

# Reporting verbs that say no more than that something was said.
_SAY = frozenset("say tell state add note".split())

_DERIVED = frozenset(
    "n an ian ans ment ments ion ions ation or er al ish i ese ic ly ness ive ing s".split()
)


@dataclass(frozen=True)
class Match:
    """A claim laid over one sentence.

    Attributes:
        sentence: The sentence.
        words: The claim's content words.
        pairs: For each claim word that stands in the sentence in the same order: where in both.
        shared: How many claim words stand in the sentence in any order.
    """

    sentence: Sentence
    words: tuple[str, ...]
    theirs: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    shared: int

    @property
    def recall(self) -> float:
        """Share of the claim's content words that stand in the sentence."""
        return self.shared / len(self.words) if self.words else 0.0

    @property
    def ordered(self) -> float:
        """Share of the claim's content words that stand in the sentence in the claim's order."""
        return len(self.pairs) / len(self.words) if self.words else 0.0

    @property
    def missing(self) -> tuple[str, ...]:
        """The claim's content words that no word of the sentence matches in order."""
        matched = {mine for mine, _ in self.pairs}
        return tuple(w for at, w in enumerate(self.words) if at not in matched)

    @property
    def skipped(self) -> tuple[str, ...]:
        """The sentence's words between the first and the last that were matched, unmatched."""
        if not self.pairs:
            return ()
        used = {other for _, other in self.pairs}
        span = range(self.pairs[0][1], self.pairs[-1][1] + 1)
        return tuple(self.theirs[at] for at in span if at not in used)


def best_match(claim: str, sentences: Iterable[Sentence]) -> Match | None:
    """Return the match with the sentence that holds most of the claim, or None without any."""
    matches = [match(claim, sentence) for sentence in sentences]
    return max(matches, key=lambda m: (m.ordered, m.recall), default=None)


def match(claim: str, sentence: Sentence, lead: str = "") -> Match:
    """Return the claim laid over the sentence; `lead` is read before the sentence's own words."""
    mine, theirs = stream(claim), stream(lead) + stream(sentence.text)
    pairs = _common(mine, theirs)
    pool = list(theirs)
    shared = 0
    for word in mine:
        at = next((n for n, other in enumerate(pool) if related(word, other)), None)
        if at is not None:
            pool.pop(at)
            shared += 1
    return Match(sentence, mine, theirs, pairs, max(shared, len(pairs)))


@lru_cache(maxsize=16384)
def stream(text: str) -> tuple[str, ...]:
    """Return the content stems of a text with each figure as one word, such as #15000 or #21%."""
    flat = plain(text)
    parts, at = [], 0
    for figure in figures_in(text):
        sign = "%" if figure.kind == "percent" else ""
        value = f"{figure.low:.10g}" if figure.low == figure.high else f"{figure.low:.10g}~{figure.high:.10g}"
        parts += [flat[at : figure.start], f" #{value.replace('+', '')}{sign} "]
        at = figure.end
    joined = re.sub(r"\bUnited States\b", "U.S.", "".join(parts) + flat[at:])
    return tuple("say" if w in _SAY else w for w in content(joined))


@lru_cache(maxsize=65536)
def related(word: str, other: str) -> bool:
    """Tell whether two stems are one word, or one is derived from the other."""
    if word == other:
        return True
    if word[0] != other[0] or word[0] == "#" or min(len(word), len(other)) < 4:
        return False
    short, long = sorted((word, other), key=len)
    return long.startswith(short) and long[len(short) :] in _DERIVED


def _common(mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Return a longest common subsequence as index pairs, in order."""
    rows = [[0] * (len(theirs) + 1) for _ in range(len(mine) + 1)]
    for i in range(len(mine) - 1, -1, -1):
        for j in range(len(theirs) - 1, -1, -1):
            if related(mine[i], theirs[j]):
                rows[i][j] = rows[i + 1][j + 1] + 1
            else:
                rows[i][j] = max(rows[i + 1][j], rows[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(mine) and j < len(theirs):
        if related(mine[i], theirs[j]):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
    return tuple(pairs)
