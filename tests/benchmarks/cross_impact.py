"""Time the cross-impact simulation against a plain loop: `python -m tests.benchmarks.cross_impact`.

Both work the same matrix of 12 events, every pair of them judged, over 10,000 runs. The loop is the
method as it reads in the literature: one run, one event and one other event at a time. It makes
one pass; `simulate` makes 25, one for the result and two for the sensitivity to each event.
"""

import random
import statistics
import time
from collections.abc import Sequence

from agent.analysis.cross_impact import RUNS, coherent_bounds, simulate

EVENTS = 12
PASSES = 1 + 2 * EVENTS
SEED = 1
TIMES = 5
LIMIT_S = 0.2


def main() -> None:
    """Print the medians, their ratio for one pass, and how far the two results lie apart."""
    names = [f"event {n}" for n in range(EVENTS)]
    initial, cells = _case()
    whole_s, loop_s = [], []
    for _ in range(TIMES):
        began = time.perf_counter()
        result = simulate(names, initial, cells, seed=SEED)
        middle = time.perf_counter()
        shares = plain_loop(initial, cells)
        whole_s.append(middle - began)
        loop_s.append(time.perf_counter() - middle)
    whole, loop = statistics.median(whole_s), statistics.median(loop_s)
    apart = max(
        abs(outcome.after - share) / (2**0.5 * outcome.standard_error)
        for outcome, share in zip(result.outcomes, shares, strict=True)
    )
    print(f"{EVENTS} events, {EVENTS * (EVENTS - 1)} impacts, {RUNS} runs, median of {TIMES}")
    _row(f"simulate, {PASSES} passes", whole * 1000, "ms")
    _row("limit", LIMIT_S * 1000, "ms, kept" if whole < LIMIT_S else "ms, MISSED")
    _row("simulate, one pass", whole / PASSES * 1000, "ms")
    _row("plain loop, one pass", loop * 1000, "ms")
    _row("plain loop / simulate, one pass", loop * PASSES / whole, "x")
    _row("largest difference between the results", apart, "standard errors")


def plain_loop(initial: Sequence[float], cells: Sequence[Sequence[float]]) -> list[float]:
    """Return the share of the runs in which each event happened, without numpy."""
    chance = random.Random(SEED)
    count = len(initial)
    before = [p / (1 - p) for p in initial]
    ratios = [[p / (1 - p) / odds for p, odds in zip(row, before, strict=True)] for row in cells]
    hits = [0] * count
    for _ in range(RUNS):
        odds = list(before)
        order = list(range(count))
        chance.shuffle(order)
        for event in order:
            if chance.random() < odds[event] / (1 + odds[event]):
                hits[event] += 1
                for other in range(count):
                    odds[other] *= ratios[event][other]
    return [hit / RUNS for hit in hits]


def _case() -> tuple[list[float], list[list[float]]]:
    chance = random.Random(SEED)
    initial = [chance.uniform(0.1, 0.9) for _ in range(EVENTS)]
    cells = [
        [b if a is b else chance.uniform(*coherent_bounds(a, b)) for b in initial] for a in initial
    ]
    return initial, cells


def _row(name: str, value: float, unit: str) -> None:
    print(f"{name:<42} {value:7.1f} {unit}")


if __name__ == "__main__":
    main()
