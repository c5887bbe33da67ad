"""The order in which a brief is printed, as blocks that a view only has to set in type.

Terminal and Markdown walk the same blocks, so that neither can drop a claim, a mark or a notice
that the other has.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from agent.views import lines
from schemas.brief import Ach, Brief, Part, Section, Technique
from schemas.claims import CheckedClaim
from schemas.sources import Source

SIGNAL_LENGTH = 96  # code points; two rows of the matrix at 80 columns


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


Block = Heading | Group | Field | Item | Labels | Note | Reference | Matrix


def outline(brief: Brief, *, full: bool) -> Iterator[Block]:
    """Yield the blocks of the brief in the order of reading.

    Args:
        brief: What to print.
        full: Whether to add what defends the brief: every reason for its confidence, every
            withheld claim, every cited sentence. Without it, one line says how much there is.
    """
    yield from _head(brief, full)
    for number, section in enumerate(lines.sections(brief), start=1):
        yield from _section(number, section, brief.sources)
    yield from _techniques(brief, full)
    if full:
        yield from _withheld(brief)
        yield from _sources(brief)
    yield from _foot(brief, full)


def _head(brief: Brief, full: bool) -> Iterator[Block]:
    yield Heading(brief.title, 1)
    yield Field("Published on", lines.published(brief))
    yield Field("Sources", "; ".join(lines.source_line(s) for s in brief.sources))
    for source in brief.sources:
        for note in source.notes:
            yield Field("Note", f"source {source.number}: {note}")
    yield Field("Marks", lines.marks_key())
    yield from _confidence(brief, full)


def _confidence(brief: Brief, full: bool) -> Iterator[Block]:
    level, reasons = brief.confidence.level, brief.confidence.reasons
    if full or len(reasons) < 2:
        yield Field("Confidence", "; ".join((level, *reasons)))
        return
    # Of all the reasons, the first that sets the level is the one to know.
    deciding = next((reason for reason in reasons if f"caps at {level}" in reason), reasons[0])
    more = f"{len(reasons) - 1} more with {lines.IN_FULL}"
    yield Field("Confidence", f"{level}; {deciding} ({more})")


def _section(number: int, section: Section, sources: tuple[Source, ...]) -> Iterator[Block]:
    yield Heading(f"{number}. {section.title}", 2)
    if section.note:
        yield Note("", section.note)
    for part in section.parts:
        title = part.title if len(section.parts) > 1 else ""
        yield from _part(title, part, sources, in_a_line=section.name == "tags")


def _part(
    title: str, part: Part, sources: tuple[Source, ...], *, in_a_line: bool = False
) -> Iterator[Block]:
    items = tuple(_item(claim, sources) for claim in part.claims)
    if not items:
        yield Note(title, part.note) if part.note else Group(title)
    elif in_a_line:
        yield from _group(title, part.note, (_labels(items),))
    elif len(items) == 1 and not part.note:
        yield replace(items[0], title=title)
    else:
        yield from _group(title, part.note, items)


def _group(title: str, note: str | None, below: Iterable[Item | Labels]) -> Iterator[Block]:
    if title:
        yield Group(title, note or "")
    elif note:
        yield Note("", note)
    for line in below:
        yield replace(line, grouped=bool(title))


def _labels(items: tuple[Item, ...]) -> Labels:
    marks = {item.mark for item in items}
    if len(marks) > 1:
        return Labels("", items)
    return Labels(marks.pop(), tuple(replace(item, mark="") for item in items))


def _item(claim: CheckedClaim, sources: tuple[Source, ...]) -> Item:
    return Item(
        mark=lines.MARKS[claim.basis],
        title="",
        odds=lines.odds(claim),
        text=lines.words(claim, sources),
        cites=lines.cites(claim),
        remark=lines.caveat(claim),
    )


def _techniques(brief: Brief, full: bool) -> Iterator[Block]:
    yield Heading("Structured Analytic Techniques Applied", 2)
    if not brief.techniques:
        yield Note("", "None was carried out.")
    for technique in brief.techniques:
        yield from _technique(technique, brief.sources, full)


def _technique(technique: Technique, sources: tuple[Source, ...], full: bool) -> Iterator[Block]:
    yield Heading(technique.name, 3)
    yield Note("Method", technique.method)
    yield Note("Result", technique.result)
    if technique.ach:
        yield _matrix(technique.ach, full)
        yield Note("", lines.ach_reading(technique.ach))
    for part in technique.parts:
        yield from _part(part.title, part, sources)


def _matrix(ach: Ach, full: bool) -> Matrix:
    rows = tuple(
        MatrixLine(
            id=", ".join(row.evidence),
            text=row.signal if full else _shorten(row.signal, SIGNAL_LENGTH),
            cells=row.ratings,
            spread=f"{row.diagnosticity:.2f}",
        )
        for row in ach.rows
    )
    return Matrix(ach.hypotheses, rows, tuple(f"{score:g}" for score in ach.scores))


def _withheld(brief: Brief) -> Iterator[Block]:
    yield Heading("Withheld", 2)
    yield Note("", lines.withheld_count(brief))
    for claim in brief.withheld:
        yield Item(
            mark=lines.WITHHELD_MARK,
            title="",
            odds=lines.odds(claim),
            text=claim.text,
            cites=lines.cites(claim),
            remark=f"— {lines.withheld_reason(claim)}",
        )


def _sources(brief: Brief) -> Iterator[Block]:
    cited = _cited(brief)
    yield Heading("Sources", 2)
    for source in brief.sources:
        sentences = [s for s in source.sentences if s.id in cited]
        yield Heading(f"Source {source.number}. {source.title}", 3)
        yield Note("", lines.source_card(source))
        yield Note("", f"Cited sentences, {len(sentences)} of {len(source.sentences)}:")
        for sentence in sentences:
            yield Reference(sentence.id, sentence.text)


def _foot(brief: Brief, full: bool) -> Iterator[Block]:
    yield Heading("How this brief was made", 2)
    if not full:
        shown = f" To read them, add {lines.IN_FULL}." if brief.withheld else ""
        yield Field("Withheld", lines.withheld_count(brief) + shown)
    yield Field("Verification", lines.verification(brief))
    yield Field("AI use", lines.ai_use(brief))


def _cited(brief: Brief) -> set[str]:
    by_claims = {id for claim in (*lines.body(brief), *brief.withheld) for id in claim.evidence}
    matrices = (technique.ach for technique in brief.techniques if technique.ach)
    return by_claims | {id for ach in matrices for row in ach.rows for id in row.evidence}


def _shorten(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    # A language without spaces has no word to cut at; the id beside it opens the whole sentence.
    return text[:length].rsplit(" ", 1)[0] + "…"
