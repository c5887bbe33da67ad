"""Work the hypothesis matrix of a brief again from its ratings."""

from collections.abc import Iterator, Sequence

from agent.analysis.ach import LETTERS, work_matrix
from agent.analysis.admiralty import WEIGHTS
from agent.assemble import assessment
from agent.clean import one_line
from schemas.brief import Ach, Brief
from schemas.recheck import Check, Fault
from schemas.sourcing import Sourcing

MATRIX = "hypothesis matrix"
NEAR = 1e-9  # another machine may round the last digit of a root otherwise


def check_matrix(brief: Brief) -> Check | None:
    """Return whether the hypothesis matrix follows from its ratings; None without a matrix.

    Points, spread, least refuted, linchpins and what each row would change are worked out from
    ratings and weights, the weights from the credibility of the key facts, and the line under the
    hypotheses is the one that the figures give.
    """
    technique = next((t for t in brief.techniques if t.ach), None)
    if technique is None or technique.ach is None:
        return None
    ach = technique.ach
    lines = [technique.result]
    lines += [part.note or "" for part in brief.hypotheses.parts if part.title == "Assessment"]
    return Check(
        name=MATRIX,
        subject="conclusions",
        asked="points, spread, least refuted and linchpins follow from ratings and weights",
        count=len(ach.rows),
        unit="rows",
        faults=(
            *_matrix_faults(ach),
            *_weight_faults(ach, brief.sourcing),
            *(_line_faults(lines, ach) if len(ach.scores) == len(ach.hypotheses) else ()),
        ),
    )


def _matrix_faults(ach: Ach) -> Iterator[Fault]:
    # By place: two rows may cite one sentence, and a review may have taken a letter out.
    rows = [(str(place), row) for place, row in enumerate(ach.rows)]
    try:
        worked = work_matrix(
            [(place, row.signal) for place, row in rows],
            {place: row.ratings for place, row in rows},
            {},
            hypotheses=len(ach.hypotheses),
            signal_count=ach.signal_count,
            credibility={place: row.weight for place, row in rows},
        )
    except ValueError as error:
        yield Fault(where=MATRIX, problem=one_line(str(error)))
        return
    if worked is None or len(worked.rows) != len(rows) or len(ach.hypotheses) > len(LETTERS):
        problem = "it needs three rows or more, each with one rating for each hypothesis"
        yield Fault(where=MATRIX, problem=problem)
        return
    yield from _row_faults(ach, worked)
    yield from _total_faults(ach, worked)


def _row_faults(ach: Ach, worked: Ach) -> Iterator[Fault]:
    for row, again in zip(ach.rows, worked.rows, strict=True):
        same = (
            abs(row.diagnosticity - again.diagnosticity) <= NEAR
            and row.least_refuted_if_removed == _named(ach, again.least_refuted_if_removed)
            and row.least_refuted_if_flipped == _named(ach, again.least_refuted_if_flipped)
        )
        if not same:
            problem = "its spread, or what it alone would change, does not follow from the ratings"
            yield Fault(where=_row(row.evidence), problem=problem)


def _total_faults(ach: Ach, worked: Ach) -> Iterator[Fault]:
    if len(ach.scores) != len(worked.scores):
        problem = f"{len(ach.scores)} scores for {len(worked.scores)} hypotheses"
        yield Fault(where=MATRIX, problem=problem)
    for letter, stored, found in zip(ach.hypotheses, ach.scores, worked.scores, strict=False):
        if abs(stored - found) > NEAR:
            problem = f"{letter} has {stored:g} points on record, and its ratings give {found:g}"
            yield Fault(where=MATRIX, problem=problem)
    winners, reversed_ = _named(ach, worked.least_refuted), ach.least_refuted_reversed
    linchpins = tuple(id for place in worked.linchpins for id in ach.rows[int(place)].evidence)
    if ach.least_refuted != winners:
        problem = f"least refuted is {_listed(ach.least_refuted)} on record, {_listed(winners)} now"
        yield Fault(where=MATRIX, problem=problem)
    if ach.linchpins != linchpins:
        problem = f"linchpins are {_listed(ach.linchpins)} on record, {_listed(linchpins)} now"
        yield Fault(where=MATRIX, problem=problem)
    if ach.stable != (None if reversed_ is None else reversed_ == winners):
        problem = "whether the opposite order gave the same is not what is on record of it"
        yield Fault(where=MATRIX, problem=problem)


def _named(ach: Ach, letters: Sequence[str]) -> tuple[str, ...]:
    """Return the hypotheses that stand in the columns of these letters."""
    return tuple(ach.hypotheses[LETTERS.index(letter)] for letter in letters)


def _weight_faults(ach: Ach, sourcing: Sourcing) -> Iterator[Fault]:
    weights = {fact.evidence: WEIGHTS[fact.credibility] for fact in sourcing.facts}
    for row in ach.rows:
        found = weights.get(row.evidence[0], 1.0) if row.evidence else 1.0
        if abs(row.weight - found) > NEAR:
            problem = f"has the weight {row.weight:g}, and its credibility gives {found:g}"
            yield Fault(where=_row(row.evidence), problem=problem)


def _line_faults(lines: Sequence[str], ach: Ach) -> Iterator[Fault]:
    wanted = assessment(ach)
    for line in lines:
        # A review may add that a hypothesis was edited since.
        if line != wanted and not line.startswith(f"{wanted} Caution: edited in review"):
            problem = f'"{one_line(line, 80)}" is not what the figures say'
            yield Fault(where=MATRIX, problem=problem)


def _row(evidence: Sequence[str]) -> str:
    return one_line(f"{MATRIX}, row {_listed(evidence)}")


def _listed(words: Sequence[str]) -> str:
    return one_line(", ".join(words)) or "none"
