"""Find the faults of tradecraft in a finished product, by the rules of ICD 203, without a model."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agent.analysis.hedging import (
    Row,
    Words,
    equates_terms,
    find_confidence,
    find_forecasts,
    find_loose,
    find_terms,
    says_how_likely,
)
from agent.analysis.product import MARK, Block, Heading, Piece, Sentence, read_claim
from agent.analysis.product_markdown import read_markdown
from agent.analysis.product_text import read_text
from schemas.brief import Brief
from schemas.claims import CheckedClaim

# Each of them: docs/lint.md.
Kind = Literal[
    "loose word",
    "unhedged forecast",
    "confidence with likelihood",
    "mixed terms",
    "no premise",
    "no alternatives",
]

SAY_HOW_LIKELY = "say how likely in one term of ICD 203, such as likely (55-80%), or cut it"
SAID_ALREADY = "cut it: the sentence has its likelihood, and hedges twice"
DATE_IT = "give the date or the span of time"
FORECAST = "say how likely in one term of ICD 203, or who announced it"
APART = "put the confidence level and the likelihood into two sentences"
ONE_ROW = "keep to one row of ICD 203's terms, or note that both mean the same"
PREMISE = "cite the sentences that the judgement rests on"
HYPOTHESIS = "add a hypothesis that would explain the same reports another way"
SCENARIO = "add another course of events, with its likelihood"

HYPOTHESES = re.compile(r"hypotheses|alternatives", re.IGNORECASE)
OUTLOOK = re.compile(r"outlook|scenarios", re.IGNORECASE)
ASSUMPTION = re.compile(r"assumption", re.IGNORECASE)
OPENING = r"\s*(?:[-*+•]\s+)?(?:\(?\w{1,2}[.)]\s+)?(?:`?[RJA►]`?\s+)?[*_]*"
CLOSING = r"[*_]*\s*(?:[:(.–—-]|\Z)"
ONE_HYPOTHESIS = re.compile(
    rf"{OPENING}(?:hypothesis|alternative|H)[ -]?#?(?P<name>[A-Z]|\d{{1,2}}){CLOSING}",
    re.IGNORECASE,
)
ONE_SCENARIO = re.compile(
    rf"{OPENING}(?:scenario:? )?(?P<name>best|worst|most[ -]likely|base(?:line)?|upside|downside"
    rf"|optimistic|pessimistic|[A-D1-9])(?:[ -]case)?(?: scenario)?{CLOSING}",
    re.IGNORECASE,
)
CITATION = re.compile(r"\[\d+\.\d+")


@dataclass(frozen=True)
class Fault:
    """One fault of tradecraft, and where it stands.

    Attributes:
        kind: Which rule is broken.
        words: The words that break it, on one line.
        advice: One line on what to do.
        sentence: The sentence or heading that they stand in, on one line.
        at: Where in `sentence` they begin, in code points from 0.
        line: In a text, the line of the first word, from 1.
        column: In a text, its column in code points, from 1.
        claim: In a brief, the id of the claim, or the section that lacks something.
    """

    kind: Kind
    words: str
    advice: str
    sentence: str
    at: int
    line: int | None = None
    column: int | None = None
    claim: str | None = None


@dataclass(frozen=True)
class _Find:
    """A fault by its place in the text it was found in, in code points."""

    kind: Kind
    words: str
    advice: str
    at: int
    span: tuple[int, int]  # of the sentence or heading around it


def faults_in_text(text: str, *, markdown: bool = False) -> tuple[Fault, ...]:
    """Return the faults of a plain or Markdown text, in reading order.

    Headings, labels, quotations, block quotes, code and clauses that report what somebody said are
    not the writer's own judgement and are not read. The rules, with their sources: docs/lint.md.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    pieces = read_markdown(text) if markdown else read_text(text)
    finds = [*_sentence_faults(pieces), *_premise_faults(pieces), *_alternative_faults(pieces)]
    finds.sort(key=lambda find: (find.at, find.kind))
    starts = [0, *(newline.end() for newline in re.finditer("\n", text))]
    return tuple(_placed(find, text, starts) for find in finds)


def faults_in_brief(brief: Brief) -> tuple[Fault, ...]:
    """Return the faults of what a brief prints, in its order.

    Only sentences that the model wrote in its own voice are read: no reported claim, no source
    sentence that the program put in, no label, nothing withheld.
    """
    read = {claim: read_claim(claim.text) for claim in _printed(brief) if _is_own(claim)}
    spare = _spare_row(sentence for sentences in read.values() for sentence in sentences)
    if any(claim.likelihood for claim in read):
        spare = 2  # likelihoods are printed in terms of the first row
    faults = [
        replace(_fault(find, claim.text), claim=claim.id)
        for claim, sentences in read.items()
        for find in _claim_finds(claim, sentences, spare)
    ]
    return (*faults, *_brief_alternatives(brief))


def _sentence_faults(pieces: Sequence[Piece]) -> Iterator[_Find]:
    spare = _spare_row(s for piece in pieces if isinstance(piece, Block) for s in piece.sentences)
    heading = ""
    for piece in pieces:
        if isinstance(piece, Heading):
            heading = piece.text
        elif piece.mark not in {"R", "✗"}:
            for sentence in piece.sentences:
                is_premise = ASSUMPTION.search(f"{heading} {sentence.label}") is not None
                forecasts = piece.mark not in {"A", "►"} and not is_premise
                yield from _finds(sentence, spare, forecasts=forecasts)


