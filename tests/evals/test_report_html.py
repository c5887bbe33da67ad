"""The HTML report as a browser reads it: what it says, and that nothing from outside is alive."""

import re
from urllib.parse import unquote

import pytest
from lxml import html as lxml_html

from agent.clean import clean_text
from evals.report.forest import forest
from evals.report.html import POLICY, html
from tests.evals.comparisons import (
    FEWER,
    KILLED,
    LIMITS,
    MARKS,
    NEVER,
    WRONG,
    compared,
    hostile,
    judged,
    outputs_of,
    usual,
)  # fmt: skip

KINDS = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "h1", "h2", "h3", "h4", "p",
    "b", "bdi", "code", "section", "ul", "li", "main", "div", "details", "summary", "table",
    "thead", "tbody", "tr", "th", "td", "span", "br", "del", "ins", "fieldset", "legend", "label",
    "input", "dl", "dt", "dd", "footer",
    "svg", "desc", "g", "text", "tspan", "line", "rect",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "tabindex", "role",
    "aria-labelledby", "aria-label", "scope", "colspan", "dir", "open", "type", "checked",
    "width", "height", "x", "y", "x1", "x2", "y1", "y2", "text-anchor", "transform",
}  # fmt: skip


@pytest.fixture(scope="module")
def report():
    return usual(judged())


@pytest.fixture(scope="module")
def page(report):
    return read(html(*report, primary="support", number=7, judged=judged()))


@pytest.fixture(scope="module")
def evil():
    return hostile()


@pytest.fixture(scope="module")
def hostile_page(evil):
    report, shown, said = evil
    return read(html(report, shown, primary="support", number=1, judged=said))


def read(text):
    return lxml_html.document_fromstring(text)


def words(element):
    return " ".join(element.text_content().split())


def cells(row):
    return [words(cell) for cell in row]


def article(page, item):
    return page.get_element_by_id(f"article-{item}")


def sides(row):
    """The texts of a row of two briefs, without the letter that a narrow screen puts first."""
    return [words(cell).split(" ", 1)[1] for cell in row.findall("td")]


def test_hostile_text_in_every_field_adds_no_element_attribute_or_address(hostile_page):
    elements = list(hostile_page.iter())
    assert {element.tag for element in elements} == KINDS
    assert {name for element in elements for name in element.attrib} <= ATTRIBUTES
    assert all(element.get("href", "#").startswith("#") for element in elements)
    assert len(hostile_page.findall(".//style")) == 1
    assert "evil" not in hostile_page.find(".//style").text


def test_hostile_text_is_shown_as_it_is_but_for_what_no_reader_sees(evil):
    report, shown, said = evil
    made = html(report, shown, primary="support", number=1, judged=said)
    seen = words(read(made))
    flaw, brief = said.briefs[0].flaws[0], shown[0].brief
    for text in (
        report.a.version, report.a.model, report.set, report.split, report.bluf_version,
        report.ruling.reasons[0], report.shifts[0].title, report.shifts[0].sentence,
        report.scored[0].item, report.failures[0].kind, report.failures[0].what,
        report.critic.model, report.critic.rubric, said.pairs[0].reasons[0], shown[-1].failure,
        brief.title, brief.ledger[0].text, brief.ledger[0].evidence[0],
        flaw.heading, flaw.sentence, flaw.quote, flaw.reason,
    ):  # fmt: skip
        assert " ".join(clean_text(text)[0].split()) in seen
    assert not MARKS.search(made)


def test_the_policy_stands_before_the_style_and_the_page_asks_nothing_of_anybody(report):
    made = html(*report, primary="support", number=1)
    assert made.index(POLICY.replace("'", "&#39;")) < made.index("<style>")
    policy = read(made).find(".//meta[@http-equiv='Content-Security-Policy']").get("content")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert not re.search(r"<script|\ssrc=|url\(|@import|https?:|<link|<img|<iframe", made)


def test_the_same_comparison_gives_the_same_bytes(report):
    assert html(*report, primary="support", number=1) == html(*report, primary="support", number=1)


def test_the_page_says_first_what_the_rules_decide_and_what_that_does_not_show(page):
    assert words(page.find(".//h2")) == "REGRESSION"
    verdict = words(page.get_element_by_id("verdict").getparent())
    assert "By the rules of the gate v2 may not replace v1." in verdict
    assert "no brief: 0 before, 2 now, limit 0 more" in verdict
    assert "Intervals cover the choice of articles and the noise of runs. Not:" in verdict
    assert "Comparison no. 7 on this set: of many looks" in words(page.find(".//header"))


