"""Sources that tell of one event, and the examples, for tests of what is read across sources."""

import asyncio
from pathlib import Path

from agent.analysis.comparison import find_agreements, find_conflicts
from agent.analysis.disputes import find_disputes
from agent.analysis.readings import readings_in
from agent.analysis.speakers import speakers_of
from agent.sources.load import load_sources
from schemas.sources import Sources
from schemas.sourcing import Agreement, Conflict
from tests.builders import make_source

EXAMPLES = Path(__file__).parents[2] / "examples"

POLICE = (
    "A ferry sank off Tarrasa on Sunday. Police in Tarrasa said 41 people were killed when the "
    "ferry Amaro Star went down. Police said the Amaro Star had left Tarrasa at noon."
)
HOSPITAL = (
    "The ferry Amaro Star sank near Tarrasa. The Tarrasa hospital said it had counted 41 dead from "
    "the Amaro Star. Relatives of those on the Amaro Star waited in Tarrasa."
)
HARBOUR = (
    "Divers searched the Amaro Star off Tarrasa. Lena Moran, harbour master of Tarrasa, said 58 "
    "people had died on the Amaro Star. Moran said Tarrasa had not seen such a night."
)


def told(*texts: str) -> Sources:
    """Return the texts as sources of different publishers."""
    names = ("Coast Courier", "Island Herald", "Northern Mirror", "Delta Gazette", "Bay Chronicle")
    return Sources(
        items=tuple(
            make_source(text, number=n, publisher=name, title="The ferry")
            for n, (text, name) in enumerate(zip(texts, names, strict=False), start=1)
        )
    )


def examples(*names: str) -> Sources:
    """Return examples as one set of sources."""
    return asyncio.run(load_sources([str(EXAMPLES / name) for name in names]))


def conflicts(sources: Sources) -> tuple[Conflict, ...]:
    """Return every row of the conflict table."""
    voices = speakers_of(sources)
    found = find_conflicts(readings_in(sources, voices), sources)
    return (*found, *find_disputes(sources, voices))


def agreements(sources: Sources) -> tuple[Agreement, ...]:
    """Return every row of the agreement table, each source counting for itself."""
    readings = readings_in(sources, speakers_of(sources))
    return find_agreements(readings, sources, {s.number: s.number for s in sources.items})
