"""Fit how the steps' outputs combine: `python -m evals.training.fit DEV.jsonl`.

Only rows that the weights were not trained on are used, and of them those of one sentence that the
exact steps leave open, each with the best passage of its document. Prints the weights for
`agent/verify/fusion.toml`, and what each threshold would do with those that are in place.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.statements import read_lines
from agent.verify.entailment import read_pairs
from agent.verify.grounding import log_odds, recall
from agent.verify.steps import check_by_rule
from agent.verify.windows import gather
from agent.verify.words import plain
from evals.benchmarks.grounding import Row, judge_rows, mean_by_threshold, read_rows, sources_of
from evals.training.seen import was_seen

Matrix = NDArray[np.float64]


def main(file: Path) -> None:
    """Print the fitted weights, and the figures by threshold."""
    rows = [row for row in read_rows(file) if not was_seen(row.doc, row.claim)]
    found = [features for row in rows for features in _features(row)]
    values = np.array([[1.0, odds, share] for odds, share, _ in found])
    labels = np.array([label for _, _, label in found])
    bias, entailed, shared = logistic(values, labels)
    lines = [f"bias = {bias:.3f}", f"entailed = {entailed:.3f}", f"recall = {shared:.3f}", ""]
    judged = judge_rows(rows)
    lines += [f"{'threshold':>9}{'mean':>7}{'kept':>7}{'true':>7}"]
    for threshold, mean in mean_by_threshold(judged):
        kept = [j.row.label == 1 for j in judged if j.score >= threshold]
        true = sum(kept) / len(kept) if kept else float("nan")
        share = len(kept) / len(judged)
        lines.append(f"{threshold:>9.2f}{100 * mean:>7.1f}{share:>7.0%}{true:>7.0%}")
    sys.stdout.write("\n".join(lines) + "\n")


def logistic(values: Matrix, labels: Matrix, *, ridge: float = 1.0) -> tuple[float, ...]:
    """Return the coefficients of a logistic regression, by Newton's method (Cox, 1958).

    Args:
        values: One row for each example; its first column, of ones, is not shrunk.
        labels: 0 or 1 for each.
        ridge: Strength of the penalty on squared coefficients.
    """
    penalty = ridge * np.diag([0.0] + [1.0] * (values.shape[1] - 1))
    weights = np.zeros(values.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-values @ weights))
        slope = values.T @ (labels - p) - penalty @ weights
        bend = (values * (p * (1 - p))[:, None]).T @ values + penalty
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-9:
            break
    return tuple(float(w) for w in weights)


def _features(row: Row) -> Iterator[tuple[float, float, float]]:
    sources = sources_of(row.doc)
    claims = read_lines([row.claim], sources)
    if len(claims) != 1 or check_by_rule(claims[0], sources):
        return
    texts = [plain(s.text) for s in sources.items[0].sentences]
    said = plain(claims[0].text)
    passage = " ".join(texts[n] for n in gather(said, texts))
    (entailed,) = read_pairs([(passage, said)])
    yield log_odds(entailed), recall(said, passage), float(row.label)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