def test_every_metric_is_drawn_and_stands_in_the_table_with_the_same_figures(page, report):
    told = {words(title) for title in page.findall(".//g/title")}
    table = page.get_element_by_id("figures-title").getparent().find(".//table")
    rows = {words(row.find("th")): row for row in table.findall("tbody/tr")}
    for shift in report[0].shifts:
        row = next(row for name, row in rows.items() if name.startswith(shift.title))
        assert any(t.startswith(f"{shift.title}: ") and t.endswith(shift.label) for t in told)
        assert shift.sentence in words(row)
        change = words(row.findall("td")[2])
        assert any(t.startswith(f"{shift.title}: {change}") for t in told)


def test_a_drawing_is_named_and_described_for_those_who_cannot_see_it(page):
    for svg in page.findall(".//svg"):
        ids = svg.get("aria-labelledby").split()
        title, told = (page.get_element_by_id(id) for id in ids)
        assert (title.tag, told.tag) == ("title", "desc")
        assert all(words(row) in words(told) for row in svg.findall("g/title"))


def x_of(row, kind):
    return [float(e.get("x1").rstrip("%")) for e in row.findall(f"line[@class='{kind}']")]


def drawn(shift):
    svg = lxml_html.fragment_fromstring(
        forest([shift], id="p", title="Changes", names=("v1", "v2"))
    )
    row = svg.find("g")
    zero = float(svg.find("line[@class='zero']").get("x1").rstrip("%"))
    return svg, row, zero, float(row.find("rect").get("x").rstrip("%"))


def test_the_interval_holds_the_change_and_the_margin_is_left_of_zero(report):
    shift = report[0].shifts[0]
    _, row, zero, change = drawn(shift)
    (margin,), (low, *_) = x_of(row, "margin"), x_of(row, "interval")
    high = max(x_of(row, "interval"))
    assert low < change < high
    # The plot is to scale: 0.324 down to the change, 0.02 down to the margin.
    assert (zero - change) / (zero - margin) == pytest.approx(
        shift.change / -shift.margin, rel=0.02
    )


def test_further_right_is_better_even_where_less_is_better(report):
    fewer = (
        report[0]
        .shifts[0]
        .model_copy(
            update={"better": "lower", "change": -0.2, "interval": (-0.3, -0.1), "margin": 0.05}
        )
    )
    svg, row, zero, change = drawn(fewer)
    assert change > zero > x_of(row, "margin")[0]
    ticks = [words(t) for t in svg.findall("text[@class='tick']")]
    assert ticks[0].startswith("+")
    assert ticks[-1].startswith("-")


def test_a_change_without_interval_or_spread_is_drawn_all_the_same(report):
    flat = report[0].shifts[0].model_copy(update={"change": 0.0, "interval": None, "margin": None})
    _, row, zero, change = drawn(flat)
    assert change == zero
    assert x_of(row, "interval") == []


def test_a_plot_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no metric"):
        forest([], id="p", title="Changes", names=("v1", "v2"))


def test_the_article_without_a_brief_comes_first_then_the_one_that_lost_most(page):
    items = [d.get("id") for d in page.findall(".//details[@class]") if d.get("id")]
    assert items == ["article-art-4", "article-art-3", "article-art-2", "article-art-1"]
    assert [article(page, f"art-{n}").get("open") is not None for n in (4, 3, 2, 1)] == [
        True, False, False, False
    ]  # fmt: skip
    assert "No brief in B: no valid Section in 3 attempts" in words(article(page, "art-4"))


def test_words_that_differ_are_marked_and_nothing_is_lost(page):
    row = article(page, "art-2").find(".//table[@class='beside']/tbody/tr[2]")
    a, b = sides(row)
    assert (a, b) == (f"R {KILLED} [1.2]", f"R {FEWER} [1.2]")
    assert [words(e) for e in row.iter("del")] == ["troops", "since 2024"]
    assert [words(e) for e in row.iter("ins")] == ["soldiers"]


def test_a_sentence_that_both_print_stands_once(page):
    same = article(page, "art-1").findall(".//td[@class='same']")
    assert words(same[0]) == f"both R {KILLED} [1.2]"
    assert {cell.get("colspan") for cell in same} == {"2"}
    assert not list(article(page, "art-1").iter("del", "ins"))


def test_a_withheld_claim_stands_with_its_reason_in_its_own_column(page):
    held = article(page, "art-3").find(".//details[@class='withheld']")
    assert words(held.find("summary")) == "Withheld: 0 in A, 1 in B"
    assert sides(held.find(".//tbody/tr")) == [
        "nothing of the kind",
        f"R {LIMITS} [1.2] unsupported, by verbatim: no source says so (bluf.what.2)",
    ]


def test_the_first_repeat_is_open_and_the_others_are_folded(page):
    repeats = article(page, "art-2").findall(".//details[@class='repeat']")
    assert [words(r.find("summary")) for r in repeats] == ["Repeat 2, 1 line differs"]
    assert repeats[0].get("open") is None
    assert FEWER in words(repeats[0])


