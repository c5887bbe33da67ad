"""Gather the sentences that bear most on a claim, so that cost does not grow with the source."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from agent.verify.words import content
from schemas.sources import Sentence

# What a passage may weigh, in words: with the claim it stays within 256 word pieces.
PASSAGE_WORDS = 130
CLOSEST_WORDS = 60


def gather(
    claim: str,
    texts: Sequence[str],
    *,
    words: int = PASSAGE_WORDS,
) -> tuple[int, ...]:
    """Return the indices of the sentences to read beside the claim, in the order of the source.

    First come the sentences that share most with the claim, each word weighed by how rare it is in
    the source (Sparck Jones, 1972) and counted in full only for the first sentence that holds it,
    so that a claim with two facts gets both. The sentences beside them fill the rest: they say who
    "he" is.

    Args:
        claim: The claim, of one or more sentences.
        texts: The sentences of one source, in order.
        words: How many words the passage may have; the first sentence is taken whatever its length.
    """
    stems = [frozenset(content(text)) for text in texts]
    wanted = frozenset(content(claim))
    room = _Room(texts, words)
    weights = _rarity(wanted, stems)
    ranked = _by_new_words(weights, stems)
    for index in ranked:
        room.take(index)
    room.take_beside(ranked)
    return tuple(sorted(room.taken))


def closest(claim: str, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Return the few sentences that bear most on a claim, in order: two or three as a rule."""
    chosen = gather(claim, [s.text for s in sentences], words=CLOSEST_WORDS)
    return tuple(sentences[n] for n in chosen)


class _Room:
    """The sentences taken so far and the words that still fit."""

    def __init__(self, texts: Sequence[str], words: int) -> None:
        self.taken: list[int] = []
        self._lengths = [len(text.split()) for text in texts]
        self._left = words

    def take(self, index: int) -> None:
        """Take a sentence if it is new and fits; the first always fits."""
        length = self._lengths[index]
        if index not in self.taken and (length <= self._left or not self.taken):
            self.taken.append(index)
            self._left -= length

    def take_beside(self, indices: Iterable[int]) -> None:
        """Take the sentence before each of these, then the one after each."""
        near = list(indices)
        for index in [n - 1 for n in near] + [n + 1 for n in near]:
            if 0 <= index < len(self._lengths):
                self.take(index)


def _rarity(wanted: frozenset[str], stems: Sequence[frozenset[str]]) -> dict[str, float]:
    held = Counter(word for own in stems for word in own & wanted)
    return {word: math.log(1 + len(stems) / count) for word, count in held.items()}


# A word that an earlier sentence already brought still says a little about this one.
_AGAIN = 0.25


def _by_new_words(weights: dict[str, float], stems: Sequence[frozenset[str]]) -> list[int]:
    """Return up to eight sentences, each the one that adds most to those before it."""
    seen: set[str] = set()
    shared = {n: own & weights.keys() for n, own in enumerate(stems)}
    chosen: list[int] = []
    while shared and len(chosen) < 8:
        best = max(
            shared, key=lambda n: sum(weights[w] * (_AGAIN if w in seen else 1) for w in shared[n])
        )
        if not shared[best]:
            break
        chosen.append(best)
        seen |= shared.pop(best)
    return chosen
