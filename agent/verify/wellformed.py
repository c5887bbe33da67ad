"""Fail text that is no proper sentence of a brief, whatever it says."""

import re
import unicodedata
import zlib
from collections import Counter
from functools import lru_cache

from agent.verify.passage import Passage
from agent.verify.quotations import outside_quotes
from agent.verify.verdicts import against
from agent.verify.wording import check_verbatim
from agent.verify.words import plain, sentence_like, tokens
from schemas.claims import Claim, Verdict

_LONGEST = 60

_MARKUP = re.compile(
    r"</?[a-zA-Z][^>]*>|\*\*|__|```|^\s*#|\]\(|https?://|[{}\\]|\"\s*:\s*[\"\[{]|^\s*[-*] "
)
_PLACEHOLDER = re.compile(
    r"\$[a-z_]+\b|\{\w*\}|<[a-z _]+>|\[(?!\.\.\.)[^\]]*\]|\bX{2,}\b|_{2,}"
    r"|\b(?:TBD|TODO|N/A|lorem)\b"
    r"|\b(?:insert|fill in) (?:the|a|your|name|date)\b|\.{4,}|^\W*(?:string|null|none|text)\W*$",
    re.IGNORECASE,
)
_ID = re.compile(
    r"\(\s*\d+\.\d+\s*\)|\[\s*\d+\.\d+|\b[Ss]entences? \d+(?:\.\d+)?\b|^\d+\.\d+\b(?! ?%)"
)
_PROMPT = re.compile(
    r"^as an? (?:\w+ )?(?:analyst|AI|language model|assistant|expert)\b|\bas an AI\b"
    r"|\bthe (?:prompt|json|output format)\b"
    r"|\b(?:the|this) (?:text|source text|passage|excerpt|given text|provided text) "
    r"(?:says|states|describes|discusses|mentions|is|was|provides|above|below)\b"
    r"|\b(?:here is|here are|sure,|certainly,|note that the following)\b"
    r"|\b(?:write|list|give|name|rate) (?:one|two|three|four|five|the|a|each) (?:sentence|claim|"
    r"hypothes\w+|item|json|judgement)|\bjudgement:|\breported:|\bhypothesis [A-Z\d]\b"
    r"|\bin (?:one|your own|a single) (?:sentence|words?)\b",
    re.IGNORECASE,
)
_META = re.compile(
    r"\b(?:the|this) (?P<noun>report|article|story|brief|section|source|document|hypothesis|"
    r"statement|sentence|claim|analysis|summary|key judg[e]?ment|assessment) "
    r"(?:is|are|was|says|said|states|stated|describes|discusses|presents|provides|suggests|mentions|"
    r"highlights|covers|concerns|notes|argues|explains|outlines|examines|that)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?:[Ww]e|[Oo]ur|[Oo]urs|us|[Yy]ou|[Yy]our|[Mm]y|me)\b|(?:^|(?<=[a-z,;] ))I(?= [a-z]|')"
)
_UNFINISHED = re.compile(
    r"\b(?:and|or|but|because|the|a|an|of|from|than|into|its|their|if|while|although)[.!?]?$"
)
_ENDS = re.compile(r"[^\s,;:-][.!?][\"')]*$")
# A capital, a figure, a letter without case, or a name such as iPhone, al-Rashid, e-mail.
_STARTS = re.compile(r"[\"'(]*(?:[$€£¥]?\d|[A-Z]|[a-z]{1,3}[A-Z-]|(?![a-z])[^\W_])")
_VERBISH = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|may|might|must|"
    r"shall|should|[a-z]{2,}(?:ed|s|ing|en|n't)|put|set|cut|hit|let|led|met|won|lost|held|said|told|"
    r"fell|rose|gave|took|made|went|came|sent|began|left|brought|built|bought|paid|ran|saw|spoke|"
    r"spent|stood|wrote|grew|knew|showed|thought|got|kept|became|felt|fought|shot|struck|broke|"
    r"chose|drove|drew|sold|sought|found|heard|read|shut|spread)\b"
)


