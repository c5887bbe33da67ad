"""Flat blocks become chapters in which each line knows its claim."""

import pytest

from agent.views import lines
from agent.views.blocks import Group, Heading, Item, Note, Table
from agent.views.chapters import Passage, read_chapters, resting_on
from agent.views.outline import outline
from tests.browser.briefs import complete


def item(text: str, *, title: str = "", grouped: bool = False) -> Item:
    return Item("R", title=title, odds="", text=text, cites="[1.1]", remark="", grouped=grouped)


def told(passage: Passage) -> tuple[str, str, list[str]]:
    return passage.title, passage.note, [entry.item.text for entry in passage.entries]


def test_every_claim_of_the_outline_is_found_in_order(brief):
    full = complete(brief)
    root = read_chapters(full, outline(full, full=True))
    found = [entry.claim for entry in root.entries if entry.claim]
    assert found == [*lines.body(full), *full.withheld]
    assert [e.claim for e in root.entries if e.withheld] == list(full.withheld)


def test_chapters_nest_as_their_headings_do(brief):
    blocks = (
        Heading("Brief", 1),
        Note("", "first"),
        Heading("A", 2),
        Heading("A1", 3),
        Note("", "below A1"),
        Heading("A2", 3),
        Heading("B", 2),
    )
    root = read_chapters(brief, blocks)
    assert [(c.title, [below.title for below in c.chapters]) for c in root.chapters] == [
        ("A", ["A1", "A2"]),
        ("B", []),
    ]
    assert root.chapters[0].chapters[0].content == (Passage("", "below A1"),)


def test_lines_stand_below_the_head_that_they_belong_to(brief):
    table = Table("Head", ("A",), ())
    blocks = (
        Heading("Brief", 1),
        Note("", "a note"),
        item("below the note"),
        item("beside it"),
        item("alone", title="Titled"),
        Group("Group", "its note"),
        item("one", grouped=True),
        item("two", title="Motive", grouped=True),
        item("after the group"),
        table,
        item("after the table"),
    )
    root = read_chapters(brief, blocks)
    assert [told(passage) for passage in root.passages] == [
        ("", "a note", ["below the note", "beside it"]),
        ("Titled", "", ["alone"]),
        ("Group", "its note", ["one", "two"]),
        ("", "", ["after the group"]),
        ("", "", ["after the table"]),
    ]
    assert root.content[4] is table
    assert root.passages[2].entries[1].item.title == "Motive"


def test_a_sentence_knows_the_claims_that_rest_on_it(brief):
    root = read_chapters(brief, outline(brief, full=True))
    ids = [entry.claim.id for entry in resting_on(root.chapters)["1.12"] if entry.claim]
    assert ids == ["hypotheses.indicators.1", "outlook.medium.1", "outlook.most_likely.1"]


def test_blocks_without_a_heading_are_refused(brief):
    with pytest.raises(TypeError, match="begins with its heading"):
        read_chapters(brief, (Note("", "no heading"),))
