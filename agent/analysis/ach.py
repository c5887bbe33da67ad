"""Analysis of competing hypotheses: from ratings to the hypothesis that is least refuted.

Heuer (1999), Psychology of Intelligence Analysis, ch. 8; points as in Open Source ACH.
"""

from collections.abc import Mapping, Sequence
from statistics import pstdev

from schemas.brief import Ach, MatrixRow, Rating

# Open Source ACH (Burton): only inconsistency counts, since evidence that fits a hypothesis
# usually fits others too.
POINTS: Mapping[Rating, float] = {"II": 2.0, "I": 1.0, "N": 0.0, "NA": 0.0, "C": 0.0, "CC": 0.0}
LETTERS = "ABCDE"


def work_matrix(
    signals: Sequence[tuple[str, str]],
    ratings: Mapping[str, Sequence[Rating]],
    reversed_ratings: Mapping[str, Sequence[Rating]],
    *,
    hypotheses: int,
    signal_count: int,
) -> Ach | None:
    """Return the worked matrix, or None when fewer than three signals were rated in full.

    Args:
        signals: Sentence id and text of each signal, in order.
        ratings: For each sentence id, one rating for each hypothesis in order.
        reversed_ratings: The same, asked with the hypotheses in the opposite order but already
            turned back; the ranking is called stable when both give the same winner.
        hypotheses: How many hypotheses there are, at most five.
        signal_count: How many signals there are in all, rated or not.
    """
    rated = [(id, text) for id, text in signals if len(ratings.get(id, ())) == hypotheses]
    if len(rated) < 3:
        return None
    rows = tuple(
        MatrixRow(
            evidence=(id,),
            signal=text,
            ratings=tuple(ratings[id]),
            diagnosticity=diagnosticity(ratings[id]),
        )
        for id, text in rated
    )
    scores = inconsistency([row.ratings for row in rows])
    winners = least_refuted(scores)
    return Ach(
        hypotheses=tuple(LETTERS[:hypotheses]),
        rows=rows,
        signal_count=signal_count,
        scores=scores,
        least_refuted=winners,
        stable=_holds(winners, [reversed_ratings.get(id, ()) for id, _ in rated], hypotheses),
    )


def _holds(
    winners: tuple[str, ...], again: Sequence[Sequence[Rating]], hypotheses: int
) -> bool | None:
    if any(len(row) != hypotheses for row in again):
        return None
    return least_refuted(inconsistency(again)) == winners


def inconsistency(rows: Sequence[Sequence[Rating]]) -> tuple[float, ...]:
    """Return each hypothesis's inconsistency points: II 2, I 1, all else 0, summed over rows."""
    return tuple(sum(POINTS[rating] for rating in column) for column in zip(*rows, strict=True))


def diagnosticity(ratings: Sequence[Rating]) -> float:
    """Return the population standard deviation of a signal's points across the hypotheses.

    0 means that it fits all of them alike and cannot tell them apart (as in Open Synthesis).
    """
    return pstdev(POINTS[rating] for rating in ratings)


def least_refuted(scores: Sequence[float]) -> tuple[str, ...]:
    """Return the letters of the hypotheses with the lowest score; several mean a tie."""
    return tuple(
        letter for letter, score in zip(LETTERS, scores, strict=False) if score == min(scores)
    )
