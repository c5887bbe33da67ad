"""The evidence page as text: nothing missing, nothing alive, nothing asked for."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from lxml import html as lxml_html

from agent.views import lines
from agent.views.blocks import Group, Heading, Matrix, Reference, Table
from agent.views.html import html
from agent.views.lines import plain
from agent.views.outline import outline
from schemas.brief import Brief
from schemas.sources import Tlp
from tests.browser.briefs import complete
from tests.views.test_any_text import ANY_TEXT, with_text


@pytest.fixture
def full(brief: Brief) -> Brief:
    return complete(brief)


def read(page: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(page)


def words(element: lxml_html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def by_id(page: lxml_html.HtmlElement, id: str) -> lxml_html.HtmlElement:
    (found,) = page.xpath("//*[@id=$id]", id=id)
    return found


class Shape(HTMLParser):
    """The tags of a page and the names of their attributes, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(" ".join((tag, *(name for name, _ in attrs))))


def said_of(brief: Brief):
    """Yield every text that the outline of the brief has."""
    for block in outline(brief, full=True):
        match block:
            case Heading(text=text):
                yield text
            case Group(title, note):
                yield from (title, note)
            case Reference(id, text):
                yield f"{id} {text}"
            case Matrix(columns, rows, points):
                yield from (*columns, *points)
                for row in rows:
                    yield from (row.id, row.text, *row.cells, row.spread)
            case Table(head, columns, rows):
                yield from (head, *columns)
                for line in rows:
                    yield from (line.id, line.text, *line.cells)
            case _:
                items = getattr(block, "items", (block,))
                for item in items:
                    yield from (getattr(item, name, "") for name in ("title", "odds", "text"))
                    yield from (getattr(item, name, "") for name in ("cites", "remark", "name"))


def test_everything_that_the_other_views_say_stands_on_the_page(full):
    page = words(read(html(full)))
    missing = {said for said in said_of(full) if plain(said) not in page}
    # What these name has a place of its own, where it needs no name.
    assert missing == {"Marking", "Status", "Marks"}


def test_each_claim_stands_once_with_its_mark_verdict_and_sentences(full):
    page = read(html(full))
    withheld = {claim.id for claim in full.withheld}
    for claim in (*lines.body(full), *full.withheld):
        shown = by_id(page, f"claim-{claim.id}")
        mark = lines.WITHHELD_MARK if claim.id in withheld else lines.MARKS[claim.basis]
        (found,) = shown.xpath(".//summary/span[contains(@class, 'mark')]")
        assert found.text_content().startswith(mark)
        assert claim.basis in found.text_content()
        ruling = words(shown.xpath(".//p[@class='ruling']")[0])
        assert f"{claim.verdict} step {claim.method} score {claim.score:.2f}" in ruling
        assert claim.reason in words(shown)
        assert shown.get("data-rests-on").split() == [f"sentence-{id}" for id in claim.evidence]
    assert len(page.xpath("//li[@class='claim']")) == len(full.ledger) == 41


def test_claims_that_read_alike_are_told_apart(full):
    first, *others = full.bluf.parts
    twin = first.claims[0].model_copy(update={"id": "bluf.what.9", "method": "names"})
    parts = (first.model_copy(update={"claims": (*first.claims, twin)}), *others)
    bluf = full.bluf.model_copy(update={"parts": parts})
    page = read(html(full.model_copy(update={"bluf": bluf})))
    assert "step quotations" in words(by_id(page, "claim-bluf.what.1"))
    assert "step names" in words(by_id(page, "claim-bluf.what.9"))


def test_every_sentence_of_every_source_stands_under_its_id_with_what_rests_on_it(full):
    page = read(html(full))
    for source in full.sources:
        for sentence in source.sentences:
            shown = by_id(page, f"sentence-{sentence.id}")
            assert f"{sentence.id} {sentence.text}" in words(shown)
            resting = [c for c in (*lines.body(full), *full.withheld) if sentence.id in c.evidence]
            assert shown.get("data-bears").split() == [f"claim-{c.id}" for c in resting]
            assert len(shown.xpath(".//a")) == len(resting)


def test_every_link_leads_to_a_place_on_the_page(full):
    page = read(html(full))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = page.xpath("//a/@href")
    assert len(targets) > 100
    assert {target for target in targets if target[1:] not in ids or target[0] != "#"} == set()


