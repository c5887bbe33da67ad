"""Read a product in Markdown: its headings, paragraphs, list items and cells, with their places."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from agent.analysis.product import MARK, Block, Heading, Piece, read_block, without_annexes
from agent.analysis.voice import BLANK
from agent.sources.markdown import FRONT_MATTER

# Inside a paragraph: what is not read as words. Each becomes blanks of the same length.
CODE = re.compile(r"(`+)(?!`)[^`]*(?<!`)\1(?!`)")
TARGET = re.compile(r"(?<=\])\([^()\s]*(?:\s+\"[^\"]*\")?\)|<[^<>\s][^<>]*>|https?://\S+")
SIGNS = re.compile(r"\\(?=[^\w\s])|[*_~]{1,3}(?=\S)|(?<=\S)[*_~]{1,3}|[\[\]](?!\d)|!(?=\[)")
CELL = re.compile(r"(?:[^|\\]|\\.)+")
OF_OTHERS = re.compile(r"signal|evidence|source|quotation|quote", re.IGNORECASE)


def read_markdown(text: str) -> tuple[Piece, ...]:
    """Return the headings and blocks that the writer answers for, in order.

    Front matter, code, block quotes, raw HTML and the targets of links are not read; of a table
    the cells are, but for its head and for columns of signals, evidence, sources or quotations.
    Newlines are expected as line ends.
    """
    front = FRONT_MATTER.match(text)
    body = re.sub(r"[^\n]", " ", text[: front.end()]) + text[front.end() :] if front else text
    return tuple(without_annexes(_pieces(body)))


def _pieces(text: str) -> Iterator[Piece]:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    lines = [0, *(m.end() for m in re.finditer("\n", text)), len(text)]
    quoted = 0
    columns: list[str] = []
    for before, token in pairwise([Token("", "", 0), *tokens]):
        quoted += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "thead_open":
            columns = []
        if quoted or token.map is None:
            continue
        start, end = lines[token.map[0]], lines[min(token.map[1], len(lines) - 1)]
        if token.type == "inline" and before.type == "heading_open":
            yield Heading(_shown(token.content).strip(), int(before.tag[1]), start)
        elif token.type == "inline" and before.type == "th_open":
            columns.append(token.content)
        elif token.type == "inline" and before.type == "paragraph_open":
            yield _block(text, start, end)
        elif token.type == "tr_open" and columns and token.map[0] > 0:
            yield from _cells(text, start, end, columns)


def _block(text: str, start: int, end: int) -> Block:
    raw = text[start:end].rstrip()
    return read_block(raw, start, shown=_shown(raw))


def _cells(text: str, start: int, end: int, columns: Sequence[str]) -> Iterator[Block]:
    """Yield the cells of a row, but those of columns that hold the words of others."""
    row = text[start:end].rstrip()
    cells = [m for m in CELL.finditer(row) if m.start() > 0 or not m[0].isspace()]
    for cell, column in zip(cells, columns, strict=False):
        if not OF_OTHERS.search(column):
            at = start + cell.start()
            yield read_block(cell[0], at, shown=_shown(cell[0]))


def _shown(markup: str) -> str:
    """Return Markdown as long as before, with blanks for all that is not words on the page."""
    flat = markup.replace("\n", " ")
    marked = MARK.sub(lambda found: found[0].replace("`", " "), flat, count=1)
    coded = CODE.sub(lambda found: BLANK * len(found[0]), marked)
    for pattern in (TARGET, SIGNS):
        coded = pattern.sub(lambda found: " " * len(found[0]), coded)
    return coded
