"""Lay a claim beside a sentence, word by word and in order."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from agent.verify.moments import Moment, moments_in
from agent.verify.numerals import Figure, figures_in
from agent.verify.words import content, plain, stem
from schemas.sources import Sentence

# Words of one meaning in news text; each line reads as its first word. A pair that differs in any
# way a reader could care about (killed and hurt, troops and guards) has no place here.
_ONE = {
    stem(word): stem(line.split()[0])
    for line in (
        "say tell state add note announce according",
        "wound injure hurt",
        "rise increase climb grow",
        "fall drop decline decrease",
        "begin start",
        "help assist aid",
        "buy purchase",
        "big large",
        "troop soldier",
        "reporter journalist",
        "toll count",
        "metre meter",
        "kilometre kilometer km",
        "show indicate",
        "request ask",
        "verify confirm",
        "attack assault",
        "flee escape",
        "deploy send",
        "currently now",
    )
    for word in line.split()
}

# How a figure is marked stays with it: at least 17 is not 17.
_SIGNS = {"": "", "about": "~", "above": "$", "below": "-"}
_ROUND = re.compile(
    r"\bat least\b|\b(?:roughly|approximately|nearly|almost|around|some|about)\s+(?=#)",
    re.IGNORECASE,
)

# A title before a name adds nothing that could be wrong about what happened.
_TITLES = frozenset("mr mrs ms dr prof gen col capt lt sgt maj adm".split())

_DERIVED = frozenset(
    "n an ian ans ment ments ion ions ation or er al ish i ese ic ly ness ive ing s".split()
)


@dataclass(frozen=True)
class Match:
    """A claim laid over one sentence.

    Attributes:
        sentence: The sentence.
        words: The claim's content words.
        theirs: The sentence's content words.
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
    def next(self) -> tuple[str, ...]:
        """The two words of the sentence after the last that was matched."""
        end = self.pairs[-1][1] + 1 if self.pairs else 0
        return self.theirs[end : end + 2]

    @property
    def skipped(self) -> tuple[str, ...]:
        """The sentence's unmatched words from its start to the last that was matched."""
        used = {other for _, other in self.pairs}
        end = self.pairs[-1][1] + 1 if self.pairs else 0
        return tuple(w for at, w in enumerate(self.theirs[:end]) if at not in used)

    @property
    def density(self) -> float:
        """Share of matched words among the sentence's words from the first to the last match."""
        if not self.pairs:
            return 0.0
        return len(self.pairs) / (self.pairs[-1][1] - self.pairs[0][1] + 1)


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
    """Return the content stems of a text with each figure and date as words of one form.

    `15,000` and `fifteen thousand` are `#15000`, a share is `#21%`, `Sept. 2` is `#month9 #day2`.
    """
    flat = plain(text)
    spans = [(f.start, f.end, _figure_word(f)) for f in figures_in(text)]
    spans += [(m.start, m.end, _moment_words(m)) for m in moments_in(text) if m.parts]
    parts, at = [], 0
    for start, end, words in sorted(spans):
        parts += [flat[at:start], f" {words} "]
        at = max(at, end)
    joined = _ROUND.sub("", "".join(parts) + flat[at:])
    joined = re.sub(r"\bUnited States\b", "U.S.", joined)
    return tuple(_ONE.get(w, w) for w in content(joined) if w not in _TITLES)


def _figure_word(figure: Figure) -> str:
    sign = ("%" if figure.kind == "percent" else "") + _SIGNS[figure.marker]
    ends = [f"{value:.12g}" for value in dict.fromkeys((figure.low, figure.high))]
    return f"#{'~'.join(ends).replace('+', '')}{sign}"


def _moment_words(moment: Moment) -> str:
    return " ".join(f"#{name}{value}" for name, value in moment.parts.items())


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
