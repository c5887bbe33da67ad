"""Lay side by side what different speakers and sources count: where they agree, where they differ.

A figure is never averaged and none is preferred: both sides stand with their sentences. The rules
look for what plainly counts the same thing; a difference that they do not see is not an agreement.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from agent.analysis.readings import Reading, is_bare
from agent.analysis.speakers import OUTLET, same_party
from agent.verify.figures import agrees
from agent.verify.proper import names_in
from agent.verify.words import fold, plain, stem
from schemas.sources import Source, Sources
from schemas.sourcing import Agreement, Conflict, Side

# Two stories tell of one event when the one has this share of the names that the other has twice
# and more. Ours; measured: of 120 pairs of stories of different events all share at most one name,
# and 0.11; the two halves of each example share two to seven names, and 0.4 to 0.78.
SAME_EVENT = 0.25
FEWEST_NAMES = 2
# Sentences this far apart in one source still speak of one "figure".
NEARBY = 4

Pair = tuple[Reading, Reading]


def find_conflicts(readings: Sequence[Reading], sources: Sources) -> tuple[Conflict, ...]:
    """Return where speakers or sources give different figures or times for the same thing.

    A rounded figure does not differ from the exact one, and a speaker who gives two figures in one
    source does not differ from another: only the two together are shown.
    """
    kin = _kin(sources)
    pairs = [pair for pair in combinations(readings, 2) if _comparable(*pair, kin)]
    apart = [pair for pair in pairs if not _agree(*pair) and _two_voices(*pair)]
    together = [pair for pair in pairs if _agree(*pair)]
    return tuple(_conflict(cluster) for cluster in _merged(_clusters(apart, together)))


def find_agreements(
    readings: Sequence[Reading], sources: Sources, groups: Mapping[int, int]
) -> tuple[Agreement, ...]:
    """Return what two unrelated speakers count alike.

    Args:
        readings: What was read.
        sources: Where.
        groups: Which sources count once: for each source number, the number of its group.
    """
    kin = _kin(sources)
    pairs = [
        pair
        for pair in combinations(readings, 2)
        if _comparable(*pair, kin) and _agree(*pair) and _unrelated(*pair)
    ]
    return tuple(_agreement(cluster, groups) for cluster in _clusters(pairs, ()))


def _comparable(one: Reading, other: Reading, kin: Callable[[Reading, Reading], bool]) -> bool:
    """Tell whether two readings are plainly of the same thing."""
    if one.topic != other.topic or (one.moment is None) != (other.moment is None):
        return False
    if one.sentence is other.sentence and one.speaker == other.speaker:
        return False
    apart = one.years and other.years and not one.years & other.years
    if apart or one.past != other.past:
        return False
    if not kin(one, other):
        return False
    return one.moment is not None or _counts_same(one, other)


def _counts_same(one: Reading, other: Reading) -> bool:
    if one.figure is None or other.figure is None or one.figure.kind != other.figure.kind:
        return False
    if one.topic:
        # Soldiers are not civilians, and the guards of one country are not those of the other.
        return one.rare - one.names == other.rare - other.names and (
            one.names == other.names or bool(one.names & other.names)
        )
    shared = one.context & other.context
    if one.figure.kind == "percent":
        return False
    if _same_unit(one, other):
        return len(shared) >= (1 if one.rare & other.rare else 3)
    near = abs(_place(one) - _place(other)) <= NEARBY
    return near and is_bare(one) and is_bare(other) and len(shared) >= 1


def _same_unit(one: Reading, other: Reading) -> bool:
    """Tell spillway gates and gates from days of rain and millimetres of rain."""
    return one.unit[:1] != () and (one.unit[0] in other.unit or other.unit[:1] == one.unit[-1:])


def _agree(one: Reading, other: Reading) -> bool:
    if one.moment and other.moment:
        return one.moment.minute == other.moment.minute
    if one.figure is None or other.figure is None:
        return False
    return agrees(one.figure, other.figure) or agrees(other.figure, one.figure)


def _two_voices(one: Reading, other: Reading) -> bool:
    """Tell whether two readings are of two sources, or of two speakers in one.

    What an outlet says of its own is mostly background to what its speakers say; only on the hour
    of an event does it stand against them.
    """
    if _number(one) != _number(other):
        return True
    background = one.moment is None and OUTLET in (one.speaker.name, other.speaker.name)
    return one.speaker != other.speaker and not background


def _unrelated(one: Reading, other: Reading) -> bool:
    if _number(one) == _number(other) and OUTLET in (one.speaker.name, other.speaker.name):
        return False  # an outlet that repeats a figure does not vouch for it
    return not same_party(one.speaker, other.speaker)


def _kin(sources: Sources) -> Callable[[Reading, Reading], bool]:
    """Return a test of whether two readings can be of one event: same source, or like names."""
    names = {source.number: frequent_names(source) for source in sources.items}
    alike = {
        (one.number, other.number)
        for one in sources.items
        for other in sources.items
        if one is other or share_names(names[one.number], names[other.number])
    }
    return lambda one, other: (_number(one), _number(other)) in alike


def share_names(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two stories with these frequent names may tell of one event."""
    shared = len(one & other)
    return shared >= FEWEST_NAMES and shared / min(len(one), len(other)) >= SAME_EVENT


