"""A card for each source: who speaks in it, how each is graded, and how much rests on whom.

ICD 206 asks for a descriptor of every source: its access, its record, its bias, its date.
"""

from collections.abc import Callable, Mapping, Sequence

from schemas.sources import Source, Sources
from schemas.sourcing import KeyFact, SourceCard, SpeakerCard


def source_cards(
    sources: Sources, facts: Sequence[KeyFact], groups: Sequence[Sequence[Source]]
) -> tuple[SourceCard, ...]:
    """Return one card for each source, in order.

    Args:
        sources: What was read.
        facts: The key facts of all of them.
        groups: The sources in groups that count once each.
    """
    kin = {source.number: group for group in groups for source in group}
    return tuple(_card(source, facts, kin) for source in sources.items)


def state_media_share(facts: Sequence[KeyFact]) -> float:
    """Return the share of the key facts, in [0, 1], that only state media vouch for."""
    return _share(facts, lambda fact: fact.kind == "state media")


def _card(
    source: Source, facts: Sequence[KeyFact], kin: Mapping[int, Sequence[Source]]
) -> SourceCard:
    own = [fact for fact in facts if fact.source == source.number]
    return SourceCard(
        source=source.number,
        outlet=source.publisher or source.title,
        counts_with=tuple(s.number for s in kin[source.number] if s is not source),
        facts=len(own),
        state_media_share=state_media_share(own),
        interested_share=_share(own, lambda fact: fact.interested is True),
        unnamed_share=_share(own, lambda fact: fact.kind == "unnamed"),
        speakers=_speakers(own),
    )


def _speakers(facts: Sequence[KeyFact]) -> tuple[SpeakerCard, ...]:
    """Return the speakers, the one on whom most rests first."""
    by_name: dict[str, list[KeyFact]] = {}
    for fact in facts:
        by_name.setdefault(fact.speaker, []).append(fact)
    ordered = sorted(by_name.values(), key=len, reverse=True)
    return tuple(
        SpeakerCard(
            speaker=spoken[0].speaker,
            kind=spoken[0].kind,
            interested=spoken[0].interested,
            reliability=spoken[0].reliability,
            reliability_basis=spoken[0].reliability_basis,
            facts=tuple(fact.evidence for fact in spoken),
        )
        for spoken in ordered
    )


def _share(facts: Sequence[KeyFact], holds: Callable[[KeyFact], bool]) -> float:
    return sum(map(holds, facts)) / len(facts) if facts else 0.0
