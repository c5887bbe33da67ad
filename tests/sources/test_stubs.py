import pytest

from agent.errors import SourceError
from agent.sources.html import read_html
from agent.sources.teasers import remove_teasers

TOPICS = "levy harvest border bridge strike vote ceasefire court flood export mine port".split()
HEADLINES = [f"Ministry answers farmers on the {t} before the vote of autumn" for t in TOPICS]
TEASERS = [
    f"The {t} was debated for hours on Monday. Officials in the capital gave no date for a "
    "decision and no figures." for t in TOPICS
]  # fmt: skip
PARAGRAPHS = [f"<p>{t} {u}</p>" for t, u in zip(TEASERS, reversed(TEASERS), strict=True)]


def page(body: str, title: str = "Test Courier - News", head: str = "") -> bytes:
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title}</title>{head}</head><body><header>"
        f"<nav><a href='/a'>World</a> <a href='/b'>Economy</a></nav></header><main>{body}</main>"
        "<footer>© 2026 Test Courier. Cookie settings. Already a subscriber? Log in.</footer>"
        "</body></html>"
    ).encode()


def listed(entry: str) -> bytes:
    entries = enumerate(zip(HEADLINES, TEASERS, strict=True))
    return page("".join(entry.format(n=n, h=h, t=t) for n, (h, t) in entries))


@pytest.mark.parametrize(
    "entry",
    [
        "<article><h3><a href='/s/{n}'>{h}</a></h3><p>{t}</p><time>4 March</time></article>",
        "<div><a href='/s/{n}'><img src='x'><h2>{h}</h2></a><div>{t}</div></div>",
        "<a href='/s/{n}'><div><h3>{h}</h3><p>{t}</p></div></a>",
        "<li><a href='/s/{n}'>{h}</a><p>{t}</p></li>",
        "<li><a href='/s/{n}'>{h}</a></li>",
        "<h2><a href='/s/{n}'>{h}</a></h2><p>{t}</p>",
        "<article><h2><a href='/s/{n}'>{h}</a></h2><p>By Ana Cole</p><p>{t}</p><p>{t} And more."
        "</p><p><a href='/s/{n}'>Continue</a></p></article>",
        "<div><div><a href='https://x.example/{n}'><h3>{h}</h3></a></div><span>x.example</span>"
        "<div>{t}</div></div>",
    ],
)
def test_a_front_page_or_a_list_is_not_taken_for_an_article(entry: str) -> None:
    with pytest.raises(SourceError, match=r"^a: several short texts, no article \(\d+ of about"):
        read_html(listed(entry), name="a")


def test_a_list_can_be_forced_and_is_noted() -> None:
    reading = read_html(listed("<li><a href='/s/{n}'>{h}</a><p>{t}</p></li>"), name="a", force=True)
    assert reading.notes[0].startswith("several short texts, no article")
    assert TEASERS[3] in reading.text


def test_an_article_beside_a_list_of_others_is_an_article() -> None:
    others = "".join(f"<li><a href='/s/{n}'>{h}</a></li>" for n, h in enumerate(HEADLINES))
    body = f"<article><h1>Levy passes</h1>{''.join(PARAGRAPHS)}</article>"
    text = read_html(page(f"{body}<aside><ul>{others}</ul></aside>"), name="a").text
    assert TEASERS[0] in text
    assert HEADLINES[0] not in text


