"""Every kind of input gives its articles, each once, and says what holds none."""

import asyncio
import json
from datetime import date

import pytest

from agent.batch.articles import Article, Unreadable, find_articles
from agent.sources.feed import is_feed

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Harbour Wire</title><link>https://example.org/</link>
<item><title>Port shut</title><link>https://example.org/a</link>
  <pubDate>Sun, 28 Dec 2025 09:00:00 GMT</pubDate></item>
<item><title>Port shut, again</title><link>https://example.org/a#comments</link></item>
<item><title>Told here</title><author>A. Writer</author>
  <content:encoded><![CDATA[<p>The port was shut on Sunday.</p>]]></content:encoded></item>
<item><title>Nothing</title></item>
<item><title>Trap</title><link>javascript:alert(1)</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title>
<entry><title>A</title><link href="https://example.org/x"/><updated>2025-12-28T10:00:00Z</updated>
</entry></feed>"""


def found(*names):
    async def collect():
        return [each async for each in find_articles([str(name) for name in names])]

    return asyncio.run(collect())


def test_a_folder_gives_its_articles_in_order_without_what_is_hidden_or_no_article(tmp_path):
    for name in ("b.txt", "a.html", "sub/c.md", ".hidden/d.txt", "picture.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Text.")
    assert [a.key for a in found(tmp_path)] == [
        str(tmp_path / name) for name in ("a.html", "b.txt", "sub/c.md")
    ]


def test_a_pattern_a_path_and_the_folder_of_both_give_an_article_once(tmp_path):
    (tmp_path / "a.txt").write_text("Text.")
    (articles,) = [found(tmp_path / "*.txt", tmp_path / "a.txt", tmp_path)]
    assert [a.key for a in articles] == [str(tmp_path / "a.txt")]
    assert isinstance(articles[0], Article)
    assert articles[0].fingerprint is not None


def test_a_line_of_jsonl_is_an_article_with_what_it_says_of_itself(tmp_path):
    file = tmp_path / "news.jsonl"
    good = {"text": "The port was shut.", "publisher": "Wire", "published": "2025-12-28T09:00:00Z"}
    lines = [json.dumps(good), "", "{broken", json.dumps({"text": 7}), json.dumps(["text"])]
    file.write_text("\n".join([*lines, json.dumps({**good, "published": "yesterday"})]))
    first, *broken = found(file)
    assert isinstance(first, Article)
    assert (first.key, first.raw) == (f"{file}:1", b"The port was shut.")
    assert (first.stated.publisher, first.stated.published) == ("Wire", date(2025, 12, 28))
    assert [b.key for b in broken] == [f"{file}:{line}" for line in (3, 4, 5, 6)]
    assert all(isinstance(b, Unreadable) and "JSON object" in b.problem for b in broken)


def test_a_feed_gives_its_links_once_its_texts_and_a_line_for_each_item_without_either(tmp_path):
    file = tmp_path / "feed.xml"
    file.write_text(RSS)
    linked, told, *broken = found(file)
    assert (linked.name, linked.raw) == ("https://example.org/a", None)
    assert told.name == "-"
    assert b"The port was shut on Sunday." in told.raw
    assert (told.stated.title, told.stated.publisher) == ("Told here", "Harbour Wire")
    assert [b.key for b in broken] == [f"{file}#4", f"{file}#5"]
    assert all("neither an http(s) link nor a text" in b.problem for b in broken)


def test_an_atom_feed_is_read_and_xml_that_is_no_feed_is_a_file_like_any_other(tmp_path):
    (tmp_path / "a.atom").write_text(ATOM)
    (tmp_path / "b.xml").write_text("<article>Text.</article>")
    first, second = found(tmp_path)
    assert first.name == "https://example.org/x"
    assert second.name == str(tmp_path / "b.xml")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (RSS.encode(), True),
        (ATOM.encode(), True),
        (b"\xef\xbb\xbf<!-- x --><rss>", True),
        (b"<html><rss></html>", False),
        (b"", False),
    ],
)
def test_a_feed_is_known_by_its_root(raw, told):
    assert is_feed(raw) is told


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("absent.txt", None, "no such file"),
        ("no-match-*.txt", None, "no file matches"),
        ("empty.rss", "<rss><channel></channel></rss>", "without any item"),
        ("bad.rss", "<rss><channel><item>", "item has neither"),
    ],
)
def test_an_input_without_an_article_says_why(tmp_path, name, content, problem):
    if content is not None:
        (tmp_path / name).write_text(content)
    (only,) = found(tmp_path / name)
    assert isinstance(only, Unreadable)
    assert problem in only.problem


def test_an_empty_folder_says_what_it_lacks(tmp_path):
    (only,) = found(tmp_path)
    assert "the folder holds no article" in only.problem
