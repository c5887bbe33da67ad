"""A brief as a Word document: the blocks of every view in Word's styles, each citation a link."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx as word
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from agent.clean import cut, one_line
from agent.views import lines
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
from agent.views.docx_styles import MARK_COLOURS, TEXT_WIDTH, set_styles, tlp_style
from agent.views.outline import outline
from schemas.brief import Brief
from schemas.sources import Tlp

ID_WIDTH, LEAST_TEXT = Cm(1.7), Cm(4)
LONGEST_PROPERTY = 255  # characters that Word allows for a title
LONGEST_FOOTER = 80  # characters of the title that fit beside a page number
LONGEST_TIP = 250  # characters that Word shows of a link's tip
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that a ZIP archive can hold


def docx(brief: Brief) -> bytes:
    """Return the whole brief as a Word document; the same brief gives the same bytes.

    Every citation links to the sentence under *Sources*, which is a bookmark. The document holds
    no link to anything outside it, no macro, and no field but the numbers of its pages.
    """
    document = word.Document()
    set_styles(document)
    _describe(document, brief)
    _mark_pages(document, brief)
    blocks = tuple(outline(brief, full=True))
    setter = _Setter(document, _bookmarks(blocks))
    for block in blocks:
        setter.set(block)
    return _packed(document)


@dataclass(frozen=True)
class _Setter:
    """Sets blocks in type, one after the other, at the end of a document.

    Attributes:
        document: What they are set in.
        sentences: The text of every sentence that can be linked to, by its id.
    """

    document: Document
    sentences: Mapping[str, str]

    def set(self, block: Block) -> None:
        """Set one block."""
        match block:
            case Heading():
                self._paragraph(f"Heading {block.level}").add_run(lines.plain(block.text))
            case Group():
                self._titled("Group", block.title, block.note)
            case Field():
                line = self._paragraph("Brief Field")
                line.add_run(lines.plain(f"{block.name}:"), "Strong")
                line.add_run(f"\t{lines.plain(block.text)}")
            case Item():
                self._claims(block.mark, (block,), grouped=block.grouped)
            case Labels():
                self._claims(block.mark, block.items, grouped=block.grouped)
            case Note():
                self._titled("Body Text", block.title, block.text)
            case Reference():
                self._reference(block)
            case Matrix():
                self._matrix(block)
            case Table():
                self._table(block)

    def _paragraph(self, style: str) -> Paragraph:
        return self.document.add_paragraph(style=style)

    def _titled(self, style: str, title: str, text: str) -> None:
        line = self._paragraph(style)
        if title:
            line.add_run(lines.plain(f"{title}:" if text else title), "Strong")
        if title and text:
            line.add_run(" ")
        line.add_run(lines.plain(text))

    def _claims(self, mark: str, items: Sequence[Item], *, grouped: bool) -> None:
        line = self._paragraph(("List" if mark else "List Bullet") + (" 2" if grouped else ""))
        if mark:
            self._mark(line, mark)
            line.add_run("\t")
        for place, item in enumerate(items):
            if place:
                line.add_run(", ")
            self._claim(line, item, marked=bool(mark))

    def _claim(self, line: Paragraph, item: Item, *, marked: bool) -> None:
        if item.mark and not marked:
            self._mark(line, item.mark)
            line.add_run(" ")
        if item.title:
            line.add_run(lines.plain(item.title), "Strong")
        if item.odds:
            line.add_run(f"{' ' if item.title else ''}{lines.plain(item.odds)}", "Likelihood")
        if item.title:
            line.add_run(":", "Strong")
        if item.title or item.odds:
            line.add_run(" ")
        line.add_run(lines.plain(item.text))
        if item.cites:
            line.add_run(" [", "Citation")
            self._cites(line, item.cites[1:-1])
            line.add_run("]", "Citation")
        if item.remark:
            line.add_run(f" {lines.plain(item.remark)}", "Remark")

    def _mark(self, line: Paragraph, mark: str) -> None:
        line.add_run(lines.plain(mark), MARK_COLOURS[mark][0])

    def _cites(self, line: Paragraph, ids: str) -> None:
        """Set ids that stand with commas between them, each a link where there is a sentence."""
        for place, id in enumerate(ids.split(", ")):
            if place:
                line.add_run(", ", "Citation")
            if id in self.sentences:
                _link(line, id, tip=self.sentences[id])
            else:
                line.add_run(lines.plain(id), "Citation")

    def _reference(self, block: Reference) -> None:
        line = self._paragraph("Source Sentence")
        number = len(self.document.element.body)  # unique in the document, as Word asks
        start = OxmlElement("w:bookmarkStart", {qn("w:id"): str(number)})
        start.set(qn("w:name"), _bookmark(block.id))
        line._p.append(start)
        line.add_run(lines.plain(block.id), "Strong")
        line.add_run(f"\t{lines.plain(block.text)}")
        line._p.append(OxmlElement("w:bookmarkEnd", {qn("w:id"): str(number)}))

    def _matrix(self, block: Matrix) -> None:
        rows = [(row.id, row.text, *row.cells, row.spread) for row in block.rows]
        points = ("", "Points against", *block.points, "")
        self._rows([("Id", "Signal", *block.columns, "Spread"), *rows, points])

    def _table(self, block: Table) -> None:
        if any(row.text for row in block.rows):
            rows = [(row.id, row.text, *row.cells) for row in block.rows]
            self._rows([("Id", block.head, *block.columns), *rows])
        else:
            rows = [(row.id, *row.cells) for row in block.rows]
            self._rows([(block.head, *block.columns), *rows], words=1)

    def _rows(self, rows: Sequence[Sequence[str]], *, words: int = 2) -> None:
        """Set a table.

        Args:
            rows: Its rows, of which the first is its head on every page.
            words: How many columns hold words, ids first; the others hold figures.
        """
        table: WordTable = self.document.add_table(len(rows), len(rows[0]), "Brief Table")
        for number, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
            properties = row._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if number == 0:
                properties.append(OxmlElement("w:tblHeader"))
            for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                self._cell(cell, text, "Table Text" if place < words else "Table Figure")
        _set_widths(table, rows, words)
        self._paragraph("Table Text")  # without it, what follows would stick to the table

    def _cell(self, cell: _Cell, text: str, style: str) -> None:
        line: Paragraph = cell.paragraphs[0]
        line.style = style
        if all(id in self.sentences for id in text.split(", ")):
            self._cites(line, text)
        else:
            counts_against = style == "Table Figure" and text in {"I", "II"}
            line.add_run(lines.plain(text), "Inconsistent" if counts_against else None)


def _bookmarks(blocks: Iterable[Block]) -> dict[str, str]:
    return {block.id: block.text for block in blocks if isinstance(block, Reference)}


def _bookmark(id: str) -> str:
    """Return the name of a sentence's bookmark: letters, digits and underscores, 40 at most."""
    return f"s{re.sub(r'[^0-9A-Za-z]', '_', id)}"[:40]