def test_an_article_with_linked_chapters_is_an_article() -> None:
    chapters = zip(HEADLINES[:6], PARAGRAPHS, strict=False)
    body = "".join(f"<h2><a href='/s'>{h}</a></h2>{p * 2}" for h, p in chapters)
    raw = page(f"<article><h1>Levy passes</h1>{body}</article>")
    assert TEASERS[0] in read_html(raw, name="a").text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f"{PARAGRAPHS[0]}<p>Subscribe to continue reading this story.</p>",
         r"only \d+ words were found; this may be a paywall or a log-in"),
        (f"{PARAGRAPHS[0] * 2}<p>This article is only available to subscribers.</p>",
         r"only \d+ words were found; this may be a paywall or a log-in"),
        (f"{PARAGRAPHS[0] * 2}<div class='paywall-box'><b>Already a subscriber?</b></div>",
         r"only \d+ words were found; this may be a paywall or a log-in"),
        ("<p>We and our 812 partners use cookies to store and read data on your device. You can "
         "accept all cookies or manage your choices. With your consent we measure audiences, "
         "develop services and show you advertisements that are chosen for you alone.</p>",
         "this may be a cookie notice"),
        ("<p>Please enable JavaScript to view this page.</p>", "the page is made by scripts"),
        ("<p>Checking your browser before you go on.</p>", "takes this program for a robot"),
        ("<h1>Oh dear</h1><p>The page you want could not be found. Try the search.</p>",
         "the page says that it was not found; check the address"),
    ],
)  # fmt: skip
def test_what_stands_before_a_wall_is_not_taken_for_the_article(body: str, said: str) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        read_html(page(body), name="a")
    assert "\n" not in caught.value.problem


def test_a_missing_page_served_as_if_found_is_told_by_its_title() -> None:
    with pytest.raises(SourceError, match="says that it was not found"):
        read_html(page(PARAGRAPHS[0] * 3, title="404 - Test Courier"), name="a")


def test_a_forced_stub_is_read_with_its_reason_as_a_note() -> None:
    raw = page(f"{PARAGRAPHS[0]}<p>Subscribe to continue reading this story.</p>")
    reading = read_html(raw, name="a", force=True)
    assert "this may be a paywall" in reading.notes[0]
    assert TEASERS[0] in reading.text


def test_what_has_no_text_cannot_be_forced() -> None:
    with pytest.raises(SourceError, match="no article was found; this may be a paywall, a log-in"):
        read_html(b"<html><body><img src='x'></body></html>", name="a", force=True)


def test_a_short_whole_article_is_read_whatever_its_footer_asks() -> None:
    assert read_html(page("".join(PARAGRAPHS[:3]), title="Levy passes"), name="a").notes == ()


def test_a_long_article_that_is_not_free_is_read_with_a_note() -> None:
    script = '{"@type": "NewsArticle", "isAccessibleForFree": "False"}'
    head = f"<script type='application/ld+json'>{script}</script>"
    reading = read_html(page("".join(PARAGRAPHS) * 2, head=head), name="a")
    assert reading.notes == (
        "the page says that only subscribers see it whole; check that its text is all there",
    )
    with pytest.raises(SourceError, match="paywall"):
        read_html(page(PARAGRAPHS[0] * 2, head=head), name="a")


def test_a_chinese_page_is_not_too_short_for_want_of_spaces() -> None:
    sentence = "军方星期一表示已经离开该镇，居民无法使用北方道路，原因是安全问题。"
    text = read_html(page(f"<article>{f'<p>{sentence * 3}</p>' * 4}</article>"), name="a").text
    assert sentence in text


def test_lines_that_advertise_other_pages_are_left_out_and_counted() -> None:
    text = "\n\n".join(
        ["The levy passed.", "ALSO READ: Bridge falls", "Nobody was asked.", "It is law." * 20,
         "More from The Courier", "Bridge falls", "Mine shuts", "Port opens"]
    )  # fmt: skip
    kept, notes = remove_teasers(text)
    assert kept == "\n\n".join(["The levy passed.", "Nobody was asked.", "It is law." * 20])
    assert notes == ("5 lines that advertise other pages were left out",)


def test_sentences_about_reading_and_more_stay() -> None:
    text = "Read more slowly, he said.\n\nMore on Monday than ever.\n\nOne came.\n\nTwo.\n\nThree."
    assert remove_teasers(text) == (text, ())
