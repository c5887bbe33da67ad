"""Prompt versions load whole or not at all, and fill without reading the source twice."""

import json

import pytest

from agent.errors import UsageError
from agent.prompts import Prompt, PromptSet, load_prompts
from agent.sections import catalogue


@pytest.fixture(scope="module")
def prompts():
    return load_prompts("v1")


def test_every_section_of_the_catalogue_has_its_prompt(prompts):
    assert {plan.prompt for plan in catalogue.PLANS} <= set(prompts.prompts)


def test_every_section_prompt_starts_with_the_same_system_text_and_material(prompts):
    ready = prompts.with_material("0badcafe", "[1.1] A sentence.")
    filled = [
        ready.fill(plan.prompt, **dict.fromkeys(prompts.prompts[plan.prompt].needs, "x"))
        for plan in catalogue.PLANS
    ]
    assert len({f.system for f in filled}) == 1
    assert all(f.text.startswith("<source 0badcafe>\n[1.1] A sentence.\n</source") for f in filled)


def test_a_placeholder_inside_the_source_is_never_filled(prompts):
    ready = prompts.with_material("0badcafe", "[1.1] It costs $claims and ${signals}.")
    assert "It costs $claims and ${signals}." in ready.fill("bluf", claims="- none").text


def test_an_unknown_version_is_one_line_that_lists_the_known_ones():
    with pytest.raises(UsageError, match=r"no version 'v99'; versions: v1"):
        load_prompts("v99")


@pytest.mark.parametrize("name", ["../v1", "v1/../v1", ""])
def test_a_version_is_never_a_path(name):
    with pytest.raises(UsageError):
        load_prompts(name)


def test_the_digest_covers_text_schema_and_sampling(prompts):
    changed_text = {**prompts.prompts, "bluf": Prompt("bluf", "other", frozenset())}
    others = [
        PromptSet("v1", 0.9, prompts.prompts),
        PromptSet("v1", prompts.temperature, changed_text),
    ]
    assert len({prompts.digest, *(other.digest for other in others)}) == 3
    assert json.dumps(prompts.digest)