def test_the_policy_names_the_one_style_and_the_one_script_and_allows_nothing_else(full):
    page = read(html(full))
    (style,), (script,) = page.xpath("//style"), page.xpath("//script")
    hashes = [
        f"'sha256-{b64encode(sha256(one.text.encode()).digest()).decode()}'"
        for one in (style, script)
    ]
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == (
        f"default-src 'none'; style-src {hashes[0]}; script-src {hashes[1]}; "
        "base-uri 'none'; form-action 'none'"
    )
    assert page.xpath("//@src | //@style | //link | //*[@*[starts-with(name(), 'on')]]") == []
    assert "url(" not in style.text and "@import" not in style.text


@pytest.fixture
def tags(brief: Brief) -> list[str]:
    """Return what the page is made of when nothing in it is hostile."""
    return Shape(html(with_text(complete(brief), "zq"))).tags


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=ANY_TEXT)
@example(text="</style></script></title><b>")
@example(text="\"'><b onclick=x>")
@example(text="<!-- &lt;b&gt; \ud800 \x00 {{ 1 }} {% x %}")
def test_no_text_changes_what_the_page_is_made_of(brief, tags, text):
    page = html(with_text(complete(brief), f"zq {text}"))
    assert page.encode()
    assert Shape(page).tags == tags


def test_ids_that_no_run_of_ours_writes_stay_text_too(full):
    first, *others = full.bluf.parts
    bad = first.claims[0].model_copy(
        update={"id": "a b\" onclick='x", "evidence": ("1.1", "<b>9", "1 .2")}
    )
    parts = (first.model_copy(update={"claims": (bad,)}), *others)
    bluf = full.bluf.model_copy(update={"parts": parts})
    page = read(html(full.model_copy(update={"bluf": bluf})))
    shown = by_id(page, "claim-a_b\"_onclick='x")
    assert shown.get("data-rests-on").split() == ["sentence-1.1"]
    assert "[1.1, <b>9, 1 .2]" in words(shown)
    assert page.xpath("//@onclick") == []


@pytest.mark.parametrize("mark", [*get_args(Tlp), None])
def test_the_mark_stands_above_below_and_on_every_printed_page(full, mark):
    page = html(full.model_copy(update={"tlp": mark}))
    found = read(page).xpath("//section[starts-with(@class, 'marking')]")
    assert [words(one) for one in found] == ([f"TLP:{mark}"] * 2 if mark else [])
    assert page.count(f'content: "TLP:{mark}"') == (2 if mark else 0)


def test_the_page_says_who_stands_behind_the_brief(full):
    ended = full.review.model_copy(update={"ended_at": full.review.began_at})
    reviewed = full.model_copy(update={"status": "reviewed", "review": ended})
    for one, status in ((full, "draft"), (reviewed, "reviewed")):
        page = html(one)
        (shown,) = read(page).xpath(f"//p[@class='status {status}']")
        assert words(shown) == lines.status(one)
        assert ("DRAFT" in page) == (status == "draft")


def test_an_edited_claim_shows_what_was_drafted(full):
    shown = words(by_id(read(html(full)), "claim-bluf.meaning.1"))
    assert "Before the edit: “The message secures payment.”" in shown


def test_the_foot_lets_a_third_person_check_what_was_read(full):
    foot = words(read(html(full)).xpath("//footer")[0])
    for fact in (full.run.id, full.run.prompt_hash, *(s.sha256 for s in full.sources)):
        assert fact in foot


def test_only_what_is_a_language_is_named_as_one(full):
    first, *others = full.sources
    for language, named in (("ko", "ko"), (None, None), ('x" onload="', None), ("klingon", None)):
        source = first.model_copy(update={"language": language})
        page = read(html(full.model_copy(update={"sources": (source, *others)})))
        assert page.xpath("//ol[@class='sentences']")[0].get("lang") == named


def test_the_matrix_is_coloured_and_lettered_alike(full):
    cells = read(html(full)).xpath("//table[@class='heat']//td[contains(@class, 'rating-')]")
    assert len(cells) == 12
    for cell in cells:
        assert re.search(rf"rating-{cell.text_content()}$", cell.get("class"))
        assert lines.RATINGS[cell.text_content()] == cell.xpath("./abbr/@title")[0]


def test_hypotheses_scenarios_and_simulated_events_are_drawn_with_words_beside(full):
    told = [words(one) for one in read(html(full)).xpath("//svg/desc")]
    assert told[0].startswith("Hypothesis A: likely, 55-80%; Hypothesis B: unlikely, 20-45%")
    assert "Scenario: Worst: almost no chance, 1-5%" in told[1]
    assert told[2].startswith("E1: 68% before, 57% after; E2: 88% before, 88% after; E3: 68%")
