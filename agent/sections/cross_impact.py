"""Let the implications and what drives them act on one another, and see what becomes of them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.analysis.cross_impact import reworded, simulate
from agent.analysis.estimative import middle, phrase
from agent.desk import Desk
from agent.errors import RefusalError, SchemaError
from agent.material import fold
from agent.sections.catalogue import DRIVERS
from agent.sections.draft import Draft, draft_section, undrafted
from schemas.claims import Claim, Likelihood
from schemas.cross_impact import CrossImpact
from schemas.sections import Impact, Impacts
from schemas.sources import Sources

FEWEST_EVENTS = 3
MOST_EVENTS = 6  # the names E1 to E6 of the shape


@dataclass(frozen=True)
class Simulated:
    """A simulation, and the terms before and after of the implications that left their band."""

    result: CrossImpact
    terms: Mapping[str, tuple[Likelihood, Likelihood]]


async def simulate_events(
    implications: Sequence[Claim], desk: Desk
) -> tuple[Draft, Simulated | None]:
    """Return the events that were added to the implications, and the simulation of them all.

    The implications that stand are the events, each with the band that it was given; one call adds
    up to three that drive them, and once these are checked, another says which acts on which. The
    middle of a band counts as its probability.

    Args:
        implications: Those that stand, each with a likelihood.
        desk: What to ask with.

    Returns:
        No simulation when fewer than three events stand, or none acts on another.

    Raises:
        EndpointError: An endpoint failed for good.
    """
    if not implications:
        return undrafted(DRIVERS), None
    draft = await draft_section(DRIVERS, desk, events=_listed(implications))
    drivers = draft.settled.kept()
    events = [*implications[: MOST_EVENTS - len(drivers)], *drivers]
    if len(events) < FEWEST_EVENTS:
        return draft, None
    impacts = await _ask_impacts(events, desk)
    matrix = lay_out(impacts, [term_of(event) for event in events])
    if not any(cell is not None for row in matrix for cell in row):
        return draft, None
    terms = {event.id: term_of(event) for event in events}
    result = simulate(
        list(terms), [middle(term) for term in terms.values()], matrix, seed=seed_of(desk.sources)
    )
    # An event that was added is asked about by itself alone, so it keeps its term.
    own = {claim.id for claim in implications}
    moved = {id: both for id, both in reworded(result, terms).items() if id in own}
    return draft, Simulated(result, moved)


def lay_out(impacts: Sequence[Impact], terms: Sequence[Likelihood]) -> list[list[float | None]]:
    """Return the matrix of conditional probabilities; None where nothing acts.

    Pairs of an event with itself or with one that does not exist are left out, as are those that
    leave the second event's band as it is. Of two answers on one pair the first counts.

    Args:
        impacts: The model's answers, which name the events E1, E2 and so on.
        terms: Each event's own term, in that order.
    """
    names = [f"E{number}" for number in range(1, len(terms) + 1)]
    matrix: list[list[float | None]] = [[None] * len(terms) for _ in terms]
    for impact in reversed(impacts):
        if impact.given == impact.event or not {impact.given, impact.event} <= set(names):
            continue
        row, column = names.index(impact.given), names.index(impact.event)
        same = impact.likelihood == terms[column]
        matrix[row][column] = None if same else middle(impact.likelihood)
    return matrix


def seed_of(sources: Sources) -> int:
    """Return the seed of the random numbers, the same for the same texts in the same order."""
    hashes = "".join(source.sha256 for source in sources.items)
    return int(hashlib.sha256(hashes.encode()).hexdigest()[:8], 16)


def term_of(event: Claim) -> Likelihood:
    """Return the event's likelihood.

    Raises:
        ValueError: It has none.
    """
    if event.likelihood is None:
        raise ValueError(f"{event.id} has no likelihood, so it is no event")
    return event.likelihood


async def _ask_impacts(events: Sequence[Claim], desk: Desk) -> Sequence[Impact]:
    desk.progress.stage("cross_impact", "started")
    request = desk.prompts.fill("cross_impact", events=_listed(events))
    try:
        answer = await desk.model.ask(Impacts, request)
    except (SchemaError, RefusalError) as error:
        desk.progress.note(str(error))
        desk.progress.stage("cross_impact", "finished", "no usable answer")
        return ()
    desk.progress.stage("cross_impact", "finished", f"{len(answer.impacts)} influences")
    return answer.impacts


def _listed(events: Sequence[Claim]) -> str:
    return "\n".join(
        f"E{number}. {fold(event.text)} ({phrase(term_of(event))})"
        for number, event in enumerate(events, start=1)
    )
