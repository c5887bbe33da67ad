"""Check that a judgement rests on its evidence and adds to it, and that advice can be followed."""

import re

from agent.verify.certainty import is_unsure
from agent.verify.known import known_to
from agent.verify.matching import match, related, stream
from agent.verify.passage import Passage
from agent.verify.verdicts import against
from agent.verify.words import HEDGES, STOP_WORDS, content, plain, tokens
from schemas.claims import Claim, Verdict
from schemas.sources import Sources

_SURE = frozenset({"very likely", "almost certain"})

# Share of a judgement's content words in one sentence at which it is that sentence again.
_COPY = 0.9

_ACTIONS = frozenset(
    """accelerate activate add address adjust advise alert allocate analyse analyze apply approach
    archive arrange ask assess assign audit avoid block brief build call capture change check
    clarify close collect commission compare compile conduct confirm consider consult contact
    continue coordinate correlate counter cross-check deepen define deliver deploy designate
    determine develop discuss disconnect document draft encourage engage enhance ensure establish
    estimate evaluate examine expand explore extend fund gather geolocate get hold identify
    implement improve increase inform initiate inspect install integrate interview investigate
    invite issue isolate keep launch limit link locate log maintain map measure mitigate model
    monitor negotiate notify obtain offer open order organise organize patch plan position prepare
    press prioritise prioritize procure produce propose protect provide publish pursue raise
    reassess recommend record reduce refresh release report request require research restrict
    review revise run schedule scrutinise scrutinize secure seek send separate set share start
    stockpile strengthen study submit support survey suspend sustain take target task test track
    train translate update urge use validate verify warn watch widen withhold work write""".split()
)
_ORDER = re.compile(
    r"\b(?:should|must|needs? to|ought to|ha(?:s|ve) to)\s+(?:not\s+|also\s+)?[a-z]{2,}"
)
_WISH = re.compile(
    r"\b(?:hope|hopefully|wish|ideally|it would be (?:nice|good|great|helpful)|let us|let's)\b",
    re.IGNORECASE,
)
_HEARD = re.compile(
    r"(?P<who>[^,;:]*)\b(?:said|reported|announced|confirmed|declared|acknowledged|disclosed|stated)"
    r" that\b(?P<told>[^,;]*)"
)
_VERDICTS = frozenset("true false real correct certain".split())


def check_premises(claim: Claim, passage: Passage) -> Verdict | None:
    """Return `unsupported` for a judgement, assumption or piece of advice that does not do its job.

    It fails when it only repeats one sentence of its evidence, when it has no content word in
    common with it, when it is surer than everything it rests on, when it has somebody say what is
    mostly in no source, and, for a recommendation, when it orders nothing or merely wishes.
    """
    if claim.basis == "reported":
        return None
    problem = _problem(claim, passage)
    if problem is None:
        return None
    return against(claim, method="premises", score=0.1, reason=problem, evidence=passage.ids)


def _problem(claim: Claim, passage: Passage) -> str | None:
    fault = _advice_fault(claim.text) if claim.basis == "recommendation" else None
    if fault:
        return fault
    if claim.likelihood in _SURE and passage.own and all(is_unsure(s.text) for s in passage.own):
        return (
            f"is called {claim.likelihood}, but its premises are only possible, planned or alleged"
        )
    if claim.basis != "recommendation" and _invents_a_saying(claim.text, passage.sources):
        return "has somebody say what no source reports; an inference speaks in its own name"
    words = stream(claim.text)
    for sentence in passage.cited:
        if len(words) > 2 and match(claim.text, sentence).recall >= _COPY:
            return f"repeats sentence {sentence.id}: no inference"
    theirs = {w for s in (*passage.cited, *passage.near) for w in content(s.text)}
    if not any(related(w, other) for w in words for other in theirs):
        return "has nothing in common with the sentences it cites"
    return None


def _advice_fault(text: str) -> str | None:
    if _WISH.search(text):
        return "is a wish, not an action"
    return None if _orders(text) else "names no action"


def _invents_a_saying(text: str, sources: Sources) -> bool:
    """Tell a text in which somebody said that something is so, in words mostly in no source."""
    heard = _HEARD.search(plain(text))
    if heard is None or set(tokens(heard["who"])) & HEDGES:
        return False
    told = [w for w in tokens(heard["told"]) if w not in STOP_WORDS | _VERDICTS]
    known = known_to(sources)
    return 2 * sum(not known.has(w) for w in told) > len(told)


def _orders(text: str) -> bool:
    words = tokens(text)
    openers = [words[0]] if words else []
    openers += [w for part in re.split(r"[,:;] ", text)[1:] for w in tokens(part)[:1]]
    return any(w in _ACTIONS for w in openers) or _ORDER.search(text) is not None
