"""Tell which names a text knows, in whatever form it gives them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from agent.verify.proper import words_of
from agent.verify.words import fold, plain, stem
from schemas.sources import Sources

_DEMONYM_ENDINGS = frozenset(
    """a o e y ia an n ian ean i ese ish ic s ans ns ians is ish ies ia land lands er ers ey
    r er iya in ine ines ino inos""".split()
) | {""}

# Names that share no beginning with the people or the initials they go with.
_SAME = (
    "us usa america american americans united-states",
    "uk britain british briton britons united-kingdom",
    "uae emirati emiratis emirates",
    "un united-nations",
    "eu european-union",
    "france french",
    "germany german germans",
    "netherlands dutch holland",
    "spain spanish spaniard spaniards",
    "greece greek greeks",
    "poland polish pole poles",
    "sweden swedish swede swedes",
    "denmark danish dane danes",
    "finland finnish finn finns",
    "switzerland swiss",
    "wales welsh",
    "ireland irish",
    "iraq iraqi iraqis",
    "iran iranian iranians",
    "turkey turkish turkiye turk turks",
    "philippines filipino filipinos philippine",
    "thailand thai thais",
    "norway norwegian norwegians",
    "afghanistan afghan afghans",
    "kazakhstan kazakh kazakhs",
    "peru peruvian",
    "cyprus cypriot",
    "myanmar burma burmese",
    "russia russian russians kremlin moscow",
    "china chinese beijing",
    "ukraine ukrainian ukrainians kyiv kiev",
)


@dataclass(frozen=True)
class Vocabulary:
    """The folded words of the sources, with what is needed to recognise them in other forms."""

    words: frozenset[str]
    stems: frozenset[str]
    starts: dict[str, tuple[str, ...]]
    acronyms: frozenset[str]
    capitals: frozenset[str]

    def has(self, word: str) -> bool:
        """Tell whether the word, a form of it or its long form stands in a source."""
        key = fold(word)
        if key in self.words or stem(key) in self.stems or key in self.acronyms:
            return True
        if any(other in self.words for other in _aliases(key)):
            return True
        return any(_variant(key, other) for other in self.starts.get(key[:3], ()))

    def has_initials_of(self, words: tuple[str, ...]) -> bool:
        """Tell whether a source has the acronym of the words."""
        return len(words) > 1 and "".join(w[0] for w in words).casefold() in self.capitals


@lru_cache(maxsize=4096)
def vocabulary_of(text: str) -> Vocabulary:
    """Return the names and other words of a text, ready to be asked for."""
    flat = plain(text)
    found = words_of(flat)
    parts = (p for w in found for p in (*re.split(r"['.&]", w), w.replace("'", "")) if p)
    words = {fold(w) for w in (*found, *parts)}
    starts: dict[str, tuple[str, ...]] = {}
    for word in sorted(fold(w) for w in set(found) if w[0].isupper()):
        starts[word[:3]] = (*starts.get(word[:3], ()), word)
    return Vocabulary(
        words=frozenset(words | {mark.join(p) for p in _pairs(found) for mark in ("-", "")}),
        stems=frozenset(stem(w) for w in words),
        starts=starts,
        acronyms=frozenset(_acronyms(flat)),
        capitals=frozenset(fold(w) for w in found if w.isupper() or "." in w),
    )


def known_to(sources: Sources) -> Vocabulary:
    """Return the vocabulary of all sources together, their titles and bylines included."""
    return vocabulary_of(text_of(sources))


def text_of(sources: Sources) -> str:
    """Return everything the sources say, with their titles, publishers and authors."""
    parts = [p for s in sources.items for p in (s.text, s.title, s.publisher, s.author) if p]
    return "\n".join(parts)


def _pairs(found: list[str]) -> Iterator[tuple[str, str]]:
    return ((fold(a), fold(b)) for a, b in pairwise(found) if a[0].isupper())


def _acronyms(text: str) -> Iterator[str]:
    """Yield the initials of every run of two to six capitalised words, of and the left out."""
    for match in re.finditer(
        r"(?:[A-Z][\w'-]+ (?:(?:of|for|the|and|on|in) ){0,2}){1,6}[A-Z][\w'-]+", text
    ):
        letters = [w[0] for w in re.split(r"[ -]", match.group()) if w[:1].isupper()]
        for start in range(len(letters) - 1):
            for end in range(start + 2, min(len(letters), start + 6) + 1):
                yield "".join(letters[start:end]).casefold()


def _aliases(key: str) -> set[str]:
    return {o for line in _SAME if key in line.split() for o in line.split()} - {key}


def _variant(key: str, other: str) -> bool:
    """Tell a people from its land, and two spellings of a long name."""
    common = 0
    for a, b in zip(key, other, strict=False):
        if a != b:
            break
        common += 1
    rests = {key[common:], other[common:]}
    if common >= 4 and rests <= _DEMONYM_ENDINGS:
        return True
    return min(len(key), len(other)) >= 6 and _one_edit(key, other)


def _one_edit(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) > len(b):
        a, b = b, a
    at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    return a[at:] == b[at + 1 :] or a[at + 1 :] == b[at + 1 :]
