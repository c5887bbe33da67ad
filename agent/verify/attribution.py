"""Find who says what in a sentence: the reporting verb, its speaker and the words it governs."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from agent.verify.quotations import outside_quotes, quotes_in
from agent.verify.words import content, plain, stem, tokens

_VERBS = (
    "say|says|said|tell|tells|told|reported|claimed|stated|announce|announces|announced|add|adds"
    "|added|noted|warn|warns|warned|estimated|argue|argues|argued|insist|insists|insisted|confirm"
    "|confirms|confirmed|acknowledge|acknowledges|acknowledged|deny|denies|denied|reject|rejects"
    "|rejected|disputes|disputed|accuse|accuses|accused|believe|believes|believed|expect|expects"
    "|expected|predict|predicts|predicted|describe|describes|described|suggest|suggests|suggested"
    "|allege|alleges|alleged|assess|assesses|assessed|doubted|blamed|write|writes|wrote|explain"
    "|explains|explained|maintain|maintains|maintained|contend|contends|contended|declare"
    "|declares|declared|repeat|repeats|repeated|reveal|reveals|revealed|affirm|affirms|affirmed"
    "|disclose|discloses|disclosed|think|thinks|thought|complain|complains|complained"
    "|stressed|cited|put|puts|praised"
    # These are nouns as often, unless a clause follows.
    "|(?:report|reports|claim|claims|state|states|note|notes|estimate|estimates|forecast"
    "|forecasts|doubt|doubts)(?= that\\b)"
)

# What a speaker asserts; "accused" or "expects" carry no statement that could be taken as fact.
_SAYING = frozenset(
    """say tell report claim state announce add note warn estimate argue insist acknowledge believ
    predict suggest alleg assess writ explain maintain contend declar put forecast""".split()
)

# Of these those that add nothing to "said"; "warn" and "claim" do.
_NEUTRAL = frozenset("say tell state add note announce report according explain".split())

_VERB = re.compile(rf"\b(?P<verb>{_VERBS})\b")
_ACCORDING = re.compile(r"\b(?:according to|in the words of)\s+(?P<who>[^,;.]+)", re.IGNORECASE)
_BREAK = re.compile(r"[;:]|\"\"|,? (?:but|while|whereas|although) |, and (?=[A-Z]|an? |the |that )")
_FINITE = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|will|would|could|can|may|might|must|do|does|did|not"
    r"|[a-z]{2,}ed|left|fell|rose|lost|won|took|gave|went|came|sent|hit|made|held|began|met)\b"
)
_PRONOUNS = frozenset("he she they it who".split())
_COMMON = frozenset(
    """ministry group company agency mission union army police government spokesman spokeswoman
    official officials minister bank institute statement""".split()
)
_BLANK = frozenset(
    """also later earlier then recently previously already separately meanwhile reporter
    new conference briefing statement interview message telephone television channel""".split()
)


@dataclass(frozen=True)
class Saying:
    """One stretch of a sentence that somebody is reported to say.

    Attributes:
        who: Content stems of the speaker as named there.
        pronoun: Whether the speaker is only a pronoun or a word such as `the ministry`.
        verb: The reporting verb's first stem, or `according`.
        told: Content stems of what is said.
        speaker: The speaker as written.
        statement: What is said, as written.
    """

    who: frozenset[str]
    pronoun: bool
    verb: str
    told: frozenset[str]
    speaker: str
    statement: str

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
    return bool(sayings_in(text))


def quotes_as_fact(claim: str, sentence: str) -> bool:
    """Tell a claim that says in its own name what the sentence says only inside quotation marks."""
    if is_attributed(claim) or '"' in plain(claim):
        return False
    own = set(content(outside_quotes(sentence)))
    heard = {w for quote in quotes_in(sentence) for w in content(quote)} - own
    words = set(content(claim))
    return len(words & heard) >= 0.6 * len(words)


def speaker_first(text: str) -> str:
    """Return the text with its one speaker and `said` moved to the front, or as it was.

    `X, the ministry said` and `According to the ministry, X` come out alike, so that a claim may
    place the speaker where it likes. A text with a quotation or with two speakers is not touched.
    """
    sayings = sayings_in(text)
    if len(sayings) != 1 or '"' in plain(text) or not sayings[0].asserts:
        return text
    found = sayings[0]
    verb = "said" if found.verb in _NEUTRAL else found.verb
    moved = f"{found.speaker.strip(' ,.')} {verb} {found.statement.strip(' ,.')}."
    # Words lost on the way could be the very ones that are wrong.
    return moved if _same_words(moved, text) else text


def _same_words(moved: str, text: str) -> bool:
    kept, had = Counter(content(moved)), Counter(content(text))
    return not any(w not in _SAYING and w != "according" for w in (had - kept) + (kept - had))


def _stretches(flat: str) -> list[tuple[int, int]]:
    cuts = [0, *(m.end() for m in _BREAK.finditer(flat)), len(flat)]
    return [(a, b) for a, b in pairwise(cuts) if flat[a:b].strip(' ",.')]


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
    if not before.strip(' ",') or _is_inverted(before, after):
        return after, before
    if not after.strip(' ".,') and "," in before:
        told, _, who = before.rpartition(",")
        return who, told
    return before, after


def _is_inverted(before: str, after: str) -> bool:
    """Tell `X fell, said the agency.` from `The agency, a watchdog, said X fell.`"""
    named = re.match(r"\s+(?:[A-Z]|the |an? |its |his |her )", after)
    follows = re.search(r'[,"]\s*$', before)
    short = len(after.split()) <= 12 and not _FINITE.search(after)
    return bool(named and follows and short and _FINITE.search(before))


def _saying(who: str, verb: str, told: str) -> Saying:
    words = tokens(who)
    named = frozenset(content(who)) - _BLANK - _PRONOUNS
    bare = not named or named <= {stem(w) for w in _COMMON}
    pronoun = bare and (not named or words[0] in {"the", "its", "his", "her", "their", "a"})
    return Saying(named, pronoun, verb, frozenset(content(told)), who, told)
