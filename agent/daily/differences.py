"""Lay side by side what briefs say differently of one matter: figures, times, likelihoods, denials.

Figures and times are compared by the rules that compare speakers within a brief, on the words of
the claims; each claim counts as said by its first source.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, combinations

from agent.analysis.comparison import find_conflicts
from agent.analysis.estimative import phrase
from agent.analysis.readings import Reading, readings_in
from agent.analysis.speakers import OUTLET, Speaker
from agent.daily.events import Events
from agent.daily.merging import Group, content_words
from agent.daily.setting import line_of
from agent.daily.statements import Statement
from agent.daily.stories import Stories
from agent.verify.words import NEGATORS
from schemas.daily import Difference, Party
from schemas.sources import Sentence, Source, Sources
from schemas.sourcing import Conflict

# Every two figures on one matter are compared, so a hostile table of them would take hours.
MOST_READINGS = 300
FEWEST_WORDS = 4  # that two statements share before one can be the denial of the other

# Between sources it does not matter who speaks: each side is printed with all its words.
_ANYBODY = Speaker(name=OUTLET, kind="the outlet", words=frozenset())


def find_differences(
    groups: Sequence[Group], stories: Stories, events: Events
) -> tuple[tuple[Difference, ...], int]:
    """Return what different briefs say differently, and how many figures were not compared.

    What many briefs take part in comes first.

    Args:
        groups: All checked statements, those together that say the same.
        stories: Of every source that they cite.
        events: Which sources speak of one.
    """
    reported = [group for group in groups if group[0].claim.basis == "reported"]
    measured, left = _figures(reported, stories, events)
    denied = _denials(reported, stories, events)
    found = (*measured, *denied, *_likelihoods(groups, stories))
    return tuple(sorted(found, key=_fewness)), left


def _figures(
    groups: Sequence[Group], stories: Stories, events: Events
) -> tuple[list[Difference], int]:
    sources, said = _as_sources(groups)
    if not sources:
        return [], 0
    everything = Sources(items=sources)
    voices = dict.fromkeys(everything.sentences, ((0, _ANYBODY),))
    conflicts: dict[frozenset[str], Conflict] = {}
    left = 0
    for matter in _matters(readings_in(everything, voices), sources, events):
        left += max(0, len(matter) - MOST_READINGS)
        compared = matter[:MOST_READINGS]
        numbers = {_number(reading) for reading in compared}
        some = Sources(items=tuple(s for s in sources if s.number in numbers))
        for conflict in find_conflicts(compared, some):
            conflicts.setdefault(_ids(conflict), conflict)
    # A figure of "Korean soldiers" is compared as one of each word; the fullest result counts.
    whole = [c for ids, c in conflicts.items() if not any(ids < other for other in conflicts)]
    return [
        _difference(conflict, said, stories)
        for conflict in whole
        if _across(said[id] for id in _ids(conflict))
    ], left


def _as_sources(groups: Sequence[Group]) -> tuple[tuple[Source, ...], dict[str, Group]]:
    """Return each source that a group cites first, its sentences the groups' words, by id."""
    cited: dict[str, tuple[Source, list[Group]]] = {}
    for group in groups:
        for source in group[0].sources[:1]:
            cited.setdefault(source.sha256, (source, []))[1].append(group)
    sources, said = [], {}
    for number, (source, told) in enumerate(cited.values(), start=1):
        sentences = []
        for place, group in enumerate(told, start=1):
            text = group[0].claim.text
            sentences.append(Sentence(id=f"{number}.{place}", start=0, end=len(text), text=text))
            said[sentences[-1].id] = group
        update = {"number": number, "sentences": tuple(sentences)}
        sources.append(source.model_copy(update=update))
    return tuple(sources), said


def _matters(
    readings: Sequence[Reading], sources: Sequence[Source], events: Events
) -> Iterator[list[Reading]]:
    """Yield readings that may be of one matter: one event, and one topic or word of the unit."""
    apart = list(_in_doubt(readings, lambda _: 0))
    numbers = {_number(reading) for matter in apart for reading in matter}
    # The names of a long text take time to read, and most texts differ from no other.
    event = _event_of([source for source in sources if source.number in numbers], events)
    yield from _in_doubt([r for r in readings if _number(r) in numbers], event.__getitem__)


