"""Run the cross-impact simulation of a brief again from its matrix and its seed."""

from collections.abc import Iterator

from agent.analysis.cross_impact import RUNS, coherent_bounds, reworded, simulate
from agent.analysis.estimative import BANDS, middle
from agent.clean import one_line
from agent.sections.cross_impact import seed_of
from schemas.brief import Brief
from schemas.claims import CheckedClaim, Likelihood
from schemas.cross_impact import CrossImpact
from schemas.recheck import Check, Fault
from schemas.sources import Sources

SIMULATION = "cross-impact simulation"
NEAR = 1e-9


def check_simulation(brief: Brief) -> Check | None:
    """Return whether the simulation comes out again; None where none was run.

    The seed follows from the hashes of the sources. The likelihood of each event in the brief is
    the one that the simulation began with, or the one that it led to.

    Raises:
        ValueError: The brief has no source.
    """
    technique = next((t for t in brief.techniques if t.cross_impact), None)
    if technique is None or technique.cross_impact is None:
        return None
    result = technique.cross_impact
    seed = seed_of(Sources(items=brief.sources))
    claims = {claim.id: claim for claim in brief.ledger}
    faults = [*_run_faults(result, seed)] or [*_term_faults(result, claims)]
    return Check(
        name=SIMULATION,
        subject="conclusions",
        asked="run again from its matrix and the seed of its sources, it gives the same",
        count=len(result.outcomes),
        unit="events",
        faults=tuple(faults),
    )


def _run_faults(result: CrossImpact, seed: int) -> Iterator[Fault]:
    if result.seed != seed:
        problem = f"it has the seed {result.seed}, and its sources give {seed}"
        yield Fault(where=SIMULATION, problem=problem)
    if result.runs != RUNS:
        # Not run: a figure with ten more digits would fill the memory.
        problem = f"it names {result.runs:,} runs, and a simulation has {RUNS:,}"
        yield Fault(where=SIMULATION, problem=problem)
        return
    try:
        again = simulate(
            [outcome.event for outcome in result.outcomes],
            [outcome.before for outcome in result.outcomes],
            result.matrix,
            seed=result.seed,
            runs=result.runs,
            nonoccurrence=result.nonoccurrence,
        )
    except ValueError as error:
        yield Fault(where=SIMULATION, problem=one_line(str(error)))
        return
    yield from _differences(result, again)


def _differences(result: CrossImpact, again: CrossImpact) -> Iterator[Fault]:
    for stored, found in zip(result.outcomes, again.outcomes, strict=True):
        pairs = (
            (stored.after, found.after),
            (stored.change, found.change),
            (stored.standard_error, found.standard_error),
        )
        if any(abs(one - other) > NEAR for one, other in pairs):
            problem = (
                f"ends at {stored.after:.2%} with the change {stored.change:+.2%} on record, and "
                f"at {found.after:.2%} with {found.change:+.2%} now"
            )
            yield Fault(where=one_line(stored.event), problem=problem)
    # What was moved to its bound is stored as it was used, so nothing has to be moved again.
    if again.matrix != result.matrix:
        yield Fault(where=SIMULATION, problem="a cell of its matrix lies outside its bounds")
    if again.influences != result.influences:
        yield Fault(where=SIMULATION, problem="the most influential events are others")
    yield from _moved_cells(result)


def _moved_cells(result: CrossImpact) -> Iterator[Fault]:
    """Yield the cells that are said to be moved to a bound and are not at it."""
    places = {outcome.event: place for place, outcome in enumerate(result.outcomes)}
    for cell in result.adjustments:
        row, column = places.get(cell.given), places.get(cell.event)
        if row is None or column is None:
            yield Fault(where=SIMULATION, problem="a moved cell names no event of it")
            continue
        bounds = coherent_bounds(result.outcomes[row].before, result.outcomes[column].before)
        at_bound = any(abs(cell.used - bound) <= NEAR for bound in bounds)
        if result.matrix[row][column] != cell.used or not at_bound:
            problem = f"{cell.event} given {cell.given} was moved to {cell.used:g}, not its bound"
            yield Fault(where=SIMULATION, problem=one_line(problem))


def _term_faults(result: CrossImpact, claims: dict[str, CheckedClaim]) -> Iterator[Fault]:
    """Yield the events whose likelihood in the brief the simulation did not leave or give them."""
    terms: dict[str, Likelihood] = {}
    for outcome in result.outcomes:
        term = next((t for t in BANDS if abs(middle(t) - outcome.before) <= NEAR), None)
        if term is None or outcome.event not in claims:
            problem = "begins at a probability that no term has, or is no claim of the brief"
            yield Fault(where=one_line(outcome.event), problem=problem)
            return
        terms[outcome.event] = term
    moved = reworded(result, terms)
    for id, before in terms.items():
        # A driver was asked about by itself alone, so it keeps its term.
        own = claims[id].section == "implications"
        wanted = moved[id][1] if own and id in moved else before
        if claims[id].likelihood != wanted:
            problem = f"is {claims[id].likelihood} on record, and {wanted} by the simulation"
            yield Fault(where=one_line(id), problem=problem)
