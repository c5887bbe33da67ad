"""Measure how often a comparison of two equal versions claims a difference, and what it misses.

Comparisons are simulated: stories of two to five articles, three repeats. Between articles of one
story the changes correlate at 0.4. See docs/statistics.md.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from evals.metrics import wilson
from evals.stats.clustered import resampled_interval, sign_flip, standard_error, t_interval
from evals.stats.paired import Paired, Uncertainty, paired
from evals.stats.pairs import Floats, Numbers, pair
from evals.stats.power import standard_errors
from evals.stats.verdict import verdict

STORIES = (6, 10, 20, 40)
REPEATS = 3
# Variances of an article's change: the story's part, the article's own, and that of three repeats
# of each version. The first is 0.4 of their sum.
STORY, ARTICLE, RUNS = 0.0096, 0.0048, 0.0096
Rows = dict[str, list[float]]
ALARMS = (
    "interval without 0",
    "sign flip p<=0.05",
    "verdict claims",
    "bootstrap without 0",
    "stories ignored",
)
FOUND = ("shown as better", "interval holds it", "bootstrap holds it")
Draw = Callable[[Numbers, float, np.random.Generator], tuple[Floats, Floats]]


class Alarms(NamedTuple):
    """How many of some comparisons, all of equal versions, raised a false alarm.

    Attributes:
        interval: The interval by t left out zero.
        p: The p value of the sign flip was 0.05 or less.
        verdict: The verdict was "better" or "worse".
        resampled: The bootstrap interval left out zero.
        ignored: The interval by t left out zero when each article was its own story.
    """

    interval: int
    p: int
    verdict: int
    resampled: int
    ignored: int


class Found(NamedTuple):
    """How many of some comparisons, all with one true change, got it right.

    Attributes:
        verdict: The verdict was "better".
        interval: The interval by t held the true change.
        resampled: The bootstrap interval held it.
    """

    verdict: int
    interval: int
    resampled: int


def main() -> None:
    """Print the tables of docs/statistics.md, then the speed of the resampling."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comparisons", type=int, default=2000, help="in each cell (2000)")
    comparisons = parser.parse_args().comparisons
    for name, draw in (("even", even), ("shares", shares), ("disasters", disasters)):
        sys.stdout.write(
            f"\n{name}: {(draw.__doc__ or '').splitlines()[0]}\n{_line(' stories', ALARMS)}\n"
        )
        for stories in STORIES:
            alarms = false_alarms(draw, stories, comparisons)
            sys.stdout.write(f"{_row(stories, alarms, comparisons)}\n")
            sys.stdout.flush()
    sys.stdout.write("\neven, with a change as large as is called detectable\n")
    sys.stdout.write(f"{_line(' stories', FOUND)}\n")
    for stories in STORIES:
        found = detections(stories, comparisons)
        sys.stdout.write(f"{_row(stories, found, comparisons)}\n")
    sys.stdout.write(f"\n{speed()}\n")


def false_alarms(draw: Draw, stories: int, comparisons: int, seed: int = 0) -> Alarms:
    """Return how often versions that are equal on average are told apart."""
    rng = np.random.default_rng([seed, stories])
    counts = np.zeros(5, dtype=int)
    for _ in range(comparisons):
        a, b, clusters = _scores(draw, rng.integers(2, 6, size=stories), 0.0, rng)
        found = paired(a, b, clusters, resamples=1999, seed=rng)
        first, changes = _of(found), pair(a, b, clusters, None).changes
        error = standard_error(changes, np.arange(len(changes)))
        counts += (
            not _holds(first.interval, 0.0),
            first.p <= 0.05,
            verdict(found, margin=None).label in ("better", "worse"),
            not _holds(first.resampled, 0.0),
            not _holds(t_interval(found.change, error, len(changes), 0.95), 0.0),
        )
    return Alarms(*counts.tolist())


