"""What a claim is checked against: its cited sentences, those beside them, and the sources."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from agent.verify.windows import closest
from schemas.claims import Claim
from schemas.sources import Sentence, Source, Sources


def passage_for(claim: Claim, sources: Sources) -> "Passage":
    """Return the passage of a claim; ids that do not exist are left out of `cited`.

    A user's sentence that cites nothing is taken to cite the sentences that bear most on it.
    """
    known = sources.sentences
    if claim.author == "user" and not claim.evidence:
        return Passage(sources=sources, cited=closest(claim.text, tuple(known.values())))
    cited = tuple(known[id] for id in dict.fromkeys(claim.evidence) if id in known)
    return Passage(sources=sources, cited=cited)


@dataclass(frozen=True)
class Passage:
    """The sentences that bear on one claim.

    Attributes:
        sources: All sources of the brief.
        cited: The sentences the claim cites, with those that earlier steps added, in that order.
        added: Ids of the sentences among `cited` that a step found and the claim did not cite.
    """

    sources: Sources
    cited: tuple[Sentence, ...]
    added: tuple[str, ...] = ()

    def citing(self, ids: Iterable[str]) -> "Passage":
        """Return the passage with further sentences cited; unknown and repeated ids are ignored."""
        have = {s.id for s in self.cited}
        new = [i for i in dict.fromkeys(ids) if i not in have and i in self.sources.sentences]
        if not new:
            return self
        found = tuple(self.sources.sentences[i] for i in new)
        return replace(self, cited=self.cited + found, added=self.added + tuple(new))

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the cited sentences."""
        return tuple(s.id for s in self.cited)

    @cached_property
    def own(self) -> tuple[Sentence, ...]:
        """The sentences that the claim itself cites."""
        return tuple(s for s in self.cited if s.id not in self.added)

    @cached_property
    def near(self) -> tuple[Sentence, ...]:
        """The neighbours of the cited sentences that are not cited themselves."""
        beside = [n for s in self.cited for n in (self.before(s), self.after(s))]
        return tuple(dict.fromkeys(s for s in beside if s and s.id not in self.ids))

    @cached_property
    def elsewhere(self) -> tuple[Sentence, ...]:
        """Every sentence that is not cited, the neighbours first."""
        close = {s.id for s in self.near} | set(self.ids)
        rest = (s for s in self.sources.sentences.values() if s.id not in close)
        return (*self.near, *rest)

    @cached_property
    def cited_sources(self) -> tuple[Source, ...]:
        """The sources that the cited sentences belong to."""
        numbers = {s.id.partition(".")[0] for s in self.cited}
        return tuple(s for s in self.sources.items if str(s.number) in numbers)

    def published(self, sentence: Sentence) -> date | None:
        """Return the date on which the sentence was published, or None when it is not known."""
        return self.sources.of(sentence.id).published

    def before(self, sentence: Sentence) -> Sentence | None:
        """Return the sentence before this one in its source, or None at the start."""
        return self._beside(sentence, -1)

    def after(self, sentence: Sentence) -> Sentence | None:
        """Return the sentence after this one in its source, or None at the end."""
        return self._beside(sentence, 1)

    def _beside(self, sentence: Sentence, step: int) -> Sentence | None:
        source, _, number = sentence.id.partition(".")
        return self.sources.sentences.get(f"{source}.{int(number) + step}")