def _in_doubt(readings: Sequence[Reading], event: Callable[[int], int]) -> Iterator[list[Reading]]:
    """Yield readings that could be compared and of which two sources give two values."""
    matters: dict[tuple[object, ...], list[Reading]] = defaultdict(list)
    for reading in readings:
        for what in [reading.topic] if reading.topic else dict.fromkeys(reading.unit):
            timed = reading.moment is not None
            matters[event(_number(reading)), timed, reading.topic, what].append(reading)
    for matter in matters.values():
        if len({_number(r) for r in matter}) > 1 and len({_value(r) for r in matter}) > 1:
            yield matter


def _event_of(sources: Sequence[Source], events: Events) -> dict[int, int]:
    """Return for each source, by number, the event that it tells of, named after one of them.

    Figures of two events are never set against one another, however alike they are.
    """
    event = {source.number: source.number for source in sources}
    for one, other in combinations(sources, 2):
        kept, gone = event[one.number], event[other.number]
        if kept != gone and events.same(one, other):
            event = {number: kept if at == gone else at for number, at in event.items()}
    return event


def _difference(conflict: Conflict, said: dict[str, Group], stories: Stories) -> Difference:
    return Difference(
        about=conflict.about,
        what=conflict.what,
        sides=tuple(
            Party(says=side.says, lines=tuple(line_of(said[id], stories) for id in side.evidence))
            for side in conflict.sides
        ),
    )


def _denials(groups: Sequence[Group], stories: Stories, events: Events) -> Iterator[Difference]:
    """Yield statements that are the same to the word but that one of them denies it."""
    plain: dict[frozenset[str], Group] = {}
    denied = []
    for group in groups:
        words = content_words(group[0])
        turns = words & NEGATORS
        if len(words - turns) >= FEWEST_WORDS and len(turns) < 2:
            if turns:
                denied.append((words - turns, group))
            else:
                plain.setdefault(words, group)
    for words, group in denied:
        if words in plain and _across((plain[words], group)) and _meet(plain[words], group, events):
            sides = (("so", plain[words]), ("not so", group))
            yield Difference(
                about="account",
                what="whether it is so",
                sides=tuple(
                    Party(says=says, lines=(line_of(side, stories),)) for says, side in sides
                ),
            )


def _likelihoods(groups: Sequence[Group], stories: Stories) -> Iterator[Difference]:
    """Yield judgements that briefs share but hold for more or less likely."""
    for group in groups:
        terms = dict.fromkeys(s.claim.likelihood for s in group if s.claim.likelihood)
        sides = {term: [s for s in group if s.claim.likelihood == term] for term in terms}
        if len(sides) > 1 and _across(sides.values()):
            yield Difference(
                about="likelihood",
                what="how likely it is",
                sides=tuple(
                    Party(says=phrase(term), lines=(line_of(side, stories),))
                    for term, side in sides.items()
                ),
            )


def _meet(one: Group, other: Group, events: Events) -> bool:
    return any(events.same(a, b) for a in one[0].sources for b in other[0].sources)


def _across(sides: Iterable[Sequence[Statement]]) -> bool:
    """Whether more than one brief takes part."""
    return len({statement.brief.run.id for statement in chain.from_iterable(sides)}) > 1


def _fewness(difference: Difference) -> int:
    """Return what puts first a difference that many briefs take part in."""
    said = (line for side in difference.sides for line in side.lines)
    return -len({cite.brief for line in said for cite in line.cites})


def _ids(conflict: Conflict) -> frozenset[str]:
    return frozenset(id for side in conflict.sides for id in side.evidence)


def _number(reading: Reading) -> int:
    return int(reading.sentence.id.partition(".")[0])


def _value(reading: Reading) -> float | None:
    if reading.figure:
        return reading.figure.low
    return reading.moment.minute if reading.moment else None
