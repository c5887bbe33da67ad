"""Find the words that say how likely something is, how sure the writer is, or neither clearly.

Every function takes one sentence on one line, its words one space apart.
"""

import re
from dataclasses import dataclass
from typing import Literal

from agent.analysis.voice import BLANK

Row = Literal[1, 2]


@dataclass(frozen=True)
class Words:
    """A run of words in a sentence; `start` and `end` in code points."""

    start: int
    end: int
    text: str


def _pattern(*alternatives: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), flags)


CONJUNCTION = r"(?:and|but|or|so|while|that|which|who)\b"
VERB_AFTER_MAY = "be|have|not|also|well|still|lead|cause|become|result|increase|reduce|extend"
END = r"(?=\s*(?:[.,;:!?)]|\Z))"

# What looks like an estimate and is none.
IDIOMS = _pattern(
    r"\bas \w+(?: \w+)? as possible\b",
    r"\b(?:if|where(?:ver)?|when(?:ever)?|not|ma(?:de|kes?|king)|only|every|\w+est) possible\b",
    r"\bpossible to\b",
    # What could not be done is a fact; "cannot be ruled out" is met by its own pattern.
    r"\bcould(?: not\b|n['’]t\b| never\b)(?! (?:be )?(?:ruled? out|exclude|discount|dismiss))",
    rf"\b(?:none|neither|nobody|nothing|no|few)\b(?: (?!{CONJUNCTION})[\w'’-]+){{0,8}}? could\b",
    r"\b(?:the|his|her|its|their|our) might (?:of|and)\b",
    r"\b(?:military|naval|air|economic|industrial|financial|nuclear|full|sheer) might"
    r"(?=\s*[.,;:!?)]|\s*\Z| (?:of|and|is|was|has|had|in|on|to|with|against|that|which|will|as)\b)",
    r"\bas it may\b|\bcome what may\b|\bmay \d",
    # The month and the name: a capital inside a sentence, or no verb of ours behind it.
    rf"(?-i:\bMay\b)(?! (?-i:{VERB_AFTER_MAY})\b)",
    r"(?<=[a-z,] )(?-i:\bMay\b)",
    rf"\bpotential(?:{END}| (?:of|is|are|was|were|remains?)\b)",
    r"\bprobable cause\b",
    r"(?-i:\bIndicators that could shift this(?=:))",  # a title in every brief
    # The Admiralty code's words for information (NATO STANAG 2511).
    r"\b(?:unreliable|reliable|cannot be judged), (?:probably true|possibly true|improbable)\b",
    r"\b(?:consumer|business|investor|public|market|voter|popular) confidence\b",
)

