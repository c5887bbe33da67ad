from pathlib import Path

from agent.sources.markdown import read_markdown
from agent.sources.reading import Reading

EXAMPLES = Path(__file__).parents[2] / "examples"


def read(text: str) -> Reading:
    return read_markdown(text.encode(), name="a.md")


def test_the_example_keeps_its_front_matter_as_fields_and_its_lists() -> None:
    reading = read((EXAMPLES / "port-breach.md").read_text("utf-8"))
    assert (
        reading.title == "Skarland port operator and extortion group clash over scale of data theft"
    )
    assert (reading.author, reading.publisher) == ("Tomas Achterberg", "Meridian Wire")
    assert (reading.published, reading.published_from) == ("2026-05-28", "front matter")
    assert reading.text.startswith("GRAUWICK, Skarland, May 28")
    assert "\n\nUnion says the number is too low\n\n" in reading.text
    assert "\n\n- Install the March update" in reading.text


def test_markup_goes_and_text_stays() -> None:
    reading = read(
        'Some *emphasis*, **strength**, `code`, ~~gone~~ and a [link](https://a.b/c "T").\n'
        "A [reference][r] and ![an image](x.png).\n\n"
        "> A quotation.\n\n```sh\nrm -rf /\n```\n\n1. One\n2. Two\n   - Deep\n\n"
        "| A | B |\n|---|---|\n| 1 | 2 |\n\n[r]: https://a.b/d\n"
    )
    assert reading.text == (
        "Some emphasis, strength, code, gone and a link.\nA reference and .\n\nA quotation.\n\n"
        "rm -rf /\n\n1. One\n\n2. Two\n\n- Deep\n\nA\n\nB\n\n1\n\n2"
    )


def test_the_first_heading_is_the_title_when_none_is_stated() -> None:
    reading = read("# Army *leaves* town\n\nIt left on Monday.\n")
    assert (reading.title, reading.text) == ("Army leaves town", "It left on Monday.")
    reading = read("---\ntitle: Other\n---\n# Army leaves town\n\nIt left.\n")
    assert (reading.title, reading.text) == ("Other", "Army leaves town\n\nIt left.")


def test_raw_html_leaves_its_visible_text() -> None:
    text = read(
        "One <b>bold</b> 1 < 2 `<i>`<span hidden>secret</span>.\n\n"
        "<div><script>alert(1)</script><p>Seen.</p><p style='display: none'>Secret.</p></div>\n\n"
        "<!-- Secret. -->\n"
    ).text
    assert text == "One bold 1 < 2 <i>.\n\nSeen."


def test_front_matter_may_be_toml_and_hold_lists() -> None:
    reading = read('+++\ntitle = "A"\ndate = 2026-05-28\n+++\nText.')
    assert (reading.title, reading.published, reading.text) == ("A", "2026-05-28", "Text.")
    reading = read("---\nauthors:\n  - Ana Cole\n  - 'Ben Dane'\nlang: en-GB\n---\nText.")
    assert (reading.author, reading.language) == ("Ana Cole, Ben Dane", "en")


def test_front_matter_with_an_ambiguous_date_gives_none() -> None:
    reading = read("---\ndate: 03/04/2026\nurl: javascript:alert(1)\n---\nText.")
    assert (reading.published, reading.published_from, reading.url) == (None, None, None)


def test_front_matter_that_expands_in_yaml_stays_small() -> None:
    bomb = "\n".join(f"{chr(98 + n)}: [*{chr(97 + n)},*{chr(97 + n)}]" for n in range(20))
    assert read(f"---\na: &a [x]\n{bomb}\ntitle: T\n---\nText.").title == "T"


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert read("---\n\nText that goes on.\n").text == "Text that goes on."
