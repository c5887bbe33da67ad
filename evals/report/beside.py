"""Set two briefs of one article side by side, sentence by sentence, with what differs marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.prompts.difference import Segment
from agent.views.lines import MARKS, caveat, odds, plain, sections, withheld_reason, words
from evals.report.difference import align, mark_difference
from schemas.brief import Brief, Part
from schemas.claims import CheckedClaim


@dataclass(frozen=True)
class Line:
    """One sentence of one brief.

    Attributes:
        mark: The letter of its basis; empty for a line by the program.
        text: What it says, with its likelihood.
        cites: Ids of the sentences that it rests on.
        remark: What the reader is told of it: its verdict, or why it was withheld.
    """

    mark: str
    text: str
    cites: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True)
class Cell:
    """A line in its place beside another.

    Attributes:
        line: The line.
        segments: Its text, cut where it begins or ends to differ from the other line.
        other_cites: Whether both lines cite, and not the same.
    """

    line: Line
    segments: tuple[Segment, ...]
    other_cites: bool


@dataclass(frozen=True)
class Row:
    """Two lines that belong together; one is None where its brief has nothing of the kind."""

    a: Cell | None
    b: Cell | None

    @property
    def same(self) -> bool:
        """Whether both briefs say the same and are told the same of it."""
        return self.a is not None and self.b is not None and self.a.line == self.b.line


@dataclass(frozen=True)
class Group:
    """What both briefs say under one heading."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Beside:
    """Two briefs side by side.

    Attributes:
        groups: What is printed, in the order of the briefs.
        withheld: What was drafted and is not printed, with the reason.
    """

    groups: tuple[Group, ...]
    withheld: tuple[Row, ...]

    @property
    def differing(self) -> int:
        """In how many lines that are printed the briefs differ."""
        return sum(not row.same for group in self.groups for row in group.rows)

    @property
    def rows(self) -> Iterator[Row]:
        """Every row, those of withheld claims last."""
        for group in self.groups:
            yield from group.rows
        yield from self.withheld


def beside(a: Brief | None, b: Brief | None) -> Beside:
    """Return two briefs of one article side by side; either may be missing."""
    printed_a, printed_b = _printed(a), _printed(b)
    groups = (
        Group(title, _rows(printed_a.get(title, []), printed_b.get(title, [])))
        for title in _in_order(list(printed_a), list(printed_b))
    )
    return Beside(
        groups=tuple(group for group in groups if group.rows),
        withheld=_rows(_withheld(a), _withheld(b)),
    )


def _in_order(a: Sequence[str], b: Sequence[str]) -> list[str]:
    """Return the headings of both, those that only the second has behind the one before them."""
    merged, place = list(a), 0
    for title in b:
        if title not in merged:
            merged.insert(place, title)
        place = merged.index(title) + 1
    return merged


def _rows(a: Sequence[Line], b: Sequence[Line]) -> tuple[Row, ...]:
    pairs = align([line.text for line in a], [line.text for line in b])
    return tuple(_row(None if i is None else a[i], None if j is None else b[j]) for i, j in pairs)


def _row(a: Line | None, b: Line | None) -> Row:
    old, new = mark_difference(a.text if a else "", b.text if b else "")
    # A line by the program cites nothing; that is no change of evidence.
    differ = bool(a and b and a.cites and b.cites and a.cites != b.cites)
    return Row(
        Cell(a, tuple(old), differ) if a else None,
        Cell(b, tuple(new), differ) if b else None,
    )


def _printed(brief: Brief | None) -> dict[str, list[Line]]:
    """Return the lines of the body under the headings that they stand under."""
    if brief is None:
        return {}
    found: dict[str, list[Line]] = {}
    for section in sections(brief):
        if section.note:
            found.setdefault(section.title, []).append(Line("", plain(section.note)))
        for part in section.parts:
            title = section.title if part.title == section.title else _title(section.title, part)
            found.setdefault(title, []).extend(_lines(part, brief))
    for technique in brief.techniques:
        for part in technique.parts:
            found.setdefault(_title(technique.name, part), []).extend(_lines(part, brief))
    return found


def _title(above: str, part: Part) -> str:
    return plain(f"{above}: {part.title}")


def _lines(part: Part, brief: Brief) -> Iterator[Line]:
    if part.note:
        yield Line("", plain(part.note))
    labels = [claim for claim in part.claims if claim.form == "label"]
    if labels:
        cites = dict.fromkeys(id for claim in labels for id in claim.evidence)
        yield Line("", plain("; ".join(claim.text for claim in labels)), tuple(map(plain, cites)))
    for claim in part.claims:
        if claim.form == "sentence":
            yield _line(claim, brief, caveat(claim))


def _withheld(brief: Brief | None) -> list[Line]:
    if brief is None:
        return []
    return [_line(claim, brief, withheld_reason(claim)) for claim in brief.withheld]


def _line(claim: CheckedClaim, brief: Brief, remark: str) -> Line:
    text = f"{odds(claim)} {words(claim, brief.sources)}"
    return Line(MARKS[claim.basis], plain(text), tuple(map(plain, claim.evidence)), plain(remark))
