"""Comparisons with their briefs, made by the real scorers and statistics without a model."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from evals.comparison import compare
from evals.gate import load_gate
from evals.generate import Output
from evals.items import EvalSet, Item
from evals.judging.shapes import Flaw, JudgedBrief, JudgedPair, JudgedRows, ProbesResult
from evals.report.outputs import Shown, as_shown
from evals.shapes import Comparison
from schemas.claims import CheckedClaim
from schemas.record import Record
from tests.evals.cases import brief_of, checked, output_of

KILLED = "About 2,000 of those troops have been killed since 2024."
FEWER = "About 2,000 of those soldiers have been killed."
WRONG = "About 3,000 of those troops have been killed."
NEVER = "Pyongyang has never published a total of its dead."
LIMITS = "The figures cannot be checked by anybody outside."

# Ends an element, an attribute and a comment, asks for script, turns text round, steers a terminal.
HOSTILE = (
    "</style></svg></title><script>alert(1)</script><img src=x onerror=alert(2)>\"'` onclick=x "
    "javascript:alert(3) http://evil.example/x <!-- ]]> {{ 7 * 7 }} {% raw %} &lt;b&gt; "
    "[a](http://evil.example) ![p](http://evil.example/p.png) | [bold] [/nope] :skull: @someone "
    "\u202eturned\u2066 \x1b[31mred\x9b0m \x07"
)
MARKS = re.compile("[\u202e\u2066\x1b\x9b\x07]")


def line(number: int, text: str, **fields: Any) -> CheckedClaim:
    """Return a claim with an id of its own."""
    return checked(text, id=f"bluf.what.{number}", **fields)


def outputs_of(
    *sentences: tuple[str, ...], side: str, first_repeat: int = 0, repeats: int = 2, **fields: Any
) -> list[Output]:
    """Return the outputs of one version: what it prints of each article, the same in each repeat.

    A sentence that begins with "no:" was drafted and is withheld.
    """
    found = []
    for number, said in enumerate(sentences, start=1):
        claims = [line(n, text.removeprefix("no:")) for n, text in enumerate(said, start=1)]
        kept = [c for c, text in zip(claims, said, strict=True) if not text.startswith("no:")]
        held = tuple(
            c.model_copy(update={"verdict": "unsupported", "reason": "no source says so"})
            for c, text in zip(claims, said, strict=True)
            if text.startswith("no:")
        )
        brief = brief_of(*kept, withheld=held) if said else None
        failure = None if said else "no valid Section in 3 attempts"
        for repeat in range(first_repeat, first_repeat + repeats):
            output = output_of(
                brief, item=f"art-{number}", repeat=repeat, failure=failure, **fields
            )
            prompts = replace(output.job.prompts, version=side)
            found.append(replace(output, job=replace(output.job, prompts=prompts)))
    return found


def compared(
    a: list[Output],
    b: list[Output],
    *,
    digest: str = "b" * 64,
    judged: JudgedRows | None = None,
) -> tuple[Comparison, tuple[Shown, ...]]:
    """Return the comparison of two versions, the second under a digest of its own."""
    items = tuple(
        Item(id=id, file=f"{id}.txt") for id in sorted({output.job.item.id for output in a})
    )
    evals = EvalSet("mine", Path(), items, {}, "5e7" + "0" * 61)
    report = compare(
        a, b, evals, load_gate(), split="dev", model="scripted", judge=None, judged=judged
    )
    arm = report.b.model_copy(update={"digest": digest})
    return report.model_copy(update={"b": arm}), as_shown(a, b)


def usual(said: JudgedRows | None = None) -> tuple[Comparison, tuple[Shown, ...]]:
    """Return four articles: one the same, one reworded, one with a wrong figure, one not made.

    What a critic said of them goes into the report.
    """
    a = outputs_of((KILLED, NEVER), (KILLED, NEVER), (KILLED, NEVER), (KILLED, NEVER), side="v1")
    b = outputs_of((KILLED, NEVER), (FEWER, NEVER), (WRONG, f"no:{LIMITS}"), (), side="v2")
    return compared(a, b, judged=said)


def judged(*, trusted: bool = True) -> JudgedRows:
    """Return what a critic said of the second version's brief of the second article."""
    flaw = Flaw(
        heading="sourcing",
        sentence="bluf.what.1",
        quote="those soldiers",
        reason="Nobody says who counted.",
        votes=2,
        weight=1.0,
    )
    brief = JudgedBrief(item="art-2", side="b", repeat=0, free_of_flaws=0.5, flaws=(flaw,))
    pair = JudgedPair(
        item="art-2",
        repeat_a=0,
        repeat_b=0,
        choice="b",
        flipped=False,
        unparsed=1,
        reasons=("It is shorter.",),
    )
    probes = ProbesResult(trusted=trusted, right=7, total=10, unparsed=1, rows=())
    return JudgedRows(
        judge="judge-large",
        rubric="flaws.v1",
        rubric_digest="r" * 64,
        probes_digest="p" * 64,
        same_as_writer=True,
        probes=probes,
        briefs=(brief,),
        pairs=(pair,),
        unparsed=0.1,
        misquoted=None,
        flip_rate=0.25,
    )


class Hostile:
    """Puts the hostile text into every field of free text, a numbered one for each old text.

    What was the same before is the same after, so that what refers to something still does.
    """

    def __init__(self, *, opening: str = "") -> None:
        self.opening = opening
        self.known: dict[str, str] = {}

    def turned(self, record: Any) -> Any:
        """Return the record, with fields that allow only certain words as they were."""
        kind = type(record)
        return kind.model_validate(self._walk(record.model_dump(mode="json"), _fixed(kind)))

    def _walk(self, value: Any, fixed: frozenset[str]) -> Any:
        if isinstance(value, dict):
            return {key: self._walk(inner, fixed) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._walk(inner, fixed) for inner in value]
        if (
            isinstance(value, str)
            and value not in fixed
            and not re.match(r"\d{4}-\d\d-\d\d", value)
        ):
            count = len(self.known)
            return self.known.setdefault(value, f"{self.opening}{HOSTILE} no{count}end")
        return value


def hostile(*, opening: str = "") -> tuple[Comparison, tuple[Shown, ...], JudgedRows]:
    """Return the usual comparison with hostile text in every field that takes any text."""
    report, shown = usual(judged())
    turn = Hostile(opening=opening)
    return turn.turned(report), tuple(map(turn.turned, shown)), turn.turned(judged())


@cache
def _fixed(kind: type[Record]) -> frozenset[str]:
    """Return the words that some field of a shape is held to."""
    return frozenset(_words(kind.model_json_schema()))


def _words(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        own = (*schema.get("enum", ()), schema.get("const"))
        yield from (word for word in own if isinstance(word, str))
    inner = schema.values() if isinstance(schema, dict) else schema
    if isinstance(inner, str) or not isinstance(inner, Iterable):
        return
    for value in inner:
        yield from _words(value)
