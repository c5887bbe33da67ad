"""Find the articles of a batch: files, folders, patterns, JSONL with one a line, feeds, addresses.

They come one after another, so that a hundred thousand take no more memory than one.
"""

import hashlib
import json
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from agent.clean import one_line
from agent.errors import SourceError
from agent.sources.child import run_child
from agent.sources.feed import is_feed
from agent.sources.files import read_file
from agent.sources.load import ADDRESS, Stated

ENDINGS = frozenset(
    {".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf", ".jsonl", ".ndjson"}
    | {".rss", ".atom", ".xml"}
)
LINES = frozenset({".jsonl", ".ndjson"})
FEEDS = frozenset({".rss", ".atom", ".xml"})
PATTERN = re.compile(r"[*?\[]")
LARGEST_FEED = 20_000_000  # bytes
LONGEST_LINE = 20_000_000
SNIFFED = 4000
READ_S, FETCH_S = 9, 30
# What a line of JSONL may hold beside its text, and what is stated with it.
FIELDS = ("title", "publisher", "author", "published", "url")


@dataclass(frozen=True)
class Article:
    """One article to brief.

    Attributes:
        key: What tells it from all others, the same in every run: a path, an address, or a file
            and a line.
        name: What to load: a path, an address, or - when the text is here.
        raw: The text itself, where an input holds it; None where it has to be loaded.
        stated: What the input says of it.
        fingerprint: SHA-256 of what is to be loaded; None for what has to be fetched.
    """

    key: str
    name: str
    raw: bytes | None = None
    stated: Stated = field(default_factory=Stated)
    fingerprint: str | None = None


@dataclass(frozen=True)
class Unreadable:
    """An input, or a part of one, that holds no article, and why."""

    key: str
    problem: str


Found = AsyncGenerator[Article | Unreadable, None]


async def find_articles(names: Sequence[str], *, allow_private: bool = False) -> Found:
    """Give the articles of all inputs in their order, each key once.

    Args:
        names: Paths of files or folders, patterns such as `news/*.html`, JSONL files, feeds by
            path or address, addresses of pages.
        allow_private: Whether addresses inside the user's own network may be fetched.
    """
    seen: set[bytes] = set()
    for name in names:
        async for found in _in(name, allow_private=allow_private):
            mark = hashlib.sha256(found.key.encode("utf-8", "surrogatepass")).digest()[:16]
            if mark not in seen:
                seen.add(mark)
                yield found


async def _in(name: str, *, allow_private: bool) -> Found:
    if ADDRESS.match(name):
        async for found in _at(name, allow_private=allow_private):
            yield found
        return
    try:
        paths = _paths(name)
    except SourceError as error:
        yield Unreadable(name, error.problem)
        return
    for path in paths:
        if path.suffix.lower() in LINES:
            for found in _lines(path):
                yield found
        elif path.suffix.lower() in FEEDS:
            async for found in _feed_file(path):
                yield found
        else:
            yield _file(path)


def _paths(name: str) -> Iterator[Path]:
    """Return the files that an input stands for: itself, those of the folder, or of the pattern.

    Raises:
        SourceError: There are none.
    """
    path = Path(name).expanduser()
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if _is_article(p, path))
        if not inside:
            known = ", ".join(sorted(ENDINGS))
            raise SourceError(name, f"the folder holds no article ({known})")
        return iter(inside)
    if path.exists() or not PATTERN.search(name):
        return iter((path,))
    base = Path(path.anchor)
    matched = sorted(base.glob(str(path.relative_to(path.anchor))))
    files = [match for match in matched if match.is_file()]
    if not files:
        raise SourceError(name, "no file matches the pattern")
    return iter(files)


def _is_article(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.suffix.lower() in ENDINGS and path.is_file()


def _file(path: Path) -> Article | Unreadable:
    try:
        raw = read_file(str(path), max_bytes=LONGEST_LINE)
    except SourceError as error:
        return Unreadable(str(path), error.problem)
    return Article(str(path), str(path), fingerprint=hashlib.sha256(raw).hexdigest())


def _lines(path: Path) -> Iterator[Article | Unreadable]:
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if line.strip():
                    yield _line(f"{path}:{number}", line)
    except OSError as error:
        yield Unreadable(str(path), f"it cannot be read ({error.strerror or error})")


def _line(key: str, line: bytes) -> Article | Unreadable:
    try:
        record = json.loads(line)
        text = record["text"]
        if not isinstance(text, str) or not text.strip():
            raise TypeError
        raw = text.encode()
        return Article(key, "-", raw, _stated(record), hashlib.sha256(line).hexdigest())
    except (ValueError, KeyError, TypeError, RecursionError):
        wanted = "a line is a JSON object with the article as text, and with "
        return Unreadable(key, f"{wanted}{', '.join(FIELDS)} where known, each a string")


def _stated(record: dict[str, Any]) -> Stated:
    """Return what a record says of its article.

    Raises:
        TypeError: A field is not text.
        ValueError: The date is none.
    """
    known = {name: record[name] for name in FIELDS if record.get(name) is not None}
    if not all(isinstance(value, str) for value in known.values()):
        raise TypeError
    day = known.pop("published", None)
    return Stated(published=date.fromisoformat(day[:10]) if day else None, **known)


async def _feed_file(path: Path) -> Found:
    try:
        raw = read_file(str(path), max_bytes=LARGEST_FEED)
    except SourceError as error:
        yield Unreadable(str(path), error.problem)
        return
    if not is_feed(raw):
        yield _file(path)
        return
    async for found in _items(raw, str(path), None):
        yield found


async def _at(name: str, *, allow_private: bool) -> Found:
    """Give the items of the feed at an address, or the page itself where it is no feed."""
    job = {"url": name, "max_bytes": LARGEST_FEED, "allow_private": allow_private}
    shown = one_line(name, 500)
    try:
        page, raw = await run_child("agent.sources.web", job, b"", name=shown, limit_s=FETCH_S)
    except SourceError as error:
        yield Unreadable(shown, error.problem)
        return
    if not is_feed(raw):
        yield Article(name, name)
        return
    async for found in _items(raw, name, page["url"]):
        yield found


async def _items(raw: bytes, name: str, address: str | None) -> Found:
    try:
        job = {"address": address}
        head, _ = await run_child("agent.sources.feed", job, raw, name=name, limit_s=READ_S)
    except SourceError as error:
        yield Unreadable(name, error.problem)
        return
    for number, item in enumerate(head["items"], start=1):
        yield _item(item, f"{name}#{number}")


def _item(item: dict[str, Any], place: str) -> Article | Unreadable:
    link = item["link"]
    if link and (scheme := ADDRESS.match(link)) and scheme[1].lower() in {"http", "https"}:
        return Article(link.partition("#")[0], link)
    if not item["text"]:
        return Unreadable(place, "the item has neither an http(s) link nor a text")
    stated = {name: item[name] for name in FIELDS if item.get(name)}
    page = f"<html><body><article>{item['text']}</article></body></html>".encode()
    digest = hashlib.sha256(page).hexdigest()
    return Article(f"{place} {digest[:12]}", "-", page, _stated(stated), digest)
