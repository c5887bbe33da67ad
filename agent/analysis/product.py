"""The pieces of a finished product: its headings, and the sentences that its writer answers for."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from agent.analysis.voice import BLANK, without_quotations, without_reports
from agent.sources.sentences import split_sentences

Mark = Literal["R", "J", "A", "►", "✗"]

# The signs that `bluf` prints before a claim: `J` in Markdown, and J with two spaces in text.
MARK = re.compile(r"\s*(?:[-*+]\s+)?(?:`([RJA►✗])`\s|([RJA►✗]) {2})")
# What a list item or a marked line says of itself before its first colon, in six words or fewer.
LABEL = re.compile(
    r"(?P<lead>(?:[-*+•‣▪◦–·]\s+|\(?\w{1,2}[.)]\s+)?(?:[RJA►✗] {2,})?)"
    r"(?P<label>[^\s:.!?;]+(?: +[^\s:.!?;(]+){0,5}(?:: [A-Z][\w-]+)?)"
    r"(?: *\([^()]{1,40}\))? *:(?=\s|\Z)"
)
SMALL = frozenset(
    "a an and as at but by for from if in into nor of on or the to up via with".split()
)
# Sections in which the words are the sources', or were withheld for cause.
ANNEX = re.compile(
    r"(?:\d+[.)]? *)?(?:(?:withheld|sources|references|bibliography|endnotes|works cited"
    r"|how this brief was made)\W*\Z|source \d)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Heading:
    """A heading; `level` 1 is the highest, `start` its place in the text in code points."""

    text: str
    level: int
    start: int


@dataclass(frozen=True)
class Sentence:
    """One sentence, with what is not its writer's own voice blanked, as long as in the text.

    Attributes:
        text: As it stands in the product, line breaks and all, but for the blanks.
        start: Its place in the product, in code points.
        label: What its list item or line calls itself, such as "Assumptions", or nothing.
    """

    text: str
    start: int
    label: str = ""

    @property
    def line(self) -> str:
        """The sentence on one line, its words one space apart."""
        return " ".join(self.text.split())

    def place(self, at: int) -> int:
        """Return where in the product the character stands that is number `at` of `line`."""
        folded = 0
        for found in re.finditer(r"\S+", self.text):
            if at < folded + len(found[0]):
                return self.start + found.start() + max(at - folded, 0)
            folded += len(found[0]) + 1
        return self.start + len(self.text)


@dataclass(frozen=True)
class Block:
    """A paragraph, a list item or a cell of a table.

    Attributes:
        raw: All of it, as it stands in the product.
        start: Its place in the product, in code points.
        sentences: Its sentences, in order.
        mark: The sign of `bluf` before it, if it has one.
    """

    raw: str
    start: int
    sentences: tuple[Sentence, ...]
    mark: Mark | None = None


Piece = Heading | Block


def read_claim(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of one claim; it has no headings and no labels."""
    return tuple(_sentences(text, 0))


def read_block(raw: str, start: int, *, shown: str) -> Block:
    """Return a paragraph, a list item or a cell with its mark, its label and its sentences.

    Args:
        raw: As it stands in the product.
        start: Where it does, in code points.
        shown: The same on one line without markup, as long as `raw`.
    """
    mark = MARK.match(raw)
    sentences = tuple(_sentences(shown, start))
    return Block(raw, start, _labelled(sentences, marked=mark is not None), _sign(mark))


def without_annexes(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield the pieces but for the sections that hold the words of sources, or withheld claims."""
    closed_at = 0
    for piece in pieces:
        if isinstance(piece, Heading):
            if closed_at and piece.level > closed_at:
                continue
            closed_at = piece.level if ANNEX.match(piece.text) else 0
        if not closed_at:
            yield piece


def is_title_case(words: str) -> bool:
    """Tell whether every word of weight takes a capital, as in headings and labels."""
    weighty = [w for w in re.findall(r"[^\W\d_][\w'’-]*", words) if w.lower() not in SMALL]
    return bool(weighty) and all(w[0].isupper() for w in weighty)


def _sign(found: re.Match[str] | None) -> Mark | None:
    sign = found and (found[1] or found[2])
    match sign:
        case "R" | "J" | "A" | "►" | "✗":
            return sign
    return None


def _sentences(paragraph: str, start: int) -> Iterator[Sentence]:
    own = without_quotations(paragraph)
    for a, b in split_sentences(paragraph):
        yield Sentence(without_reports(own[a:b]), start + a)


def _labelled(sentences: tuple[Sentence, ...], *, marked: bool) -> tuple[Sentence, ...]:
    """Return the sentences with their block's label, and the label itself blanked."""
    label = LABEL.match(sentences[0].text) if sentences else None
    if label is None or not (marked or label["lead"] or is_title_case(label["label"])):
        return sentences
    name = BLANK * len(label["label"])
    first = sentences[0].text
    named = first[: label.start("label")] + name + first[label.end("label") :]
    texts = (named, *(sentence.text for sentence in sentences[1:]))
    return tuple(
        replace(sentence, text=text, label=label["label"])
        for sentence, text in zip(sentences, texts, strict=True)
    )
