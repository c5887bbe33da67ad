"""Analysis of competing hypotheses: from ratings to the hypothesis that is least refuted.

Heuer (1999), Psychology of Intelligence Analysis, ch. 8; points as in Open Source ACH. A score is
a count of points against a hypothesis and is never turned into a probability.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from schemas.brief import Ach, MatrixRow, Rating

# Open Source ACH (Burton): only inconsistency counts, since evidence that fits a hypothesis
# usually fits others too.
POINTS: Mapping[Rating, int] = {"II": 2, "I": 1, "N": 0, "NA": 0, "C": 0, "CC": 0}
FLIPPED: Mapping[Rating, Rating] = {
    "II": "CC",
    "I": "C",
    "N": "N",
    "NA": "NA",
    "C": "I",
    "CC": "II",
}
LETTERS = "ABCDE"
# Weights count in thousandths: whole numbers add up exactly, so that a tie is a tie and neither
# the order of the signals nor that of the hypotheses can change a score by a rounding error.
THOUSANDTHS = 1000
MOST_WEIGHT = 1000

Counts = NDArray[np.int64]


def work_matrix(
    signals: Sequence[tuple[str, str]],
    ratings: Mapping[str, Sequence[Rating]],
    reversed_ratings: Mapping[str, Sequence[Rating]],
    *,
    hypotheses: int,
    signal_count: int,
    credibility: Mapping[str, float] | None = None,
) -> Ach | None:
    """Return the worked matrix, or None when fewer than three signals were rated in full.

    Args:
        signals: Sentence id and text of each signal, in order.
        ratings: For each sentence id, one rating for each hypothesis in order.
        reversed_ratings: The same, asked with the hypotheses in the opposite order but already
            turned back; the ranking is called stable when both give the same winner.
        hypotheses: How many hypotheses there are, at most five.
        signal_count: How many signals there are in all, rated or not.
        credibility: Weight of a signal by sentence id, in [0, 1000] and kept to three decimals;
            1 where none is given.

    Raises:
        ValueError: A weight is out of range.
    """
    rated = [(id, text) for id, text in signals if len(ratings.get(id, ())) == hypotheses]
    if len(rated) < 3:
        return None
    weights = [(credibility or {}).get(id, 1.0) for id, _ in rated]
    cells = [ratings[id] for id, _ in rated]
    scores = inconsistency(cells, weights)
    winners = least_refuted(scores)
    rows = _rows(rated, cells, weights)
    other_way = _winners([reversed_ratings.get(id, ()) for id, _ in rated], weights, hypotheses)
    return Ach(
        hypotheses=tuple(LETTERS[:hypotheses]),
        rows=rows,
        signal_count=signal_count,
        scores=scores,
        least_refuted=winners,
        stable=None if other_way is None else other_way == winners,
        least_refuted_reversed=other_way,
        linchpins=tuple(id for row in rows if _decides(row, winners) for id in row.evidence),
    )


def inconsistency(
    rows: Sequence[Sequence[Rating]], weights: Sequence[float] | None = None
) -> tuple[float, ...]:
    """Return each hypothesis's inconsistency points, summed over the rows.

    II counts 2, I counts 1, all else 0, times the weight of the row (Open Source ACH).

    Args:
        rows: For each signal, one rating for each hypothesis.
        weights: One for each row, in [0, 1000] and kept to three decimals; all 1 when None.

    Raises:
        ValueError: The rows differ in length, or a weight is out of range.
    """
    return _scores(_thousandths(rows, weights) @ _points(rows))


def diagnosticity(rows: Sequence[Sequence[Rating]]) -> tuple[float, ...]:
    """Return each row's population standard deviation of points across the hypotheses.

    0 means that a signal fits all of them alike and cannot tell them apart (as in Open Synthesis).
    The weight has no part in it: what a signal tells apart and whether it is true are two things.
    """
    points = _points(rows)
    count = points.shape[1]
    # n² times the variance is a whole number, which the order of the hypotheses cannot change.
    spread = np.sqrt(count * (points**2).sum(axis=1) - points.sum(axis=1) ** 2) / count
    return tuple(spread.tolist())


def least_refuted(scores: Sequence[float]) -> tuple[str, ...]:
    """Return the letters of the hypotheses with the lowest score; several mean a tie."""
    return tuple(
        letter for letter, score in zip(LETTERS, scores, strict=False) if score == min(scores)
    )


def sensitivity(
    rows: Sequence[Sequence[Rating]], weights: Sequence[float] | None = None
) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]:
    """Return who would be least refuted with each row left out, and with each row turned round.

    Heuer (1999), ch. 8, step 6: how would the conclusion change if a critical item were wrong,
    misleading or read differently? Turned round means C for I and CC for II, and the reverse.

    Args:
        rows: For each signal, one rating for each hypothesis.
        weights: One for each row, as in `inconsistency`.
    """
    counted = _thousandths(rows, weights)[:, None] * _points(rows)
    turned = _thousandths(rows, weights)[:, None] * _points(
        [[FLIPPED[rating] for rating in row] for row in rows]
    )
    without = counted.sum(axis=0) - counted
    return (
        tuple(least_refuted(_scores(totals)) for totals in without),
        tuple(least_refuted(_scores(totals)) for totals in without + turned),
    )


def _rows(
    rated: Sequence[tuple[str, str]],
    cells: Sequence[Sequence[Rating]],
    weights: Sequence[float],
) -> tuple[MatrixRow, ...]:
    removed, flipped = sensitivity(cells, weights)
    return tuple(
        MatrixRow(
            evidence=(id,),
            signal=text,
            ratings=tuple(row),
            diagnosticity=spread,
            weight=weight,
            least_refuted_if_removed=without,
            least_refuted_if_flipped=turned,
        )
        for (id, text), row, spread, weight, without, turned in zip(
            rated, cells, diagnosticity(cells), weights, removed, flipped, strict=True
        )
    )


def _winners(
    rows: Sequence[Sequence[Rating]], weights: Sequence[float], hypotheses: int
) -> tuple[str, ...] | None:
    if any(len(row) != hypotheses for row in rows):
        return None
    return least_refuted(inconsistency(rows, weights))


def _decides(row: MatrixRow, winners: tuple[str, ...]) -> bool:
    return {row.least_refuted_if_removed, row.least_refuted_if_flipped} != {winners}


def _points(rows: Sequence[Sequence[Rating]]) -> Counts:
    return np.array([[POINTS[rating] for rating in row] for row in rows], dtype=np.int64)


def _thousandths(rows: Sequence[Sequence[Rating]], weights: Sequence[float] | None) -> Counts:
    if weights is None:
        return np.full(len(rows), THOUSANDTHS, dtype=np.int64)
    given = np.array(weights, dtype=np.float64)
    if not np.all((given >= 0) & (given <= MOST_WEIGHT)):
        raise ValueError(f"weights {list(weights)}: each has to lie in [0, {MOST_WEIGHT}]")
    return np.rint(given * THOUSANDTHS).astype(np.int64)


def _scores(totals: Counts) -> tuple[float, ...]:
    return tuple((totals / THOUSANDTHS).tolist())
