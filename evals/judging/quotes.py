"""Find the quotations of a judge in a brief, and the flaws on which its votes agree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.judging.answers import FoundFlaw
from evals.judging.printed import Printed, inert

# Fewer words stand in a brief by chance, and would make any two votes agree.
FEWEST_WORDS = 3

Place = tuple[int, int, int]  # number of the sentence, start and end in code points


@dataclass(frozen=True)
class Quoted:
    """A flaw whose quote was found.

    Attributes:
        heading: Id of the heading.
        quote: The quoted words, on one line.
        reason: What the judge has against them.
        places: Wherever they stand in the brief, at least one.
    """

    heading: str
    quote: str
    reason: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Agreed:
    """A flaw that several votes found; `flaw` is the first of them."""

    flaw: Quoted
    votes: int


def locate(found: FoundFlaw[str], shown: Printed) -> Quoted | None:
    """Return the flaw with the places of its quote, or None when no sentence holds it.

    Runs of white space count as one space; nothing else is forgiven. A quote of less than three
    words counts only as a whole sentence.
    """
    quote = inert(found.quote)
    long_enough = len(quote.split()) >= FEWEST_WORDS
    places = tuple(
        place
        for number, line in enumerate(shown.lines)
        if long_enough or quote == inert(line.text)
        for place in _places(quote, number, inert(line.text))
    )
    return Quoted(found.heading, quote, found.reason, places) if places else None


def agreed(votes: Sequence[Sequence[Quoted]], *, needed: int) -> tuple[Agreed, ...]:
    """Return the flaws that at least `needed` votes found: one heading, quotes that overlap.

    However often one vote lists a flaw, it is one vote. Flaws that touch one another are one.
    """
    groups: list[list[tuple[int, Quoted]]] = []
    for number, vote in enumerate(votes):
        for flaw in vote:
            touching = [g for g in groups if any(_same(flaw, other) for _, other in g)]
            merged = sorted(
                [*(member for group in touching for member in group), (number, flaw)],
                key=lambda member: (member[0], member[1].places),
            )
            groups = [g for g in groups if not any(g is t for t in touching)] + [merged]
    counted = (Agreed(group[0][1], len({number for number, _ in group})) for group in groups)
    found = (flaw for flaw in counted if flaw.votes >= needed)
    return tuple(sorted(found, key=lambda a: (a.flaw.places[0], a.flaw.heading)))


def _places(quote: str, number: int, text: str) -> Iterator[Place]:
    start = text.find(quote) if quote else -1
    while start >= 0:
        yield number, start, start + len(quote)
        start = text.find(quote, start + 1)


def _same(one: Quoted, other: Quoted) -> bool:
    return one.heading == other.heading and any(
        mine[0] == theirs[0] and mine[1] < theirs[2] and theirs[1] < mine[2]
        for mine in one.places
        for theirs in other.places
    )
