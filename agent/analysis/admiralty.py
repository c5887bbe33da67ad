"""The Admiralty code: what a letter and a figure mean, who may earn them, and what they weigh.

The letter grades the speaker and the figure the fact, and the two are asked for apart: of more than
1,400 graded army reports 87% lay on the diagonal A1, B2, C3 (docs/analysis.md has the sources).
"""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.sections import ItemGradeWords, SpeakerGradeWords, SpeakerKind
from schemas.sources import Credibility, Reliability

LETTERS: Mapping[SpeakerGradeWords, Reliability] = MappingProxyType(
    {
        "completely reliable": "A",
        "usually reliable": "B",
        "fairly reliable": "C",
        "not usually reliable": "D",
        "unreliable": "E",
        "cannot be judged": "F",
    }
)
FIGURES: Mapping[ItemGradeWords, Credibility] = MappingProxyType(
    {
        "probably true": 2,
        "possibly true": 3,
        "doubtful": 4,
        "improbable": 5,
        "cannot be judged": 6,
    }
)
# STIX 2.1, appendix A, puts the figures 1 to 5 at 90, 70, 50, 30 and 10 of 100, and gives 6 no
# value. Divided by 50 here, which is ours: a fact that is possibly true, and one that cannot be
# judged, weigh what Open Source ACH gives by default, 1.
WEIGHTS: Mapping[Credibility, float] = MappingProxyType(
    {1: 1.8, 2: 1.4, 3: 1.0, 4: 0.6, 5: 0.2, 6: 1.0}
)
# Who speaks for a party whatever the matter; no model can call state media disinterested.
_PARTIES: frozenset[SpeakerKind] = frozenset({"state media", "armed group"})
_MOSTLY_PARTIES: frozenset[SpeakerKind] = frozenset({"official", "military", "company"})
_NOT_KNOWN: frozenset[SpeakerKind] = frozenset({"unnamed", "other"})


def is_interested(kind: SpeakerKind, judged: bool | None) -> bool | None:
    """Return whether a speaker gains from being believed, or None when that is not known.

    State media and armed groups always do. Of the others a judgement decides; without one,
    officials, soldiers and companies count as parties, and experts, witnesses, wires and the outlet
    as none.

    Args:
        kind: On whose behalf the speaker speaks.
        judged: What a model made of it, or None.
    """
    if kind in _PARTIES:
        return True
    if judged is not None:
        return judged
    return None if kind in _NOT_KNOWN else kind in _MOSTLY_PARTIES


def earned_credibility(graded: Credibility, *, confirmed: bool) -> Credibility:
    """Return the figure that a fact has earned.

    1 means confirmed by other sources, so it takes a fact that is probably true in itself and an
    unrelated source that says the same; no grader can give it.

    Args:
        graded: The figure for the fact in itself.
        confirmed: Whether unrelated speakers of two independent sources say it.
    """
    if graded in (1, 2):
        return 1 if confirmed else 2
    return graded
