"""The blocks of a brief in reading order, which every view in text sets in its own type."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A title: level 1 of the brief, 2 of a section, 3 of a technique or a source."""

    text: str
    level: int


@dataclass(frozen=True)
class Group:
    """The head of a part whose claims stand below it; those are `grouped`."""

    title: str
    note: str = ""


@dataclass(frozen=True)
class Field:
    """A named line about the brief as a whole, such as its confidence."""

    name: str
    text: str


@dataclass(frozen=True)
class Item:
    """A claim, with everything that has to stand beside it."""

    mark: str  # empty where one mark stands for a whole line of labels
    title: str  # of its part, when it is the only claim there
    odds: str
    text: str
    cites: str
    remark: str  # a verdict that the reader has to know, or why the claim was withheld
    grouped: bool = False
    claim: str = ""  # its id; empty for a line by the program


@dataclass(frozen=True)
class Labels:
    """Labels on one line, such as the thematic tags; `mark` is empty when theirs differ."""

    mark: str
    items: tuple[Item, ...]
    grouped: bool = False


@dataclass(frozen=True)
class Note:
    """A line by the program."""

    title: str
    text: str


@dataclass(frozen=True)
class Reference:
    """A sentence of a source, under the id that claims cite it by."""

    id: str
    text: str


@dataclass(frozen=True)
class MatrixLine:
    """One signal of the matrix."""

    id: str
    text: str
    cells: tuple[str, ...]
    spread: str


@dataclass(frozen=True)
class Matrix:
    """The ACH matrix in text, one cell of `cells` for each of `columns`."""

    columns: tuple[str, ...]
    rows: tuple[MatrixLine, ...]
    points: tuple[str, ...]


@dataclass(frozen=True)
class TableLine:
    """One row of a table: what it is about, and a cell for each column."""

    id: str
    text: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A technique's table in text; `head` stands above the texts of the rows."""

    head: str
    columns: tuple[str, ...]
    rows: tuple[TableLine, ...]


Block = Heading | Group | Field | Item | Labels | Note | Reference | Matrix | Table
