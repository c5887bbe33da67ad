"""Finished products, good and faulty, for the tests of the tradecraft linter."""

from datetime import UTC, datetime
from typing import Any

from schemas.brief import Brief, Confidence, Part, Run, Section
from schemas.claims import CheckedClaim
from tests.builders import LETTER, make_source

FAULTY = """\
Kim may visit Moscow, officials say

1. BLUF (Bottom Line Up Front)
The alliance may deepen, potentially straining the region. The army will leave the valley by spring.
We judge with high confidence that a new deployment is likely.

2. Competing Hypotheses
- Hypothesis A: Pyongyang trades troops for money. A rupture is improbable.
"""
GOOD = """\
Kim may visit Moscow, officials say

1. BLUF (Bottom Line Up Front)
The alliance deepens in 2026 (likely, 55-80%). Our confidence in this is low.
Kim said the army “will fight” and might stay.

2. Competing Hypotheses
- Hypothesis A: Pyongyang trades troops for money.
- Hypothesis B: The bond is for show.
"""


def claim(id: str, text: str, *, basis: str = "judgement", **known: Any) -> CheckedClaim:
    """Return a claim that stands, a judgement on sentence 1.1 unless stated."""
    section, part, _ = id.split(".")
    fields = {
        "id": id, "section": section, "part": part, "text": text, "basis": basis,
        "likelihood": "likely" if basis == "judgement" else None, "form": "sentence",
        "author": "model", "evidence": ("1.1",), "verdict": "supported", "method": "judge",
        "score": 0.9, "reason": "it follows", "repairs": 0,
    }  # fmt: skip
    return CheckedClaim.model_validate({**fields, **known})


TWO_HYPOTHESES = (
    claim("hypotheses.hypotheses.1", "Pyongyang trades troops for money."),
    claim("hypotheses.hypotheses.2", "The bond in blood is display.", likelihood="unlikely"),
)


def make_brief(*claims: CheckedClaim, hypotheses: tuple[CheckedClaim, ...] = TWO_HYPOTHESES) -> Any:
    """Return a brief that prints these claims and two hypotheses, or those given."""
    printed = (*hypotheses, *claims)
    return Brief.model_validate(
        {
            "title": "Kim may visit Moscow",
            "published": None,
            "generated_at": datetime(2026, 1, 2, tzinfo=UTC),
            "confidence": Confidence(level="low", reasons=("one source",)),
            "sources": (make_source(LETTER),),
            "sourcing": {},
            **{name: _section(name, printed) for name in SECTIONS},
            "techniques": (),
            "ledger": printed,
            "withheld": (),
            "run": RUN,
        }
    )


SECTIONS = ("bluf", "hypotheses", "assumptions", "implications", "outlook", "entities", "tags")
RUN = Run(
    id="20260102-1", bluf_version="0.1.0", model="scripted", endpoint="openai-compatible",
    structured_output="json_schema", prompt_version="v1", prompt_hash="0" * 8, judge=None, calls=0,
    calls_from_store=0, tokens_in=0, tokens_out=0, tokens_cached=0, cost_usd=None, seconds=0.0,
)  # fmt: skip


def _section(name: Any, claims: tuple[CheckedClaim, ...]) -> Section:
    own = [claim for claim in claims if claim.section == name]
    names = dict.fromkeys(claim.part for claim in own)
    parts = tuple(
        Part(name=part, title=part.title(), claims=tuple(c for c in own if c.part == part))
        for part in names
    )
    return Section(name=name, title=name.title(), parts=parts)
