"""Find where one speaker flatly denies what another says, from the words alone.

Two forms are plain enough to be seen by rule: somebody "rejected that figure", and somebody "heard
no siren" where another says that sirens sounded. What is denied in other words is not found.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from agent.analysis.speakers import DATELINE, OUTLET, Speaker
from agent.clean import one_line
from agent.verify.words import NEGATORS, content, plain, stem, tokens
from schemas.sources import Sentence, Source, Sources
from schemas.sourcing import Conflict, Side

Voices = Mapping[str, Sequence[tuple[int, Speaker]]]

_DENIES = re.compile(
    r"(?P<verb>\b(?:rejected|rejects|disputed|disputes|denied|denies|doubted|doubts|refuted)\b)"
    r"(?P<what> [^,.;]+)"
)
# Passive forms name nobody who denies: "the cause is disputed".
_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|be|also|being)$")
_POINTS_BACK = re.compile(
    r"^ (?:(?:that|this|the|those|these|any|all|\w+'s)(?: [\w']+)? )?(?:account|figure|claim"
    r"|allegation|accusation|charge|report|version|assertion|statement|number|toll|description|suggestion"
    r"|estimate|finding|involvement|responsibility)s?\b|^ (?:this|that|it)$"
)
_NO = re.compile(
    r"\b(?:heard|saw|seen|felt|found|received|got|was|were) no (?:\w+ )??(?P<noun>[a-z]{4,})\b"
)
# "No evidence" and the like say what is not known, not that another is wrong.
_UNKNOWN = frozenset(
    """evidence detail report record comment word date sign trace doubt reason need more plan other
    link immediate independent further""".split()
)
# A denial this many sentences away may still be of the same statement.
REACH = 12
SHOWN = 160  # characters of an account


def find_disputes(sources: Sources, voices: Voices) -> tuple[Conflict, ...]:
    """Return who denies what whom, each side with its sentence, in reading order.

    Args:
        sources: What was read.
        voices: Who speaks in each sentence, by id, with the offset where they begin.
    """
    found: dict[tuple[str, ...], Conflict] = {}
    for source in sources.items:
        for conflict in (*_denials(source, voices), *_absences(source, voices)):
            found.setdefault(tuple(id for side in conflict.sides for id in side.evidence), conflict)
    return tuple(found.values())


def _denials(source: Source, voices: Voices) -> Iterator[Conflict]:
    for at, sentence in enumerate(source.sentences):
        text = plain(sentence.text)
        denial = _DENIES.search(text)
        if not denial or _PASSIVE.search(text[: denial.start()].rstrip()):
            continue
        denier = _voice(voices[sentence.id], denial.start())
        denied = _denied(source, at, denial, denier, voices)
        if denier.name != OUTLET and denied:
            sentence_before, speaker = denied
            yield _conflict(
                "account",
                (speaker, sentence_before.text, sentence_before),
                (denier, denial["verb"] + denial["what"], sentence),
            )


def _denied(
    source: Source, at: int, denial: re.Match[str], denier: Speaker, voices: Voices
) -> tuple[Sentence, Speaker] | None:
    """Return the statement that a denial points back to: in its own sentence or the one before."""
    if not _POINTS_BACK.match(denial["what"]):
        return None
    sentence = source.sentences[at]
    first = _voice(voices[sentence.id], 0)
    if first != denier:
        return sentence, first
    before = source.sentences[at - 1] if at else None
    if before is None:
        return None
    speaker = voices[before.id][-1][1]
    return (before, speaker) if speaker not in (denier,) and speaker.name != OUTLET else None


def _absences(source: Source, voices: Voices) -> Iterator[Conflict]:
    for at, sentence in enumerate(source.sentences):
        denial = _NO.search(plain(sentence.text))
        speaker = voices[sentence.id][-1][1]
        if not denial or speaker.name == OUTLET or stem(denial["noun"]) in _UNKNOWN:
            continue
        noun = stem(denial["noun"])
        near = source.sentences[max(0, at - REACH) : at]
        for other in reversed(near):
            theirs = voices[other.id][-1][1]
            if theirs not in (speaker,) and theirs.name != OUTLET and _affirms(other, noun):
                yield _conflict(
                    denial["noun"], (theirs, other.text, other), (speaker, sentence.text, sentence)
                )
                break


def _affirms(sentence: Sentence, noun: str) -> bool:
    words = content(sentence.text)
    return noun in words and not NEGATORS & set(tokens(sentence.text))


def _voice(voices: Sequence[tuple[int, Speaker]], offset: int) -> Speaker:
    return [speaker for start, speaker in voices if start <= offset][-1]


def _conflict(what: str, *sides: tuple[Speaker, str, Sentence]) -> Conflict:
    return Conflict(
        about="account",
        what=what,
        sides=tuple(
            Side(
                says=one_line(DATELINE.sub("", plain(text)), SHOWN),
                speakers=(speaker.name,),
                evidence=(sentence.id,),
            )
            for speaker, text, sentence in sides
        ),
    )
