"""Fine-tune the base encoder, first on sentence pairs, then on claims and passages."""

import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import BertForSequenceClassification

from agent.verify.cross_encoder import encode_pair
from evals.training.pairs import Pair

NOT_ENTAILED = -1  # neutral or contradiction: the set does not say which


class Encoder:
    """Turns pairs into token ids: passage first, claim second, as the running model does."""

    def __init__(self, base: Path, *, length: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(length, strategy="only_first")

    def __call__(self, pair: Pair) -> tuple[list[int], list[int]]:
        """Return the ids of the word pieces, and for each whether it is of the claim (1)."""
        encoded = encode_pair(self._tokenizer, pair.premise, pair.claim)
        return encoded.ids, encoded.type_ids


def load_base(folder: Path) -> BertForSequenceClassification:
    """Return the encoder of `folder` with three labels; its word vectors stay as they are.

    The word vectors are half of all weights; training them would double the cost of a step, and
    60,000 pairs touch most of them too seldom to move them well.
    """
    # Dropout inside the encoder halves the speed on a CPU (no fused attention, a slow random
    # generator) and so small a number of passes leaves little to guard against.
    model = BertForSequenceClassification.from_pretrained(
        folder,
        num_labels=3,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        classifier_dropout=0.1,
    )
    model.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    return model


def freeze(model: BertForSequenceClassification, layers: int) -> None:
    """Leave the lowest layers as they are: what they do for words is learnt in the first stage."""
    if layers:
        model.bert.embeddings.requires_grad_(False)
    for layer in model.bert.encoder.layer[:layers]:
        layer.requires_grad_(False)


def fit(
    model: BertForSequenceClassification,
    pairs: Sequence[Pair],
    encode: Encoder,
    settings: dict[str, Any],
    *,
    seed: int,
    curve: Path,
    held_out: Sequence[Pair] = (),
) -> None:
    """Train the model in place and append its loss to `curve`, a line of JSON each 50 steps."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    batch, epochs = settings["batch"], settings["epochs"]
    steps = epochs * math.ceil(len(pairs) / batch)
    weights = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        weights, lr=settings["learning_rate"], weight_decay=0.01, fused=True
    )
    warmup = max(1, int(steps * settings["warmup"]))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda n: min((n + 1) / warmup, max(0.0, (steps - n) / max(1, steps - warmup)))
    )
    examples = [(*encode(pair), pair.label, pair.weight) for pair in pairs]
    model.train()
    begun, losses, step = time.monotonic(), [], 0
    with curve.open("a") as log:
        for epoch in range(epochs):
            for chosen in _batches(examples, batch, rng):
                losses.append(_step(model, chosen, weights, optimiser))
                schedule.step()
                step += 1
                if step % 50 == 0 or step == steps:
                    line: dict[str, Any] = {
                        "step": step,
                        "of": steps,
                        "epoch": epoch + 1,
                        "loss": round(sum(losses) / len(losses), 4),
                        "seconds": round(time.monotonic() - begun),
                    }
                    losses = []
                    if held_out and (step % 500 == 0 or step == steps):
                        line |= {"held_out": round(accuracy(model, held_out, encode), 4)}
                        model.train()
                    log.write(json.dumps(line) + "\n")
                    log.flush()
    model.eval()


def accuracy(model: BertForSequenceClassification, pairs: Sequence[Pair], encode: Encoder) -> float:
    """Return the share of pairs that are rightly told to be entailed or not."""
    scores = score(model, pairs, encode)
    right = sum((s > 0.5) == (p.label == 0) for s, p in zip(scores, pairs, strict=True))
    return right / len(pairs)


def score(
    model: BertForSequenceClassification, pairs: Sequence[Pair], encode: Encoder
) -> list[float]:
    """Return the probability of entailment for each pair, before calibration."""
    return [row[0] for row in torch.softmax(torch.tensor(logits(model, pairs, encode)), 1).tolist()]


def logits(
    model: BertForSequenceClassification, pairs: Sequence[Pair], encode: Encoder
) -> list[list[float]]:
    """Return the three logits for each pair, in the order of the pairs."""
    model.eval()
    examples = [(*encode(pair), 0, 1.0) for pair in pairs]
    order = sorted(range(len(examples)), key=lambda n: len(examples[n][0]))
    found: dict[int, list[float]] = {}
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for at in range(0, len(order), 32):
            some = order[at : at + 32]
            inputs, _, _ = _tensors([examples[n] for n in some])
            rows = model(**inputs).logits.float().tolist()
            found |= dict(zip(some, rows, strict=True))
    return [found[n] for n in range(len(examples))]


def _step(model: Any, examples: Any, weights: Any, optimiser: Any) -> float:
    inputs, labels, importance = _tensors(examples)
    with torch.autocast("cpu", torch.bfloat16):
        out = model(**inputs).logits
    log_p = torch.log_softmax(out.float(), 1)
    losses = torch.where(
        labels == NOT_ENTAILED,
        -torch.logsumexp(log_p[:, 1:], 1),
        -log_p.gather(1, labels.clamp(min=0).unsqueeze(1)).squeeze(1),
    )
    loss = (losses * importance).sum() / importance.sum()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(weights, 1.0)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return float(loss.item())


def _batches(examples: Sequence[Any], batch: int, rng: random.Random) -> Iterator[list[Any]]:
    """Yield batches of like length, in random order: padding is wasted work."""
    order = list(range(len(examples)))
    rng.shuffle(order)
    batches = []
    for at in range(0, len(order), batch * 50):
        some = sorted(order[at : at + batch * 50], key=lambda n: len(examples[n][0]))
        batches += [some[n : n + batch] for n in range(0, len(some), batch)]
    rng.shuffle(batches)
    for chosen in batches:
        yield [examples[n] for n in chosen]


def _tensors(examples: Sequence[Any]) -> tuple[dict[str, Any], Any, Any]:
    width = max(len(e[0]) for e in examples)
    ids = [e[0] + [0] * (width - len(e[0])) for e in examples]
    types = [e[1] + [0] * (width - len(e[1])) for e in examples]
    mask = [[1] * len(e[0]) + [0] * (width - len(e[0])) for e in examples]
    inputs = {
        "input_ids": torch.tensor(ids),
        "token_type_ids": torch.tensor(types),
        "attention_mask": torch.tensor(mask),
    }
    return inputs, torch.tensor([e[2] for e in examples]), torch.tensor([e[3] for e in examples])