def frequent_names(source: Source) -> frozenset[str]:
    """Return the words of names that a source has twice and more, but its publisher's."""
    return _frequent_names(source.text, source.publisher or "")


@lru_cache(maxsize=1024)
def _frequent_names(text: str, publisher: str) -> frozenset[str]:
    found = Counter(fold(w) for name in names_in(text) for w in name.words)
    own = {fold(word) for word in publisher.split()}
    return frozenset(word for word, count in found.items() if count > 1) - own


def _clusters(pairs: Sequence[Pair], together: Sequence[Pair]) -> list[list[Reading]]:
    """Return the readings of the pairs in groups, in reading order.

    Pairs that share a reading, or of which two readings agree, are one group.
    """
    inside = {reading for pair in pairs for reading in pair}
    near = [pair for pair in together if inside & set(pair)]
    leaders: dict[Reading, Reading] = {}
    for one, other in (*pairs, *near):
        leaders[_leader(one, leaders)] = _leader(other, leaders)
    groups: dict[Reading, list[Reading]] = {}
    for reading in sorted(leaders, key=_order):
        groups.setdefault(_leader(reading, leaders), []).append(reading)
    return sorted(groups.values(), key=lambda group: _order(group[0]))


def _leader(reading: Reading, leaders: dict[Reading, Reading]) -> Reading:
    """Return the reading that stands for a group, and shorten the way to it."""
    way = []
    while leaders.setdefault(reading, reading) is not reading:
        way.append(reading)
        reading = leaders[reading]
    leaders.update(dict.fromkeys(way, reading))
    return reading


def _merged(clusters: Sequence[list[Reading]]) -> list[list[Reading]]:
    """Return the clusters with those made one that oppose the same figures."""
    found: dict[tuple[str, frozenset[float]], list[Reading]] = {}
    for cluster in clusters:
        values = frozenset(_value(reading) for reading in cluster)
        found.setdefault((cluster[0].topic or _what(cluster), values), []).extend(cluster)
    return list(found.values())


def _value(reading: Reading) -> float:
    if reading.figure:
        return reading.figure.low
    return float(reading.moment.minute or 0) if reading.moment else 0.0


def _conflict(cluster: Sequence[Reading]) -> Conflict:
    sides: list[list[Reading]] = []
    for reading in cluster:
        # With each of them: 1,401 and 1,402 both agree with "some 1,400", but not with each other.
        side = next((s for s in sides if all(_agree(one, reading) for one in s)), None)
        if side is None:
            sides.append([reading])
        else:
            side.append(reading)
    return Conflict(
        about="time" if cluster[0].moment else "figure",
        what=_what(cluster),
        sides=tuple(_side(side) for side in sides),
    )


def _agreement(cluster: Sequence[Reading], groups: Mapping[int, int]) -> Agreement:
    side = _side(cluster)
    return Agreement(
        about="time" if cluster[0].moment else "figure",
        what=_what(cluster),
        says=side.says,
        speakers=side.speakers,
        evidence=side.evidence,
        independent=len({groups[_number(reading)] for reading in cluster}),
    )


def _side(readings: Sequence[Reading]) -> Side:
    names = list(dict.fromkeys(r.speaker.name for r in readings))
    others = [name for name in names if name != OUTLET]
    return Side(
        says=max((r.text for r in readings), key=len),
        speakers=tuple(others or names),
        evidence=tuple(dict.fromkeys(r.sentence.id for r in readings)),
    )


def _what(cluster: Sequence[Reading]) -> str:
    """Return in a word or two what is counted or dated."""
    if cluster[0].topic:
        named = " ".join(sorted(n.capitalize() for n in cluster[0].names))
        return f"{named} {cluster[0].topic}".strip()
    units = [set(reading.unit) for reading in cluster]
    shared = set.intersection(*units)
    words = re.findall(r"[^\W\d_][\w'-]*", plain(cluster[0].sentence.text))
    return next((w.lower() for w in words if stem(fold(w)) in shared), "number")


def _number(reading: Reading) -> int:
    return int(reading.sentence.id.partition(".")[0])


def _place(reading: Reading) -> int:
    number, _, place = reading.sentence.id.partition(".")
    return 1_000_000 * int(number) + int(place)


def _order(reading: Reading) -> tuple[int, int]:
    start = reading.figure.start if reading.figure else 0
    return _place(reading), start
