from agent.sources.dates import find_date, is_date_line
from agent.sources.head import read_head
from agent.sources.reading import Reading

BODY = "The army left the town on Monday. Nobody knows why it did so, officials said."


def head(text: str) -> Reading:
    return read_head(Reading(text=text))


def test_title_byline_publisher_and_date_are_not_part_of_the_text() -> None:
    found = head(f"Army leaves town\nBy Petra Lindgren\nMeridian Wire\nMarch 12, 2026\n\n{BODY}")
    assert found == Reading(
        text=BODY,
        title="Army leaves town",
        author="Petra Lindgren",
        publisher="Meridian Wire",
        published="2026-03-12",
        published_from="line in the head of the text",
    )


def test_head_lines_may_be_labelled() -> None:
    found = head(
        f"Title: Army leaves\nSource: Wire\nDate: 4 March 2026\nURL: https://a.b/c\n\n{BODY}"
    )
    assert (found.title, found.publisher, found.published) == ("Army leaves", "Wire", "2026-03-04")
    assert (found.url, found.text) == ("https://a.b/c", BODY)


def test_a_name_with_a_role_is_an_author() -> None:
    found = head(f"Sanctions on five\n\nAna B. Cole, Secretary of State\n2021-08-07\n\n{BODY}")
    assert (found.author, found.publisher) == ("Ana B. Cole, Secretary of State", None)


def test_a_heading_behind_the_head_stays_in_the_text() -> None:
    found = head(f"Army leaves town\n\n2021-08-07\n\nVisa Restrictions\n\n{BODY}")
    assert found.text == f"Visa Restrictions\n\n{BODY}"


def test_a_dateline_stays_and_names_the_publisher() -> None:
    found = head(f"SEOUL, Dec. 27 (Peninsula Wire) - {BODY}")
    assert found.publisher == "Peninsula Wire"
    assert found.text.startswith("SEOUL")


def test_a_dateline_without_a_year_gives_no_date() -> None:
    assert head(f"SEOUL, Dec. 27 (Wire) - {BODY}").published is None
    dated = head(f"SEOUL, Dec. 27, 2025 (Wire) - {BODY}")
    assert (dated.published, dated.published_from) == ("2025-12-27", "dateline")


def test_a_text_without_a_head_stays_whole() -> None:
    assert head(BODY) == Reading(text=BODY)
    assert head(f"{BODY}\n\n{BODY}").text == f"{BODY}\n\n{BODY}"


def test_a_first_sentence_in_chinese_or_hindi_is_no_title() -> None:
    for stop in "。।":
        text = f"军方星期一表示 已经离开该镇{stop}\n\n居民无法使用北方道路{stop}"
        assert head(text) == Reading(text=text)


def test_a_text_that_is_only_a_head_stays_whole() -> None:
    text = "Army leaves town\nBy Petra Lindgren\nMarch 12, 2026"
    assert head(text).text == text


def test_what_was_known_before_is_kept() -> None:
    found = read_head(Reading(text=f"Army leaves\nBy A. Cole\n\n{BODY}", author="B. Dane"))
    assert (found.author, found.title) == ("B. Dane", "Army leaves")


def test_dates_are_read_in_the_forms_that_papers_use() -> None:
    for text in (
        "Dec. 28, 2025",
        "28 December 2025",
        "2025-12-28T09:00:00Z",
        "Sunday, Dec 28 2025",
    ):
        assert str(find_date(text)) == "2025-12-28"


def test_an_ambiguous_or_impossible_date_is_no_date() -> None:
    for text in ("03/04/2026", "Feb. 30, 2024", "May 2026", "Dec. 27"):
        assert find_date(text) is None


def test_a_date_line_says_nothing_else() -> None:
    assert is_date_line("Published: Dec. 28, 2025 at 4:15 p.m. EST")
    assert not is_date_line("On March 3, 2026 the army left")
