import json

import pytest

from agent.views.json import as_json
from schemas.brief import Brief

KEYS = [
    "title",
    "published",
    "generated_at",
    "confidence",
    "sources",
    "sourcing",
    "bluf",
    "hypotheses",
    "assumptions",
    "implications",
    "outlook",
    "entities",
    "tags",
    "techniques",
    "ledger",
    "withheld",
    "run",
    "status",
    "tlp",
    "category",
    "review",
    "update",
]


def test_the_top_level_keys_are_those_of_the_contract_in_order(brief):
    assert list(json.loads(as_json(brief))) == KEYS


def test_the_json_reads_back_as_the_same_brief(brief):
    assert Brief.model_validate_json(as_json(brief)) == brief


def test_hostile_text_survives_as_data_in_plain_ascii(hostile):
    _, brief = hostile
    text = as_json(brief)
    assert all(c == "\n" or " " <= c <= "~" for c in text)
    assert Brief.model_validate_json(text) == brief


def test_a_lone_surrogate_is_replaced_and_the_rest_stays(brief):
    text = as_json(brief.model_copy(update={"title": "half \ud800 and \U0001f480"}))
    assert Brief.model_validate_json(text).title == "half \ufffd and \U0001f480"


def test_a_figure_that_is_not_finite_is_refused(brief):
    endless = brief.run.model_copy(update={"seconds": float("inf")})
    with pytest.raises(ValueError, match="JSON compliant"):
        as_json(brief.model_copy(update={"run": endless}))
