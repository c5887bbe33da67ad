"""Test the judge itself: ten small tasks with a known answer, right or wrong by plain code."""

import hashlib
import tomllib
from collections.abc import Sequence
from importlib import resources
from typing import Literal

from pydantic import Field

from agent.analysis.estimative import phrase
from agent.clean import one_line
from agent.llm.client import Model
from agent.material import cite
from agent.prompts.digests import sha256_json
from agent.sources.sentences import number_sentences
from agent.together import side_by_side
from evals.judging.asking import fits, question, usable_answer
from evals.judging.flaws import quoted_flaws
from evals.judging.pairwise import prefer
from evals.judging.printed import Line, Printed
from evals.judging.rubric import Rubric
from evals.judging.shapes import ProbeRow, ProbesResult
from schemas.claims import Basis, Likelihood
from schemas.record import Record
from schemas.sources import Source, Sources

LEAST_RIGHT = 8  # of ten: one slip and one matter of opinion are forgiven


class Said(Record):
    """One sentence of a probe's brief."""

    text: str
    basis: Basis
    cites: tuple[str, ...]
    likelihood: Likelihood | None = None


class Planted(Record):
    """Where the flaw is."""

    sentences: tuple[int, ...] = Field(description="Numbers of the sentences, from 1.")
    headings: tuple[str, ...] = Field(description="Headings under which it may be listed.")


class Probe(Record):
    """One task. Of a pair, `brief` is the better one."""

    id: str
    kind: Literal["planted", "clean", "empty", "pair"]
    source: str
    brief: tuple[Said, ...]
    worse: tuple[Said, ...] = ()
    planted: Planted | None = None


class Probes(Record):
    """All tasks, in order."""

    probes: tuple[Probe, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of every word of them."""
        return sha256_json(self.model_dump(mode="json"))


def load_probes() -> Probes:
    """Return the probes that come with bluf."""
    text = (resources.files("evals.judging") / "probes.toml").read_text(encoding="utf-8")
    return Probes.model_validate(tomllib.loads(text))


async def run_probes(judge: Model, rubric: Rubric, probes: Probes) -> ProbesResult:
    """Return how the judge did; it is trusted when all was usable and eight of ten were right.

    Each question is put once: three votes would hide how often a single one is wrong.

    Raises:
        EndpointError: The judge's endpoint failed for good.
        EvidenceError: No recording holds an answer.
    """
    async with side_by_side() as group:
        tasks = [group.create_task(_run(probe, judge, rubric)) for probe in probes.probes]
    rows = tuple(task.result() for task in tasks)
    right, unparsed = (sum(row.right for row in rows), sum(row.unparsed for row in rows))
    return ProbesResult(
        trusted=not unparsed and right >= LEAST_RIGHT,
        right=right,
        total=len(rows),
        unparsed=unparsed,
        rows=rows,
    )


async def _run(probe: Probe, judge: Model, rubric: Rubric) -> ProbeRow:
    if probe.kind == "pair":
        return await _run_pair(probe, judge, rubric)
    shown = as_printed(probe.brief)
    asked = question(rubric, "flaws", as_sources(probe), {"brief": shown})
    answer = await usable_answer(judge, rubric.shape, asked) if fits(asked, judge) else None
    if answer is None:
        return _row(probe, right=False, unparsed=True, got="no usable answer")
    if probe.planted is None:
        # Even a flaw without a true quote is one too many in a text that has none.
        right = not answer.flaws
    else:
        right = any(
            flaw.heading in probe.planted.headings
            and any(place[0] + 1 in probe.planted.sentences for place in flaw.places)
            for flaw in quoted_flaws(answer, shown)
        )
    listed = [f"{flaw.heading}: {flaw.quote}" for flaw in answer.flaws]
    return _row(probe, right=right, got="; ".join(listed) or "no flaw")


async def _run_pair(probe: Probe, judge: Model, rubric: Rubric) -> ProbeRow:
    better, worse = as_printed(probe.brief), as_printed(probe.worse)
    got = await prefer(better, worse, as_sources(probe), judge, rubric)
    if got.choice is None:
        return _row(probe, right=False, unparsed=True, got="no usable answer")
    told = {"a": "the better one", "b": "the worse one", "tie": "neither"}[got.choice]
    return _row(probe, right=got.choice == "a", got="what stands first" if got.flipped else told)


def as_printed(sentences: Sequence[Said]) -> Printed:
    """Return the brief of a probe as a judge is shown any other."""
    return Printed(
        tuple(
            Line(f"bluf.{number}", "bluf", said.text, _told(said))
            for number, said in enumerate(sentences, start=1)
        )
    )


def as_sources(probe: Probe) -> Sources:
    """Return the article of a probe as if it had been read from a file."""
    source = Source(
        number=1,
        name=probe.id,
        kind="text",
        title="",
        publisher=None,
        author=None,
        published=None,
        published_from=None,
        url=None,
        language="en",
        sha256=hashlib.sha256(probe.source.encode()).hexdigest(),
        text=probe.source,
        sentences=number_sentences(probe.source, source=1),
    )
    return Sources(items=(source,))


def _told(said: Said) -> str:
    likelihood = phrase(said.likelihood) if said.likelihood else ""
    return "; ".join(part for part in (said.basis, likelihood, cite(said.cites)) if part)


def _row(probe: Probe, *, right: bool, got: str, unparsed: bool = False) -> ProbeRow:
    got = one_line(got, limit=300)
    return ProbeRow(id=probe.id, kind=probe.kind, right=right, unparsed=unparsed, got=got)
