"""The styles of a brief in Word: everything that can be seen of one is set here, by name.

No paragraph and no word has formatting of its own, so that a reader who changes a style changes
every claim, and a house template can take the brief over.
"""

from collections.abc import Mapping
from types import MappingProxyType

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import CharacterStyle, ParagraphStyle

from agent.views.lines import MARKS, WITHHELD_MARK
from schemas.sources import Tlp

PAGE_WIDTH, PAGE_HEIGHT, MARGIN = Cm(21), Cm(29.7), Cm(2.2)  # A4
TEXT_WIDTH = Cm(16.6)
FONT, INK, QUIET = "Calibri", "1F3864", "595959"
HANG = Cm(0.7)  # where a claim begins, right of its mark
FIELD_HANG = Cm(3.2)

# Dark enough on white for WCAG 2.2 AA; the letter says the same without them.
MARK_COLOURS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        MARKS["reported"]: ("Mark Reported", "1E6B34"),
        MARKS["judgement"]: ("Mark Judgement", "8A4B00"),
        MARKS["assumption"]: ("Mark Assumption", "7A2E8E"),
        MARKS["recommendation"]: ("Mark Recommendation", "1F4FA3"),
        WITHHELD_MARK: ("Mark Withheld", "B3261E"),
    }
)
# FIRST, TLP 2.0 (2022): these colours on black, in 12 point or more.
TLP_COLOURS: Mapping[Tlp, str] = MappingProxyType(
    {
        "CLEAR": "FFFFFF",
        "GREEN": "33FF00",
        "AMBER": "FFC000",
        "AMBER+STRICT": "FFC000",
        "RED": "FF2B2B",
    }
)
TABLE = (
    f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="BriefTable">'
    '<w:name w:val="Brief Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>'
    '<w:qFormat/><w:tblPr><w:tblStyleRowBandSize w:val="1"/><w:tblBorders>'
    '<w:top w:val="single" w:sz="8" w:color="1F3864"/>'
    '<w:bottom w:val="single" w:sz="8" w:color="1F3864"/>'
    '<w:insideH w:val="single" w:sz="4" w:color="D0D7E2"/></w:tblBorders>'
    '<w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
    '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr>'
    '<w:shd w:val="clear" w:color="auto" w:fill="E8EDF5"/></w:tcPr></w:tblStylePr>'
    "</w:style>"
)


def set_styles(document: Document) -> None:
    """Give a new document the page and the styles of a brief, and take out what it has unused."""
    _drop_table_styles(document)
    _set_page(document)
    _set_text(document)
    _set_headings(document)
    _set_lists(document)
    _set_marks(document)
    document.styles.element.append(parse_xml(TABLE))


def tlp_style(mark: Tlp) -> str:
    """Return the name of the character style of a TLP mark."""
    return f"TLP {mark}"


def _drop_table_styles(document: Document) -> None:
    """Take the hundred table styles out that Word's own template brings along."""
    styles = document.styles.element
    for style in styles.findall(qn("w:style")):
        if style.get(qn("w:type")) == "table" and style.get(qn("w:styleId")) != "TableNormal":
            styles.remove(style)


def _set_page(document: Document) -> None:
    (section,) = document.sections
    section.page_width, section.page_height = PAGE_WIDTH, PAGE_HEIGHT
    section.left_margin = section.right_margin = section.bottom_margin = MARGIN
    section.top_margin = Cm(2.6)
    section.header_distance = section.footer_distance = Cm(1)


def _set_text(document: Document) -> None:
    normal = _paragraph(document, "Normal", size=10.5, after=4)
    normal.paragraph_format.line_spacing = 1.08
    normal.paragraph_format.widow_control = True
    _paragraph(document, "Body Text", size=10.5, after=5)
    for name in ("Header", "Footer"):
        style = _paragraph(document, name, size=8.5, after=0, colour=QUIET)
        _clear_tabs(style)
        style.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    marking = _paragraph(document, "Marking", base="Header", size=12, after=2)
    marking.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for mark, colour in TLP_COLOURS.items():
        _shade(_character(document, tlp_style(mark), colour=colour, bold=True, size=12), "000000")
    _character(document, "Strong", bold=True)
    _paragraph(document, "Table Text", size=9, after=0).paragraph_format.line_spacing = 1
    figure = _paragraph(document, "Table Figure", base="Table Text", size=9, after=0)
    figure.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _set_headings(document: Document) -> None:
    for level, size, before, after in ((1, 20, 0, 8), (2, 14, 16, 6), (3, 11.5, 12, 4)):
        style = _paragraph(
            document, f"Heading {level}", size=size, after=after, colour=INK, bold=True
        )
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.keep_with_next = True
        if level == 2:
            _underline(style)
    group = _paragraph(document, "Group", base="Body Text", size=10.5, after=2)
    group.paragraph_format.space_before = Pt(5)
    group.paragraph_format.keep_with_next = True


