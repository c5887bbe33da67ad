import json

import pytest

from agent.errors import SourceError
from agent.statements import read_statements
from schemas.sources import Sources
from tests.builders import make_source

SOURCES = Sources(
    items=(make_source("The pier closed on Monday. Ferries went south. Nobody fell."),)
)


def texts(raw: str, name: str = "claims.txt"):
    return [claim.text for claim in read_statements(raw.encode(), name, SOURCES)]


def test_each_sentence_of_each_line_is_a_claim():
    assert texts("The pier closed. Ferries went south.\n\n- Nobody fell.\n") == [
        "The pier closed.",
        "Ferries went south.",
        "Nobody fell.",
    ]


def test_a_citation_is_read_and_taken_off_and_one_that_points_nowhere_is_dropped():
    (claim,) = read_statements(b"The pier closed [1.1, 1.9].", "claims.txt", SOURCES)
    assert claim.text == "The pier closed."
    assert claim.evidence == ("1.1",)


def test_headings_tables_and_code_of_markdown_claim_nothing():
    text = "# Heading says\n\nThe **pier** closed.\n\n| a | b |\n|---|---|\n| x | y |\n\n    code\n"
    assert texts(text, "brief.md") == ["The pier closed."]


def test_json_that_is_no_brief_is_refused_in_one_line():
    with pytest.raises(SourceError, match="is no brief in JSON: title"):
        texts(json.dumps({"title": 3}))


@pytest.mark.parametrize(
    "line", ["- **Marks:** R reported, J judgement", "Marks:  R reported, J judgement"]
)
def test_a_brief_as_text_is_refused_since_its_citations_are_in_the_json(line):
    with pytest.raises(SourceError, match="give the JSON"):
        texts(f"# Title\n\n{line}, A assumption\n", "brief.md")


def test_a_file_without_a_sentence_is_refused():
    with pytest.raises(SourceError, match="holds no sentence"):
        texts("\n  \n---\n")


def test_hostile_characters_do_not_reach_a_claim():
    assert texts("The pier \x1b[31mclosed\u202e on Monday.") == ["The pier [31mclosed on Monday."]
