"""Check that a claim credits what was said to the one who said it, and to somebody."""

from agent.verify.attribution import Saying, is_attributed, sayings_in
from agent.verify.matching import Match, best_match, related
from agent.verify.names import names_in
from agent.verify.passage import Passage
from agent.verify.verdicts import against
from agent.verify.words import content, fold, plain
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
        reason=f"credits {_shown(who)}; in sentence {found.sentence.id} "
        f"it is {_shown(theirs.who or known)}",
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
    plainly = [s for s in passage.cited if not sayings_in(s.text)]
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
        return _antecedent(sentence, passage)
    source = passage.sources.of(sentence.id)
    names = {fold(w) for n in names_in(sentence.text) for w in n.words} & theirs.who
    if not names:
        return theirs.who
    mentions = (s.text for s in source.sentences if names & set(content(s.text)))
    return theirs.who | frozenset(w for text in mentions for w in _beside(text, names))


def _antecedent(sentence: Sentence, passage: Passage) -> frozenset[str]:
    words: set[str] = set()
    at: Sentence | None = sentence
    for _ in range(3):
        at = passage.before(at) if at else None
        words |= set(content(at.text)) if at else set()
    return frozenset(words)


def _beside(text: str, names: set[str]) -> set[str]:
    words = content(plain(text))
    spots = [at for at, w in enumerate(words) if w in names]
    return {w for at in spots for w in words[max(0, at - 8) : at + 9]}


def _named(text: str) -> bool:
    return bool(names_in(text))


def _overlap(who: frozenset[str], known: frozenset[str]) -> bool:
    return any(related(a, b) for a in who for b in known)


def _shown(words: frozenset[str]) -> str:
    return " ".join(sorted(words)[:4])
