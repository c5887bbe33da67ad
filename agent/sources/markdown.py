"""Read the article out of a Markdown file: its front matter, and its text without the markup."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from html.parser import HTMLParser
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from agent.clean import clean_text, one_line
from agent.sources.dates import find_date
from agent.sources.decoding import decode
from agent.sources.reading import Reading
from agent.sources.worker import serve

FRONT_MATTER = re.compile(
    r"\s*(---|\+\+\+)[ \t]*\n(?P<body>.*?)\n(?:\1|\.\.\.)[ \t]*(?:\n|$)", re.S
)
PAIR = re.compile(r"([A-Za-z][\w -]{0,30}):[ \t]*(\S.*)?$")
ITEM = re.compile(r"\s*-\s+(\S.*)$")
FIELDS = {
    "title": "title", "headline": "title", "author": "author", "authors": "author",
    "byline": "author", "publisher": "publisher", "source": "publisher", "site": "publisher",
    "publication": "publisher", "date": "published", "published": "published",
    "pubdate": "published", "url": "url", "link": "url", "canonical_url": "url",
    "lang": "language", "language": "language",
}  # fmt: skip
NEVER_TEXT = frozenset({"script", "style", "template", "svg", "noscript", "iframe"})


def read_markdown(raw: bytes, *, name: str) -> Reading:
    """Return the text of a Markdown file and what its front matter says of its origin.

    Links become their text, images and comments go, list items begin with a dash, and the
    first heading is the title when the front matter has none.

    Raises:
        SourceError: It is in no known encoding.
    """
    text, notes = decode(raw, name=name)
    text, removed = clean_text(text)
    facts, text = _split_front_matter(text)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    heading = _first_heading(tokens)
    reading = replace(_stated(facts), text=_plain(tokens), notes=(*notes, *removed))
    if heading and reading.title in {None, heading}:
        reading = replace(
            reading, title=heading, text=reading.text.removeprefix(heading).lstrip("\n")
        )
    return reading


def _split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the front matter's plain values, and the text behind it.

    Only `key: value` and lists of plain values are read. A whole YAML parser would also
    read anchors, with which a few lines expand to gigabytes.
    """
    match = FRONT_MATTER.match(text)
    if not match:
        return {}, text
    facts = _toml(match["body"]) if match[1] == "+++" else _pairs(match["body"])
    return facts, text[match.end() :]


def _toml(body: str) -> dict[str, str]:
    try:
        found = tomllib.loads(body)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    return {k.lower(): str(v) for k, v in found.items() if not isinstance(v, dict | list)}


def _pairs(body: str) -> dict[str, str]:
    facts: dict[str, str] = {}
    key = ""
    for line in body.split("\n"):
        if match := PAIR.match(line):
            key = match[1].lower()
            facts[key] = _unquoted(match[2] or "")
        elif key and (item := ITEM.match(line)):
            facts[key] = f"{facts[key]}, {_unquoted(item[1])}".removeprefix(", ")
    return facts


def _unquoted(value: str) -> str:
    value = value.strip()
    if value.startswith("[") and value.endswith("]"):
        return ", ".join(_unquoted(part) for part in value[1:-1].split(","))
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1].replace('\\"', '"')
    return value


def _stated(facts: dict[str, str]) -> Reading:
    found: dict[str, str] = {}
    for key, field in FIELDS.items():
        if (value := one_line(facts.get(key, ""), 300)) and field not in found:
            found[field] = value
    day = find_date(found.pop("published", ""))
    code = re.match(r"[a-z]{2}(?=[-_]|$)", found.pop("language", "").lower())
    url = found.pop("url", "")
    stated = Reading(
        text="",
        published=day.isoformat() if day else None,
        published_from="front matter" if day else None,
        language=code[0] if code else None,
        url=url if url.startswith(("http://", "https://")) else None,
    )
    return stated.with_fields(found)


def _first_heading(tokens: Sequence[Token]) -> str | None:
    """Return the text of a first-level heading that opens the document."""
    if len(tokens) > 1 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        return _inline(tokens[1].children or []).strip() or None
    return None


def _plain(tokens: Sequence[Token]) -> str:
    """Return the blocks as text, a blank line between them, list items marked."""
    parts: list[str] = []
    lists: list[int | None] = []
    opening = ""
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            start = token.attrGet("start")
            lists.append(int(start or 1) if token.type.startswith("ordered") else None)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type == "list_item_open":
            number = lists[-1]
            opening = "- " if number is None else f"{number}. "
            lists[-1] = number + 1 if number is not None else None
        elif text := _block(token):
            parts.append(opening + text)
            opening = ""
    return "\n\n".join(parts)


def _block(token: Token) -> str:
    if token.type == "inline":
        return _inline(token.children or []).strip()
    if token.type in {"fence", "code_block"}:
        return token.content.strip("\n")
    return _visible(token.content).strip() if token.type == "html_block" else ""


def _inline(tokens: Sequence[Token]) -> str:
    """Return the text of a paragraph; raw HTML in it is read whole, so that no tag stays."""
    has_html = any(token.type == "html_inline" for token in tokens)
    text = "".join(_pieces(tokens, escaped=has_html))
    return _visible(text) if has_html else text


def _pieces(tokens: Sequence[Token], *, escaped: bool) -> Iterator[str]:
    for token in tokens:
        if token.type in {"text", "code_inline"}:
            yield token.content.replace("<", "&lt;") if escaped else token.content
        elif token.type in {"softbreak", "hardbreak"}:
            yield "\n"
        elif token.type == "html_inline":
            yield token.content


def _visible(source: str) -> str:
    collector = _Collector()
    collector.feed(source)
    collector.close()
    return "".join(collector.parts)


class _Collector(HTMLParser):
    """Collect the text of raw HTML that a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        style = dict(attrs).get("style") or ""
        is_hidden = "hidden" in dict(attrs) or "display:none" in style.replace(" ", "")
        if not self._unseen and (tag in NEVER_TEXT or is_hidden):
            self._unseen = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = ""

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data)


def _handle(job: dict[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
    return asdict(read_markdown(raw, name=job["name"])), b""


if __name__ == "__main__":
    serve(_handle)
