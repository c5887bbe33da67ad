"""Plant errors in true claims and see which ones the program lets through.

`python -m evals.benchmarks.planted` checks 210 true restatements of ten articles and 210 claims
with one error each, of ten kinds, as a writer would have drafted them: each cites the sentences it
is about, and no judge is asked. An error is caught when the claim may not be printed.
"""

import asyncio
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

from agent.prompts import load_prompts
from agent.sources.load import load_sources
from agent.verify.cascade import check_claims, stands
from evals.metrics import wilson
from schemas.claims import Claim, Verdict
from schemas.record import Record
from schemas.sources import Sources

TRUE = "true"


class Planted(Record):
    """One line of the set.

    `truth` is the claim without its error; `rests_on` are fragments of the sentences it is about.
    """

    id: str
    article: str
    kind: str
    text: str
    truth: str | None
    rests_on: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """A line of the set, the claim made of it and the verdict on that."""

    planted: Planted
    claim: Claim
    verdict: Verdict

    @property
    def right(self) -> bool:
        """Whether a true claim stands, or one with an error does not."""
        return stands(self.verdict) == (self.planted.kind == TRUE)


def main() -> None:
    """Print how many true claims are rejected, and how many errors of each kind are caught."""
    outcomes = asyncio.run(check_planted(read_planted()))
    kinds: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        kinds[outcome.planted.kind].append(outcome)
    true = kinds.pop(TRUE)
    errors = [outcome for own in kinds.values() for outcome in own]
    lines = [_line("true claims that stand", true), _line("errors caught", errors)]
    lines += [_line(f"  {kind}", own) for kind, own in sorted(kinds.items())]
    steps = Counter(outcome.verdict.method for outcome in errors if outcome.right)
    lines += ["caught by " + ", ".join(f"{name} {n}" for name, n in steps.most_common())]
    steps = Counter(outcome.verdict.method for outcome in true if not outcome.right)
    lines += ["true ones rejected by " + ", ".join(f"{name} {n}" for name, n in steps.items())]
    sys.stdout.write("\n".join(lines) + "\n")


def read_planted() -> tuple[Planted, ...]:
    """Return every line of the set."""
    text = (_folder() / "claims.jsonl").read_text(encoding="utf-8")
    return tuple(Planted(**json.loads(line)) for line in text.splitlines())


async def check_planted(lines: Sequence[Planted]) -> list[Outcome]:
    """Return the verdict on each line's claim, each alone, as a section would have it checked."""
    prompts, articles = load_prompts(), await read_articles()
    outcomes = []
    for line in lines:
        sources = articles[line.article]
        claim = claim_of(line, line.text, sources)
        verdicts = await check_claims([claim], sources, None, prompts)
        outcomes.append(Outcome(line, claim, verdicts[claim.id]))
    return outcomes


def claim_of(line: Planted, text: str, sources: Sources) -> Claim:
    """Return a text as a reported claim that cites the sentences the line is about."""
    evidence = [
        sentence.id
        for fragment in line.rests_on
        for sentence in sources.sentences.values()
        if fragment in " ".join(sentence.text.split())
    ]
    return Claim(
        id=line.id,
        section="implications",
        part="overall",
        text=text,
        basis="reported",
        evidence=tuple(dict.fromkeys(evidence)),
    )


async def read_articles() -> dict[str, Sources]:
    """Return the articles of the set by name, numbered."""
    names = sorted({line.article for line in read_planted()})
    files = [str(_folder() / "articles" / f"{name}.txt") for name in names]
    return {name: await load_sources([file]) for name, file in zip(names, files, strict=True)}


@lru_cache(maxsize=1)
def _folder() -> Traversable:
    return resources.files("evals") / "sets" / "planted"


def _line(name: str, outcomes: Sequence[Outcome]) -> str:
    right = sum(outcome.right for outcome in outcomes)
    low, high = wilson(right, len(outcomes))
    share = f"{100 * right / len(outcomes):.0f}% ({100 * low:.0f} to {100 * high:.0f})"
    return f"{name:<28}{right:>4} of {len(outcomes):<4} {share}"


if __name__ == "__main__":
    main()
