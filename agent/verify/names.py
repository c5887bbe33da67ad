"""Check that every proper name of a claim is one that a source mentions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from agent.verify.passage import Passage
from agent.verify.verdicts import against
from agent.verify.words import STOP_WORDS, fold, plain, stem
from schemas.claims import Claim, Verdict
from schemas.sources import Sentence, Sources

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['.&][^\W_]+)*")

# Words that stand before a name, or that take a capital without being one.
_TITLES = frozenset(
    """mr mrs ms miss dr prof professor sir lord lady dame gen general col colonel capt captain lt
    lieutenant maj major sgt sergeant adm admiral cmdr commander commissioner sen senator rep
    representative gov governor president prime minister secretary chancellor king queen prince
    princess pope bishop judge justice mayor ambassador chairman chairwoman chief director deputy
    vice leader supreme spokesman spokeswoman spokesperson premier officer jr st saint monday
    tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december jan feb mar apr jun jul aug sept oct nov dec
    tv ai it pm mp mps ceo coo cfo gdp dna pr hq am
    god earth internet west western east eastern north northern south southern i ok""".split()
)

# Capitalised words that often open a sentence and are no names.
_OPENERS = frozenset(
    """according additional additionally also although analysts analyst another any as authorities
    because both but by civilians critics current despite due during each economic either every
    evidence experts few first following for forces four further given government governments
    had has have how however if in increased increasing independent initial instead intelligence
    its key local many meanwhile military monitor most multiple my neither no nobody none nor
    not nothing observers of official officials on once one only opposition our over overall
    people police political possible public recent regional reports residents second security
    several sources state such talks ten that the their then there these they this those three
    thus to troops two under unless unlike until upon violence what when where whether which
    while who whose why with within without would yet you your even eight five six seven nine
    new old high low more less some other others all long short large small early late strong
    weak global international national foreign domestic please note""".split()
)

_DEMONYM_ENDINGS = frozenset(
    """a o e y ia an n ian ean i ese ish ic s ans ns ians is ish ies ia land lands er ers ey
    r er iya in ine ines ino inos""".split()
) | {""}

_ACTS = re.compile(
    r"(?:'s)? (?:said|says|told|is|was|has|had|have|are|were|will|would|may|could|\w+ed)\b"
)
# Endings of ordinary nouns: a word with one of them is no name by its place alone.
_NOUN_ENDING = re.compile(
    r"(?:s|ing|ion|ment|ity|ness|ance|ence|ism|ship|er|or|al|ly|ure|age|sis|gy|th|my|cy|men)$"
)

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
class Name:
    """A run of capitalised words.

    Attributes:
        words: Its words as written, titles and connecting words left out.
        opens: Whether it opens a sentence or a quotation, where any word takes a capital.
        acts: Whether a verb follows it at once.
        start: Offset in the plain text.
        end: Offset in the plain text.
    """

    words: tuple[str, ...]
    opens: bool
    acts: bool
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words with single spaces."""
        return " ".join(self.words)


def check_names(claim: Claim, passage: Passage) -> Verdict | None:
    """Return `unsupported` for the first name of the claim that no source mentions.

    Titles, initials, possessives and accents do not matter; the last name alone, an acronym whose
    long form the source gives (and the reverse), the people of a country, and a spelling one
    letter away in a long name all count as mentioned. So does a word that a source uses in lower
    case. First and last names that the source gives to different people are no name either. A
    reported claim that only adds a first name is left open, for a judge; an inference may add
    nothing at all.
    """
    if _is_headline(claim.text):
        return None
    for name in names_in(claim.text):
        unknown = _unknown(name, passage.sources)
        if unknown and f"({unknown})" in claim.text and _initials(claim.text, unknown):
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


def locate_names(claim: Claim, passage: Passage) -> tuple[str, ...]:
    """Return the id of the nearest sentence for each name the cited sentences do not mention."""
    words = [w for name in names_in(claim.text) for w in name.words]
    missing = [w for w in words if _mentioning(w, passage.cited) is None]
    found = (_mentioning(w, passage.elsewhere) for w in missing)
    return tuple(id for id in found if id)


@lru_cache(maxsize=16384)
def names_in(text: str) -> tuple[Name, ...]:
    """Return the runs of capitalised words of a text that may be names, in order.

    An ordinary word that opens a sentence is left out where a short list knows it.
    """
    flat = plain(text)
    return tuple(_named(run, flat) for run in _runs(flat) if _named(run, flat).words)


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    run: list[re.Match[str]] = []
    for match in _WORD.finditer(text):
        gap = text[run[-1].end() : match.start()] if run else ""
        if run and (not (gap in (" ", "-", ". ") and _joins(run, gap)) or _owns(run)):
            yield run
            run = []
        if _capital(match.group()):
            run.append(match)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _joins(run: list[re.Match[str]], gap: str) -> bool:
    # A full stop inside a name follows an initial or a title, never a whole word.
    last = run[-1].group()
    return gap != ". " or len(last) == 1 or fold(last) in _TITLES


