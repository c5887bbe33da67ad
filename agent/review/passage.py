"""The sentences that a claim cites, among their neighbours, for a reviewer to read beside it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from schemas.sources import Sentence, Source


@dataclass(frozen=True)
class Line:
    """One sentence; `gap` says that some were left out between it and the line before."""

    id: str
    text: str
    cited: bool
    gap: bool


def passage(
    evidence: Collection[str], sources: Iterable[Source], *, around: int = 1
) -> tuple[Line, ...]:
    """Return the cited sentences and `around` more on either side of each, in reading order."""
    return tuple(
        line for source in sources for line in _of_source(evidence, source.sentences, around)
    )


def _of_source(
    evidence: Collection[str], sentences: Sequence[Sentence], around: int
) -> Iterable[Line]:
    cited = {place for place, sentence in enumerate(sentences) if sentence.id in evidence}
    near = {other for place in cited for other in range(place - around, place + around + 1)}
    places = sorted(place for place in near if 0 <= place < len(sentences))
    for before, place in zip([None, *places], places, strict=False):
        sentence = sentences[place]
        yield Line(
            id=sentence.id,
            text=sentence.text,
            cited=place in cited,
            gap=before is None or place > before + 1,
        )
