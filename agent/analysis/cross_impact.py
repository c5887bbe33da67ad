"""Cross-impact simulation: from judgements about pairs of events to what they make of all.

Gordon and Hayward (1968), Initial experiments with the cross-impact matrix method of forecasting,
Futures 1(2):100-116; odds ratios and sensitivity runs as in Gordon (1994), Cross-Impact Method.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.analysis.estimative import reword
from schemas.claims import Likelihood
from schemas.cross_impact import Adjustment, CrossImpact, EventOutcome, Influence, Nonoccurrence

Numbers = NDArray[np.float64]
Matrix = Sequence[Sequence[float | None]]

RUNS = 10_000
STEP = 0.1  # how far an initial probability is moved to see what follows
MOST_INFLUENTIAL = 3
# Products of this many odds ratios stay far inside a float64; 24 events are 552 judgements already.
MOST_EVENTS = 24
# 0 and 1 count as one in a million, so that two certainties which collide cancel each other
# instead of dividing nothing by nothing.
LEAST = 1e-6
ROUNDING = 1e-9


class _Draws(NamedTuple):
    """The random numbers of all runs; every sensitivity run uses the same, so only causes differ.

    `order` has the events of a run in the order they are decided; an event happens when its odds
    exceed its `threshold`. Both have one row for each run.
    """

    order: NDArray[np.intp]
    threshold: Numbers


def simulate(
    events: Sequence[str],
    initial: Sequence[float],
    conditional: Matrix,
    *,
    seed: int,
    runs: int = RUNS,
    nonoccurrence: Nonoccurrence = "no effect",
) -> CrossImpact:
    """Return each event's probability after the events acted on one another, and who moves most.

    In each run the events are decided in random order. One that happens multiplies the odds of
    every other event by odds(P(other | it)) / odds(P(other)). One that does not happen either does
    nothing ("no effect": the initial probabilities leave the other events out of account), or
    moves them by the ratio that the law of total probability implies ("total probability": the
    initial probabilities already have the others in them; two events then keep theirs exactly).

    The same input and seed give the same result to the byte; so do the same events in another
    order, row for row.

    Args:
        events: Different names, at least two and at most 24.
        initial: Probability of each, in (0, 1).
        conditional: Row i, column j: probability of j if i happens, in [0, 1]; None for no
            influence. The diagonal is not read.
        seed: Of the random numbers, at least 0.
        runs: How many runs, at least 1.
        nonoccurrence: What an event that does not happen does to the others.

    Raises:
        ValueError: The sizes disagree, a name comes twice, or a number is outside its range.
    """
    _check(events, initial, conditional, seed=seed, runs=runs)
    # Numbers are drawn by name, not by place, so that the order of the events changes nothing.
    places = sorted(range(len(events)), key=lambda place: events[place])
    used, adjustments = _coherent(events, initial, conditional)
    before = np.array([initial[place] for place in places])
    cells = [[used[row][column] for column in places] for row in places]
    ratios = _odds_ratios(before, cells, nonoccurrence)
    draws = _draw(len(events), runs=runs, seed=seed)
    after = _play(before, ratios, draws)
    moved = _sensitivity(before, ratios, draws)
    at = [places.index(place) for place in range(len(events))]
    return CrossImpact(
        outcomes=tuple(
            _outcome(events[i], float(initial[i]), float(after[at[i]]), runs)
            for i in range(len(events))
        ),
        matrix=used,
        adjustments=adjustments,
        influences=_influences([events[place] for place in places], moved),
        nonoccurrence=nonoccurrence,
        runs=runs,
        seed=seed,
    )


def coherent_bounds(given: float, other: float) -> tuple[float, float]:
    """Return the least and the greatest P(other | given) that any joint distribution allows.

    From 0 <= P(both) and P(both) >= P(given) + P(other) - 1, and from P(both) <= P(other)
    (Fréchet 1935), divided by P(given).

    Args:
        given: Probability of the event that happens, in (0, 1).
        other: Probability of the other event, in (0, 1).
    """
    return max(0.0, (other - (1 - given)) / given), min(1.0, other / given)


def reworded(
    result: CrossImpact, terms: Mapping[str, Likelihood]
) -> dict[str, tuple[Likelihood, Likelihood]]:
    """Return the term before and after, of each event whose probability left its term's band.

    A change of under two standard errors is no finding and moves no term.

    Args:
        result: The simulation.
        terms: Each event's ICD 203 term, from whose band its initial probability was taken.
    """
    moved = {}
    for outcome in result.outcomes:
        before = terms[outcome.event]
        after = reword(before, outcome.after)
        if after != before and abs(outcome.change) >= 2 * outcome.standard_error:
            moved[outcome.event] = (before, after)
    return moved


def _check(
    events: Sequence[str], initial: Sequence[float], conditional: Matrix, *, seed: int, runs: int
) -> None:
    count = len(events)
    if not 2 <= count <= MOST_EVENTS:
        raise ValueError(f"{count} events: 2 to {MOST_EVENTS} can be simulated")
    if len(set(events)) < count:
        raise ValueError("two events have the same name")
    if len(initial) != count or any(len(row) != count for row in (conditional, *conditional)):
        raise ValueError(f"{count} events need {count} probabilities and a square matrix")
    for event, chance in zip(events, initial, strict=True):
        if not 0 < chance < 1:
            raise ValueError(f"{event}: initial probability {chance} is not in (0, 1)")
    for row, column, cell in _cells(conditional):
        if not 0 <= cell <= 1:
            raise ValueError(f"{events[column]} given {events[row]}: {cell} is not in [0, 1]")
    if seed < 0 or runs < 1:
        raise ValueError(f"seed {seed} and runs {runs}: at least 0 and 1 are needed")


def _cells(matrix: Matrix) -> list[tuple[int, int, float]]:
    """Return row, column and value of every stated cell off the diagonal."""
    return [
        (i, j, cell)
        for i, row in enumerate(matrix)
        for j, cell in enumerate(row)
        if i != j and cell is not None
    ]


def _coherent(
    events: Sequence[str], initial: Sequence[float], conditional: Matrix
) -> tuple[tuple[tuple[float | None, ...], ...], tuple[Adjustment, ...]]:
    """Return the matrix with every cell inside its bounds, and the cells that had to be moved."""
    grid: list[list[float | None]] = [[None] * len(events) for _ in events]
    adjustments = []
    for i, j, stated in _cells(conditional):
        low, high = coherent_bounds(initial[i], initial[j])
        used = float(min(max(stated, low), high))
        if abs(used - stated) <= ROUNDING:
            used = float(stated)
        else:
            adjustments.append(
                Adjustment(given=events[i], event=events[j], stated=stated, used=used)
            )
        grid[i][j] = used
    return tuple(tuple(row) for row in grid), tuple(adjustments)


def _odds_ratios(before: Numbers, cells: Matrix, nonoccurrence: Nonoccurrence) -> Numbers:
    """Return factors on the odds: row i if event i fails to happen, row n + i if it happens."""
    count = len(before)
    ratios = np.ones((2 * count, count))
    for i, j, happens in _cells(cells):
        ratios[count + i, j] = _odds(happens) / _odds(before[j])
        if nonoccurrence == "total probability":
            fails = (before[j] - before[i] * happens) / (1 - before[i])
            ratios[i, j] = _odds(fails) / _odds(before[j])
    return ratios


def _odds(chance: float) -> float:
    inside = min(max(float(chance), LEAST), 1 - LEAST)
    return inside / (1 - inside)


def _draw(count: int, *, runs: int, seed: int) -> _Draws:
    random = np.random.default_rng(seed)
    order = random.random((runs, count)).argsort(axis=1, kind="stable")
    uniform = random.random((runs, count))
    return _Draws(order=order, threshold=uniform / (1 - uniform))


def _play(before: Numbers, ratios: Numbers, draws: _Draws) -> Numbers:
    """Return the share of the runs in which each event happened.

    Odds are only multiplied and compared, which every machine does alike; logarithms are not.
    """
    count = len(before)
    runs = np.arange(len(draws.order))
    odds = np.tile(before / (1 - before), (len(runs), 1))
    happened = np.zeros(odds.shape, dtype=np.bool_)
    for turn in range(count):
        event = draws.order[:, turn]
        happens = odds[runs, event] > draws.threshold[runs, event]
        happened[runs, event] = happens
        # This moves events decided earlier too, whose odds nobody reads again.
        odds *= ratios[event + count * happens]
    shares: Numbers = happened.mean(axis=0)
    return shares


def _sensitivity(before: Numbers, ratios: Numbers, draws: _Draws) -> Numbers:
    """Return how each column's final probability moves from row's lowered to row's raised.

    Gordon (1994): one judgement is changed, the matrix is run again, and the runs are compared.
    The odds ratios stay as they were judged.
    """
    moved = []
    for event, chance in enumerate(before):
        raised, lowered = before.copy(), before.copy()
        raised[event] = min(chance + STEP, 1 - LEAST)
        lowered[event] = max(chance - STEP, LEAST)
        moved.append(_play(raised, ratios, draws) - _play(lowered, ratios, draws))
    return np.array(moved)


def _influences(names: Sequence[str], moved: Numbers) -> tuple[Influence, ...]:
    others = ~np.eye(len(names), dtype=np.bool_)
    found = [
        Influence(
            event=name,
            effect=float(moved[place][others[place]].mean()),
            movement=float(np.abs(moved[place][others[place]]).mean()),
        )
        for place, name in enumerate(names)
    ]
    moving = [influence for influence in found if influence.movement > 0]
    return tuple(sorted(moving, key=lambda each: -each.movement)[:MOST_INFLUENTIAL])


def _outcome(event: str, before: float, after: float, runs: int) -> EventOutcome:
    return EventOutcome(
        event=event,
        before=before,
        after=after,
        change=after - before,
        standard_error=float(np.sqrt(after * (1 - after) / runs)),
    )