def _finds(
    sentence: Sentence, spare: Row | None, *, forecasts: bool, hedged: bool = False
) -> Iterator[_Find]:
    """Yield the faults of one sentence; `hedged` when a likelihood is printed in front of it."""
    line = sentence.line
    hedged = hedged or says_how_likely(line)
    for words in find_loose(line):
        advice = SAID_ALREADY if hedged else SAY_HOW_LIKELY
        is_date = words.text.lower().startswith("imminent")
        yield _find("loose word", words, DATE_IT if is_date else advice, sentence)
    for words in find_forecasts(line) if forecasts and not hedged else ():
        yield _find("unhedged forecast", words, FORECAST, sentence)
    for words in find_confidence(line) if hedged else ():
        yield _find("confidence with likelihood", words, APART, sentence)
    for words in find_terms(line, spare) if spare else ():
        yield _find("mixed terms", words, ONE_ROW, sentence)


def _find(kind: Kind, words: Words, advice: str, sentence: Sentence) -> _Find:
    span = (sentence.start, sentence.start + len(sentence.text))
    return _Find(kind, words.text, advice, sentence.place(words.start), span)


def _spare_row(sentences: Iterable[Sentence]) -> Row | None:
    """Return the row of terms that a product should do without, or None if it uses one row only.

    The one it uses less; of two used alike, the second, since `bluf` prints the first.
    """
    used: Counter[Row] = Counter()
    rows: tuple[Row, Row] = (1, 2)
    for sentence in sentences:
        if equates_terms(sentence.line):
            return None
        for row in rows:
            used[row] += len(find_terms(sentence.line, row))
    if not (used[1] and used[2]):
        return None
    return 1 if used[1] < used[2] else 2


def _premise_faults(pieces: Sequence[Piece]) -> Iterator[_Find]:
    """Yield the judgements without a citation, where the text marks its judgements."""
    for piece in pieces:
        if not isinstance(piece, Block) or piece.mark != "J" or CITATION.search(piece.raw):
            continue
        mark = MARK.match(piece.raw)
        at = mark.end() if mark else 0
        if piece.raw[at:].strip():  # else it only explains the mark
            yield _no_premise(piece.raw[at:], piece.start + at)


def _no_premise(text: str, start: int) -> _Find:
    opening = " ".join(text.split()[:6])
    at = start + len(text) - len(text.lstrip())
    return _Find("no premise", opening, PREMISE, at, (start, start + len(text)))


def _alternative_faults(pieces: Sequence[Piece]) -> Iterator[_Find]:
    """Yield the headings that promise hypotheses or scenarios and have one alone."""
    rules = ((HYPOTHESES, ONE_HYPOTHESIS, HYPOTHESIS), (OUTLOOK, ONE_SCENARIO, SCENARIO))
    for number, piece in enumerate(pieces):
        for promise, entry, advice in rules:
            if not (isinstance(piece, Heading) and promise.search(piece.text)):
                continue
            openings = (_opening(below) for below in _under(pieces, number, piece.level))
            names = {found["name"].lower() for text in openings if (found := entry.match(text))}
            if len(names) == 1:
                span = (piece.start, piece.start + len(piece.text))
                yield _Find("no alternatives", piece.text, advice, piece.start, span)


def _under(pieces: Sequence[Piece], number: int, level: int) -> Iterator[Piece]:
    """Yield what stands under a heading, up to the next one of its level or above."""
    for at in range(number + 1, len(pieces)):
        piece = pieces[at]
        if isinstance(piece, Heading) and piece.level <= level:
            return
        yield piece


def _opening(piece: Piece) -> str:
    return piece.text if isinstance(piece, Heading) else piece.raw[:120]


def _placed(find: _Find, text: str, starts: Sequence[int]) -> Fault:
    line = bisect_right(starts, find.at)
    return replace(_fault(find, text), line=line, column=find.at - starts[line - 1] + 1)


def _fault(find: _Find, text: str) -> Fault:
    start, end = find.span
    sentence = " ".join(text[start:end].split())
    before = text[start : find.at]
    # One space more than the words before, where there are any and the next is not of the last.
    at = len(" ".join(before.split())) + (before.strip() != "" and before[-1].isspace())
    return Fault(find.kind, find.words, find.advice, sentence, at)


def _printed(brief: Brief) -> Iterator[CheckedClaim]:
    sections = (brief.bluf, brief.hypotheses, brief.assumptions, brief.implications, brief.outlook)
    parts = [part for section in sections for part in section.parts]
    parts += [part for technique in brief.techniques for part in technique.parts]
    for part in parts:
        yield from part.claims


def _is_own(claim: CheckedClaim) -> bool:
    return claim.author == "model" and claim.form == "sentence" and claim.basis != "reported"


def _claim_finds(
    claim: CheckedClaim, sentences: Sequence[Sentence], spare: Row | None
) -> Iterator[_Find]:
    # An assumption or an order that says "will" states a premise or an aim, not a forecast.
    is_judgement = claim.basis == "judgement"
    hedged = claim.likelihood is not None
    for sentence in sentences:
        yield from _finds(sentence, spare, forecasts=is_judgement, hedged=hedged)
    if is_judgement and not claim.evidence:
        yield _no_premise(claim.text, 0)


def _brief_alternatives(brief: Brief) -> Iterator[Fault]:
    parts = [part for part in brief.hypotheses.parts if part.name != "indicators"]
    drafted = [c for part in parts for c in part.claims if c.author == "model"]
    # With none at all the section says so itself, and quotes the source instead of judging.
    if len(drafted) == 1:
        title = brief.hypotheses.title
        yield Fault("no alternatives", title, HYPOTHESIS, title, 0, claim="hypotheses")
