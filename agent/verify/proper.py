"""Read the proper names of a text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from agent.verify.words import STOP_WORDS, fold, plain

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

# What stands before a word that opens a sentence or a quotation.
_OPENS = re.compile(r"(?:^|[.!?:;]|[.!?]\W)\s*[\"'(\[*-]*\s*$")
_BEFORE = 60  # characters; looking back further takes time that grows with the square of the text
_ACTS = re.compile(
    r"(?:'s)? (?:said|says|told|is|was|has|had|have|are|were|will|would|may|could|\w+ed)\b"
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


@lru_cache(maxsize=16384)
def names_in(text: str) -> tuple[Name, ...]:
    """Return the runs of capitalised words of a text that may be names, in order.

    An ordinary word that opens a sentence is left out where a short list knows it.
    """
    flat = plain(text)
    named = (_named(run, flat) for run in _runs(flat))
    return tuple(name for name in named if name.words)


def is_headline(text: str) -> bool:
    """Tell text in which most words take a capital, so that a capital marks no name."""
    words = [w for w in _WORD.findall(plain(text)) if fold(w) not in STOP_WORDS and w[0].isalpha()]
    return len(words) >= 4 and sum(_capital(w) for w in words) > 0.8 * len(words)


def folded_words(text: str) -> tuple[str, ...]:
    """Return the words of a name folded, titles and single-letter initials left out."""
    found = (fold(w) for w in re.split(r"[\s-]+", plain(text)))
    bare = (re.sub(r"^\W+|\W+$", "", w) for w in found)
    return tuple(w for w in bare if w and not (len(w) == 1 or w in _TITLES))


def words_of(text: str) -> list[str]:
    """Return the words of a plain text as written, an abbreviation such as U.S. as one."""
    return _WORD.findall(text)


def spans_of(text: str) -> tuple[tuple[int, int], ...]:
    """Return where each word of a plain text stands, an abbreviation such as U.S. as one."""
    return tuple(match.span() for match in _WORD.finditer(text))


def is_opener(word: str) -> bool:
    """Tell a title, a day, a month or an ordinary word that often opens a sentence."""
    return fold(word) in _OPENERS or fold(word) in _TITLES


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
    start = run[0].start()
    opens = bool(_OPENS.search(text, max(0, start - _BEFORE), start)) or (
        text[max(0, start - 1) : start] == '"'
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
