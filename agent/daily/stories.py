"""Count the sources behind a line honestly: copies of one story count once, in any brief."""

from collections.abc import Mapping, Sequence

from agent.analysis.independence import independent_groups
from agent.daily.merging import Group
from schemas.sources import Source

Stories = Mapping[str, int]


def find_stories(groups: Sequence[Group]) -> Stories:
    """Return for the SHA-256 of each source the number of its story, by `independent_groups`.

    Sources are compared when statements that say the same cite them; one text is one source,
    whatever brief it stands in.
    """
    texts = {
        source.sha256: source
        for group in groups
        for statement in group
        for source in statement.sources
    }
    stories: dict[str, int] = {}
    for together in _cited_together(groups):
        members = [
            texts[sha256].model_copy(update={"number": number})
            for number, sha256 in enumerate(together, start=1)
        ]
        for kin in independent_groups(members) if len(members) > 1 else (members,):
            stories |= dict.fromkeys((member.sha256 for member in kin), len(stories))
    return stories


def count_stories(sources: Sequence[Source], stories: Stories) -> int:
    """Return how many independent sources there are among the given ones."""
    return len({stories[source.sha256] for source in sources})


def _cited_together(groups: Sequence[Group]) -> list[list[str]]:
    """Return the hashes of all sources, those in one list that some chain of groups joins."""
    lists: dict[str, list[str]] = {}
    for group in groups:
        hashes = dict.fromkeys(s.sha256 for statement in group for s in statement.sources)
        joined: list[str] = []
        for known in {id(found): found for h in hashes if (found := lists.get(h))}.values():
            joined += known
        joined += [sha256 for sha256 in hashes if sha256 not in lists]
        lists |= dict.fromkeys(joined, joined)
    return list({id(found): found for found in lists.values()}.values())
