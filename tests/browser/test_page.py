"""The evidence page in a real browser: by mouse, by keyboard, by link, on paper, under attack."""

from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from pypdf import PdfReader

from agent.views.html import html
from schemas.brief import Brief
from tests.browser.briefs import complete, long_source
from tests.views.test_any_text import with_text

CLAIM = '[id="claim-bluf.meaning.1"]'
SENTENCE = '[id="sentence-1.12"]'
HOSTILE = (
    "</style></script></title></textarea>--><script>window.ran = 1</script>"
    '<img src="https://evil.example/x.png" onerror="window.ran = 2">'
    '<svg onload="window.ran = 3"><a href="javascript:window.ran=4">x</a></svg>'
    "\"' onmouseover='window.ran=5' style='background:url(https://evil.example/y)' \u202e\u2066"
    "<link rel=stylesheet href=//evil.example/z.css><meta http-equiv=refresh content='0;//evil'>"
    "{{ 7 * 7 }} {% raw %}"
)


@pytest.fixture
def text(brief: Brief) -> str:
    return html(complete(brief))


def test_a_click_on_a_claim_lights_its_sentences_and_shows_its_verdict(open_page, text):
    opened = open_page(text)
    claim = opened.page.locator(CLAIM)
    claim.locator("summary").click()
    assert opened.lit() == ["sentence-1.7", "sentence-1.11"]
    expect(opened.page.locator('[id="sentence-1.7"]')).to_be_in_viewport()
    expect(claim.locator(".ruling")).to_contain_text("✓ supported step judge score 0.80")
    expect(claim.locator(".reason").first).to_have_text("every specific is in the cited sentences")
    expect(opened.page.locator("#told")).to_contain_text("Rests on 1.7, 1.11.")
    assert opened.page.url.endswith("#claim-bluf.meaning.1")


def test_enter_and_space_do_what_a_click_does(open_page, text):
    opened = open_page(text)
    opened.page.locator('[id="claim-bluf.what.2"] summary').focus()
    opened.page.keyboard.press("Tab")
    expect(opened.page.locator(f"{CLAIM} summary")).to_be_focused()
    for key in ("Enter", "Space"):
        opened.page.keyboard.press(key)
        expect(opened.page.locator(f"{CLAIM} .ruling")).to_be_visible()
        assert opened.lit() == ["sentence-1.7", "sentence-1.11"]
        opened.page.keyboard.press(key)
        expect(opened.page.locator(f"{CLAIM} .ruling")).to_be_hidden()
        assert opened.lit() == []


def test_a_click_on_a_sentence_shows_the_claims_that_rest_on_it(open_page, text):
    opened = open_page(text)
    opened.page.locator(f"{CLAIM} summary").click()
    opened.page.locator(f"{SENTENCE} summary").click()
    assert opened.lit() == [
        "claim-hypotheses.indicators.1",
        "claim-outlook.medium.1",
        "claim-outlook.most_likely.1",
    ]
    expect(opened.page.locator(f"{CLAIM} .ruling")).to_be_hidden()
    links = opened.page.locator(f"{SENTENCE} .resting a")
    assert links.count() == 3
    links.nth(1).focus()
    opened.page.keyboard.press("Enter")
    claim = opened.page.locator('[id="claim-outlook.medium.1"]')
    expect(claim.locator("summary")).to_be_focused()
    expect(claim.locator(".ruling")).to_be_visible()
    expect(claim).to_be_in_viewport()
    assert opened.lit() == ["sentence-1.12"]


def test_escape_closes_what_is_open_and_forgets_the_link(open_page, text):
    opened = open_page(text)
    opened.page.locator(f"{CLAIM} summary").click()
    opened.page.keyboard.press("Escape")
    expect(opened.page.locator(f"{CLAIM} .ruling")).to_be_hidden()
    expect(opened.page.locator(f"{CLAIM} summary")).to_be_focused()
    assert opened.lit() == []
    assert "#" not in opened.page.url


def test_a_link_to_a_claim_opens_it_and_back_leads_back(open_page, text):
    opened = open_page(text, fragment="#claim-bluf.meaning.1")
    expect(opened.page.locator(f"{CLAIM} .ruling")).to_be_visible()
    assert opened.lit() == ["sentence-1.7", "sentence-1.11"]
    opened.page.goto(opened.page.url.split("#")[0] + "#sentence-1.12")
    expect(opened.page.locator(f"{SENTENCE} .resting")).to_be_visible()
    assert opened.lit()[0] == "claim-hypotheses.indicators.1"
    opened.page.go_back()
    expect(opened.page.locator(f"{CLAIM} .ruling")).to_be_visible()