def _owns(run: list[re.Match[str]]) -> bool:
    # England's Buckingham Palace: what follows a possessive is another name.
    return run[-1].group().endswith("'s")


def _capital(word: str) -> bool:
    return word[0].isupper()


def _named(run: list[re.Match[str]], text: str) -> Name:
    opens = bool(re.search(r"(?:^|[.!?:;]|[.!?]\W)\s*[\"'(\[*-]*\s*$", text[: run[0].start()])) or (
        text[max(0, run[0].start() - 1) : run[0].start()] == '"'
    )
    words = [m.group() for m in run]
    kept = [
        w
        for at, w in enumerate(words)
        if fold(w) not in _TITLES
        and not (fold(w) in STOP_WORDS and not w.isupper())
        and len(fold(w)) > 1
        and not (at == 0 and opens and fold(w) in _OPENERS)
        and not re.fullmatch(r"I'\w+|[QH]\d|FY\d*", w)
    ]
    acts = _ACTS.match(text, run[-1].end()) is not None
    return Name(tuple(kept), opens and kept[:1] == words[:1], acts, run[0].start(), run[-1].end())


def _initials(text: str, acronym: str) -> bool:
    """Tell an acronym that the claim itself spells out before it."""
    letters = "".join(w[0] for w in re.split(r"[\s-]+", plain(text)) if w[0].isalpha())
    return acronym.casefold() in letters.casefold()


def _is_headline(text: str) -> bool:
    """Tell text in which most words take a capital, so that a capital marks no name."""
    words = [w for w in _WORD.findall(plain(text)) if fold(w) not in STOP_WORDS and w[0].isalpha()]
    return len(words) >= 4 and sum(_capital(w) for w in words) > 0.8 * len(words)


def _unknown(name: Name, sources: Sources) -> str | None:
    """Return the first word of the name that no source knows in any form."""
    known = _vocabulary(sources)
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


@dataclass(frozen=True)
class _Vocabulary:
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
def _vocabulary_of(text: str) -> _Vocabulary:
    flat = plain(text)
    found = _WORD.findall(flat)
    parts = (p for w in found for p in (*re.split(r"['.&]", w), w.replace("'", "")) if p)
    words = {fold(w) for w in (*found, *parts)}
    starts: dict[str, tuple[str, ...]] = {}
    for word in sorted(fold(w) for w in set(found) if _capital(w)):
        starts[word[:3]] = (*starts.get(word[:3], ()), word)
    return _Vocabulary(
        words=frozenset(words | {mark.join(p) for p in _pairs(found) for mark in ("-", "")}),
        stems=frozenset(stem(w) for w in words),
        starts=starts,
        acronyms=frozenset(_acronyms(flat)),
        capitals=frozenset(fold(w) for w in found if w.isupper() or "." in w),
    )


def _vocabulary(sources: Sources) -> _Vocabulary:
    return _vocabulary_of(_all_text(sources))


def _all_text(sources: Sources) -> str:
    parts = [p for s in sources.items for p in (s.text, s.title, s.publisher, s.author) if p]
    return "\n".join(parts)


def _pairs(found: list[str]) -> Iterator[tuple[str, str]]:
    return ((fold(a), fold(b)) for a, b in pairwise(found) if _capital(a))


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


def _fuller(name: Name, unknown: str, sources: Sources) -> bool:
    """Tell a known last name to which the claim adds a first name that no source gives."""
    known = _vocabulary(sources)
    last = name.words[-1]
    if unknown == last or not known.has(last):
        return False
    return fold(last) not in _runs_of(_all_text(sources)).lasts


def _mixed(name: Name, sources: Sources) -> str | None:
    """Return the source's name when a first name and a last name belong to two people."""
    if len(name.words) < 2:
        return None
    first, last = fold(name.words[0]), fold(name.words[-1])
    runs = _runs_of(_all_text(sources))
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
    lowered = {w for w in _WORD.findall(plain(text)) if w[0].islower()}
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
    return next((s.id for s in sentences if _vocabulary_of(s.text).has(word)), None)


def folded_words(text: str) -> tuple[str, ...]:
    """Return the words of a name folded, titles and single-letter initials left out."""
    found = (fold(w) for w in re.split(r"[\s-]+", plain(text)))
    bare = (re.sub(r"^\W+|\W+$", "", w) for w in found)
    return tuple(w for w in bare if w and not (len(w) == 1 or w in _TITLES))
