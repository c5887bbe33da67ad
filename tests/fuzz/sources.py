"""Feed damaged articles to the readers: `python -m tests.fuzz.sources 20000 [FIRST]`.

Each case is made from its number alone, so that a failure can be had again: a small seed of one
kind, cut, spliced, repeated, and sown with the tokens that parsers trip over. The one thing that
may come out is a reading whose sentences are exact, or a `SourceError`. The readers are run in
this process: what their child process would turn into an error message is a failure here.
"""

import random
import signal
import sys
import time
import traceback
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

from agent.clean import clean_text
from agent.errors import SourceError
from agent.sources.decoding import decode
from agent.sources.head import read_head
from agent.sources.html import read_html
from agent.sources.kinds import find_kind
from agent.sources.markdown import read_markdown
from agent.sources.pdf import read_pdf
from agent.sources.reading import Reading
from agent.sources.sentences import number_sentences
from tests.sources import bombs

LIMIT_S = 9  # what the program gives a reader
PARAGRAPH = (
    "The ministry raised the levy on grain by 12 percent on Monday. \"Nobody asked us,\" said "
    "Ana Cole, who farms in the valley. The U.S. envoy left at 4:20 a.m. for Brasna. "
)  # fmt: skip
SEEDS: dict[str, bytes] = {
    "text": f"Levy passes\nBy Ana Cole\nTest Wire\nMarch 4, 2026\n\n{PARAGRAPH * 3}".encode(),
    "wide": f"Levy passes\n\n{PARAGRAPH}Zürich, Łódź, 北京。".encode("utf-16"),
    "latin": f"Levée\n\n{PARAGRAPH}Très tôt, l’élu a parlé à la presse.".encode("cp1252"),
    "markdown": (
        "---\ntitle: Levy passes\nauthors:\n  - Ana Cole\ndate: 2026-03-04\n---\n# Levy passes\n\n"
        f"{PARAGRAPH}\n\n- One *item*\n- [Two](https://a.b/c)\n\n> Quoted <b>bold</b>\n\n"
        "| A | B |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n\n1. x\n   2. y\n"
    ).encode(),
    "html": (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>Levy | Wire</title>"
        "<meta property='og:title' content='Levy passes'><style>.x{display:none}</style>"
        "<script type='application/ld+json'>{\"@type\": \"NewsArticle\", \"headline\": \"Levy\","
        "\"datePublished\": \"2026-03-04\", \"author\": [{\"name\": \"Ana Cole\"}]}</script></head>"
        f"<body><nav><a href='/a'>World</a></nav><article><h1>Levy passes</h1><time datetime="
        f"'2026-03-04'>x</time><p>{PARAGRAPH}</p><p class='x'>{PARAGRAPH}</p><ul><li>One</li></ul>"
        f"<table><tr><td>1</td></tr></table><p style='color:#fff'>{PARAGRAPH}</p><h3><a href='/s'>"
        f"Next story of the day</a></h3><p>{PARAGRAPH}</p></article></body></html>"
    ).encode(),
    "pdf": bombs.pdf(
        zlib.compress(b"BT /F1 11 Tf 14 TL 50 780 Td (The army left the town of) Tj T* "
                      b"(Belako on Mon-) Tj T* (day, it said.) Tj ET"), b"/FlateDecode"),
    "pdf-plain": bombs.pdf(b"BT /F1 11 Tf (It left) Tj ET", b"[]"),
}  # fmt: skip
TOKENS = (
    b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\x1b]0;x\x07",
    b"<", b">", b"</", b"<!--", b"-->", b"<![CDATA[", b"<script>", b"</p>", b"<div>" * 30,
    b"<table>", b"<svg>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&#8;", b"&#x110000;", b"&#xd800;",
    b"&a;", b"<p hidden>", b"<template>", b"<details>", b"<base href='//['>", b"<time datetime>",
    b"<link rel=canonical href='http://['>", b"<meta charset=utf-7>", b"<meta charset=utf-16>",
    b"<a href='http://['>", b"<meta property=article:published_time content=9999-99-99>",
    b'{"@graph":[[[[', b"---\n", b"+++\n", b"```", b"[x]:", b"![](", b"|", b"- - - - ", b">" * 20,
    b"#", b"*" * 9, b"obj", b"endobj", b"stream\n", b"endstream", b"xref", b"trailer", b"%%EOF",
    b"<<", b">>", b"[", b"]", b"R", b"/Length -1", b"/Length 99999999", b"/Filter /LZWDecode",
    b"/Filter /ASCII85Decode", b"/Parent 2 0 R", b"/Kids [2 0 R]", b"/Count -3", b"/Root 9 0 R",
    b"/Encrypt 3 0 R", b"1e999", b"Tj", b"(\\", b"BI ID EI", b'"' * 7, "“".encode(), "。".encode(),
    b"\n" * 3, b" ", b"\r", b".",
)  # fmt: skip


