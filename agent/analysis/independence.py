"""Count sources honestly: copies of one story, and one publisher's stories, count once."""

import re
from collections.abc import Sequence

from schemas.sources import Source

SHINGLE = 5  # words
# Share of the shorter text's shingles that the longer one has too. Measured: two statements on one
# event 0.01, two advisories of one agency with its standing paragraphs 0.25; a wire copy is near 1.
COPY = 0.5

_WORD = re.compile(r"\w+")
# The credit in a dateline: "ORUND, March 12 (Meridian Wire) - Teshkar and Varduna …"
_CREDIT = re.compile(r"^[^()\n]{3,60}\(([^()\n]{2,40})\) ?[-–—]")


def independent_groups(sources: Sequence[Source]) -> tuple[tuple[Source, ...], ...]:
    """Return the sources in groups that count once each, in order of their first member.

    Two sources belong together when they have the same publisher, when one credits the other or
    both the same wire in the dateline, or when one is a copy of the other by containment of word
    shingles (Broder 1997, On the resemblance and containment of documents).
    """
    groups: list[list[Source]] = []
    shingles = {source.number: _shingles(source.text) for source in sources}
    for source in sources:
        kin = [g for g in groups if any(_dependent(source, other, shingles) for other in g)]
        merged = [member for group in kin for member in group]
        groups = [group for group in groups if group not in kin]
        groups.append([*merged, source])
    ordered = sorted(groups, key=lambda group: group[0].number)
    return tuple(tuple(group) for group in ordered)


def containment(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share, in [0, 1], of the smaller set that the larger one has too."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def _dependent(one: Source, other: Source, shingles: dict[int, frozenset[str]]) -> bool:
    if _credits(one) & _credits(other):
        return True
    return containment(shingles[one.number], shingles[other.number]) >= COPY


def _shingles(text: str) -> frozenset[str]:
    words = _WORD.findall(text.casefold())
    count = max(1, len(words) - SHINGLE + 1)
    return frozenset(" ".join(words[at : at + SHINGLE]) for at in range(count))


def _credits(source: Source) -> set[str]:
    """Return who made the story: its publisher, and the wire that its dateline names."""
    wire = _CREDIT.match(source.text)
    return {name.casefold() for name in (source.publisher, wire and wire[1]) if name}
