"""Set lines for a terminal: in columns, with a hanging indent, or two texts side by side."""

from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from agent.views.lines import plain
from agent.views.terminal import console_to

NARROWEST = 40
DIVIDER = " | "


def typeset(lines: Iterable[Text], *, width: int, colour: bool) -> str:
    """Return finished lines as text; without colour the newline is its only control character."""
    printed = StringIO()
    console = console_to(printed, width, colour)
    for line in lines:
        line.rstrip()
        console.print(line, soft_wrap=True)
    return printed.getvalue()


def words(text: str, style: str = "") -> Text:
    """Return outside text on one line, with nothing in it that a terminal or rich obeys."""
    return Text(plain(text), style)


def columns(rows: Sequence[Sequence[Text]], *, left: frozenset[int], gap: int = 2) -> list[Text]:
    """Return each row as a line, its cells below those of the other rows.

    Args:
        rows: Cells; a row of one cell is a heading and needs no column.
        left: The columns that are set flush left; the others are flush right.
        gap: Cells between two columns.
    """
    most = max((len(row) for row in rows), default=0)
    widths = [
        max((row[n].cell_len for row in rows if len(row) > max(n, 1)), default=0)
        for n in range(most)
    ]
    return [row[0] if len(row) == 1 else _line(row, widths, left, gap) for row in rows]


def fits(lines: Iterable[Text], width: int) -> bool:
    """Whether every line has room."""
    return all(line.cell_len <= width for line in lines)


def hang(text: Text, *, width: int, indent: int = 0, hanging: int = 0) -> list[Text]:
    """Return a text broken into lines: the first `indent` further in, the others `hanging` more."""
    first, *rest = _wrapped(text, max(width - indent - hanging, 1))
    inner = Text(" " * (indent + hanging))
    return [Text(" " * indent) + first, *(inner + line for line in rest)]


def side_by_side(a: Text, b: Text, *, width: int) -> list[Text]:
    """Return two texts next to each other, broken into lines and told apart by a bar."""
    room = max((width - cell_len(DIVIDER)) // 2, 1)
    pairs = zip_longest(_wrapped(a, room), _wrapped(b, room), fillvalue=Text())
    return [left + Text(" " * (room - left.cell_len) + DIVIDER) + right for left, right in pairs]


def _wrapped(text: Text, room: int) -> list[Text]:
    """Return the lines of a text; there is always one."""
    lines = text.wrap(Console(file=StringIO(), width=room, _environ={}), room)
    for line in lines:
        line.rstrip()
    return list(lines) or [Text()]


def _line(row: Sequence[Text], widths: Sequence[int], left: frozenset[int], gap: int) -> Text:
    line = Text()
    for number, (cell, width) in enumerate(zip(row, widths, strict=False)):
        space = Text(" " * (width - cell.cell_len))
        line += Text(" " * gap if number else "")
        line += cell + space if number in left else space + cell
    return line
