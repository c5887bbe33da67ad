"""Have a judge list the flaws of a brief, and count those that its votes agree on."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.clean import one_line
from agent.llm.client import Model
from agent.llm.request import Filled
from agent.together import side_by_side
from evals.judging.answers import FoundFlaws
from evals.judging.asking import fits, question, usable_answer
from evals.judging.printed import Printed
from evals.judging.quotes import Agreed, Quoted, agreed, locate
from evals.judging.rubric import Rubric
from evals.judging.shapes import Flaw
from schemas.sources import Sources

LONGEST_REASON = 300
LONGEST_QUOTE = 400


@dataclass(frozen=True)
class Found:
    """What the judge found in one brief.

    Attributes:
        score: `free_of_flaws`; None when too few votes could be used.
        flaws: Those that enough votes agree on, in the order of the brief.
        asked: Votes asked for.
        unparsed: Votes that could not be used.
        listed: Flaws in all usable votes.
        misquoted: How many of them were dropped because their quote is not in the brief.
        failure: Why there is no score.
    """

    score: float | None
    flaws: tuple[Flaw, ...] = ()
    asked: int = 0
    unparsed: int = 0
    listed: int = 0
    misquoted: int = 0
    failure: str | None = None


async def find_flaws(shown: Printed, sources: Sources, judge: Model, rubric: Rubric) -> Found:
    """Return the flaws of a brief on which the votes agree, and how free of flaws it is.

    Raises:
        EndpointError: The judge's endpoint failed for good.
        EvidenceError: No recording holds an answer.
    """
    if not shown.lines:
        return Found(None, failure="the brief holds no sentence")
    asked = question(rubric, "flaws", sources, {"brief": shown})
    if not fits(asked, judge):
        window = f"the judge's window of {judge.context_tokens:,} tokens"
        return Found(None, failure=f"article and brief do not fit into {window}")
    votes, number = await _take_votes(asked, judge, rubric)
    return _counted(votes, shown, rubric, asked=number)


def free_of_flaws(flaws: Sequence[Flaw], sentences: int) -> float:
    """Return 1 minus the weighted flaws per printed sentence, in [0, 1].

    Raises:
        ValueError: There is no sentence; nothing is neither free of flaws nor full of them.
    """
    if sentences < 1:
        raise ValueError("a brief without a sentence has no share of flaws")
    return max(0.0, 1.0 - sum(flaw.weight for flaw in flaws) / sentences)


def quoted_flaws(vote: FoundFlaws[str], shown: Printed) -> tuple[Quoted, ...]:
    """Return the flaws of one vote whose quote stands in the brief."""
    located = (locate(flaw, shown) for flaw in vote.flaws)
    return tuple(flaw for flaw in located if flaw is not None)


async def _take_votes(
    asked: Filled, judge: Model, rubric: Rubric
) -> tuple[list[FoundFlaws[str]], int]:
    """Return the usable votes and how many were asked for.

    An unusable vote is replaced: two of two would find less than two of three.
    """
    votes: list[FoundFlaws[str]] = []
    number, most = 0, rubric.votes + rubric.spare
    while len(votes) < rubric.votes and number < most:
        wanted = range(number, min(number + rubric.votes - len(votes), most))
        async with side_by_side() as group:
            tasks = [
                group.create_task(usable_answer(judge, rubric.shape, asked, repeat=repeat))
                for repeat in wanted
            ]
        votes += [vote for task in tasks if (vote := task.result()) is not None]
        number = wanted.stop
    return votes, number


def _counted(
    votes: Sequence[FoundFlaws[str]], shown: Printed, rubric: Rubric, *, asked: int
) -> Found:
    quoted = [quoted_flaws(vote, shown) for vote in votes]
    listed = sum(len(vote.flaws) for vote in votes)
    enough = len(votes) == rubric.votes
    flaws = tuple(
        _as_flaw(found, shown, rubric) for found in agreed(quoted, needed=rubric.needed) if enough
    )
    return Found(
        score=free_of_flaws(flaws, len(shown.lines)) if enough else None,
        flaws=flaws,
        asked=asked,
        unparsed=asked - len(votes),
        listed=listed,
        misquoted=listed - sum(len(vote) for vote in quoted),
        failure=None if enough else f"{len(votes)} of {asked} replies of the judge were usable",
    )


def _as_flaw(found: Agreed, shown: Printed, rubric: Rubric) -> Flaw:
    return Flaw(
        heading=found.flaw.heading,
        sentence=shown.lines[found.flaw.places[0][0]].id,
        quote=one_line(found.flaw.quote, limit=LONGEST_QUOTE),
        reason=one_line(found.flaw.reason, limit=LONGEST_REASON),
        votes=found.votes,
        weight=rubric.weights[found.flaw.heading],
    )
