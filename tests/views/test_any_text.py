"""Whatever text a brief holds, every view sets it, and none of it steers what shows it."""

import json
import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import lxml.html
import pypdf
import pytest
import stix2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.views.docx import docx
from agent.views.html import html
from agent.views.json import as_json
from agent.views.lines import plain
from agent.views.markdown import markdown
from agent.views.stix import stix
from agent.views.terminal import terminal
from schemas.brief import Brief
from tests.views.conftest import HOSTILE, taint
from tests.views.readers import in_docx, opened, printed, text_of_pdf
from tests.views.test_sourcing import SOURCING

# C0 but the newline, DEL, C1, what turns the direction, hidden tags, halves of a pair.
STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
ANY_TEXT = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cc", "Cf", "Cs", "Co", "Mn", "Zl", "Zp", "Lo"]),
        st.sampled_from("[]()<>|`*_#\\\n\r\t\x1b\x9b\u200d\ufe0f\u0301\u202e\U0001f1e9"),
    ),
    max_size=60,
)


def with_text(brief: Brief, text: str) -> Brief:
    """Return the brief with the text in every string of it that any text may stand in."""
    return Brief.model_construct(**dict(_walk(brief, text)))


def _walk(record: Any, text: str) -> Any:
    for name, field in type(record).model_fields.items():
        yield name, _with(getattr(record, name), text, free=field.annotation in FREE)


FREE = (str, str | None, tuple[str, ...])


def _with(value: Any, text: str, *, free: bool) -> Any:
    if isinstance(value, str):
        return f"{text}{value}{text}" if free and not IDS.fullmatch(value) else value
    if isinstance(value, tuple):
        return tuple(_with(item, text, free=free) for item in value)
    if hasattr(type(value), "model_fields"):
        return type(value).model_construct(**dict(_walk(value, text)))
    return value


IDS = re.compile(r"\d+\.\d+|[a-z_]+(\.[a-z_]+)*(\.\d+)?|[0-9a-f]{64}")


@pytest.fixture
def sourced(brief: Brief) -> Brief:
    return brief.model_copy(update={"sourcing": SOURCING})


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=ANY_TEXT, width=st.sampled_from([0, 20, 40, 80, 200]))
def test_any_text_in_any_string_is_set_by_every_view_and_steers_none(sourced, text, width):
    hostile = with_text(sourced, text)
    for detail in (False, True):
        assert STEERING.findall(terminal(hostile, width=width, colour=False, detail=detail)) == []
    coloured = terminal(hostile, width=width, colour=True, detail=True)
    assert STEERING.findall(re.sub(r"\x1b\[[0-9;]*m", "", coloured)) == []
    assert STEERING.findall(markdown(hostile)) == []
    document = as_json(hostile)
    assert document.isascii() and json.loads(document)["title"]


def test_the_text_stands_in_most_strings_of_the_brief(sourced):
    assert as_json(with_text(sourced, "zq7")).count("zq7") > 400


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=ANY_TEXT)
def test_any_text_in_any_string_makes_a_word_document_and_a_bundle_that_open(sourced, text):
    hostile = with_text(sourced, text)
    with ZipFile(BytesIO(docx(hostile))) as archive:
        set_in_type = archive.read("word/document.xml").decode()
    assert STEERING.findall(set_in_type.replace("\n", "")) == []
    for one in stix2.parse(stix(hostile), allow_custom=False).objects:
        assert STEERING.findall(json.dumps(json.loads(one.serialize()), ensure_ascii=False)) == []


TOGETHER = " ".join((*HOSTILE, "</style><style>*{display:none}", "{{ 7 * 7 }}"))
LONG = "x" * 10_000


@pytest.fixture
def tainted(brief: Brief) -> Brief:
    """Return the brief with all hostile texts in every string from outside."""
    return Brief.model_validate(taint(brief.model_dump(), TOGETHER))


def with_long_word(brief: Brief) -> Brief:
    first, *others = brief.withheld
    return brief.model_copy(update={"withheld": (first.model_copy(update={"text": LONG}), *others)})


def test_hostile_text_and_long_words_are_only_text_in_a_word_document(tainted):
    page = in_docx(with_long_word(tainted))
    assert page.count(plain(TOGETHER)) > 100
    assert LONG in page
    assert STEERING.findall(page) == []
    assert not any(relation.is_external for relation in opened(tainted).part.rels.values())


def test_hostile_text_and_long_words_are_only_text_in_a_bundle(tainted, brief):
    found = stix2.parse(stix(tainted), allow_custom=False).objects
    notes = [one.content for one in found if one.type == "note"]
    assert [note for note in notes if plain(TOGETHER) not in note] == []
    assert not any("url" in ref for one in found for ref in one.get("external_references", []))
    assert LONG in stix(brief.model_copy(update={"title": LONG}))


def test_hostile_text_and_long_words_are_only_text_on_a_page_and_in_print(brief, tainted):
    # With it in every string, it is the time to set a hundred pages that would be tested.
    hostile = with_long_word(
        brief.model_copy(
            update={name: getattr(tainted, name) for name in ("title", "bluf", "withheld")}
        )
    )
    page = lxml.html.document_fromstring(html(hostile))
    assert page.text_content().count(plain(TOGETHER)) > 6
    assert not page.xpath("//body//style | //img | //iframe | //link | //@onerror | //@src")
    assert len(page.xpath("//script | //style")) == 2
    text = "".join(text_of_pdf(hostile).split())
    assert text.count("".join(plain(TOGETHER).split())) > 6
    assert text.count("x") > len(LONG)
    reader = pypdf.PdfReader(BytesIO(printed(hostile)))
    notes = [note.get_object() for one in reader.pages for note in one.get("/Annots", [])]
    assert not any("/URI" in note.get("/A", {}) for note in notes)
