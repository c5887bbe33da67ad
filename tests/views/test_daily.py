"""A roll-up says the same in every format, and nothing that it holds is alive in any of them."""

import json
import re
from datetime import date

import pytest
from lxml import html

from agent.briefs import digest
from agent.daily.rollup import roll_up
from agent.views.daily import MOST, daily_json, daily_markdown, daily_terminal
from agent.views.daily_html import POLICY, daily_html
from agent.views.lines import plain
from schemas.daily import LeftOut, RollUp
from tests.analysis.products import claim
from tests.daily.day import OTHER_TELLING, brief_of, reported, reviewed
from tests.views.conftest import HOSTILE, taint

DEAD = "Officials estimate that about 2,000 of North Korea's soldiers have been killed in Russia."
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028\u202a-\u202e\u2066-\u2069\ufeff]")


def rolled(*briefs, **known):
    day = date(2026, 1, 2)
    return roll_up({digest(brief): brief for brief in briefs}, day=day, **known)


@pytest.fixture
def roll() -> RollUp:
    first = brief_of(
        1,
        reported(DEAD, "1.2"),
        claim("implications.overall.1", "Kim pays with soldiers."),
        claim("outlook.worst.1", "A new deployment follows.", likelihood="unlikely"),
        tlp="AMBER",
        category="regional conflicts",
    )
    second = brief_of(
        2,
        reported(DEAD.replace("2,000", "600"), "1.3", author="program"),
        claim("implications.overall.1", "Kim pays with soldiers."),
        text=OTHER_TELLING,
        publisher="Harbour Post",
    )
    left = LeftOut(id="20260101-080000-aaaaaa", title="An older one", why="updated by another")
    return rolled(reviewed(first), second, left_out=[left])


def text_of(page):
    return plain(html.fromstring(page.encode()).text_content())


def all_views(roll):
    flat = re.sub(r"\s+", " ", daily_terminal(roll, width=100, colour=False, full=True))
    markdown = re.sub(r"\\([^\w\s])", r"\1", daily_markdown(roll)).replace("`", "")
    return {"terminal": flat, "markdown": markdown, "html": text_of(daily_html(roll))}


def test_every_format_has_every_line_citation_status_mark_difference_and_reason(roll):
    for name, shown in all_views(roll).items():
        for wanted in (
            "Daily roll-up, 2026-01-02",
            "TLP:AMBER",
            "2 briefs of 2026-01-02 (UTC): 1 reviewed, 1 draft; 1 left out",
            "no model was asked",
            "Reviewed by Hana Whitlock",
            "DRAFT: machine-written, not reviewed by a person",
            DEAD,
            f"“{DEAD.replace('2,000', '600')}”",
            "[20260102-090100-abcdef 1.2, Peninsula Wire 2025-12-28, reviewed]",
            "[20260102-090200-abcdef 1.3, Harbour Post 2025-12-28, draft]",
            "(2 briefs, 2 independent sources)",
            "(unlikely, 20-45%)",
            "Where Briefs Differ",
            "Dead (figure)",
            "An older one [20260101-080000-aaaaaa] (updated by another)",
        ):
            assert wanted in shown, (name, wanted)
        assert shown.index("Regional conflicts") < shown.index("2. Other"), name


def test_json_is_the_whole_value(roll):
    document = daily_json(roll)
    assert document.isascii()
    assert RollUp.model_validate_json(document) == roll


def test_a_short_one_says_how_much_it_leaves_out_and_a_full_one_leaves_out_nothing():
    judged = [
        claim(f"implications.overall.{n}", f"The {word} harvest fails in Kembara.")
        for n, word in enumerate("wheat rye oat corn rice bean pea fig nut hop tea hay".split())
    ]
    roll = rolled(brief_of(1, *judged))
    short = daily_terminal(roll, width=80, colour=False)
    assert short.count("harvest fails") == MOST
    assert f"Judgements, most likely first: {MOST} of 12; all with --detail full" in short
    assert daily_terminal(roll, width=80, colour=False, full=True).count("harvest fails") == 12
    assert daily_markdown(roll).count("harvest fails") == 12
    assert daily_html(roll).count("harvest fails") == 12


