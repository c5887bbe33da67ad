"""A brief as text for a terminal, at any width, with colour or without one control character.

The mark of each claim stands in a margin of its own, so that the eye can run down it. Colour adds
nothing that the marks do not say.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

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
from agent.views.lines import MARKS, WITHHELD_MARK, plain
from agent.views.outline import outline
from schemas.brief import Brief

NARROWEST, WIDEST = 40, 100  # shorter lines are hard to set, longer ones hard to read
ROOMY = 64  # from here on the matrix fits side by side, and a margin costs nothing
SPREAD = 8  # cells of the matrix's last column
LEAST_TEXT = 30  # cells for the text of a table's row; with less, the cells go below it

STYLES = {1: "bold", 2: "bold cyan", 3: "cyan"}  # of headings, by level
MARK_STYLES = {
    MARKS["reported"]: "bold green",
    MARKS["judgement"]: "bold yellow",
    MARKS["assumption"]: "bold magenta",
    MARKS["recommendation"]: "bold blue",
    WITHHELD_MARK: "bold red",
}


def terminal(brief: Brief, *, width: int, colour: bool, detail: bool = False) -> str:
    """Return the brief as lines of at most `width` cells, the last one ended too.

    Args:
        brief: What to print.
        width: Cells in a line; held between 40 and 100.
        colour: Whether to add colour. Without it the newline is the only control character.
        detail: Whether to add every reason, withheld claim and cited sentence.
    """
    return in_terminal(outline(brief, full=detail), width=width, colour=colour)


def in_terminal(blocks: Iterable[Block], *, width: int, colour: bool) -> str:
    """Return blocks as lines of at most `width` cells, as `terminal` does those of a brief."""
    width = max(NARROWEST, min(width, WIDEST))
    printed = StringIO()
    console = console_to(printed, width, colour)
    layout = _Layout(console, width)
    last: Block | None = None
    for block in blocks:
        if last and _apart(last, block):
            console.print()
        for line in _set(block, layout):
            line.rstrip()
            if colour:
                console.print(line, soft_wrap=True)
            else:  # The same text, in a fifth of the time.
                printed.write(f"{line.plain}\n")
        last = block
    return printed.getvalue()


@dataclass(frozen=True)
class _Layout:
    console: Console
    width: int

    @property
    def roomy(self) -> bool:
        return self.width >= ROOMY

    @property
    def margin(self) -> int:
        """Cells left of running text; the marks stand in it."""
        return 5 if self.roomy else 2

    def beside(self, mark: Text, body: Text) -> list[Text]:
        """Return the lines of a text with its mark in the margin."""
        indent = 2 if self.roomy else 0
        return self.hang(mark, body, indent=indent, hang=self.margin - indent)

    def hang(
        self, head: Text, body: Text, *, indent: int = 0, hang: int = 0, width: int | None = None
    ) -> list[Text]:
        """Return the lines of a text: the first behind its head, the others `hang` further in.

        A head that does not fit into the hang runs into the text.
        """
        fits = head.cell_len < hang
        room = max((width or self.width) - indent - hang, 1)
        lines = (body if fits else _spaced(head, body)).wrap(self.console, room) or [Text()]
        start = head + Text(" " * (hang - head.cell_len)) if fits else Text()
        left = Text(" " * (indent + hang))
        return [Text(" " * indent) + start + lines[0], *(left + line for line in lines[1:])]


def console_to(printed: StringIO, width: int, colour: bool) -> Console:
    """Return a console that prints into a text and adds nothing but colour, where that is asked."""
    return Console(
        file=printed,
        width=width,
        color_system="standard" if colour else None,
        force_terminal=colour,
        force_jupyter=False,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},  # what NO_COLOR and COLUMNS ask for is for the caller to settle
    )


def _apart(last: Block, block: Block) -> bool:
    """Whether a blank line stands between two blocks."""
    if isinstance(block, Heading):
        return not isinstance(last, Heading) or last.level != 2
    if isinstance(last, Heading):
        return last.level == 1
    if isinstance(last, Matrix | Table) or isinstance(block, Matrix | Table):
        return True
    # A line with a title of its own would else look like one more of the group above it.
    return isinstance(block, Group) or _rank(last) != _rank(block)


def _rank(block: Block) -> tuple[bool, bool]:
    grouped = isinstance(block, Group) or (isinstance(block, Item | Labels) and block.grouped)
    return grouped, not grouped and isinstance(block, Item | Note) and bool(block.title)


def _set(block: Block, layout: _Layout) -> Iterable[Text]:
    lines: Iterable[Text]
    match block:
        case Heading():
            lines = _heading(block, layout)
        case Group():
            lines = layout.beside(Text(), _titled(block.title, block.note))
        case Field():
            name = _plain(f"{block.name}:", "bold")
            lines = layout.hang(name, _plain(block.text), hang=14 if layout.roomy else 2)
        case Item():
            lines = layout.beside(_mark(block.mark), _claim(block))
        case Labels():
            lines = layout.beside(_mark(block.mark), Text(", ").join(map(_claim, block.items)))
        case Note():
            lines = layout.beside(Text(), _titled(block.title, block.text))
        case Reference():
            id, indent = _plain(block.id, "dim"), 2 if layout.roomy else 0
            lines = layout.hang(id, _plain(block.text), indent=indent, hang=7)
        case Matrix():
            lines = _matrix(block, layout)
        case Table():
            lines = _table(block, layout)
    return lines


def _heading(block: Heading, layout: _Layout) -> Iterator[Text]:
    title = _plain(block.text, STYLES[block.level])
    yield from layout.hang(Text(), title, indent=layout.margin if block.level == 3 else 0)
    if block.level == 2:
        yield Text("─" * min(title.cell_len, layout.width), "dim")


def _titled(title: str, text: str) -> Text:
    colon = ":" if title and text else ""
    return _spaced(_plain(f"{title}{colon}", "bold"), _plain(text))


def _claim(item: Item) -> Text:
    head = _spaced(_plain(item.title, "bold"), _plain(item.odds, "yellow"))
    if item.title:
        head.append(":", "bold")
    body = (_plain(item.text), _plain(item.cites, "dim"), _plain(item.remark, "red"))
    return _spaced(head, *body)


def _matrix(block: Matrix, layout: _Layout) -> Iterator[Text]:
    entries = (block.columns, block.points, *(row.cells for row in block.rows))
    cell = 2 + max((cell_len(plain(entry)) for row in entries for entry in row), default=0)
    names, points = _cells(block.columns, "Spread", cell), _cells(block.points, "", cell)
    yield from _row(_plain("Signal", "bold"), Text(), names, layout)
    for row in block.rows:
        cells = _cells(row.cells, row.spread, cell)
        yield from _row(_plain(row.id, "dim"), _plain(row.text), cells, layout)
    yield from _row(_plain("Points against", "bold"), Text(), points, layout)


def _table(block: Table, layout: _Layout) -> Iterator[Text]:
    widths = [
        2 + max(cell_len(plain(entry)) for entry in column)
        for column in zip(block.columns, *(row.cells for row in block.rows), strict=True)
    ]
    if not layout.roomy or layout.width - layout.margin - sum(widths) < LEAST_TEXT:
        yield from _listed(block, layout)
        return
    yield from _row(_plain(block.head, "bold"), Text(), _aligned(block.columns, widths), layout)
    for row in block.rows:
        cells = _aligned(row.cells, widths)
        yield from _row(_plain(row.id, "dim"), _plain(row.text), cells, layout)


def _listed(block: Table, layout: _Layout) -> Iterator[Text]:
    """Yield the rows of a table that is too wide to stand side by side, each with its cells."""
    left = Text(" " * layout.margin)
    for row in block.rows:
        cells = "; ".join(
            f"{name}: {cell}" for name, cell in zip(block.columns, row.cells, strict=True)
        )
        body = _spaced(_plain(row.text or block.head), _plain(f"({cells})"))
        room = layout.width - layout.margin
        for line in layout.hang(_plain(row.id, "dim"), body, hang=4, width=room):
            yield left + line


def _aligned(entries: Iterable[str], widths: Iterable[int]) -> Text:
    line = Text()
    for entry, width in zip(map(plain, entries), widths, strict=True):
        line.append(" " * (width - cell_len(entry)) + entry)
    return line


def _cells(entries: Iterable[str], spread: str, cell: int) -> Text:
    line = Text()
    for entry in map(plain, entries):
        line.append(" " * (cell - cell_len(entry)))
        line.append(entry, "bold red" if entry in ("I", "II") else "")
    return line.append(f"{plain(spread):>{SPREAD}}")


def _row(head: Text, body: Text, cells: Text, layout: _Layout) -> Iterator[Text]:
    """Yield the lines of one row: its text left of the cells, or below them on a narrow page."""
    room = max(layout.width - layout.margin - cells.cell_len, 1)
    if layout.roomy:
        first, *rest = layout.hang(head, body, hang=7, width=room - 2)
    else:
        below = layout.hang(Text(), body, indent=2, width=layout.width - layout.margin)
        first, rest = head, below if body else []
    first.align("left", room)
    yield Text(" " * layout.margin) + first + cells
    for line in rest:
        yield Text(" " * layout.margin) + line


def _plain(text: str, style: str = "") -> Text:
    """Return text that says what it says: no markup, no emoji code, nothing a terminal obeys."""
    return Text(plain(text), style)


def _mark(mark: str) -> Text:
    return Text(mark, MARK_STYLES.get(mark, ""))


def _spaced(*texts: Text) -> Text:
    return Text(" ").join(text for text in texts if text)
