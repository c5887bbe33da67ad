"""Ask which of two briefs is better, in both orders; what the order decides is a tie."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agent.clean import one_line
from agent.llm.client import Model
from agent.together import side_by_side
from evals.judging.answers import Preferred
from evals.judging.asking import fits, question, usable_answer
from evals.judging.printed import Printed
from evals.judging.rubric import Rubric
from evals.judging.shapes import Choice
from schemas.sources import Sources

LONGEST_REASON = 300
Named = Literal["first", "second", "neither"]


@dataclass(frozen=True)
class Preference:
    """What came of both orders.

    Attributes:
        choice: a or b where both orders name it, else tie; None when an answer is missing.
        flipped: Whether each order named another brief; None when an answer is missing.
        unparsed: Orders without a usable answer.
        reasons: What decided, one line for each usable answer.
    """

    choice: Choice | None
    flipped: bool | None
    unparsed: int
    reasons: tuple[str, ...]


async def prefer(
    a: Printed, b: Printed, sources: Sources, judge: Model, rubric: Rubric
) -> Preference:
    """Return which brief the judge prefers; a win only where both orders agree.

    Zheng et al. (2023), Judging LLM-as-a-Judge with MT-Bench, arXiv 2306.05685, section 3.4.

    Raises:
        EndpointError: The judge's endpoint failed for good.
        EvidenceError: No recording holds an answer.
    """
    orders = ({"first": a, "second": b}, {"first": b, "second": a})
    questions = [question(rubric, "prefer", sources, order) for order in orders]
    if not all(fits(asked, judge) for asked in questions):
        return Preference(None, None, 2, ())
    async with side_by_side() as group:
        tasks = [group.create_task(usable_answer(judge, Preferred, asked)) for asked in questions]
    return _settle([task.result() for task in tasks])


def in_dispute(figures: float | None, flaws: float | None) -> bool:
    """Return whether the change of the figures and that of the flaws point in opposite ways.

    Args:
        figures: Mean change of the pure metrics, second version minus first; None: there is none.
        flaws: Change of `free_of_flaws`, the same way.
    """
    return figures is not None and flaws is not None and figures * flaws < 0


def _settle(answers: Sequence[Preferred | None]) -> Preference:
    reasons = tuple(one_line(a.reason, limit=LONGEST_REASON) for a in answers if a is not None)
    there, back = answers
    if there is None or back is None:
        return Preference(None, None, len(answers) - len(reasons), reasons)
    named = (_named(there.better, "a", "b"), _named(back.better, "b", "a"))
    agree = named[0] == named[1]
    flipped = not agree and "tie" not in named
    return Preference(named[0] if agree else "tie", flipped, 0, reasons)


def _named(better: Named, first: Choice, second: Choice) -> Choice:
    if better == "neither":
        return "tie"
    return first if better == "first" else second
