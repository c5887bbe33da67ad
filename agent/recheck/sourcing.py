"""Work out again who agrees, who differs and what counts together, from the texts alone."""

from collections.abc import Iterator, Sequence

from agent.analysis.admiralty import earned_credibility
from agent.analysis.independence import independent_groups
from agent.analysis.source_cards import source_cards, state_media_share
from agent.analysis.tlp import find_tlp, strictest
from agent.sections.grades import Grades
from agent.sourcing import describe_sourcing
from agent.verify.addressing import quotable
from schemas.brief import Brief
from schemas.recheck import Check, Fault
from schemas.sources import Sources
from schemas.sourcing import Sourcing

NEAR = 1e-9


def check_sourcing(brief: Brief) -> Check:
    """Return whether agreements, conflicts and cards are those that the texts and facts give.

    Speakers and grades of the key facts came from a model and stay as they are on record; that a
    fact is confirmed by an unrelated source is seen in the texts.

    Raises:
        ValueError: The brief has no source.
    """
    sources = quotable(Sources(items=brief.sources))
    stored, found = brief.sourcing, describe_sourcing(sources, (), Grades())
    groups = independent_groups(sources.items)
    same = (
        ("agreements", stored.agreements == found.agreements),
        ("conflicts", stored.conflicts == found.conflicts),
        ("figures not compared", stored.figures_not_compared == found.figures_not_compared),
        ("independent sources", stored.independent_sources == found.independent_sources),
        ("source cards", stored.cards == source_cards(sources, stored.facts, groups)),
        (
            "share of state media",
            abs(stored.state_media_share - state_media_share(stored.facts)) <= NEAR,
        ),
    )
    return Check(
        name="sourcing",
        subject="conclusions",
        asked="who agrees, who differs and what counts together follow from texts and key facts",
        count=len(stored.facts) + len(stored.agreements) + len(stored.conflicts),
        unit="facts, agreements and conflicts",
        faults=(
            *(_differs(name) for name, is_same in same if not is_same),
            *_confirmation_faults(stored, found),
        ),
    )


def _differs(name: str) -> Fault:
    return Fault(where=name, problem="are not those that the texts and the key facts give")


def _confirmation_faults(stored: Sourcing, found: Sourcing) -> Iterator[Fault]:
    confirmed = {id for row in found.agreements if row.independent > 1 for id in row.evidence}
    for fact in stored.facts:
        earned = earned_credibility(fact.credibility, confirmed=fact.evidence in confirmed)
        if earned != fact.credibility:
            problem = f"is graded {fact.credibility}, and confirmation by others makes it {earned}"
            yield Fault(where=fact.evidence, problem=problem)


def check_head(brief: Brief) -> Check:
    """Return whether title, date and TLP mark are those that the sources give.

    The user may have given a stricter mark than any source bears, never a more open one.
    """
    marks = [find_tlp(source.text) for source in brief.sources]
    dates = [source.published for source in brief.sources if source.published]
    wanted: Sequence[tuple[str, bool, str]] = (
        (
            "title",
            brief.title == (brief.sources[0].title if brief.sources else ""),
            "is not that of the first source",
        ),
        (
            "date",
            brief.published == max(dates, default=None),
            "is not that of the latest source",
        ),
        (
            "TLP mark",
            brief.tlp == strictest([brief.tlp, *marks]),
            "is more open than one that a source bears",
        ),
    )
    faults = [Fault(where=name, problem=said) for name, holds, said in wanted if not holds]
    faults += [
        Fault(where=f"source {source.number}", problem=f"bears TLP:{mark} and is marked otherwise")
        for source, mark in zip(brief.sources, marks, strict=True)
        if source.tlp != mark
    ]
    return Check(
        name="head",
        subject="conclusions",
        asked="title, date and TLP mark are those that the sources give",
        count=len(wanted),
        unit="lines",
        faults=tuple(faults),
    )