def main() -> None:
    """Try as many cases as wished, name each failure, and say how many there were."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    failures, slowest = 0, (0.0, first)
    for number in range(first, first + count):
        began = time.process_time()
        with _Caught() as caught, _limited(LIMIT_S):
            try_case(number)
        slowest = max(slowest, (time.process_time() - began, number))
        if caught.trace:
            failures += 1
            sys.stdout.write(f"case {number}, from {seed_name(number)}:\n{caught.trace}\n")
    sys.stdout.write(
        f"{count:,} cases, {failures} failures; slowest {slowest[0]:.1f} s, case {slowest[1]}\n"
    )
    sys.exit(1 if failures else 0)


def try_case(number: int) -> str:
    """Return what came of one case: the kind that was read, or "refused".

    Raises:
        AssertionError: A sentence is not where its offsets say.
    """
    raw = mutated(number)
    try:
        kind = find_kind(raw, name=f"article.{seed_name(number)}")
        reading = READERS[kind](raw)
    except SourceError as error:
        assert "\n" not in error.problem
        return "refused"
    assert clean_text(reading.text)[0] == reading.text, "not clean"
    for sentence in number_sentences(reading.text, source=1):
        assert reading.text[sentence.start : sentence.end] == sentence.text, "not exact"
    return kind


def seed_name(number: int) -> str:
    """Return the seed that a case is made from."""
    return list(SEEDS)[number % len(SEEDS)]


def mutated(number: int) -> bytes:
    """Return the bytes of one case; the same number gives the same bytes everywhere."""
    dice = random.Random(number)
    raw = bytearray(SEEDS[seed_name(number)])
    for _ in range(dice.choice((1, 1, 2, 3, 5, 8, 20))):
        dice.choice(MUTATIONS)(raw, dice)
    return bytes(raw)


def _flip(raw: bytearray, dice: random.Random) -> None:
    if raw:
        raw[dice.randrange(len(raw))] = dice.randrange(256)


def _cut(raw: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(raw) + 1)
    del raw[start : start + dice.choice((1, 4, 30, 300, len(raw)))]


def _sow(raw: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(raw) + 1)
    raw[at:at] = dice.choice(TOKENS)


def _repeat(raw: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(raw) + 1)
    piece = bytes(raw[start : start + dice.choice((1, 5, 40, 200))])
    raw[start:start] = piece * dice.choice((1, 2, 10, 100))


def _splice(raw: bytearray, dice: random.Random) -> None:
    other = SEEDS[dice.choice(list(SEEDS))]
    start, at = dice.randrange(len(other)), dice.randrange(len(raw) + 1)
    raw[at:at] = other[start : start + dice.choice((5, 50, 500))]


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flip, _flip, _cut, _sow, _sow, _sow, _repeat, _splice,
)  # fmt: skip


def _read_text(raw: bytes) -> Reading:
    text, notes = decode(raw, name="a")
    cleaned, removed = clean_text(text)
    return read_head(Reading(text=cleaned.strip("\n "), notes=(*notes, *removed)))


READERS: dict[str, Callable[[bytes], Reading]] = {
    "text": _read_text,
    "markdown": lambda raw: read_head(read_markdown(raw, name="a")),
    "html": lambda raw: read_html(raw, name="a", force=True),
    "pdf": lambda raw: read_head(read_pdf(raw, name="a")),
}


class _Caught:
    """Keep the trace of whatever ends the block: that a reader raises anything is the finding."""

    trace = ""

    def __enter__(self) -> "_Caught":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> bool:
        if error is None or not isinstance(error, Exception):
            return False
        self.trace = "".join(traceback.format_exception(kind, error, at, limit=-4))
        return True


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"not read within {seconds} s")

    # The time of this process alone: a busy machine is no fault of a reader.
    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    main()
