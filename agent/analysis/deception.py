"""Deception detection: who has a stake in an account, and could that party deceive?

Motive, opportunity, means is the first of four lists of deception detection in Heuer and Pherson
(2010), Structured Analytic Techniques for Intelligence Analysis.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from schemas.claims import Claim
from schemas.sections import MOST_SPEAKERS, SpeakerKind
from schemas.techniques import Change, DeceptionCard

# These speak for a side of the matter; a witness, an expert and a news desk as such do not.
INTERESTED: frozenset[SpeakerKind] = frozenset(
    ("state media", "official", "military", "company", "armed group")
)
GROUNDS = ("motive", "opportunity", "means")


@dataclass(frozen=True)
class Speaker:
    """One speaker with a stake, and the sentences in which it speaks."""

    name: str
    kind: SpeakerKind
    says: tuple[str, ...]


def interested_speakers(
    spoken: Iterable[tuple[str, SpeakerKind, str]], *, most: int = MOST_SPEAKERS
) -> tuple[Speaker, ...]:
    """Return the speakers with a stake, those who say most first.

    Args:
        spoken: Name, kind and sentence id of each signal, in reading order.
        most: How many to return at most.
    """
    found: dict[tuple[str, SpeakerKind], Speaker] = {}
    for name, kind, id in spoken:
        if kind not in INTERESTED:
            continue
        key = (name.casefold(), kind)
        known = found.get(key, Speaker(name, kind, ()))
        found[key] = Speaker(known.name, kind, (*known.says, id))
    return tuple(sorted(found.values(), key=lambda speaker: -len(speaker.says)))[:most]


def deception_cards(
    speakers: Sequence[Speaker], stood: Collection[str]
) -> tuple[DeceptionCard, ...]:
    """Return a card for each speaker whose motive stood the check, in their order.

    Args:
        speakers: As they were numbered, from 1.
        stood: Ids of the claims that stood.
    """
    cards = []
    for number, speaker in enumerate(speakers, start=1):
        grounds = {ground: ground_id(ground, number) for ground in GROUNDS}
        kept: Mapping[str, str | None] = {
            ground: id if id in stood else None for ground, id in grounds.items()
        }
        if kept["motive"]:
            cards.append(
                DeceptionCard(speaker=speaker.name, kind=speaker.kind, says=speaker.says, **kept)
            )
    return tuple(cards)


def ground_id(ground: str, number: int) -> str:
    """Return the id of the claim on one ground of the speaker with that number."""
    return f"deception.{ground}.{number}"


def changed_by_deception(
    cards: Sequence[DeceptionCard], claims: Iterable[Claim]
) -> tuple[Change, ...]:
    """Return a mark for every report that rests on one speaker who has all that deception needs.

    A technique's own claims are not marked.
    """
    marks = []
    for claim in claims:
        if claim.basis != "reported" or claim.form != "sentence" or claim.section == "techniques":
            continue
        for card in cards:
            if card.complete and claim.evidence and set(claim.evidence) <= set(card.says):
                what = (
                    f"rests on the word of {card.speaker} alone, with motive, opportunity and "
                    "means to deceive"
                )
                marks.append(Change(claim=claim.id, what=what))
                break
    return tuple(marks)
