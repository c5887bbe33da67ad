"""Accept a reported claim whose words are those of a cited sentence, in the same order."""

from agent.verify.attribution import (
    is_attributed,
    quotes_as_fact,
    sayings_in,
    speaker_first,
)
from agent.verify.matching import Match, match
from agent.verify.passage import Passage
from agent.verify.proper import names_in
from agent.verify.verdicts import in_favour
from agent.verify.words import HEDGES, NEGATORS, content, plain, stem, tokens
from schemas.claims import Claim, Verdict
from schemas.sources import Sentence

# Fewer words make a phrase that can be pieced together from any long sentence.
_FEWEST = 4

# Share of the sentence's words, between the first and the last in common, that the claim keeps.
_DENSE = 0.3

# Measured share of human-labelled claims that are right when this step accepts them.
_PRECISION = 0.93

_POSSESSIVES = frozenset("its his her their".split())

# Right after the words in common these take back what was said.
_DENYING = frozenset(stem(w) for w in "false wrong untrue incorrect deny dispute doubt".split())

# Leaving one of these out of a sentence changes what it says.
_TURNING = (
    frozenset(stem(w) for w in HEDGES)
    | NEGATORS
    | frozenset(
        stem(w)
        for w in """only doubt dispute claim accuse false wrong fear whether contradict rumour
        rumor former ex before after until""".split()
    )
)


def check_wording(claim: Claim, passage: Passage) -> Verdict | None:
    """Return `supported` for a reported claim that its sentence states in the same words.

    Every content word of the claim must stand in one cited sentence, in the claim's order, and
    no word that turns a statement (not, may, doubted) may be passed over. The speaker may change
    places, and a pronoun is read as the name before it. One new word is enough to leave the
    claim to a judge: edits of a single word are the commonest errors. This step fails nothing.
    """
    if claim.basis != "reported":
        return None
    for sentence in passage.cited:
        if any(_states(m, claim) for m in _matches(claim, sentence, passage)):
            return in_favour(
                claim,
                method="wording",
                reason=f"says what sentence {sentence.id} says, in its words",
                score=_PRECISION,
                evidence=(sentence.id, *passage.added),
            )
    return None


def check_verbatim(claim: Claim, passage: Passage) -> Verdict | None:
    """Return `supported` for a reported claim that is one of its cited sentences, word for word."""
    if claim.basis != "reported" or claim.form == "label" or len(claim.text.split()) < _FEWEST:
        return None
    same = [s.id for s in passage.cited if plain(s.text) == plain(claim.text)]
    if not same:
        return None
    return in_favour(
        claim, method="wording", reason=f"is sentence {same[0]}", score=0.99, evidence=same[:1]
    )


def _matches(claim: Claim, sentence: Sentence, passage: Passage) -> tuple[Match, Match]:
    lead = _lead(sentence, passage)
    moved = sentence.model_copy(update={"text": speaker_first(sentence.text)})
    return (
        match(claim.text, sentence, lead=lead),
        match(speaker_first(claim.text), moved, lead=lead),
    )


def _states(found: Match, claim: Claim) -> bool:
    if found.ordered < 1 or found.density < _DENSE or len(found.words) < _FEWEST:
        return False
    text = found.sentence.text
    if _only_said(found, claim) or quotes_as_fact(claim.text, text):
        return False
    turned = any(w in _TURNING for w in found.skipped)
    return not turned and not any(w in _DENYING for w in found.next)


def _only_said(found: Match, claim: Claim) -> bool:
    """Tell a claim that speaks in its own name where the sentence reports somebody to say so."""
    if is_attributed(claim.text):
        return False
    words = set(content(claim.text))
    told = (words & s.told for s in sayings_in(found.sentence.text))
    return any(len(shared) >= 0.4 * len(words) for shared in told)


def _lead(sentence: Sentence, passage: Passage) -> str:
    """Return the name that a pronoun or `the ministry` stands for, or nothing."""
    sayings = sayings_in(sentence.text)
    before = passage.before(sentence)
    if before is None or not sayings:
        return ""
    theirs = sayings[0]
    earlier = [s for s in sayings_in(before.text) if not s.pronoun]
    if theirs.pronoun and earlier and theirs.who <= earlier[-1].who:
        return " ".join(n.text for n in names_in(earlier[-1].speaker))
    anaphor = not theirs.who or set(tokens(theirs.speaker)[:1]) & _POSSESSIVES
    names = names_in(before.text)
    return names[0].text if names and anaphor else ""