def test_a_link_to_nothing_that_opens_does_no_harm(open_page, text):
    opened = open_page(text, fragment="#%")
    for fragment in ("#claim-none.1", "#part-2", "#told", "#%E0"):
        opened.page.goto(opened.page.url.split("#")[0] + fragment)
        assert opened.lit() == []


def test_a_line_stays_under_the_pointer_when_one_above_it_closes(open_page, text):
    opened = open_page(text)
    opened.page.locator(f"{CLAIM} summary").click()
    below = opened.page.locator('[id="claim-hypotheses.a.1"] summary')
    below.scroll_into_view_if_needed()
    before = below.bounding_box()
    below.click()
    assert abs(below.bounding_box()["y"] - before["y"]) <= 1


def test_on_a_telephone_the_passage_opens_below_the_claim(open_page, text):
    opened = open_page(text, width=390)
    claim = opened.page.locator(CLAIM)
    claim.locator("summary").click()
    quotes = claim.locator(".quotes li")
    expect(quotes.first).to_contain_text("South Korean officials say Russia has paid")
    expect(quotes.nth(1)).to_be_in_viewport()
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 390


def test_on_a_wide_screen_the_passage_is_not_shown_twice(open_page, text):
    opened = open_page(text)
    opened.page.locator(f"{CLAIM} summary").click()
    expect(opened.page.locator(f"{CLAIM} .quotes")).to_be_hidden()


def test_without_scripts_a_claim_still_opens_its_passage_and_its_verdict(open_page, text):
    opened = open_page(text, java_script_enabled=False)
    claim = opened.page.locator(CLAIM)
    claim.locator("summary").click()
    expect(claim.locator(".ruling")).to_be_visible()
    expect(claim.locator(".quotes")).to_contain_text("Kim wants Putin to remember the debt")
    opened.page.locator(f"{SENTENCE} summary").click()
    expect(opened.page.locator(f"{SENTENCE} .resting")).to_contain_text("rotation of engineers")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing(open_page, text, width, scheme):
    opened = open_page(text, width=width, color_scheme=scheme)
    opened.page.locator(f"{CLAIM} summary").click()
    found = Axe().run(opened.page, options={"resultTypes": ["violations"]}).response
    assert len(found["passes"]) > 20
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []


def test_a_hostile_brief_runs_nothing_asks_for_nothing_and_is_shown_as_it_is(open_page, brief):
    text = html(with_text(complete(brief), HOSTILE))
    for width in (1440, 390):
        opened = open_page(text, width=width)
        for claim in opened.page.locator(".claim summary").all()[:3]:
            claim.click()
            claim.hover()
        shown = opened.page.locator("h1").inner_text()
        assert "<script>window.ran = 1</script><img src=" in shown
        assert "{{ 7 * 7 }}" in shown and "\u202e" not in shown
        assert opened.page.evaluate("window.ran") is None
        assert opened.page.locator("script, style, img, link, iframe").count() == 2
        assert opened.page.evaluate("document.documentElement.scrollWidth") == width


def test_the_policy_stops_what_would_get_in_all_the_same(chromium, text):
    page = chromium.new_page()
    page.set_content(text)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = 1";
            document.body.append(script);
            document.body.setAttribute("style", "color: red");
            document.body.insertAdjacentHTML("beforeend", "<img src='https://evil.example/x.png'>");
        }"""
    )
    page.wait_for_function("() => document.querySelector('img').complete")
    assert page.evaluate("window.ran") is None
    assert sum("Content Security Policy" in complaint for complaint in complaints) == 3
    page.close()


def test_every_page_on_paper_bears_the_mark_twice_and_its_number(open_page, text):
    opened = open_page(text, color_scheme="dark")
    pages = PdfReader(BytesIO(opened.page.pdf(prefer_css_page_size=True))).pages
    texts = [page.extract_text() for page in pages]
    assert len(texts) > 3
    for number, printed in enumerate(texts, start=1):
        assert printed.count("TLP:AMBER") == 2
        assert f"{number} / {len(texts)}" in printed
        assert "DRAFT" in printed
    whole = " ".join(" ".join(texts).split())
    assert "reliability D (not usually reliable" in whole  # the source card is open on paper
    assert "Open a claim" not in whole


def test_the_page_of_a_source_of_900_words_is_small(open_page, brief):
    long = long_source(complete(brief), words=900)
    text = html(long)
    assert len(text.encode()) < 300_000
    sentences = sum(len(source.sentences) for source in long.sources)
    assert open_page(text).page.locator(".sentence").count() == sentences > 40
