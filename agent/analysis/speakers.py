"""Find who speaks in each sentence, and on whose behalf, from the words of the source alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.clean import one_line
from agent.sections.cues import STATE_MEDIA
from agent.verify.attribution import Saying, sayings_in
from agent.verify.proper import names_in
from agent.verify.words import content, plain
from schemas.sections import SpeakerKind
from schemas.sources import Sentence, Source, Sources

OUTLET = "the outlet"

# First match wins, so the order matters: a rebel "captain" is no officer, and the president of a
# union no official. "Other" is what has no entry here, such as a union or a relief agency.
_KINDS: Sequence[tuple[SpeakerKind, str]] = (
    (
        "armed group",
        r"\b(?:front|rebels?|militia|insurgents?|guerrillas?|militants|extortion group|cartel|gang"
        r"|separatists?)\b",
    ),
    ("unnamed", r"\b(?:not authori[sz]ed|anonym\w+|unnamed|declined to be named|sources?)\b"),
    (
        "independent expert",
        r"\b(?:analysts?|researchers?|professor|economist|hydrologist|seismologist|scientists?"
        r"|historian|expert|experts|studies|institute|university|forecasters?)\b",
    ),
    (
        "military",
        r"\b(?:army|armies|military|navy|air force|general staff|defen[cs]e (?:ministry|minister)"
        r"|gen|col|capt|lt|maj|adm|brig|troops|commander)\b",
    ),
    ("other", r"\b(?:union|relief|hospital|charity|opposition|church|aid agency)\b"),
    (
        "official",
        r"\b(?:ministry|minister|government|president|police|commissioner|governor|embassy|mayor"
        r"|officials?|leader|chancellor|commission|parliament|lawmakers?|senator|congress"
        r"|coast guard|intelligence|authority|authorities|prosecutors?|national|state|mission"
        r"|kremlin)\b",
    ),
    (
        "company",
        r"\b(?:company|firm|bank|operator|ltd|inc|corp|plc|shareholders|chief operating officer"
        r"|chief executive|terminals)\b",
    ),
    ("witness", r"\b(?:residents?|witness(?:es)?|survivors?|villagers?|shopkeeper|neighbou?rs?)\b"),
    ("wire", r"\b(?:reuters|associated press|afp|agence france-presse|news agency)\b"),
)

# "The ministry" and "the message" are whoever spoke before; the army stands for itself.
_REFERRING = frozenset(
    """ministry agency group company mission union bank institute spokesman spokeswoman official
    team party message statement report letter post""".split()
)
_REPORTS = frozenset("message statement report letter post".split())
# Many outlets have one of these in their name, and are no kin for it.
_PAPERS = frozenset("wire new agency post time daily press herald tribun courier".split())
_PRONOUNS = frozenset("he she they it who we i".split())
_CAPITALS = r"(?:[A-Z][\w.'-]*|of|for|in|the|de|al|van)"
_INVERTED = re.compile(
    rf"(?:[\"] (?:said|says|wrote) ((?:[A-Z]\w{{0,3}}\. )*[^,.\"]+(?: (?:[A-Z]\. )+[^,.\"]+)*)"
    rf"|, (?:said|says|wrote) ((?:{_CAPITALS} )*[A-Z][\w'-]+)(?=[,.]))"
)
_ACCORDING = re.compile(r"\b[Aa]ccording to (the [^,.]*), ([A-Z][\w'-]*(?: [A-Z][\w'-]*)*)[,.]")
# "ORUND, March 12 (Meridian Wire) - ", before the first sentence of a story.
DATELINE = re.compile(r"^[^()]{3,60}\([^()]{2,40}\) ?- ")
_TRAILING = re.compile(
    r"(?: (?:has|have|had|also|then|later|publicly|already|itself|first|now|[a-z]+ly|on \w+day))+$"
)
_NEGATED = re.compile(r"\b(?:not|never|declined to|refused to)$|^(?:Neither|Nobody|None|No)\b")
_APPOSITION = re.compile(r",(?: \d+,)? ((?:an?|the|who|which|\w+'s) [^,.\"]*)")
_WHEN = re.compile(r"\b(?:yesterday|today|week|month|year|day|speaking|before|after)\b", re.I)
_ACTS = re.compile(r" (?:is|are|was|were|has|have|had|will|would|gave|\w{3,}ed) ")
LONGEST_NAME = 8  # words
REMEMBERED = 200  # speakers back to which a shorter name or "the ministry" may refer


@dataclass(frozen=True)
class Speaker:
    """Somebody whose statement a source carries.

    Attributes:
        name: As the source first has it; "the outlet" when the source speaks in its own name.
        kind: On whose behalf.
        words: Stems of the name and of the words that introduce it.
    """

    name: str
    kind: SpeakerKind
    words: frozenset[str]


def speakers_of(sources: Sources) -> dict[str, tuple[tuple[int, Speaker], ...]]:
    """Return who speaks in each sentence, by its id: where they begin, as offsets, and who it is.

    A pronoun, "the ministry" and a quotation that goes on are whoever spoke before. Where nobody is
    found, and where somebody is reported to have said nothing, the outlet speaks. Offsets refer to
    the plain text; the first is always 0.
    """
    return {id: voices for source in sources.items for id, voices in _of_source(source).items()}


def same_party(one: Speaker, other: Speaker) -> bool:
    """Tell whether two speakers may speak for one body, such as a ministry and its minister.

    Two officials of one source, or two of its soldiers, are taken for one party unless each is
    named after another place or body: a government that agrees with itself proves nothing.
    """
    if one == other or (one.kind == other.kind and one.words & other.words):
        return True
    official = {"official", "military", "state media"}
    return one.kind in official and other.kind in official


def kind_of(text: str) -> SpeakerKind:
    """Return the kind of speaker that words such as "an analyst at the institute" describe."""
    if re.search(STATE_MEDIA, text):
        return "state media"
    flat = text.replace(".", " ").casefold()
    return next((kind for kind, words in _KINDS if re.search(words, flat)), "other")


def outlet_of(source: Source) -> Speaker:
    """Return the outlet as a speaker; a state medium is one whoever it quotes."""
    kind: SpeakerKind = (
        "state media" if re.search(STATE_MEDIA, source.publisher or "") else "the outlet"
    )
    return Speaker(OUTLET, kind, frozenset(content(source.publisher or source.title)) - _PAPERS)


def _of_source(source: Source) -> dict[str, tuple[tuple[int, Speaker], ...]]:
    text, outlet = plain(source.text), outlet_of(source)
    seen: list[Speaker] = []
    found: dict[str, tuple[tuple[int, Speaker], ...]] = {}
    before: Speaker | None = None
    for sentence in source.sentences:
        voices = _voices(sentence, text, seen, before) or [(0, outlet)]
        found[sentence.id] = ((0, voices[0][1]), *voices[1:])
        before = voices[-1][1]
    return found


def _voices(
    sentence: Sentence, text: str, seen: list[Speaker], before: Speaker | None
) -> list[tuple[int, Speaker]]:
    """Return where each speaker of a sentence begins, and take note of the new ones in `seen`."""
    flat = plain(sentence.text)
    named = _named_last(flat)
    if named and named.casefold() not in _PRONOUNS:
        seen.append(_known(named, text, seen))
        return [(0, seen[-1])]
    sayings = sayings_in(sentence.text)
    voices = []
    for saying in sayings:
        speaker = _speaker(saying, text, seen)
        if speaker:
            seen.append(speaker)
            voices.append((max(flat.find(saying.speaker.strip()), 0), speaker))
    medium = re.match(rf"(?:[\w']+ ){{0,3}}(?:{STATE_MEDIA.pattern})", flat, re.IGNORECASE)
    if not voices and medium and not re.match(r" (?:\w+ )?not\b", flat[medium.end() :]):
        seen.append(_known(re.sub(r"^(?:The|Its) ", "", medium[0]), text, seen))
        return [(0, seen[-1])]
    if not voices and before and flat.startswith('"') and not sayings:
        return [(0, before)]
    return voices


def _named_last(flat: str) -> str | None:
    according = _ACCORDING.search(flat)
    if according:
        return f"{according[2]}, {according[1]}"
    inverted = _INVERTED.search(flat)
    return (inverted[1] or inverted[2]) if inverted else None


def _speaker(saying: Saying, text: str, seen: Sequence[Speaker]) -> Speaker | None:
    name = _name(saying)
    if not name or not name[0].isalpha() or _NEGATED.search(name):
        return None
    if name.casefold() in _PRONOUNS:
        return seen[-1] if seen else None
    if kind_of(name) != "state media" and _refers(name):
        return _referred(name, seen)
    if names_in(name) or kind_of(name) != "other" or _describes(name):
        return _known(name, text, seen, DATELINE.sub("", saying.speaker))
    return None


def _describes(name: str) -> bool:
    """Tell "traders" and "a relief agency" from words that are no speaker."""
    words = name.split()
    return len(words) <= 4 and (words[-1].endswith("s") or words[0].casefold() in {"a", "an"})


def _name(saying: Saying) -> str:
    """Return the speaker without dateline, apposition and auxiliaries; empty when it is none."""
    name = DATELINE.sub("", saying.speaker.strip(' ",.'))
    if "each other" in saying.statement:
        return ""
    name = re.split(r", (?:and|but) |^(?:And|But) ", name)[-1]
    name = re.split(r",| who | which ", name)[0].strip(' "')
    name = re.sub(r"^.* (?:calls? itself|known as) ", "", name)
    medium = re.search(STATE_MEDIA, name)
    if medium:
        return medium[0]
    name = _TRAILING.sub("", name)
    if len(name.split()) <= LONGEST_NAME and not _ACTS.search(name):
        return "" if _WHEN.search(name) else name
    short = re.match(rf"(?:{_CAPITALS} )*[A-Z][\w'-]+", name)
    return short[0] if short and names_in(short[0]) else " ".join(name.split()[:2])


def _refers(name: str) -> bool:
    """Tell "the ministry" and "the message" from a name."""
    words = name.split()
    return (
        len(words) <= 4
        and words[0].casefold() in {"the", "its", "those"}
        and not names_in(name)
        and words[-1].casefold() in _REFERRING
    )


def _referred(name: str, seen: Sequence[Speaker]) -> Speaker | None:
    noun = set(content(name)[-1:]) - _REPORTS
    named = (speaker for speaker in reversed(seen[-REMEMBERED:]) if noun & speaker.words)
    return next(named, seen[-1] if seen else None)


def _known(name: str, text: str, seen: Sequence[Speaker], beside: str = "") -> Speaker:
    """Return the speaker of that name, as first seen when a shorter form of the name comes back."""
    words = frozenset(content(name))
    kind = kind_of(name)
    for speaker in reversed(seen[-REMEMBERED:]):
        same = words <= frozenset(content(speaker.name))
        if words and same and kind in {"other", speaker.kind}:
            return speaker
    described = f"{name} {_introduced(name, text)} {beside}"
    shown = re.sub(r"^(?:[Tt]he|[Aa]n?|[Ii]ts) (?=[A-Z])", "", name.partition(",")[0])
    return Speaker(one_line(shown), kind_of(described), frozenset(content(described)))


def _introduced(name: str, text: str) -> str:
    """Return the apposition behind a name, such as "an analyst at the institute"."""
    bare = re.sub(r"^(?:the|an?|its) ", "", name, flags=re.IGNORECASE)
    at = text.find(f"{bare},")
    found = _APPOSITION.match(text, at + len(bare)) if at >= 0 else None
    return found[1] if found else ""
