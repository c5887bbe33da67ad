"""Read a product in plain text: its headings, paragraphs and list items, with their places."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.analysis.product import (
    LABEL,
    MARK,
    Heading,
    Piece,
    is_title_case,
    read_block,
    without_annexes,
)
from agent.sources.sentences import BULLET

LONGEST_HEADING = 20  # words
NARROWEST, WIDEST = 50, 120  # characters in a line that was wrapped and not typed as it stands

RULE = re.compile(r"\s*[─═_*~=#-]{2,}\s*\Z")
HASHES = re.compile(r"#{1,6}\s+(?=\S)")
NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[IVX]{1,4}[.)])\s+(?=\S)")
CLOSED = re.compile(r"[.!?;,…][\"”’)\]*]*\Z")
TITLED = re.compile(r"(?:title|subject|headline|re|(?:\w+ )?report)\s*:", re.IGNORECASE)
COLUMN_GAP = re.compile(r"\S {3,}(?=\S)")


@dataclass(frozen=True)
class _Line:
    start: int
    text: str

    @property
    def words(self) -> str:
        return self.text.strip()

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())


@dataclass(frozen=True)
class _Group:
    """Lines that belong together; `underlined` when a rule stands right below them."""

    lines: tuple[_Line, ...]
    underlined: bool = False

    @property
    def words(self) -> str:
        return " ".join(line.words for line in self.lines)


def read_text(text: str) -> tuple[Piece, ...]:
    """Return the headings and blocks that the writer answers for, in order.

    A heading is a line of at most 20 words without a closing mark that is no list item, or
    whatever is underlined. Lines with several columns are a table of figures and not read.
    Newlines are expected as line ends.
    """
    return tuple(without_annexes(_pieces(text)))


def _pieces(text: str) -> Iterator[Piece]:
    groups = list(_groups(text))
    for number, group in enumerate(groups):
        beside = groups[max(number - 1, 0) : number] + groups[number + 1 : number + 2]
        first, last = group.lines[0], group.lines[-1]
        # From the margin on, since what stands there makes a mark of `bluf` of a letter.
        raw = text[first.start : last.start + len(last.text)]
        if heading := _heading(group, beside, opens=number == 0):
            yield heading
        elif len(COLUMN_GAP.findall(MARK.sub("", first.text))) < 2:
            yield read_block(raw, first.start, shown=raw.replace("\n", " "))


def _groups(text: str) -> Iterator[_Group]:
    for paragraph, underlined in _paragraphs(text):
        width = max(len(line.text.rstrip()) for line in paragraph)
        begun = [paragraph[0]]
        for before, line in pairwise(paragraph):
            if not _goes_on(line, begun[0], before, width):
                yield _Group(tuple(begun))
                begun = []
            begun.append(line)
        yield _Group(tuple(begun), underlined)


def _paragraphs(text: str) -> Iterator[tuple[list[_Line], bool]]:
    """Yield the lines between gaps and rules, and whether a rule ended them."""
    lines: list[_Line] = []
    start = 0
    for line in [*text.split("\n"), ""]:
        is_rule = RULE.match(line) is not None
        if line.strip() and not is_rule:
            lines.append(_Line(start, line))
        elif lines:
            yield lines, is_rule
            lines = []
        start += len(line) + 1


def _goes_on(line: _Line, first: _Line, before: _Line, width: int) -> bool:
    """Whether the line goes on with the paragraph or list item that `first` began."""
    if MARK.match(line.text) or BULLET.match(line.text) or HASHES.match(line.words):
        return False
    if line.indent > first.indent:
        return True
    label = LABEL.match(line.words)
    if (label and is_title_case(label["label"])) or not NARROWEST <= width <= WIDEST:
        return False
    # Behind a wrapped line the next word did not fit; some slack, as widths are not kept strictly.
    room = len(before.text.rstrip()) + 1 + len(line.words.split(" ", 1)[0])
    return room >= 0.8 * width or line.words[0].islower()


def _heading(group: _Group, beside: Sequence[_Group], *, opens: bool) -> Heading | None:
    first, words = group.lines[0], group.words
    start = first.start + first.indent
    if hashes := HASHES.match(words):
        return Heading(words[hashes.end() :], len(hashes[0].strip()), start + hashes.end())
    if not group.underlined and not _reads_as_heading(group, beside, opens=opens):
        return None
    number = NUMBERED.match(words)
    level = 1 if number or group.underlined or words.isupper() else 2
    at = number.end() if number else 0
    return Heading(words[at:].removesuffix(":"), level, start + at)


def _reads_as_heading(group: _Group, beside: Sequence[_Group], *, opens: bool) -> bool:
    words = group.words
    # A title at the head of the text may be wrapped.
    if len(words.split()) > LONGEST_HEADING or (len(group.lines) > 1 and not opens):
        return False
    if CLOSED.search(words) or MARK.match(group.lines[0].text):
        return False
    if number := NUMBERED.match(words):
        listed = any(NUMBERED.match(other.words) for other in beside)
        return not listed or is_title_case(words[number.end() :])
    label = LABEL.match(words)
    has_text = label is not None and label.end() < len(words) and not TITLED.match(words)
    return not has_text and not BULLET.match(words)
