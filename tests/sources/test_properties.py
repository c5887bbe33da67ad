"""What holds for every input: bytes become text or a `SourceError`, and sentences are exact."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.clean import clean_text
from agent.errors import SourceError
from agent.sources.addresses import public_url
from agent.sources.decoding import decode
from agent.sources.head import read_head
from agent.sources.kinds import find_kind
from agent.sources.reading import Reading
from agent.sources.sentences import number_sentences
from agent.sources.stubs import MISSING, WALLS
from agent.sources.teasers import remove_teasers

WHOLE_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
# What the sentence rules and the library behind them look at, wide spaces among it.
PIECES = st.sampled_from(
    'B|A.|U.S.|Mr.|a.m.|1.|- |.|!|?|。|؟|…|"|“|”|«|»|(|)| |\n|\n\n|\t|\xa0|\u2002|\u2009|\u202f'
    "|\u3000|é|🙂|e\u0301|\u200d|\u0600|said|The|Title: |By Ana Cole|2026-03-04".split("|")
)
LONG = st.just("x" * 999)
ANY_TEXT = st.one_of(st.text(), st.lists(PIECES | LONG, max_size=40).map("".join))
ENCODINGS = ["utf-8", "utf-16", "utf-16-le", "utf-32", "cp1252", "shift_jis", "gb18030", "koi8-r",
             "big5", "iso-2022-jp"]  # fmt: skip
DECLARED = [*ENCODINGS, None, "", "utf-7", "hex", "idna", "punycode", "unicode_escape", "undefined",
            "no-such", "utf\0"]  # fmt: skip


@settings(max_examples=200)
@given(ANY_TEXT)
def test_a_sentence_is_where_its_offsets_say(text: str) -> None:
    cleaned, _ = clean_text(text)
    for sentence in number_sentences(cleaned, source=1):
        assert cleaned[sentence.start : sentence.end] == sentence.text
        assert sentence.text == sentence.text.strip() != ""


@settings(max_examples=100)
@given(ANY_TEXT)
def test_a_head_takes_from_the_front_and_changes_nothing_behind_it(text: str) -> None:
    cleaned, _ = clean_text(text)
    body = read_head(Reading(text=cleaned)).text
    assert cleaned.endswith(body)
    assert bool(body.strip()) == bool(cleaned.strip())


@settings(max_examples=100)
@given(ANY_TEXT)
def test_what_is_left_without_teasers_stood_there_before(text: str) -> None:
    kept, notes = remove_teasers(text)
    assert (kept == text) == (not notes)
    assert all(part in text for part in kept.split("\n\n"))


@settings(max_examples=100)
@given(st.binary(max_size=300), st.sampled_from(DECLARED))
def test_any_bytes_become_text_or_an_error(raw: bytes, declared: str | None) -> None:
    try:
        text, _ = decode(raw, name="a", declared=declared)
    except SourceError:
        return
    clean_text(text)[0].encode("utf-8")


@settings(max_examples=100)
@given(WHOLE_TEXT, st.sampled_from(ENCODINGS))
def test_a_text_in_a_declared_encoding_is_read_as_it_was_or_as_something_noted(
    text: str, encoding: str
) -> None:
    try:
        raw = text.encode(encoding)
        found, notes = decode(raw, name="a", declared=encoding)
    except (UnicodeEncodeError, SourceError):
        return
    assert found == text.removeprefix("\ufeff") or notes or raw.decode("utf-8") == found


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_are_of_a_kind_or_none(raw: bytes) -> None:
    try:
        assert find_kind(raw, name="a.txt") in {"text", "markdown", "html", "pdf"}
    except SourceError as error:
        assert "\n" not in error.problem


@given(st.one_of(st.text(), st.text("htps:/@?&=#[]%.a1").map("http://".__add__)))
def test_any_address_can_be_shown(url: str) -> None:
    shown = public_url(url)
    assert "@" not in shown.partition("//")[2].partition("/")[0].partition("?")[0]


@pytest.mark.parametrize("pattern", [MISSING, *(wall for wall, _ in WALLS)], ids=range(5))
def test_no_pattern_of_walls_backtracks(pattern: re.Pattern[str]) -> None:
    for text in ("page " + "x " * 50_000, "we " * 50_000, "subscribe " * 30_000, "a" * 200_000):
        began = time.process_time()
        pattern.search(text)
        assert time.process_time() - began < 1
