"""Tell a writer's own words from those that the writer quotes or reports, and blank the latter."""

import re

from agent.sources.sentences import QUOTATION

# Neither a letter nor white space, so that no pattern matches into or across what was blanked.
BLANK = "\N{OBJECT REPLACEMENT CHARACTER}"

# Single straight marks count around several words only: alone they are apostrophes.
SINGLE = re.compile(r"(?<![\w'])'(?=[^\s'][^']{0,200}\s)[^']{1,200}(?:'(?=\w)[^']{0,200})*'(?!\w)")
# A quotation that goes on in the next paragraph has no mark at the end of this one.
UNCLOSED = re.compile(r"“[^”]*\Z|(?<![^\s(\[—–-])\"(?=\S)[^\"]*\Z")

SPEECH = (
    "said|says|say|told|tells|insisted|insists|warned|warns|wrote|vowed|vows|replied|tweeted|denied"
    "|conceded|contended|contends|complained|believes|believed|thinks|thought|predicts|expects"
)
# These are nouns, adjectives or plain deeds as often, unless a statement follows.
STATING = (
    "announce[sd]?|reported|claim(?:s|ed)?|state[sd]|declare[sd]?|predict(?:ed)?|estimate[sd]?"
    "|promise[sd]?|pledge[sd]?|believe|think|expect(?:ed)?"
)
STATEMENT = (
    r"that\b|(?:on|in) (?:\w+day|[A-Z])|[A-Z]"
    r"|(?:the|an?|its|his|her|their|it|he|she|they|there) \w"
)
STATING_THAT = (
    "reports|states?|note[sd]?|admit(?:s|ted)?|add(?:s|ed)?|acknowledge[sd]?|confirmed|argue[sd]?"
    "|explain(?:s|ed)?|assessed|judged|allege[sd]?|fear(?:s|ed)?|repeated|maintain(?:s|ed)?"
    "|threaten(?:s|ed)?"
)
# Before a verb these show that nobody speaks: "is said to", "the reported figure", "that said".
NOBODY = r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbeen )(?<!\bto )(?<!\bthe )(?<!\bby )"
NOBODY += r"(?<!\ba )(?<!\bof )(?<![Tt]hat )"
# A product that speaks of itself: what it says is the writer's own.
OURSELVES = r"(?<!\bwe )(?<!\bWe )(?<!\bI )(?<!\bbrief )(?<!\breport )(?<!\bassessment )"
REPORTED = re.compile(
    rf"{NOBODY}{OURSELVES}(?:\b(?:{SPEECH})\b|(?<=\S )\b(?:{STATING})\b(?= (?:{STATEMENT}))"
    rf"|(?<=\S )\b(?:{STATING_THAT})\b(?= that\b))"
    r"|\b(?:[Aa]ccording to|[Ii]n the words of|[Ii]n the view of) (?!our\b|this\b)"
)
CLAUSE = re.compile(r"[^;]+")


def without_quotations(paragraph: str) -> str:
    """Return the paragraph, as long as before, with every quotation blanked.

    A quotation that is opened and never closed runs to the end of the paragraph.
    """
    for pattern in (QUOTATION, SINGLE, UNCLOSED):
        paragraph = pattern.sub(_blank, paragraph)
    return paragraph


def without_reports(sentence: str) -> str:
    """Return the sentence, as long as before, with the clauses blanked that report somebody.

    A clause ends at a semicolon. "We assess" and "this report says" are the writer's own, and so
    is any "assesses" in the present tense, in which services write of themselves.
    """
    flat = re.sub(r"\s", " ", sentence)
    return CLAUSE.sub(
        lambda found: _blank(found) if REPORTED.search(flat, *found.span()) else found[0], sentence
    )


def _blank(found: re.Match[str]) -> str:
    return BLANK * len(found[0])