def _link(line: Paragraph, id: str, *, tip: str) -> None:
    """Add an id that leads to its sentence, and shows the sentence where the pointer rests."""
    link = OxmlElement("w:hyperlink", {qn("w:anchor"): _bookmark(id), qn("w:history"): "1"})
    link.set(qn("w:tooltip"), cut(lines.plain(tip), LONGEST_TIP))
    run = line.add_run(lines.plain(id), "Citation")
    link.append(run._r)
    line._p.append(link)


def _set_widths(table: WordTable, rows: Sequence[Sequence[str]], words: int) -> None:
    """Give each figure what its column needs, and the text what they leave of the line."""
    longest = [max(map(len, column)) for column in zip(*rows, strict=True)]
    ids = [ID_WIDTH] if words == 2 else []
    room = TEXT_WIDTH - sum(ids)
    figures = [Cm(0.7) + size * Cm(0.19) for size in longest[words:]]
    squeezed = min(1, (room - LEAST_TEXT) / max(sum(figures), 1))
    figures = [int(width * squeezed) for width in figures]
    table.autofit = False
    for column, width in zip(table.columns, (*ids, room - sum(figures), *figures), strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def _describe(document: Document, brief: Brief) -> None:
    """Set what a file manager shows of the document; no user's name is in it."""
    made = brief.generated_at
    made = made.astimezone(UTC).replace(tzinfo=None) if made.tzinfo else made
    about = document.core_properties
    about.title = cut(lines.plain(brief.title), LONGEST_PROPERTY)
    about.author = about.last_modified_by = cut(
        lines.plain(f"bluf {brief.run.bluf_version}, {brief.run.model}"), LONGEST_PROPERTY
    )
    about.created = about.modified = made
    about.revision = 1
    about.comments = ""
    about.category = brief.category or ""
    about.content_status = brief.status
    about.keywords = f"TLP:{brief.tlp}" if brief.tlp else ""
    about.language = "en"


def _mark_pages(document: Document, brief: Brief) -> None:
    """Put the TLP mark and the status above each page, and the mark and its number below.

    FIRST, TLP 2.0 (2022): the label stands in the header and the footer, best on the right.
    """
    (section,) = document.sections
    above, below = section.header.paragraphs[0], section.footer.paragraphs[0]
    if brief.tlp:
        _set_tlp(above, brief.tlp)
        above = section.header.add_paragraph(style="Header")
        _set_tlp(section.footer.add_paragraph(), brief.tlp)
    above.add_run(lines.plain(lines.status(brief)))
    below.add_run(f"{lines.plain(one_line(brief.title, LONGEST_FOOTER))}\tPage ")
    _count_pages(below, "PAGE")
    below.add_run(" of ")
    _count_pages(below, "NUMPAGES")


def _set_tlp(line: Paragraph, tlp: Tlp) -> None:
    line.style = "Marking"
    line.add_run(f"\u00a0TLP:{tlp}\u00a0", tlp_style(tlp))


def _count_pages(line: Paragraph, what: str) -> None:
    """Add a number that Word computes from the document alone."""
    field = OxmlElement("w:fldSimple", {qn("w:instr"): what})
    field.append(line.add_run("1")._r)
    line._p.append(field)


def _packed(document: Document) -> bytes:
    """Return the document as a file: no picture of a page, no trace of another program, no clock.

    The template's own preview, statistics and second set of styles are left out.
    """
    for relations in (document.part.package.rels, document.part.rels):
        for key in [key for key, relation in relations.items() if _is_left(relation.reltype)]:
            del relations[key]
    saved, packed = BytesIO(), BytesIO()
    document.save(saved)
    with ZipFile(saved) as parts, ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            entry = ZipInfo(name, EARLIEST)
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 0
            archive.writestr(entry, parts.read(name))
    return packed.getvalue()


def _is_left(kind: str) -> bool:
    return kind.endswith(("/thumbnail", "/extended-properties", "/customXml", "/stylesWithEffects"))
