"""Make training pairs of claims and passages from labelled rows, with errors of our own planted."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from agent.sources.sentences import split_sentences
from agent.verify.windows import gather
from agent.verify.words import STOP_WORDS, content, sentence_like
from evals.training.augment import planted
from evals.training.pairs import LABELS, Pair

PLANTED, LEFT_OUT, QUOTED = 0.6, 0.5, 0.3  # weights beside a row's own 1


def texts_of(document: str) -> list[str]:
    """Return the sentences of a document as the program would number them."""
    return [" ".join(document[start:end].split()) for start, end in split_sentences(document)]


def passage(claim: str, texts: Sequence[str], words: int) -> str:
    """Return the passage that the running verifier would read beside the claim."""
    return " ".join(texts[n] for n in gather(claim, texts, words=words))


def document_pairs(rows: Sequence[dict[str, Any]], *, seed: int, words: int) -> list[Pair]:
    """Return each row's pair and those made from it.

    A supported claim is read again with one error planted, and (where most of its words are gone
    with them) without the sentences it rests on. A sentence of each document stands as a claim
    that is true to the letter, and with an error. A row of a small set weighs more, by the square
    root, since sets count alike in the measure.

    Args:
        rows: With `doc`, `claim`, `label` and `dataset`.
        seed: Of the errors planted and the sentences chosen.
        words: How long a passage may be.
    """
    rng = random.Random(seed)
    size = Counter(row["dataset"] for row in rows)
    mean = len(rows) / len(size)
    pairs: list[Pair] = []
    quoted: set[str] = set()
    for row in rows:
        texts = texts_of(row["doc"])
        weight = (mean / size[row["dataset"]]) ** 0.5 if size[row["dataset"]] >= 50 else 1.0
        read = passage(row["claim"], texts, words)
        if row["label"]:
            pairs.append(Pair(read, row["claim"], LABELS["entailment"], weight))
            pairs += list(_with_errors(row["claim"], read, rng, weight * PLANTED))
            pairs += list(_left_out(row["claim"], texts, rng, weight * LEFT_OUT, words))
        else:
            pairs.append(Pair(read, row["claim"], LABELS["not_entailment"], weight))
        if row["doc"] not in quoted and rng.random() < 0.25:
            quoted.add(row["doc"])
            pairs += list(_quoted(texts, rng, weight * QUOTED, words))
    return pairs


def _with_errors(claim: str, read: str, rng: random.Random, weight: float) -> Iterator[Pair]:
    for changed, label in islice(planted(claim, read, rng), 1):
        yield Pair(read, changed, label, weight)


def _left_out(
    claim: str, texts: list[str], rng: random.Random, weight: float, words: int
) -> Iterator[Pair]:
    if rng.random() < 0.5 or sentence_like(claim) > 1 or len(texts) < 8:
        return
    best = set(gather(claim, texts, words=60))
    rest = [text for n, text in enumerate(texts) if n not in best]
    read = passage(claim, rest, words)
    wanted = set(content(claim))
    if len(wanted & set(content(read))) < 0.6 * len(wanted):
        yield Pair(read, claim, LABELS["neutral"], weight)


def _quoted(texts: list[str], rng: random.Random, weight: float, words: int) -> Iterator[Pair]:
    fit = [t for t in texts if 8 <= len(t.split()) <= 35 and t.split()[0].lower() not in STOP_WORDS]
    if not fit:
        return
    claim = rng.choice(fit)
    read = passage(claim, texts, words)
    yield Pair(read, claim, LABELS["entailment"], weight)
    yield from _with_errors(claim, read, rng, weight)
