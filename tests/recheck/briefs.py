"""Whole briefs by the pipeline, and ways to tamper with one as a forger would: in its JSON."""

import asyncio
import json
from collections.abc import Callable
from functools import cache
from typing import Any

from agent.briefs import parse_brief
from agent.pipeline import write_brief
from agent.progress import Silent
from agent.prompts import load_prompts
from agent.recheck.brief import recheck_brief
from agent.views.json import as_json
from schemas.brief import Brief, Run
from schemas.recheck import Recheck
from schemas.sources import Sources
from tests.builders import LETTER, Scripted, good_answers, make_source

ECHO = "\n\n".join(
    (
        "North Korean leader Kim Jong Un greeted officers who came home from Russia, state media "
        "said on Sunday.",
        "South Korean lawmakers said that about 3,100 of the North Korean troops in Russia have "
        "been killed.",
        "Kim Jong Un and Vladimir Putin spoke by telephone on Sunday, North Korea said.",
        "Seoul expects a further rotation of engineers to Russia in early 2026.",
    )
)


@cache
def written(*, judge: bool = True, echo: bool = False) -> Brief:
    """Return a brief on the letter, with another source that differs on the dead if asked."""
    items = [make_source(LETTER)]
    if echo:
        items.append(
            make_source(ECHO, number=2, title="Officers come home", publisher="Harbour Post")
        )
    model = Scripted(**good_answers())
    prompts = load_prompts("v1")
    run = Run(
        id="run-1",
        bluf_version="0.1.0",
        model="scripted",
        endpoint="openai-compatible",
        structured_output="json_schema",
        prompt_version="v1",
        prompt_hash=prompts.digest,
        judge="scripted" if judge else None,
        calls=0,
        calls_from_store=0,
        tokens_in=0,
        tokens_out=0,
        tokens_cached=0,
        cost_usd=None,
        seconds=0.0,
    )
    return asyncio.run(
        write_brief(
            Sources(items=tuple(items)),
            model,
            prompts,
            Silent(),
            judge=model if judge else None,
            describe_run=lambda: run,
        )
    )


def tampered(brief: Brief, change: Callable[[dict[str, Any]], None]) -> Brief:
    """Return the brief after somebody changed its JSON by hand."""
    fields = json.loads(as_json(brief))
    change(fields)
    return parse_brief(json.dumps(fields), "tampered.json")


def recheck(brief: Brief, *originals: Any) -> Recheck:
    """Return the re-check of a brief."""
    return asyncio.run(recheck_brief(brief, load_prompts(), originals=originals))


def everywhere(fields: dict[str, Any], id: str) -> list[dict[str, Any]]:
    """Return every place of a dumped brief in which a claim stands, the ledger first."""
    found: list[dict[str, Any]] = []

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if value.get("id") == id and "verdict" in value:
                found.append(value)
            for item in value.values():
                look(item)
        elif isinstance(value, list):
            for item in value:
                look(item)

    look(fields)
    return found