@pytest.mark.parametrize("which", ["page", "hostile_page"])
def test_every_link_leads_to_a_place_of_the_page_and_no_place_is_named_twice(which, request):
    page = request.getfixturevalue(which)
    ids = [e.get("id") for e in page.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    links = {unquote(e.get("href"))[1:] for e in page.iter("a")}
    assert links <= set(ids)
    assert {link[:8] for link in links} >= {"articles", "article-"}


def test_a_citation_leads_to_the_sentence_of_the_article(page):
    link = article(page, "art-2").find(".//span[@class='cites']/a")
    place = page.get_element_by_id(link.get("href")[1:])
    assert words(place) == "1.2"
    assert words(place.getnext()).startswith("South Korean intelligence officials estimate")


def test_hard_failures_are_counted_and_lead_to_their_article(page):
    section = page.get_element_by_id("failures-title").getparent()
    rows = section.findall(".//details//tbody/tr")
    assert cells(rows[-1]) == ["no brief", "B", "art-4", "1", "no valid Section in 3 attempts"]
    assert rows[-1].find(".//a").get("href") == "#article-art-4"
    assert [cells(row) for row in section.findall("table/tbody/tr")] == [
        ["empty section", "40", "30"],
        ["invented figure", "0", "2"],
        ["no brief", "0", "2"],
    ]


def test_each_filter_says_how_many_articles_it_finds_and_finds_them(page):
    style = page.find(".//style").text
    labels = {e.get("id"): words(e.getparent()) for e in page.iter("input")}
    assert labels["show-all"] == "all 4"
    for mark, count in (("lost", 2), ("guard", 2), ("hard", 4), ("differs", 3)):
        assert labels[f"show-{mark}"].endswith(f"({count})")
        found = [d for d in page.iter("details") if mark in (d.get("class") or "").split()]
        assert len(found) == count
        assert f"#show-{mark}:checked) .article:not(.{mark})" in style


def test_what_opens_and_scrolls_can_be_reached_by_keyboard(page):
    assert all(d[0].tag == "summary" for d in page.iter("details"))
    scrolled = [e for e in page.iter("div") if e.get("class") == "scroll"]
    assert all(e.get("tabindex") == "0" and e.get("aria-label") for e in scrolled)


def test_flaws_that_the_critic_found_stand_in_their_article_with_quote_and_votes(page):
    flaws = article(page, "art-2").find(".//div[@class='flaws']")
    assert words(flaws) == (
        "Flaws of B that the critic found sourcing in bluf.what.1: “those soldiers” Nobody says "
        "who counted. (2 votes)"
    )
    assert "The critic prefers B: It is shorter." in words(article(page, "art-2"))
    assert "The critic prefers" not in words(article(page, "art-3"))


def test_a_critic_that_failed_its_probes_is_called_not_trusted(page):
    section = page.get_element_by_id("critic-title").getparent()
    assert "7 of 10 probes right; trusted; " in words(section)
    report, shown = usual(judged(trusted=False))
    section = read(html(report, shown, primary="support", number=1)).get_element_by_id(
        "critic-title"
    )
    assert "7 of 10 probes right; NOT TRUSTED, its figures are left out;" in words(
        section.getparent()
    )


def test_a_version_against_itself_is_shown_with_the_later_repeats_beside_the_first():
    a = outputs_of((KILLED, NEVER), side="v1")
    b = outputs_of((FEWER, NEVER), side="v1", first_repeat=2)
    report, shown = compared(a, b, digest=a[0].job.prompts.digest)
    page = read(html(report, shown, primary="support", number=1))
    assert "(the same prompts: other repeats on each side)" in words(page.find(".//header"))
    assert "It was not kept" not in words(page)
    assert [words(e) for e in article(page, "art-1").iter("ins")] == ["soldiers"] * 2


def test_a_brief_that_was_not_kept_is_said_to_be_missing(report):
    comparison, shown = report
    kept = [s for s in shown if (s.item, s.side) != ("art-1", "a")]
    page = read(html(comparison, kept, primary="support", number=1))
    assert "No brief in A: it was not kept" in words(article(page, "art-1"))


def test_a_report_without_the_primary_figure_is_made_all_the_same(report):
    page = read(html(*report, primary="facts", number=1))
    assert "The article that lost most on the primary metric comes first." in words(page)


def test_twelve_articles_with_two_repeats_that_differ_everywhere_stay_under_1_5_mb():
    def brief(side):
        return tuple(
            f"{side.capitalize()} officials number {n} estimate that {n},000 of the troops from "
            f"{side} were killed near the town, which {WRONG.lower()}"
            for n in range(1, 46)
        )

    a = outputs_of(*[brief("north")] * 12, side="v1")
    b = outputs_of(*[brief("south")] * 12, side="v2")
    report, shown = compared(a, b)
    made = html(report, shown, primary="support", number=1)
    assert made.count("<ins>") > 12 * 2 * 45
    assert len(made.encode()) < 1_500_000
