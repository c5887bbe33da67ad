"""A brief as Markdown in which nothing from outside is alive: no link, no image, no HTML."""

import re
from collections.abc import Iterable, Iterator

from agent.views.blocks import (
    Block,
    Field,
    Group,
    Heading,
    Item,
    Labels,
    Matrix,
    Note,
    Reference,
    Table,
)
from agent.views.lines import plain
from agent.views.outline import outline
from schemas.brief import Brief

# Beyond Markdown's own signs: & starts an entity and $ a formula; a host's dots and :// become
# links, and :name: a picture, without any bracket.
ALIVE = re.compile(
    r"[\\\[\]()<>!`*_#|~&$]|:(?=//|[\w+-]+:)|(?<=www)\.|(?<=\w)\.(?=[a-z]{2})", re.IGNORECASE
)
# What makes a list or a heading out of the line or the paragraph that it opens.
OPENING = re.compile(r"^(\d*)(?=[-+=]|[.)](?:\s|$))")


def markdown(brief: Brief) -> str:
    """Return the whole brief as Markdown: every reason, withheld claim and cited sentence in it."""
    return in_markdown(outline(brief, full=True))


def in_markdown(blocks: Iterable[Block]) -> str:
    """Return blocks as Markdown, as `markdown` does those of a brief."""
    lines: list[str] = []
    last: Block | None = None
    for block in blocks:
        if last and not (_listed(last) and _listed(block)):
            lines.append("")
        lines.extend(_set(block))
        last = block
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Return one line of outside text that Markdown shows as it is and does nothing with."""
    escaped = ALIVE.sub(lambda sign: f"\\{sign.group()}", plain(text))
    # GitHub's viewer makes a link of an address after it has read the escapes, but not in code.
    return re.sub("@+", r"`\g<0>`", escaped)


def _listed(block: Block) -> bool:
    """Whether a block is set as an entry of a list."""
    match block:
        case Note():
            return bool(block.title)
        case Labels():
            return block.grouped
        case _:
            return not isinstance(block, Heading | Matrix | Table)


def _set(block: Block) -> Iterable[str]:
    lines: Iterable[str]
    match block:
        case Heading():
            lines = [f"{'#' * block.level} {_title(block.text)}"]
        case Group():
            lines = [f"- {_spaced(f'**{_title(block.title)}:**', escape(block.note))}"]
        case Field():
            lines = [f"- **{block.name}:** {escape(block.text)}"]
        case Item():
            lines = [f"{'  ' if block.grouped else ''}- {_claim(block)}"]
        case Labels():
            labels = ", ".join(map(_claim, block.items))
            lines = [f"{'  - ' if block.grouped else ''}{_spaced(_mark(block.mark), labels)}"]
        case Note():
            text = escape(block.text)
            lines = [f"- **{_title(block.title)}:** {text}" if block.title else _opened(text)]
        case Reference():
            lines = [f"- **{escape(block.id)}** {escape(block.text)}"]
        case Matrix():
            lines = _matrix(block)
        case Table():
            lines = _table(block)
    return lines


def _claim(item: Item) -> str:
    title = f"**{_title(item.title)}**" if item.title else ""
    head = _spaced(title, item.odds) + (":" if title else "")
    words = (escape(item.text), _cites(item.cites), escape(item.remark))
    return _spaced(_mark(item.mark), head, *words)


def _matrix(block: Matrix) -> Iterator[str]:
    yield _table_row("Id", "Signal", *map(escape, block.columns), "Spread")
    yield _table_row("---", "---", *(":-:" for _ in block.columns), "--:")
    for row in block.rows:
        yield _table_row(escape(row.id), escape(row.text), *map(escape, row.cells), row.spread)
    yield _table_row("", "**Points against**", *map(escape, block.points), "")


def _table(block: Table) -> Iterator[str]:
    yield _table_row("Id", escape(block.head), *map(escape, block.columns))
    yield _table_row("---", "---", *(":-:" for _ in block.columns))
    for row in block.rows:
        yield _table_row(escape(row.id), escape(row.text), *map(escape, row.cells))


def _table_row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _title(text: str) -> str:
    """Return a title escaped, but for its parentheses: with brackets dead they do nothing."""
    return re.sub(r"\\([()])", r"\1", escape(text))


def _opened(text: str) -> str:
    """Return escaped text that may open a paragraph without becoming a list or a heading."""
    return OPENING.sub(r"\1\\", text)


def _mark(mark: str) -> str:
    return f"`{mark}`" if mark else ""


def _cites(cites: str) -> str:
    """Return a citation mark with its own brackets left plain: nothing here defines a target."""
    return f"[{escape(cites[1:-1])}]" if cites else ""


def _spaced(*texts: str) -> str:
    return " ".join(text for text in texts if text)