def check_wellformed(claim: Claim, passage: Passage) -> Verdict | None:
    """Return `unsupported` for degenerate text: echoes, fragments, loops, talk about itself.

    A label, such as an entity or a tag, need not be a sentence; the other rules hold for it too.
    A sentence of the source, taken by the program or copied whole, is held to none of this, nor is
    one that a user wrote.
    """
    if claim.author != "model" or check_verbatim(claim, passage):
        return None
    problem = _problem(claim, passage)
    return against(claim, method="wellformed", reason=problem) if problem else None


def _problem(claim: Claim, passage: Passage) -> str | None:
    text = plain(claim.text)
    if not re.search(r"\w", text):
        return "is empty"
    found = _echo(text, passage) or _loop(text) or _foreign(text, passage)
    if found:
        return found
    if claim.form == "label":
        return "is too long for a label" if len(text.split()) > 25 else None
    if claim.basis == "recommendation":
        return _shape(text, needs_verb=False) or _person(text)
    return _shape(text, needs_verb=True) or _person(text)


def _echo(text: str, passage: Passage) -> str | None:
    """Return what shows that the text repeats its prompt or its form."""
    if _ID.search(text):
        return "repeats the number of a sentence"
    if _PLACEHOLDER.search(outside_quotes(text)):
        return "has a placeholder that was never filled"
    if _MARKUP.search(text):
        return "holds markup or parts of a data format"
    if _PROMPT.search(outside_quotes(text)):
        return "repeats the wording of the task"
    meta = _META.search(outside_quotes(text))
    # "The report" may be one that the story is about.
    if meta and not any(meta["noun"].lower() in tokens(s.text) for s in passage.cited):
        return f'talks about "{meta.group()}" instead of the events'
    return None


def _loop(text: str) -> str | None:
    words = tokens(text)
    triples = Counter(zip(words, words[1:], words[2:], strict=False))
    if triples and triples.most_common(1)[0][1] >= 3:
        return f'repeats "{" ".join(triples.most_common(1)[0][0])}"'
    if any(len(set(words[at : at + 3])) == 1 for at in range(len(words) - 2)):
        return "repeats one word"
    packed = len(zlib.compress(text.encode())) / len(text.encode())
    return "repeats itself" if len(text) > 120 and packed < 0.42 else None


def _shape(text: str, *, needs_verb: bool) -> str | None:
    words = text.split()
    faults = (
        (len(words) < 4, "is a fragment of fewer than four words"),
        (len(words) > _LONGEST, f"has {len(words)} words; {_LONGEST} is the most"),
        (not _ENDS.search(text) or text.endswith("..."), "does not end as a sentence"),
        (_UNFINISHED.search(text.rstrip("\"')")) is not None, "breaks off"),
        (_STARTS.match(text) is None, "does not start as a sentence"),
        (sentence_like(text) > 1, "is more than one sentence"),
        (needs_verb and not _VERBISH.search(text[1:]), "has no verb"),
    )
    return next((fault for found, fault in faults if found), None)


def _person(text: str) -> str | None:
    found = _PERSON.search(outside_quotes(text))
    return f'speaks as "{found.group()}" outside a quotation' if found else None


def _foreign(text: str, passage: Passage) -> str | None:
    letters = [c for c in text if c.isalpha()]
    own = Counter(_script(c) for c in letters)
    for script, count in own.items():
        if count < 0.3 * len(letters):
            continue
        if not any(script in _scripts(s.text) for s in passage.sources.items):
            return f"is written in {script.lower()} letters, as no source is"
    return None


@lru_cache(maxsize=64)
def _scripts(text: str) -> frozenset[str]:
    counts = Counter(_script(c) for c in text if c.isalpha())
    total = sum(counts.values())
    return frozenset(script for script, n in counts.items() if n >= 0.02 * total)


@lru_cache(maxsize=8192)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split()[0]