def test_a_short_one_counts_the_differences_and_lines_that_it_leaves_out():
    fields = "Kursk Orel Tula Perm Omsk Tver Ufa Pskov Kazan Sochi Samara Penza".split()
    said = "Russia paid for soldiers of Kim who went to {} with fuel and money in spring."
    claims = [reported(said.format(f), id=f"bluf.what.{n}") for n, f in enumerate(fields)]
    denied = [c.model_copy(update={"text": c.text.replace("paid", "never paid")}) for c in claims]
    roll = rolled(brief_of(1, *claims), brief_of(2, *denied, text=OTHER_TELLING))
    assert len(roll.differences) == 12
    assert "2 more with --detail full." in daily_terminal(roll, width=80, colour=False)
    assert daily_terminal(roll, width=80, colour=False, full=True).count("not so:") == 12


def test_what_was_not_compared_is_said(roll):
    more = roll.model_copy(update={"figures_not_compared": 7})
    for name, shown in all_views(more).items():
        assert "7 more figures were not compared" in shown, name


def test_a_category_whose_lines_stand_elsewhere_says_so():
    said = reported(DEAD)
    roll = rolled(brief_of(1, said, category="economy"), brief_of(2, said, category="cyber"))
    for name, shown in all_views(roll).items():
        assert "stands under another category" in shown, name


@pytest.mark.parametrize("width", [20, 40, 64, 100, 300])
def test_no_line_is_wider_than_the_screen(roll, width):
    shown = daily_terminal(roll, width=width, colour=False, full=True)
    assert max(map(len, shown.splitlines())) <= max(40, min(width, 100))


def test_the_page_asks_no_network_runs_nothing_and_is_marked_at_both_ends(roll):
    page = html.fromstring(daily_html(roll).encode())
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == POLICY and "default-src 'none'" in policy and "script" not in policy
    assert page.xpath("//script | //img | //link | //iframe | //object | //form") == []
    assert page.xpath("//@src | //@onclick | //@style | //@onerror") == []
    assert all(target.startswith("#") for target in page.xpath("//@href"))
    assert {target[1:] for target in page.xpath("//@href")} <= set(page.xpath("//@id"))
    assert page.xpath("//*[contains(@class, 'tlp')]/text()") == ["TLP:AMBER", "TLP:AMBER"]
    assert "url(" not in daily_html(roll) and "@import" not in daily_html(roll)


def test_the_page_names_the_basis_of_each_line_for_who_cannot_see_its_mark(roll):
    page = html.fromstring(daily_html(roll).encode())
    heard = page.xpath("//li[contains(@class, 'line')]//span[@class='unseen']/text()")
    assert set(heard) == {"reported: ", "judgement: "}


def with_text(roll, text):
    """Return the roll-up with the text in every string of it that may come from outside."""
    fields = json.loads(daily_json(roll))
    tainted = taint(fields, text)
    for chapter in tainted["chapters"]:
        for member in chapter["briefs"]:
            member["id"] = f"{text} {member['id']}"
    for difference in tainted["differences"]:
        difference["what"] = f"{text} {difference['what']}"
        for side in difference["sides"]:
            side["says"] = f"{text} {side['says']}"
            for line in side["lines"]:
                line["place"] = f"{text} {line['place']}"
                for cite in line["cites"]:
                    cite |= {"brief": text, "evidence": [text], "remark": text}
    for left in tainted["left_out"]:
        left |= {"id": text, "why": text}
    return RollUp.model_validate(tainted)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_hostile_text_in_every_string_is_shown_and_does_nothing(roll, text):
    hostile = with_text(roll, text)
    for full in (False, True):
        shown = daily_terminal(hostile, width=80, colour=False, full=full)
        assert STEERING.findall(shown) == []
    coloured = daily_terminal(hostile, width=80, colour=True)
    assert STEERING.findall(re.sub(r"\x1b\[[0-9;]*m", "", coloured)) == []
    markdown = daily_markdown(hostile)
    assert STEERING.findall(markdown) == [] and "<script>" not in markdown
    page = daily_html(hostile)
    assert STEERING.findall(page) == []
    tree = html.fromstring(page.encode())
    assert tree.xpath("//script | //img | //@onerror") == []
    assert all(target.startswith("#") for target in tree.xpath("//@href"))
    assert text_of(page).count(plain(text)) >= 10
    assert RollUp.model_validate_json(daily_json(hostile)) == hostile