def detections(stories: int, comparisons: int, seed: int = 0) -> Found:
    """Return how often a change is found that is as large as `detectable` says is needed."""
    rng = np.random.default_rng([seed, stories])
    counts = np.zeros(3, dtype=int)
    for _ in range(comparisons):
        sizes = rng.integers(2, 6, size=stories)
        variance = ((sizes**2).sum() * STORY + sizes.sum() * (ARTICLE + RUNS)) / sizes.sum() ** 2
        change = float(np.sqrt(variance)) * (standard_errors(stories) or 0.0)
        found = paired(*_scores(even, sizes, change, rng), resamples=1999, seed=rng)
        counts += (
            verdict(found, margin=None).label == "better",
            _holds(_of(found).interval, change),
            _holds(_of(found).resampled, change),
        )
    return Found(*counts.tolist())


def even(sizes: Numbers, change: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Every effect is drawn from a normal distribution."""
    place = np.repeat(np.arange(len(sizes)), sizes)
    effect = change + rng.normal(0, np.sqrt(STORY), len(sizes))[place]
    effect += rng.normal(0, np.sqrt(ARTICLE), len(place))
    return _runs(effect, rng)


def shares(sizes: Numbers, change: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """The same in eighths between 0 and 1, as for the share of eight claims; many are ties."""
    first, second = (np.clip(np.round(x * 8) / 8, 0, 1) for x in even(sizes, change, rng))
    return first, second


def disasters(sizes: Numbers, change: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """One article in twenty loses 0.57, the others gain 0.03: no change on average."""
    lost = rng.random(int(sizes.sum())) < 0.05
    return _runs(change + np.where(lost, -0.57, 0.03), rng)


def speed() -> str:
    """Return the CPU time of 10,000 resamples over 60 articles, and how much more SciPy takes."""
    changes, sizes = np.random.default_rng(0).normal(0.02, 0.1, 60), np.ones(60, dtype=int)
    rows = (
        (
            "10,000 bootstrap samples",
            lambda: resampled_interval(changes, sizes),
            lambda: stats.bootstrap((changes,), np.mean, method="percentile", n_resamples=10_000),
        ),
        (
            "10,000 sign flips",
            lambda: sign_flip(changes),
            lambda: stats.permutation_test(
                (changes,), np.mean, permutation_type="samples", vectorized=True, n_resamples=10_000
            ),
        ),
    )
    lines = []
    for name, ours, theirs in rows:
        mine, scipy = _least_seconds(ours), _least_seconds(theirs)
        lines.append(
            f"{name}, 60 articles: {mine:.4f} s of CPU; SciPy takes {scipy / mine:.1f} x as long"
        )
    return "\n".join(lines)


def _row(stories: int, counts: Sequence[int], total: int) -> str:
    return _line(f"{stories:>8}", [_share(count, total) for count in counts])


def _line(first: str, cells: Sequence[str]) -> str:
    return f"{first}  {''.join(f'{cell:<22}' for cell in cells)}".rstrip()


def _share(hits: int, total: int) -> str:
    low, high = wilson(hits, total)
    return f"{hits / total:.1%} ({low * 100:.1f} to {high * 100:.1f})"


def _scores(
    draw: Draw, sizes: Numbers, change: float, rng: np.random.Generator
) -> tuple[Rows, Rows, dict[str, str]]:
    first, second = draw(sizes, change, rng)
    names = [f"{story}.{n}" for story, size in enumerate(sizes) for n in range(size)]
    a, b = (dict(zip(names, runs.tolist(), strict=True)) for runs in (first, second))
    return a, b, {name: name.partition(".")[0] for name in names}


def _runs(effect: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the runs of both versions, the effect taken half from one and half from the other."""
    base = rng.normal(0.6, 0.1, len(effect))
    shape, noise = (len(effect), REPEATS), np.sqrt(RUNS * REPEATS / 2)
    first = (base - effect / 2)[:, None] + rng.normal(0, noise, shape)
    return first, (base + effect / 2)[:, None] + rng.normal(0, noise, shape)


def _of(found: Paired) -> Uncertainty:
    if found.uncertainty is None:
        raise ValueError("a simulated comparison has at least two stories")
    return found.uncertainty


def _holds(interval: tuple[float, float], value: float) -> bool:
    return interval[0] <= value <= interval[1]


def _least_seconds(work: Callable[[], object], times: int = 5) -> float:
    return min(_seconds(work) for _ in range(times))


def _seconds(work: Callable[[], object]) -> float:
    # Of this process: on a busy machine the clock would compare other programs.
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
