"""Say how surely a passage entails a claim, with a small model of our own that runs in process.

It never wrote the claims it reads. `entailment_model/README.md` is its card.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.verify.cross_encoder import CrossEncoder


def read_pairs(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """Return for each (passage, claim), in order, how surely the one entails the other, in [0, 1].

    The figures are not calibrated yet (`grounding.py`). The model is loaded at the first pair. Its
    other two labels, neutral and contradicted, are not used: see its card.
    """
    return [row[0] for row in _encoder().read(pairs)] if pairs else []


@lru_cache(maxsize=1)
def _encoder() -> "CrossEncoder":
    folder = files("agent.verify") / "entailment_model"
    tokenizer, weights = folder / "tokenizer.json", folder / "weights.onnx"
    # Only here: the runtime takes longer to import than most commands take.
    made: CrossEncoder = import_module("agent.verify.cross_encoder").CrossEncoder(
        tokenizer.read_bytes(), weights.read_bytes()
    )
    return made
