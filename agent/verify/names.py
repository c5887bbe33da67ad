"""Check that every proper name of a claim is one that a source mentions."""

import re
from dataclasses import dataclass
from functools import lru_cache

from agent.verify.known import known_to, text_of, vocabulary_of
from agent.verify.passage import Passage
from agent.verify.proper import Name, is_headline, names_in, words_of
from agent.verify.verdicts import against
from agent.verify.words import fold, plain
from schemas.claims import Claim, Verdict
from schemas.sources import Sentence, Sources

# Endings of ordinary nouns: a word with one of them is no name by its place alone.
_NOUN_ENDING = re.compile(
    r"(?:s|ing|ion|ment|ity|ness|ance|ence|ism|ship|er|or|al|ly|ure|age|sis|gy|th|my|cy|men)$"
)


def check_names(claim: Claim, passage: Passage) -> Verdict | None:
    """Return `unsupported` for the first name of the claim that no source mentions.

    Titles, initials, possessives and accents do not matter; the last name alone, an acronym whose
    long form the source gives (and the reverse), the people of a country, and a spelling one
    letter away in a long name all count as mentioned. So does a word that a source uses in lower
    case. First and last names that the source gives to different people are no name either. A
    reported claim that only adds a first name is left open, for a judge; an inference may add
    nothing at all.
    """
    if is_headline(claim.text):
        return None
    for name in names_in(claim.text):
        unknown = _unknown(name, passage.sources)
        if unknown and spells_out(claim.text, unknown):
            continue
        if unknown and not (claim.basis == "reported" and _fuller(name, unknown, passage.sources)):
            shown = name.text if len(name.words) > 1 else unknown
            return against(
                claim,
                method="names",
                score=0.15,
                reason=f"names {shown}, which no source mentions",
                evidence=passage.ids,
            )
        mixed = _mixed(name, passage.sources)
        if mixed:
            return against(
                claim,
                method="names",
                score=0.15,
                label="contradicted",
                reason=f"names {name.text}; the source names {mixed}",
                evidence=passage.ids,
            )
    return None


def strange_names(text: str, sources: Sources) -> tuple[str, ...]:
    """Return the words that no source has and that, by their capital, may be names.

    Unlike `check_names` it counts a word that opens the text, unless its ending is that of an
    ordinary noun, and the words of a headline: too little to fail a claim, but enough to doubt it.
    """
    known = known_to(sources)
    return tuple(
        word
        for name in names_in(text)
        if not known.has_initials_of(name.words)
        for word in name.words
        if not (known.has(word) or spells_out(text, word))
        and not (name.opens and len(name.words) == 1 and _NOUN_ENDING.search(fold(word)))
    )


def spells_out(text: str, acronym: str) -> bool:
    """Tell whether a text gives the acronym in brackets beside the words that it stands for."""
    if f"({acronym})" not in text:
        return False
    letters = "".join(w[0] for w in re.split(r"[\s-]+", plain(text)) if w[0].isalpha())
    return acronym.casefold() in letters.casefold()


def locate_names(claim: Claim, passage: Passage) -> tuple[str, ...]:
    """Return the id of the nearest sentence for each name the cited sentences do not mention."""
    words = [w for name in names_in(claim.text) for w in name.words]
    missing = [w for w in words if _mentioning(w, passage.cited) is None]
    found = (_mentioning(w, passage.elsewhere) for w in missing)
    return tuple(id for id in found if id)


def _unknown(name: Name, sources: Sources) -> str | None:
    """Return the first word of the name that no source knows in any form."""
    known = known_to(sources)
    for at, word in enumerate(name.words):
        if known.has(word) or (at == 0 and name.opens and not _looks_like_name(name, word)):
            continue
        if known.has_initials_of(name.words):
            return None
        return word
    return None


def _looks_like_name(name: Name, word: str) -> bool:
    """Tell, for a word that opens a sentence and no source has, whether it is a name."""
    bare = fold(word)
    if len(name.words) > 1 or (word.isupper() and len(bare) > 1) or not bare.isalpha():
        return True
    # "Moldova has joined", but not "Inflation has risen".
    return re.search(r"[a-z][A-Z]", word) is not None or (
        name.acts and _NOUN_ENDING.search(bare) is None
    )


def _fuller(name: Name, unknown: str, sources: Sources) -> bool:
    """Tell a known last name to which the claim adds a first name that no source gives."""
    known = known_to(sources)
    last = name.words[-1]
    if unknown == last or not known.has(last):
        return False
    return fold(last) not in _runs_of(text_of(sources)).lasts


def _mixed(name: Name, sources: Sources) -> str | None:
    """Return the source's name when a first name and a last name belong to two people."""
    if len(name.words) < 2:
        return None
    first, last = fold(name.words[0]), fold(name.words[-1])
    runs = _runs_of(text_of(sources))
    if first not in runs.firsts or last not in runs.lasts or last in runs.together.get(first, ()):
        return None
    return runs.lasts[last]


@dataclass(frozen=True)
class _Runs:
    """The names of two words and more of a text, and which words ever share a name."""

    firsts: frozenset[str]
    lasts: dict[str, str]
    together: dict[str, frozenset[str]]


@lru_cache(maxsize=8)
def _runs_of(text: str) -> _Runs:
    names = names_in(text)
    lowered = {w for w in words_of(plain(text)) if w[0].islower()}
    # A sentence may open with an ordinary word before a name: Troubled Toshiba.
    pairs = [n for n in names if len(n.words) > 1 and n.words[0].lower() not in lowered]
    together: dict[str, frozenset[str]] = {}
    for name in names:
        words = frozenset(fold(w) for w in name.words)
        for word in words:
            together[word] = together.get(word, frozenset()) | words
    return _Runs(
        firsts=frozenset(fold(n.words[0]) for n in pairs),
        lasts={fold(n.words[-1]): n.text for n in pairs},
        together=together,
    )


def _mentioning(word: str, sentences: tuple[Sentence, ...]) -> str | None:
    return next((s.id for s in sentences if vocabulary_of(s.text).has(word)), None)
