"""The Word document opens, is set in styles alone, leads nowhere, and is the same every time."""

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx.oxml.ns import qn
from lxml import etree

from agent.briefs import digest
from agent.views.blocks import Heading, Reference
from agent.views.docx import docx
from agent.views.docx_styles import TLP_COLOURS
from agent.views.outline import outline
from schemas.brief import Brief
from schemas.update import JudgementFate, Update
from tests.views import test_techniques
from tests.views.readers import opened, written

worked = test_techniques.worked
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def parts(brief: Brief) -> dict[str, bytes]:
    with ZipFile(BytesIO(written(brief))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def set_text(brief: Brief) -> list[etree._Element]:
    """Return the roots of all that is set in type: the body, the header and the footer."""
    return [
        etree.fromstring(part)
        for name, part in parts(brief).items()
        if re.fullmatch(r"word/(document|header\d+|footer\d+)\.xml", name)
    ]


def words(element: etree._Element) -> str:
    """Return what Word would show of an element, fields and links too."""
    return "".join(text.text for text in element.iter(f"{W}t"))


def test_headings_are_words_own_in_the_order_of_the_outline(brief):
    found = [
        (line.text, int(line.style.name.removeprefix("Heading ")))
        for line in opened(brief).paragraphs
        if line.style.name.startswith("Heading")
    ]
    wanted = [(b.text, b.level) for b in outline(brief, full=True) if isinstance(b, Heading)]
    assert found == wanted
    assert {level for _, level in found} == {1, 2, 3}


def test_nothing_is_formatted_but_by_a_style(brief):
    for root in set_text(brief.model_copy(update={"tlp": "RED"})):
        formats = root.iter(f"{W}rPr", f"{W}pPr")
        named = {child.tag for one in formats for child in one}
        assert named <= {f"{W}rStyle", f"{W}pStyle"}


def test_every_citation_of_a_claim_leads_to_the_sentence(brief):
    body = opened(brief).element.body
    sentences = {
        block.id: block.text for block in outline(brief, full=True) if isinstance(block, Reference)
    }
    for id, text in sentences.items():
        (mark,) = body.findall(f".//{W}bookmarkStart[@{W}name='s{id.replace('.', '_')}']")
        assert words(mark.getparent()) == f"{id}{text}"
    links = body.findall(f".//{W}hyperlink")
    for link in links:
        id = words(link)
        assert link.get(qn("w:anchor")) == f"s{id.replace('.', '_')}"
        assert link.get(qn("w:tooltip")) == sentences[id]
    rows = brief.techniques[0].ach.rows
    assert len(links) == sum(len(c.evidence) for c in brief.ledger) + sum(
        len(r.evidence) for r in rows
    )


def test_bookmarks_have_numbers_and_names_of_their_own(brief):
    marks = list(opened(brief).element.body.iter(f"{W}bookmarkStart"))
    assert len({mark.get(qn("w:id")) for mark in marks}) == len(marks) == 14
    assert len({mark.get(qn("w:name")) for mark in marks}) == len(marks)


def test_the_matrix_is_a_table_whose_head_is_repeated_and_whose_rows_hold_together(brief):
    (table,) = opened(brief).tables
    ach = brief.techniques[0].ach
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["Id", "Signal", "A", "B", "C", "Spread"]
    assert rows[1] == [*ach.rows[0].evidence, ach.rows[0].signal, "C", "I", "N", "0.47"]
    assert rows[-1] == ["", "Points against", "0", "4", "1", ""]
    assert table.style.name == "Brief Table"
    heads = [row._tr.find(f".//{W}tblHeader") is not None for row in table.rows]
    assert heads == [True] + [False] * (len(rows) - 1)
    assert all(row._tr.find(f".//{W}cantSplit") is not None for row in table.rows)


def test_a_grid_without_words_has_no_column_for_them(worked):
    *_, grid = opened(worked).tables
    rows = [[cell.text for cell in row.cells] for row in grid.rows]
    assert rows[0] == ["If it happens", "E1", "E2", "E3"]
    assert rows[2] == ["E2", "63%", "·", "75%"]


def test_columns_fill_the_line_and_no_more(brief):
    document = opened(brief)
    (section,) = document.sections
    line = section.page_width - section.left_margin - section.right_margin
    widths = [column.width for column in document.tables[0].columns]
    assert line * 0.99 <= sum(widths) <= line
    assert widths[1] == max(widths)


@pytest.mark.parametrize("mark", list(TLP_COLOURS))
def test_the_tlp_mark_stands_above_and_below_each_page_in_its_colour_on_black(brief, mark):
    document = opened(brief.model_copy(update={"tlp": mark}))
    (section,) = document.sections
    for region in (section.header, section.footer):
        (label,) = [run for line in region.paragraphs for run in line.runs if "TLP" in run.text]
        assert label.text.strip() == f"TLP:{mark}"
        assert str(label.style.font.color.rgb) == TLP_COLOURS[mark]
        assert label.style.font.size.pt == 12
        assert label.style.element.rPr.find(qn("w:shd")).get(qn("w:fill")) == "000000"


def test_each_page_says_who_stands_behind_the_brief_and_which_page_it_is(brief):
    (section,) = opened(brief).sections
    assert [line.text for line in section.header.paragraphs] == [
        "DRAFT: machine-written, not reviewed by a person"
    ]
    assert not section.different_first_page_header_footer
    (footer,) = section.footer.paragraphs
    fields = [field.get(qn("w:instr")) for field in footer._p.iter(f"{W}fldSimple")]
    assert fields == ["PAGE", "NUMPAGES"]
    assert words(footer._p).endswith("Page 1 of 1")


def test_the_properties_name_the_brief_and_its_author_and_no_user(brief):
    about = opened(
        brief.model_copy(update={"tlp": "GREEN", "category": "diplomacy"})
    ).core_properties
    assert about.title == brief.title
    assert about.author == about.last_modified_by == "bluf 0.1.0, SmolLM2-135M-Instruct"
    assert about.created == about.modified == brief.generated_at
    assert (about.keywords, about.category, about.content_status) == (
        "TLP:GREEN",
        "diplomacy",
        "draft",
    )
    assert "docProps/app.xml" not in parts(brief)


def test_a_title_longer_than_word_allows_is_cut_in_the_properties_alone(brief):
    long = brief.model_copy(update={"title": "word " * 200})
    assert len(opened(long).core_properties.title) <= 255
    assert opened(long).paragraphs[0].text == " ".join(["word"] * 200)


def test_the_same_brief_gives_the_same_bytes(brief):
    again = Brief.model_validate(brief.model_dump())
    assert docx(again) == written(brief)
    with ZipFile(BytesIO(written(brief))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


def test_nothing_in_it_leads_out_of_it_or_runs(brief):
    found = parts(brief)
    relations = [part for name, part in found.items() if name.endswith(".rels")]
    assert relations
    assert not any(b"TargetMode" in part or b"://e" in part for part in relations)
    assert not [name for name in found if re.search(r"vba|media|embed|customXml|thumb", name)]
    for root in set_text(brief):
        assert not list(root.iter(f"{W}instrText", f"{W}object", f"{W}altChunk", f"{W}drawing"))


def test_what_xml_forbids_and_what_steers_an_eye_is_left_out(brief):
    title = "A\x00B\x0bC\ufffeD\uffffE\ud800F\u202eG\u200bH"
    first = opened(brief.model_copy(update={"title": title})).paragraphs[0].text
    assert first == "AB CDEFGH"


def test_what_changed_since_an_earlier_brief_stands_before_the_first_section(brief):
    fate = JudgementFate(
        fate="changed", before="bluf.meaning.1", after="bluf.meaning.1", text_before="It was so.",
        text_after="The message is meant to secure payment.", likelihood_before="unlikely",
        likelihood_after="likely", why="two new sentences bear on it", evidence=("2.1",),
    )  # fmt: skip
    update = Update(
        earlier_sha256=digest(brief), earlier_title="Earlier", earlier_run="run-1",
        earlier_generated_at=brief.generated_at, new_sources=(2,), judgements=(fate,),
        indicators=(),
    )  # fmt: skip
    document = opened(brief.model_copy(update={"update": update}))
    heads = [p.text for p in document.paragraphs if p.style.name == "Heading 2"]
    assert heads[:2] == ["What Changed Since the Earlier Brief", "1. BLUF (Bottom Line Up Front)"]
    assert "The message is meant to secure payment. [2.1]" in "\n".join(
        line.text for line in document.paragraphs
    )
