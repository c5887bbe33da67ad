"""Find who says what in a sentence: the reporting verb, its speaker and the words it governs."""

import re
from dataclasses import dataclass
from functools import lru_cache

from agent.verify.quotations import outside_quotes
from agent.verify.words import content, tokens

_VERBS = (
    "say|says|said|tell|tells|told|report|reports|reported|claim|claims|claimed|state|states"
    "|stated|announce|announces|announced|add|adds|added|note|notes|noted|warn|warns|warned"
    "|estimate|estimates|estimated|argue|argues|argued|insist|insists|insisted|confirm|confirms"
    "|confirmed|acknowledge|acknowledges|acknowledged|deny|denies|denied|reject|rejects|rejected"
    "|dispute|disputes|disputed|accuse|accuses|accused|believe|believes|believed|expect|expects"
    "|expected|predict|predicts|predicted|forecast|forecasts|describe|describes|described"
    "|suggest|suggests|suggested|allege|alleges|alleged|assess|assesses|assessed|doubt|doubts"
    "|doubted|blame|blames|blamed|write|writes|wrote|explain|explains|explained|maintain"
    "|maintains|maintained|contend|contends|contended|declare|declares|declared|repeat|repeats"
    "|repeated|reveal|reveals|revealed|affirm|affirms|affirmed|disclose|discloses|disclosed|find"
    "|finds|found|show|shows|showed|think|thinks|thought|call|calls|called|complain|complains"
    "|complained|stress|stresses|stressed|cite|cites|cited|put|puts|praise|praised"
)

# What a speaker asserts; "accused" or "expects" carry no statement that could be taken as fact.
_SAYING = frozenset(
    """say tell report claim state announce add note warn estimate argue insist acknowledge believ
    predict suggest alleg assess writ explain maintain contend declar put forecast""".split()
)

_VERB = re.compile(rf"\b(?P<verb>{_VERBS})\b", re.IGNORECASE)
_ACCORDING = re.compile(r"\b(?:according to|in the words of)\s+(?P<who>[^,;.]+)", re.IGNORECASE)
_BREAK = re.compile(r"[;:]|\"\"|,? (?:but|while|whereas|although) |, and (?=[A-Z]|an? |the |that )")
_PRONOUNS = frozenset("he she they it who".split())
_BLANK = frozenset(
    """also later earlier then recently previously already separately meanwhile reporter
    new conference briefing statement interview message telephone television channel""".split()
)


@dataclass(frozen=True)
class Saying:
    """One stretch of a sentence that somebody is reported to say.

    Attributes:
        who: Content stems of the speaker as named there; empty for a pronoun.
        pronoun: Whether the speaker is only a pronoun, or is not named at all.
        verb: The reporting verb's first stem, or `according`.
        told: Content stems of what is said.
    """

    who: frozenset[str]
    pronoun: bool
    verb: str
    told: frozenset[str]

    @property
    def asserts(self) -> bool:
        """Whether the verb reports a statement, as `said` does and `accused` does not."""
        return self.verb in _SAYING or self.verb == "according"


@lru_cache(maxsize=16384)
def sayings_in(text: str) -> tuple[Saying, ...]:
    """Return what a sentence reports as said, in order; empty when it speaks in its own name."""
    flat = outside_quotes(text)
    according = _ACCORDING.search(flat)
    if according:
        rest = flat[: according.start()] + flat[according.end() :]
        return (_saying(according["who"], "according", rest),)
    found = []
    for start, end in _stretches(flat):
        clause = flat[start:end]
        verb = _reporting_verb(clause)
        if verb:
            who, told = _split(clause, verb)
            found.append(_saying(who, content(verb["verb"])[0], told or flat[:start]))
    return tuple(found)


def is_attributed(text: str) -> bool:
    """Tell whether a text names or implies any speaker for what it says."""
    return bool(sayings_in(text)) or _VERB.search(outside_quotes(text)) is not None


def _stretches(flat: str) -> list[tuple[int, int]]:
    cuts = [0, *(m.end() for m in _BREAK.finditer(flat)), len(flat)]
    return [(a, b) for a, b in zip(cuts, cuts[1:], strict=False) if flat[a:b].strip(' ",.')]


def _reporting_verb(clause: str) -> re.Match[str] | None:
    for match in _VERB.finditer(clause):
        before = tokens(clause[: match.start()])
        # "is expected", "the reported figure", "to say": no speaker acts here.
        if before and before[-1] in {"is", "are", "was", "were", "be", "been", "to", "the", "a"}:
            continue
        if before and before[-1] in {"first", "its", "their", "of", "figures"}:
            continue
        return match
    return None


def _split(clause: str, verb: re.Match[str]) -> tuple[str, str]:
    """Return speaker and statement; `, Tierney said` and `, said Tierney` look backwards."""
    before, after = clause[: verb.start()], clause[verb.end() :]
    inverted = re.match(r"\s*(?:,|$|\.)", before) and re.match(r"\s+[A-Z\w]", after)
    if inverted or not before.strip(' ",'):
        return after, before
    if not after.strip(' ".,') and "," in before:
        told, _, who = before.rpartition(",")
        return who, told
    return before, after


def _saying(who: str, verb: str, told: str) -> Saying:
    words = tokens(who)
    named = frozenset(content(who)) - _BLANK
    pronoun = not named or (len(words) <= 2 and words[-1] in _PRONOUNS)
    return Saying(frozenset() if pronoun else named, pronoun, verb, frozenset(content(told)))
