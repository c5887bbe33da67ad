"""Find what a claim puts into a sentence that it otherwise copies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from agent.verify.known import known_to
from agent.verify.moments import moments_in
from agent.verify.names import spells_out
from agent.verify.numerals import figures_in
from agent.verify.passage import Passage
from agent.verify.proper import is_opener, names_in, spans_of
from agent.verify.verdicts import against
from agent.verify.words import STOP_WORDS, fold, plain, stem
from schemas.claims import Claim, Verdict
from schemas.sources import Sentence, Sources

# Words in a row that are no chance; fewer stand in any two sentences about one thing.
_RUN = 3
# Share of a claim's words, in such rows, from which it is a copy of the sentence.
_COPY = 0.6

# Where each row begins in the claim and in the sentence, and its length in words.
_Rows = tuple[tuple[int, int, int], ...]

# Words that join words or sentences, or credit them: they put nothing into what is said.
_LINKS = frozenset(
    """accordingly across addition afterwards against along alongside apparently background besides
    beyond breaking conclusion consequently context contrast currently despite eventually example
    except fact far finally following furthermore generally headline hence highlight importantly
    include including indeed initially inside instance instead later likewise moreover n't near
    nevertheless nonetheless notably otherwise outside overview particular particularly per plus
    previously recently regarding reportedly result separately similarly specifically subsequently
    summary therefore throughout toward towards ultimately under update upon via within yes
    """.split()
) | {stem(w) for w in "say tell add state note report according".split()}
_LISTING = frozenset("and or the a an".split())
_LABELLED = re.compile(r"(?::|\s-)\s*\W*$")
_FIGURE = re.compile(r"\d[\d.,]*[a-z]{0,3}")
_NEW_SENTENCE = re.compile(r"[\"')]*[.!?][\"')]*\s+[\"'(]*[A-Z\d]")


def check_additions(claim: Claim, passage: Passage) -> Verdict | None:
    """Return `unsupported` for a copy of a sentence with words put in that no source has.

    Before the copy they are a label ("Ruritania: Troops have ...") or stand alone; after it they
    end a list ("..., and Ruritania") or, in a report, are most of what is said there; within it
    they have a capital or a digit. Others are left to a reader (`words_put_in`).
    """
    for added in _additions(claim.text, passage.sources):
        if added.unknown and _is_foreign(added, claim, passage):
            shown = " ".join(added.unknown[:4])
            return against(
                claim,
                method="additions",
                score=0.15,
                reason=f"adds {shown}, which no source mentions, to sentence {added.sentence}",
                evidence=passage.ids,
            )
    return None


def words_put_in(text: str, sources: Sources) -> tuple[str, ...]:
    """Return the words that no source has in a text that otherwise copies a sentence.

    Words that stand in the place of others are not among them: those are mostly paraphrases.
    """
    return tuple(
        word
        for added in _additions(text, sources)
        if added.whole or (added.place == "after" and added.alone)
        for word in added.unknown
    )


@dataclass(frozen=True)
class _Addition:
    """Words of a claim that stand before, within or after what it copies.

    Attributes:
        sentence: The id of the sentence that is copied.
        place: Where the words stand.
        text: The claim's text between what is copied before them and behind them.
        words: The words, as written.
        unknown: Those that no source has in any form and that say something.
        whole: Whether the sentence loses nothing here.
        named: Whether the copied word behind them goes on with a name that they begin.
    """

    sentence: str
    place: Literal["before", "within", "after"]
    text: str
    words: tuple[str, ...]
    unknown: tuple[str, ...]
    whole: bool
    named: bool

    @property
    def alone(self) -> bool:
        """Whether nothing but unknown and empty words stands here."""
        return all(w in self.unknown or fold(w) in STOP_WORDS for w in self.words)

    @property
    def listed(self) -> bool:
        """Whether it could be one more entry of a list, or a word or two in brackets."""
        return all(w in self.unknown or fold(w) in _LISTING for w in self.words)

    @property
    def mostly_unknown(self) -> bool:
        """Whether more of what the words say is unknown than known."""
        told = [word for word in self.words if fold(word) not in STOP_WORDS]
        return 2 * len(self.unknown) > len(told)


def _is_foreign(added: _Addition, claim: Claim, passage: Passage) -> bool:
    if added.place == "before" and _LABELLED.search(added.text):
        return True
    # A name to which the claim adds a first name is left to the step that compares names.
    if not added.whole or added.named or _NEW_SENTENCE.match(added.text):
        return False
    match added.place:
        case "before":
            # Our lists of words that only join sentences are English.
            english = passage.sources.of(added.sentence).language in (None, "en")
            bare = not any(fold(w) in STOP_WORDS for w in added.words[1:])
            return english and added.alone and bare
        case "after":
            return added.listed or (claim.basis == "reported" and added.mostly_unknown)
    return any(w[0].isupper() or re.search(r"\d", w) for w in added.unknown)


def _additions(text: str, sources: Sources) -> tuple[_Addition, ...]:
    """Return what the text adds to the sentence that it copies most of; nothing when it is none."""
    flat = plain(text)
    unknown = _unknown(flat, sources)
    if not unknown:
        return ()
    spans = spans_of(flat)
    copied = _most_copied(tuple(fold(flat[a:b]) for a, b in spans), sources)
    return tuple(_gaps(flat, spans, *copied, unknown)) if copied else ()


def _unknown(flat: str, sources: Sources) -> frozenset[tuple[int, int]]:
    """Return where the words stand that no source has; figures and dates have their own steps."""
    known = known_to(sources)
    settled = [(f.start, f.end) for f in figures_in(flat)]
    settled += [(m.start, m.end) for m in moments_in(flat)]
    settled += [(n.start, n.end) for n in names_in(flat) if known.has_initials_of(n.words)]
    return frozenset(
        (start, end)
        for start, end in spans_of(flat)
        if _says_something(word := flat[start:end])
        and not known.has(word)
        and not spells_out(flat, word)
        and not any(a <= start and end <= b for a, b in settled)
    )


def _says_something(word: str) -> bool:
    key = fold(word)
    if len(key) < 2 or key in STOP_WORDS or is_opener(word) or _FIGURE.fullmatch(key):
        return False
    return key not in _LINKS and stem(key) not in _LINKS


def _most_copied(words: tuple[str, ...], sources: Sources) -> tuple[Sentence, _Rows] | None:
    """Return the sentence that most of the words copy, and the rows that they share with it."""
    least, own = max(_RUN, _COPY * len(words)), frozenset(words)
    best: tuple[Sentence, _Rows] | None = None
    for sentence in sources.sentences.values():
        theirs = _words(sentence.text)
        # Half, since a word may stand twice in what is copied.
        if len(own.intersection(theirs)) < least / 2:
            continue
        rows = _shared_rows(words, theirs)
        size = sum(length for _, _, length in rows)
        if size >= least:
            best, least = (sentence, rows), size + 1
    return best


def _shared_rows(words: tuple[str, ...], theirs: tuple[str, ...]) -> _Rows:
    matcher = SequenceMatcher(None, words, theirs, autojunk=False)
    blocks = matcher.get_matching_blocks()
    return tuple((b.a, b.b, b.size) for b in blocks if b.size >= _RUN)


@lru_cache(maxsize=16384)
def _words(text: str) -> tuple[str, ...]:
    flat = plain(text)
    return tuple(fold(flat[a:b]) for a, b in spans_of(flat))


def _gaps(
    flat: str,
    spans: tuple[tuple[int, int], ...],
    sentence: Sentence,
    rows: _Rows,
    unknown: frozenset[tuple[int, int]],
) -> Iterator[_Addition]:
    theirs = len(_words(sentence.text))
    # From where each row ends, in claim and sentence, to where the next one begins.
    edges = [(0, 0), *((a + size, b + size) for a, b, size in rows)]
    starts = [*((a, b) for a, b, _ in rows), (len(spans), theirs)]
    for n, ((mine, ours), (stop, there)) in enumerate(zip(edges, starts, strict=True)):
        if mine == stop:
            continue
        own = spans[mine:stop]
        words = tuple(flat[a:b] for a, b in own)
        yield _Addition(
            sentence=sentence.id,
            place="before" if n == 0 else "after" if n == len(rows) else "within",
            text=flat[spans[mine - 1][1] if mine else 0 : _start(spans, stop, flat)],
            words=words,
            unknown=tuple(flat[a:b] for a, b in own if (a, b) in unknown),
            whole=there == ours,
            named=_goes_on(flat, spans, stop),
        )


def _goes_on(flat: str, spans: tuple[tuple[int, int], ...], at: int) -> bool:
    """Tell whether a name that began before the word at this place goes on with it."""
    if at >= len(spans) or fold(flat[slice(*spans[at])]) in STOP_WORDS:
        return False
    return any(n.start < spans[at][0] < n.end for n in names_in(flat))


def _start(spans: tuple[tuple[int, int], ...], at: int, flat: str) -> int:
    return spans[at][0] if at < len(spans) else len(flat)
