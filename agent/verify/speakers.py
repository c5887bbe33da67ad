"""Check that a claim credits what was said to the one who said it, and to somebody."""

import re

from agent.verify.attribution import Saying, is_attributed, quotes_as_fact, sayings_in
from agent.verify.matching import Match, best_match, related
from agent.verify.passage import Passage
from agent.verify.proper import names_in
from agent.verify.verdicts import against
from agent.verify.words import content, plain
from schemas.claims import Claim, Verdict
from schemas.sources import Sentence

_STRONG = 0.7


def check_speakers(claim: Claim, passage: Passage) -> Verdict | None:
    """Return a verdict against a claim that names another speaker, or none, than its sentence.

    Another speaker is `contradicted`. Stating as plain fact what the sentence only reports
    somebody to have said is `partial`. A pronoun in the source is read as the names before it.
    """
    found = best_match(claim.text, passage.cited)
    if found is None or found.recall < _STRONG:
        return None
    if quotes_as_fact(claim.text, found.sentence.text):
        return _dropped(claim, found, passage)
    theirs = _governing(found)
    if theirs is None or not theirs.asserts:
        return None
    mine = sayings_in(claim.text)
    if not mine:
        return None if is_attributed(claim.text) else _dropped(claim, found, passage)
    who = mine[0].who
    known = _described(theirs, found.sentence, passage)
    if not who or not known or not _named(claim.text) or _overlap(who, known):
        return None
    return against(
        claim,
        method="speakers",
        label="contradicted",
        score=0.2,
        reason=f'credits "{mine[0].speaker.strip(" ,.")}"; in sentence {found.sentence.id} '
        f'it is "{theirs.speaker.strip(" ,.")}"',
        evidence=(found.sentence.id,),
    )


def _governing(found: Match) -> Saying | None:
    """Return the saying of the sentence that holds most of the claim, if one holds enough."""
    sayings = sayings_in(found.sentence.text)
    words = set(found.words)
    best = max(sayings, key=lambda s: len(words & s.told), default=None)
    if best is None or len(words & best.told) < 0.5 * len(words):
        return None
    return best


def _dropped(claim: Claim, found: Match, passage: Passage) -> Verdict | None:
    plainly = [s for s in passage.cited if s != found.sentence and not sayings_in(s.text)]
    other = best_match(claim.text, plainly)
    if other and other.recall >= found.recall:
        return None
    return against(
        claim,
        method="speakers",
        label="partial",
        score=0.4,
        reason=f"drops the attribution: sentence {found.sentence.id} only reports it as said",
        evidence=(found.sentence.id,),
    )


def _described(theirs: Saying, sentence: Sentence, passage: Passage) -> frozenset[str]:
    """Return every word the source uses for the speaker; for a pronoun, of the sentences before."""
    if theirs.pronoun:
        return theirs.who | _antecedent(sentence, passage)
    text = plain(passage.sources.of(sentence.id).text)
    known = set(theirs.who)
    for name in names_in(theirs.speaker):
        known |= {w for beside in _beside(_key(name.words, text), text) for w in content(beside)}
    return frozenset(known)


def _antecedent(sentence: Sentence, passage: Passage) -> frozenset[str]:
    words: set[str] = set()
    at: Sentence | None = sentence
    for _ in range(3):
        at = passage.before(at) if at else None
        words |= set(content(at.text)) if at else set()
    return frozenset(words)


def _key(words: tuple[str, ...], text: str) -> str:
    # A last name finds a person's introduction; a last word such as Ministry finds every ministry.
    last = words[-1]
    return " ".join(words) if re.search(rf"\b{re.escape(last.lower())}\b", text) else last


def _beside(name: str, text: str) -> list[str]:
    """Return what introduces a name: up to four words before it, the apposition after it."""
    introduced = rf"((?:[^\s.]+ ){{0,4}}){re.escape(name)}\b(?:, ((?:an?|the|who) [^,.]*)[,.])?"
    return [" ".join(found) for found in re.findall(introduced, text)]


def _named(text: str) -> bool:
    return bool(names_in(text))


def _overlap(who: frozenset[str], known: frozenset[str]) -> bool:
    return any(related(a, b) for a in who for b in known)
