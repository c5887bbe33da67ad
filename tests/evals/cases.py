"""Outputs to score, made without a model."""

from datetime import UTC, datetime
from typing import Any

from agent.llm.calls import Totals
from agent.llm.openai_model import Asked
from agent.prompts import load_prompts
from evals.generate import Job, Output
from evals.items import Facts, Item
from evals.scorers.case import Case
from schemas.brief import Brief, Confidence, Part, Run, Section
from schemas.claims import CheckedClaim
from schemas.sources import Sources
from schemas.sourcing import Sourcing
from tests.builders import LETTER, make_source

SECTIONS = ("bluf", "hypotheses", "assumptions", "implications", "outlook", "entities", "tags")


def checked(text: str, **fields: Any) -> CheckedClaim:
    """Return a claim that stands, unless the fields say otherwise."""
    known: dict[str, Any] = {
        "id": f"bluf.what.{abs(hash(text)) % 10**6}",
        "section": "bluf",
        "part": "what",
        "basis": "reported",
        "likelihood": None,
        "form": "sentence",
        "author": "model",
        "evidence": ("1.2",),
        "verdict": "supported",
        "method": "verbatim",
        "score": 1.0,
        "reason": "It says so.",
        "repairs": 0,
    }
    return CheckedClaim(text=text, **{**known, **fields})


def brief_of(*claims: CheckedClaim, withheld: tuple[CheckedClaim, ...] = ()) -> Brief:
    """Return a brief on LETTER whose body holds the claims, each in its section."""

    def section(name: str) -> Section:
        own = tuple(claim for claim in claims if claim.section == name)
        return Section(name=name, title=name, parts=(Part(name="p", title="P", claims=own),))

    return Brief(
        title="Kim tells Putin that the alliance is bound in blood",
        published=None,
        generated_at=datetime(2026, 1, 1, tzinfo=UTC),
        confidence=Confidence(level="low", reasons=("one source",)),
        sources=(make_source(LETTER),),
        sourcing=Sourcing(),
        **{name: section(name) for name in SECTIONS},
        techniques=(),
        ledger=(*claims, *withheld),
        withheld=withheld,
        run=Run(
            id="r",
            bluf_version="0",
            model="scripted",
            endpoint="openai-compatible",
            structured_output="json_schema",
            prompt_version="v1",
            prompt_hash="0",
            judge=None,
            calls=1,
            calls_from_store=0,
            tokens_in=1,
            tokens_out=1,
            tokens_cached=0,
            cost_usd=None,
            seconds=1.0,
        ),
    )


def output_of(
    brief: Brief | None,
    *,
    item: str = "one",
    repeat: int = 0,
    asked: tuple[Asked, ...] = (Asked("bluf", 1, True),),
    tokens: int = 1000,
    failure: str | None = None,
) -> Output:
    """Return an output that holds the brief, or the failure."""
    return Output(
        job=Job(Item(id=item, file=f"{item}.txt"), load_prompts("v1"), repeat),
        sources=Sources(items=(make_source(LETTER),)),
        brief=brief,
        failure=failure,
        asked=asked,
        totals=Totals(1, 0, tokens, 0, 0, None, None, 2.0),
        run="r",
    )


def case_of(*claims: CheckedClaim, facts: Facts | None = None, **fields: Any) -> Case:
    """Return a case whose brief prints the claims."""
    withheld = fields.pop("withheld", ())
    return Case(output_of(brief_of(*claims, withheld=withheld), **fields), facts)
