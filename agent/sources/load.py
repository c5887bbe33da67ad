"""Load anything readable (text, Markdown, HTML, PDF, a web page, standard input) as sources."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from agent.analysis.tlp import find_tlp
from agent.clean import clean_text, one_line
from agent.errors import SourceError, UsageError
from agent.sources.addresses import public_url
from agent.sources.child import run_child
from agent.sources.files import checked_size, read_file
from agent.sources.head import read_head
from agent.sources.kinds import find_kind
from agent.sources.language import find_language
from agent.sources.reading import Reading
from agent.sources.sentences import number_sentences
from schemas.sources import Credibility, Reliability, Source, SourceKind, Sources

FETCH_S = 30
READ_S = 9  # a hostile file is given up within 10 s
AT_ONCE = 4  # children
TEXT_TYPES = re.compile(r"text/|application/(?:xhtml\+xml|xml|pdf|markdown|octet-stream)|$")
ADDRESS = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+)://")


@dataclass(frozen=True)
class Stated:
    """What the user says of a source; it goes before anything that the source itself says."""

    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    reliability: Reliability | None = None
    credibility: Credibility | None = None


@dataclass(frozen=True)
class _Input:
    """The bytes of one input, and what a server said of them."""

    name: str
    raw: bytes
    url: str | None = None
    content_type: str | None = None
    charset: str | None = None


async def load_sources(
    names: Sequence[str],
    *,
    stated: Stated = Stated(),
    stdin: bytes | None = None,
    max_bytes: int = 20_000_000,
    allow_private: bool = False,
    force: bool = False,
) -> Sources:
    """Return the sources in the order of their names, numbered from 1, cut into sentences.

    `text` is the body: a title, byline, publisher or date line at its head is read into the
    fields of the source and is not part of it.

    Args:
        names: Paths, http or https addresses, or `-` for standard input.
        stated: Overrides what the sources say. Ratings apply to every source; the rest can
            be stated for a single source only.
        stdin: What `-` stands for.
        max_bytes: The largest input, after decompression.
        allow_private: Whether addresses inside the user's own network may be fetched.
        force: Whether a web page that is a stub or a list is read too, with a note that says so.

    Raises:
        SourceError: A source cannot be read; of several, the first in order.
        UsageError: No names, `-` twice, or something stated that could fit several sources.
    """
    _check(names, stated)
    gate = asyncio.Semaphore(AT_ONCE)

    async def load(name: str) -> tuple[SourceKind, Reading, _Input]:
        async with gate:
            found = await _open(name, stdin, max_bytes=max_bytes, allow_private=allow_private)
            kind = find_kind(found.raw, name=found.name, declared=found.content_type)
            return kind, await _read(kind, found, force=force), found

    loaded = await asyncio.gather(*map(load, names), return_exceptions=True)
    items: list[Source] = []
    for number, result in enumerate(loaded, 1):
        if isinstance(result, BaseException):
            raise result
        items.append(_source(number, *result, stated=stated, before=items))
    return Sources(items=tuple(items))


def _check(names: Sequence[str], stated: Stated) -> None:
    if not names:
        raise UsageError("no source given; name a file, a web address, or - for standard input")
    if names.count("-") > 1:
        raise UsageError("- was given twice; standard input can be read once")
    single = replace(stated, reliability=None, credibility=None)
    if len(names) > 1 and single != Stated():
        fields = ", ".join(k for k, v in asdict(single).items() if v is not None)
        raise UsageError(f"{fields} can be stated for one source only, and {len(names)} were given")


async def _open(name: str, stdin: bytes | None, *, max_bytes: int, allow_private: bool) -> _Input:
    if name == "-":
        if stdin is None:
            raise SourceError(name, "nothing came on standard input; pipe the article in")
        return _Input(name, checked_size(stdin, name, max_bytes=max_bytes))
    scheme = ADDRESS.match(name)
    if scheme is None:
        shown = one_line(name, 500)
        try:
            return _Input(shown, await asyncio.to_thread(read_file, name, max_bytes=max_bytes))
        except SourceError as error:
            raise SourceError(shown, error.problem) from error
    shown = one_line(public_url(name), 500)
    if scheme[1].lower() not in {"http", "https"}:
        raise SourceError(
            shown, f"{one_line(scheme[1], 20)} is not fetched; give a path or an http(s) address"
        )
    job = {"url": name, "max_bytes": max_bytes, "allow_private": allow_private}
    page, raw = await run_child("agent.sources.web", job, b"", name=shown, limit_s=FETCH_S)
    if not TEXT_TYPES.match(page["content_type"]):
        # What the bytes are says more than what the server calls them.
        find_kind(raw, name=shown, declared=page["content_type"])
        raise SourceError(shown, f"it is {one_line(page['content_type'], 60)}, not an article")
    return _Input(shown, raw, page["url"], page["content_type"], page["charset"])


async def _read(kind: SourceKind, found: _Input, *, force: bool) -> Reading:
    """Return what one input says; all but plain UTF-8 is read in a child process."""
    if kind == "text":
        reading = read_head(await _plain_text(found))
    else:
        module = f"agent.sources.{kind}"
        reading = await _in_child(module, found, force=force)
        if kind in {"markdown", "pdf"}:
            reading = read_head(reading)
    if not reading.text.strip():
        raise SourceError(found.name, "it is empty; give a file that holds an article")
    notes = reading.notes
    if kind == "html" and found.url and b"</html" not in found.raw[-2_000:].lower():
        notes += ("the page ends without </html>; it may be incomplete",)
    return replace(reading, url=found.url or reading.url, notes=notes)


async def _plain_text(found: _Input) -> Reading:
    notes: tuple[str, ...] = ()
    try:
        text = found.raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    # Zeros: UTF-16 without a mark is valid UTF-8 too.
    if not text or "\0" in text[:4_000]:
        text, notes = await _decoded(found)
    text, removed = clean_text(text)
    return Reading(text=text.strip("\n "), notes=(*notes, *removed))


async def _decoded(found: _Input) -> tuple[str, tuple[str, ...]]:
    job = {"declared": found.charset}
    head, body = await run_child(
        "agent.sources.decoding", job, found.raw, name=found.name, limit_s=READ_S
    )
    return body.decode("utf-8", "replace"), tuple(head["notes"])


async def _in_child(module: str, found: _Input, *, force: bool) -> Reading:
    job = {"declared": found.charset, "force": force}
    fields: dict[str, Any]
    fields, _ = await run_child(module, job, found.raw, name=found.name, limit_s=READ_S)
    return Reading(**{**fields, "notes": tuple(fields["notes"])})


def _source(
    number: int,
    kind: SourceKind,
    reading: Reading,
    found: _Input,
    *,
    stated: Stated,
    before: Sequence[Source],
) -> Source:
    text = reading.text
    digest = hashlib.sha256(text.encode()).hexdigest()
    published = date.fromisoformat(reading.published) if reading.published else None
    return Source(
        number=number,
        name=found.name,
        kind=kind,
        title=_line(stated.title, 300) or _line(reading.title, 300) or one_line(text, 80),
        publisher=_line(stated.publisher, 120) or _line(reading.publisher, 120),
        author=_line(stated.author, 300) or _line(reading.author, 300),
        published=stated.published or published,
        published_from="stated by the user" if stated.published else reading.published_from,
        url=_line(stated.url, 2_000) or _line(reading.url, 2_000),
        language=reading.language or find_language(text),
        sha256=digest,
        reliability=stated.reliability or "F",
        credibility=stated.credibility or 6,
        text=text,
        sentences=number_sentences(text, source=number),
        tlp=find_tlp(text),
        notes=(*reading.notes, *_remarks(published, digest, before)),
    )


def _line(value: str | None, limit: int) -> str | None:
    return one_line(value, limit) or None if value else None


def _remarks(published: date | None, digest: str, before: Sequence[Source]) -> list[str]:
    twin = next((source.number for source in before if source.sha256 == digest), None)
    remarks = [f"its text is that of source {twin}"] if twin else []
    if published and published > date.today():
        remarks.append(f"its date, {published.isoformat()}, lies in the future")
    return remarks
