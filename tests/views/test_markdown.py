import pytest
from markdown_it import MarkdownIt

from agent.views.lines import plain
from agent.views.markdown import escape, markdown

OPENING = """\
# Kim tells Putin that North Korea and Russia are bound by shared blood in New Year message

- **Status:** DRAFT: machine-written, not reviewed by a person
- **Published on:** 2025-12-28 \\(date from: line 4 of the text\\)
"""
BLUF = """\
## 1. BLUF (Bottom Line Up Front)

- **What happened:**
  - `R` State media reported that Kim Jong Un called the alliance with Russia one of \
"sharing blood, life and death in the same trench". [1.1, 1.2]
  - `R` South Korean intelligence officials estimate that about 2,000 of roughly 15,000 troops \
sent to Russia have been killed. [1.4]
- `J` **What it means** (likely, 55-80%): The message is meant to secure payment for the troops \
before the war ends. [1.7, 1.11]

## 2. Competing Hypotheses
"""
MATRIX = """\
| Id | Signal | A | B | C | Spread |
| --- | --- | :-: | :-: | :-: | --: |
"""
REFERENCE = """\
- **1.5** Pyongyang has never published a total.
- **1.6** None of the casualty figures could be independently verified.
"""
LIVE = ("<a", "<img", "<script", "<svg", "<del", "<s>", "<b>")


def rendered(text: str) -> str:
    """What a generous viewer makes of the text: raw HTML, tables and strikethrough all on."""
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)


@pytest.mark.parametrize("piece", [OPENING, BLUF, MATRIX, REFERENCE])
def test_each_kind_of_block_is_set_as_written_here(brief, piece):
    assert piece in markdown(brief)


def test_nothing_from_outside_is_alive(hostile):
    _, brief = hostile
    page = rendered(markdown(brief))
    assert [tag for tag in LIVE if tag in page] == []


def test_hostile_text_makes_no_heading_list_or_cell_of_its_own(hostile, brief):
    _, tainted = hostile
    tags = ("<h1", "<h2", "<h3", "<ul", "<ol", "<li", "<td", "<strong", "<em", "<hr")
    page, hostile_page = rendered(markdown(brief)), rendered(markdown(tainted))
    assert {t: hostile_page.count(t) for t in tags} == {t: page.count(t) for t in tags}


def test_a_viewer_shows_escaped_text_as_it_was(hostile):
    text, _ = hostile
    shown = rendered(f"x {escape(text)}").replace("<code>@</code>", "@")
    literal = plain(f"x {text}")
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        literal = literal.replace(sign, entity)
    assert shown == f"<p>{literal}</p>\n"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("[a](b)", r"\[a\]\(b\)"),
        ("![a]", r"\!\[a\]"),
        ("https://a.example", r"https\://a\.example"),
        ("www.a.example", r"www\.a\.example"),
        ("a@b.example @@c", "a`@`b\\.example `@@`c"),
        (":skull: at 10:30", r"\:skull: at 10:30"),
        ("a | b_c", r"a \| b\_c"),
        ("back\\slash", r"back\\slash"),
    ],
)
def test_what_would_come_alive_is_escaped(text, escaped):
    assert escape(text) == escaped