# riksdagsmonitor's list of words to refuse; "potential" and "possible" are the same hedge in
# another word class, and the chances without a number are Kent (1964), "Words of Estimative
# Probability": readers put "fair chance" anywhere.
LOOSE = _pattern(
    r"\b(?:cannot|can ?not|can['’]t|could not|couldn['’]t) (?:yet )?"
    r"(?:be (?:\w+ly )?(?:ruled out|excluded|discounted|dismissed)|rule out|exclude)\b",
    r"\breal (?:risk|chance|danger|prospect|possibility)\b",
    r"\b(?:fair|good|decent|reasonable|slim|outside) chance\b(?! to\b)",
    r"\b(?<!remote )(?<!realistic )possibility\b",
    r"\b(?:may|might|could|possibly|possible|potentially|potential|perhaps|maybe|conceivably"
    r"|conceivable)\b",
)
IMMINENT = _pattern(r"\bimminent(?:ly)?\b")
DATED = _pattern(
    r"\b(?:19|20)\d\d\b",
    r"\b(?:\w+day|today|tomorrow|tonight)\b",
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? \d|\d (?:jan|feb|mar|apr|may|jun"
    r"|jul|aug|sep|oct|nov|dec)",
    r"\b(?:next|coming|this) (?:\w+ ){0,2}(?:hours?|days?|weeks?|months?|night|morning)\b",
    r"\b(?:\d+|an|one|two|three|four|five|six|seven|ten) (?:hours?|days?|weeks?|months?)\b",
)

# ICD 203 (2015), D.6.e(2)(a): the two rows of terms, with the adverbs that its table allows.
TERMS: dict[Row, re.Pattern[str]] = {
    1: _pattern(
        r"\b(?:almost no chance|(?:very )?unlikely|roughly even chance|(?:very )?likely"
        r"|almost certain(?:ly)?)\b"
    ),
    2: _pattern(
        r"\bremote (?:chance|possibility|probability|likelihood|prospect|odds)\b",
        r"\b(?:chances?|odds|possibility|probability|likelihood|prospects?) (?:is|are|remains?)"
        r" remote\b",
        r"\b(?:(?:highly )?improbabl[ey]|roughly even odds|(?:highly )?probable|probably"
        r"|nearly certain(?:ly)?)\b",
    ),
}
NUMBER = _pattern(
    r"\d ?(?:%|per ?cent) (?:chance|probability|likelihood)\b",
    r"\b(?:chance|probability|likelihood|odds)\b[^.;]{0,60}?\d ?(?:%|per ?cent)",
    r"\b(?:one|two|three|\d) in (?:\w+) chance\b|\beven odds\b|\beven chance\b",
)
SAME = _pattern(
    r"\b(?:terms|words|expressions)\b.*\b(?:same (?:assessment of )?(?:probability|likelihood)"
    r"|mean the same|interchangeabl[ey]|synonym)"
)

LEVEL = r"(?:(?:low|moderate|medium|high)(?:[ -]to[ -](?:moderate|medium|high))?)"
CONFIDENCE = _pattern(
    rf"\b{LEVEL}[ -](?:level of )?confidence\b(?! among\b)",
    rf"\bconfidence(?: level)?(?: in [^.;:]{{1,80}}?)?(?: is| remains| was|:) (?:\w+ )?{LEVEL}\b",
    r"\b(?:highly|moderately|very|fairly|quite|reasonably) confident\b|\bconfident that\b",
)

# "is going to Moscow" and "is going to war" are journeys and idioms, not the future of a verb.
FORECAST = _pattern(
    r"\bwill\b|(?<=\w)['’]ll\b|\bwon['’]t\b",
    r"(?:\b(?:is|are|am)|['’](?:s|re|m)) (?:not )?going to"
    r"(?= (?!(?:the|an?|war|his|her|its|their)\b)[a-z])",
    r"\b(?:is|are) (?:\w+ly )?(?:bound|sure|certain|destined) to(?= [a-z])",
    flags=0,  # "Will" with a capital is a name or opens a question
)
NO_FORECAST = _pattern(
    r"\b(?:the|an?|his|her|its|their|our|my|political|free|good|ill|iron) will\b|['’]s will\b",
    r"\b(?:popular|public|national|collective) will (?:to|of)\b",
    # An indirect question, an aim.
    r"\b(?:whether|how|why|what)\b[^,;:.]*? will\b",
    r"\b(?:unclear|unknown|known|clear|determine|establish|monitor|watch|track|decide|confirm|learn)"
    r"(?: [\w'’-]+){0,3} (?:who|when|where|which|if)\b[^,;:.]*? will\b",
    r"\b(?:so that|ensure(?: that)?)\b[^,;:.]*? will\b",
)


def find_loose(sentence: str) -> list[Words]:
    """Return the words that hedge without saying how likely: may, could, "a real risk".

    "Imminent" counts when the sentence has no date or span of time. Past inability ("could not be
    verified"), the month of May and idioms such as "if possible" do not count.
    """
    own = _without(IDIOMS, sentence)
    found = _found(LOOSE, own)
    if not DATED.search(sentence):
        found += _found(IMMINENT, own)
    return sorted(found, key=lambda words: words.start)


def find_forecasts(sentence: str) -> list[Words]:
    """Return the words that put a verb in the future: will, "is going to", "is bound to".

    A question forecasts nothing, nor does "whether it will", "so that it will" or "political will".
    """
    if sentence.rstrip().rstrip("\"”’')").endswith("?"):
        return []
    return _found(FORECAST, _without(NO_FORECAST, sentence))


def find_terms(sentence: str, row: Row) -> list[Words]:
    """Return the likelihood terms of one row of ICD 203's table."""
    return _found(TERMS[row], _without(IDIOMS, sentence))


def find_confidence(sentence: str) -> list[Words]:
    """Return the words that state a level of confidence."""
    return _found(CONFIDENCE, _without(IDIOMS, sentence))


def says_how_likely(sentence: str) -> bool:
    """Whether a term of either row, or a chance in figures, is in the sentence."""
    terms = any(find_terms(sentence, row) for row in TERMS)
    return terms or NUMBER.search(sentence) is not None


def equates_terms(sentence: str) -> bool:
    """Whether the sentence is the note that ICD 203 asks for where both rows are used."""
    return SAME.search(sentence) is not None


def _found(pattern: re.Pattern[str], text: str) -> list[Words]:
    return [Words(*found.span(), found[0]) for found in pattern.finditer(text)]


def _without(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: BLANK * len(found[0]), text)
