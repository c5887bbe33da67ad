"""Whether the bottom line took up what the layers below the visible account showed.

Inayatullah (1998), "Causal layered analysis", Futures 30(8):815-829: one reads down through the
layers, then up again, and asks what each changes at the top.
"""

from collections.abc import Iterable

from agent.verify.words import content
from schemas.claims import CheckedClaim
from schemas.techniques import Change

SHARE = 0.5
FEWEST = 3  # words in common; two can meet in any pair of sentences on one subject


def changed_by_layers(
    layers: Iterable[CheckedClaim], bottom_line: Iterable[CheckedClaim]
) -> tuple[Change, ...]:
    """Return the judgements of the bottom line that take up a deeper layer, in their order.

    A judgement takes up a layer when it has at least half of the layer's content words, and at
    least three. The litany is what is reported anyway and does not count.
    """
    deeper = [(layer.part, set(content(layer.text))) for layer in layers if layer.part != "litany"]
    changes = []
    for claim in bottom_line:
        words = set(content(claim.text))
        taken = [part for part, theirs in deeper if _takes_up(words, theirs)]
        if taken and claim.basis == "judgement":
            changes.append(Change(claim=claim.id, what=f"takes up the layer {' and '.join(taken)}"))
    return tuple(changes)


def _takes_up(words: set[str], theirs: set[str]) -> bool:
    common = len(words & theirs)
    return common >= FEWEST and common >= SHARE * len(theirs)
