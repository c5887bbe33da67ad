"""Say how surely a passage entails a claim, with a small model of our own that runs in process.

It never wrote the claims it reads. `entailment_model/README.md` is its card.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.verify.cross_encoder import CrossEncoder


@dataclass(frozen=True)
class Reading:
    """What the model makes of one passage and one claim; the three add up to 1, uncalibrated.

    Attributes:
        entailed: The claim follows from the passage.
        neutral: The passage leaves it open.
        contradicted: The passage says otherwise.
    """

    entailed: float
    neutral: float
    contradicted: float


def read_pairs(pairs: Sequence[tuple[str, str]]) -> list[Reading]:
    """Return a reading for each (passage, claim), in order; the model is loaded at the first."""
    return [Reading(*row) for row in _encoder().read(pairs)] if pairs else []


def warm_up() -> None:
    """Load the model; run it in a thread while something else is waited for."""
    _encoder()


@lru_cache(maxsize=1)
def _encoder() -> "CrossEncoder":
    folder = files("agent.verify") / "entailment_model"
    tokenizer, weights = folder / "tokenizer.json", folder / "weights.onnx"
    # Only here: the runtime takes longer to import than most commands take.
    made: CrossEncoder = import_module("agent.verify.cross_encoder").CrossEncoder(
        tokenizer.read_bytes(), weights.read_bytes()
    )
    return made
