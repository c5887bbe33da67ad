"""Read labelled pairs of a premise and a claim."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

LABELS = {"entailment": 0, "neutral": 1, "contradiction": 2, "not_entailment": -1}


@dataclass(frozen=True)
class Pair:
    """A premise and a claim; label 0 when the claim follows, 1 neutral, 2 contradicted, -1 not."""

    premise: str
    claim: str
    label: int
    weight: float = 1.0
    dataset: str = ""


def read_pairs(file: Path) -> list[Pair]:
    """Return the inference pairs of a gzipped JSON Lines file."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Pair(row["premise"], row["hypothesis"], LABELS[row["label"]], dataset=row["dataset"])
        for row in rows
    ]
