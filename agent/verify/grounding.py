"""Decide what the exact steps leave open: does a passage bear the claim out, and how surely."""

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from agent.verify.entailment import read_pairs
from agent.verify.passage import passage_for
from agent.verify.verdicts import against, in_favour
from agent.verify.windows import gather
from agent.verify.words import content, plain
from schemas.claims import Claim, Verdict
from schemas.sources import Sentence, Sources

# Sentences tried one by one to say which of them bears a claim out.
_TRIED = 3


@dataclass(frozen=True)
class Fusion:
    """What the steps' outputs are worth together; fitted, with its figures, in `fusion.toml`.

    Attributes:
        bias: Log-odds of support before anything is known.
        entailed: Weight of the log-odds that the entailment model gives.
        recall: Weight of the share of the claim's content words that stand in the passage.
        accept: Probability of support from which a claim stands without a judge.
        even: Probability that parts true from false claims best where both are as many.
        refuse: Probability below which no judge is asked.
    """

    bias: float
    entailed: float
    recall: float
    accept: float
    even: float
    refuse: float

    def probability(self, entailed: float, recall: float) -> float:
        """Return the probability that people would call the claim supported, in [0, 1]."""
        odds = log_odds(entailed)
        return _logistic(self.bias + self.entailed * odds + self.recall * recall)


@lru_cache(maxsize=1)
def load_fusion() -> Fusion:
    """Return the fitted weights that ship beside this file."""
    text = (files("agent.verify") / "fusion.toml").read_text(encoding="utf-8")
    return Fusion(**tomllib.loads(text)["fusion"])


@dataclass(frozen=True)
class Grounding:
    """How well one claim is borne out.

    Attributes:
        support: Probability that the claim is supported, in [0, 1].
        evidence: Ids of the sentences that decided.
    """

    support: float
    evidence: tuple[str, ...]


def ground(claims: Sequence[Claim], sources: Sources) -> list[Grounding]:
    """Return how well each claim is borne out, in order.

    A claim is read with the sentences it cites and no others: with their neighbours, too, the model
    told true claims from false ones less well (docs/verification.md). What these hardly bear out is
    read with other sentences, one by one, so that a true claim with a wrong citation is found. A
    claim that cites nothing is read with the passage that shares most with it.
    """
    fusion = load_fusion()
    citing = [n for n, claim in enumerate(claims) if claim.evidence]
    free = [n for n, claim in enumerate(claims) if not claim.evidence]
    best = dict(zip(citing, _read_cited([claims[n] for n in citing], sources), strict=True))
    best |= zip(free, _read_widely([claims[n] for n in free], sources), strict=True)
    open_ = [n for n in citing if best[n].support < fusion.even]
    for n, found in zip(open_, _read_singly([claims[n] for n in open_], sources), strict=True):
        if found and found.support >= fusion.accept:
            best[n] = found
    return [best[n] for n in range(len(claims))]


def reclassify(claims: Sequence[Claim], sources: Sources) -> tuple[Claim, ...]:
    """Return the claims, those assumptions that their own sentences state turned into reports."""
    assumed = [claim for claim in claims if claim.basis == "assumption" and claim.evidence]
    stated = {
        claim.id
        for claim, found in zip(assumed, _read_cited(assumed, sources), strict=True)
        if found.support >= load_fusion().accept
    }
    return tuple(
        claim.model_copy(update={"basis": "reported"}) if claim.id in stated else claim
        for claim in claims
    )


def weigh(claim: Claim, grounding: Grounding) -> Verdict | None:
    """Return the verdict on a reported claim, or None when it is too close for the model alone."""
    fusion = load_fusion()
    if grounding.support >= fusion.accept:
        moved = claim.evidence and not set(grounding.evidence) <= set(claim.evidence)
        return in_favour(
            claim,
            method="entailment",
            reason=("supported, but by " if moved else "follows from ")
            + ", ".join(grounding.evidence),
            score=grounding.support,
            evidence=grounding.evidence,
        )
    return None if grounding.support >= fusion.refuse else refuse(claim, grounding)


def refuse(claim: Claim, grounding: Grounding) -> Verdict:
    """Return the verdict against a claim that its passage does not bear out."""
    return against(
        claim,
        method="entailment",
        score=grounding.support,
        reason=f"does not follow from {', '.join(grounding.evidence)}",
        evidence=grounding.evidence,
    )


def recall(claim: str, text: str) -> float:
    """Return the share of the claim's content words that stand in the text, in [0, 1]."""
    wanted = set(content(claim))
    return len(wanted & set(content(text))) / len(wanted) if wanted else 0.0


def log_odds(p: float) -> float:
    """Return the natural log of the odds of a probability, held within [0.0001, 0.9999]."""
    bounded = min(max(p, 1e-4), 1 - 1e-4)
    return math.log(bounded / (1 - bounded))


def _read_cited(claims: Sequence[Claim], sources: Sources) -> list[Grounding]:
    return _read(claims, [passage_for(claim, sources).cited for claim in claims])


def _read_widely(claims: Sequence[Claim], sources: Sources) -> list[Grounding]:
    """Read each claim with the best passage of all sources; its evidence is what shares most."""
    everything = tuple(sources.sentences.values())
    texts = [s.text for s in everything]
    passages = [tuple(everything[n] for n in gather(claim.text, texts)) for claim in claims]
    return [
        replace(grounding, evidence=tuple(s.id for s in _ranked(claim, passage)[:_TRIED]))
        for claim, passage, grounding in zip(claims, passages, _read(claims, passages), strict=True)
    ]


def _read_singly(claims: Sequence[Claim], sources: Sources) -> list[Grounding | None]:
    """Return the reading of each claim with the sentence it does not cite that does best."""
    tried = [(n, s) for n, claim in enumerate(claims) for s in _others(claim, sources)]
    read = _read([claims[n] for n, _ in tried], [(sentence,) for _, sentence in tried])
    best: list[Grounding | None] = [None] * len(claims)
    for (n, _), grounding in zip(tried, read, strict=True):
        before = best[n]
        if before is None or grounding.support > before.support:
            best[n] = grounding
    return best


def _others(claim: Claim, sources: Sources) -> list[Sentence]:
    ranked = _ranked(claim, tuple(sources.sentences.values()))
    return [sentence for sentence in ranked if sentence.id not in claim.evidence][:_TRIED]


def _ranked(claim: Claim, passage: Sequence[Sentence]) -> list[Sentence]:
    return sorted(passage, key=lambda sentence: -recall(claim.text, sentence.text))


def _read(claims: Sequence[Claim], passages: Sequence[Sequence[Sentence]]) -> list[Grounding]:
    fusion = load_fusion()
    texts = [" ".join(plain(s.text) for s in passage) for passage in passages]
    read = read_pairs([(text, plain(c.text)) for text, c in zip(texts, claims, strict=True)])
    return [
        Grounding(
            support=fusion.probability(entailed, recall(claim.text, text)),
            evidence=tuple(s.id for s in passage),
        )
        for claim, passage, text, entailed in zip(claims, passages, texts, read, strict=True)
    ]


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))