def _set_lists(document: Document) -> None:
    """Set the lists whose signs are their own marks, as Word's "List" has them: hanging."""
    _hanging(_paragraph(document, "List", size=10.5, after=4), left=HANG, hang=HANG)
    _hanging(_paragraph(document, "List 2", size=10.5, after=4), left=2 * HANG, hang=HANG)
    for name in ("List Bullet", "List Bullet 2"):
        _paragraph(document, name, size=10.5, after=4)
    field = _paragraph(document, "Brief Field", base="Body Text", size=10, after=3)
    _hanging(field, left=FIELD_HANG, hang=FIELD_HANG)
    sentence = _paragraph(document, "Source Sentence", base="Body Text", size=9.5, after=3)
    _hanging(sentence, left=Cm(1.3), hang=Cm(1.3))


def _set_marks(document: Document) -> None:
    for name, colour in MARK_COLOURS.values():
        _character(document, name, colour=colour, bold=True)
    _character(document, "Likelihood", colour="8A4B00", italic=True)
    _character(document, "Citation", colour="1F4FA3")
    _character(document, "Remark", colour="8C2F2A")
    _character(document, "Inconsistent", colour="B3261E", bold=True)


def _paragraph(
    document: Document,
    name: str,
    *,
    size: float,
    after: float,
    base: str | None = None,
    colour: str | None = None,
    bold: bool | None = None,
) -> ParagraphStyle:
    if name not in document.styles:
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style: ParagraphStyle = document.styles[name]
    if base or (style.base_style is None and name != "Normal"):
        style.base_style = document.styles[base or "Normal"]
    _set_font(style, size=size, colour=colour, bold=bold)
    style.paragraph_format.space_after = Pt(after)
    return style


def _character(
    document: Document,
    name: str,
    *,
    colour: str | None = None,
    bold: bool | None = None,
    italic: bool | None = None,
    size: float | None = None,
) -> CharacterStyle:
    if name not in document.styles:
        document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
    style: CharacterStyle = document.styles[name]
    _set_font(style, size=size, colour=colour, bold=bold)
    style.font.italic = italic
    return style


def _set_font(
    style: CharacterStyle, *, size: float | None, colour: str | None, bold: bool | None
) -> None:
    font = style.font
    font.bold = bold
    font.size = Pt(size) if size else None
    if colour:
        font.color.rgb = RGBColor.from_string(colour)
    if isinstance(style, ParagraphStyle):
        font.name = FONT
        fonts = style.element.rPr.rFonts
        # A theme's font would win over the name beside it.
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)


def _hanging(style: ParagraphStyle, *, left: int, hang: int) -> None:
    layout = style.paragraph_format
    layout.left_indent, layout.first_line_indent = left, -hang
    layout.tab_stops.add_tab_stop(left)


def _clear_tabs(style: ParagraphStyle) -> None:
    tabs = style.element.pPr.find(qn("w:tabs"))
    if tabs is not None:
        style.element.pPr.remove(tabs)


def _underline(style: ParagraphStyle) -> None:
    line = '<w:bottom w:val="single" w:sz="6" w:space="2" w:color="B8C4D9"/>'
    border = f"<w:pBdr {nsdecls('w')}>{line}</w:pBdr>"
    # The schema fixes the order of what a paragraph's properties hold.
    style.element.get_or_add_pPr().insert_element_before(
        parse_xml(border), "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
    )


def _shade(style: CharacterStyle, fill: str) -> None:
    shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{fill}"/>')
    style.element.get_or_add_rPr().append(shade)
