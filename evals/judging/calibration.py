"""How far a judge's preferences are those of people, on the same pairs of briefs."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations

from pydantic import Field

from agent.errors import UsageError
from evals.judging.labels import SIDES, Label, Pair
from evals.judging.shapes import Choice, JudgedRows
from evals.metrics import wilson
from evals.stats.agreement import Agreement, Rate, kappa, sensitivity, specificity
from schemas.record import Record

Choices = dict[str, Choice | None]  # by the id of the pair


class Share(Record):
    """A share with its count and its Wilson score interval at 95 percent."""

    hits: int
    total: int
    interval: tuple[float, float]


class Kappa(Record):
    """Cohen's kappa over a, b and tie, with its large-sample interval at 95 percent."""

    kappa: float
    interval: tuple[float, float] | None
    pairs: int


class People(Record):
    """How far two people agree with each other: no judge can be expected to do better."""

    who: tuple[str, str]
    kappa: Kappa | None


class Calibration(Record):
    """A judge held against people; a figure that the labels cannot give is null, never 0."""

    judge: str
    trusted: bool = Field(description="Whether the judge passed its probes.")
    rubric_digest: str
    people: tuple[str, ...]
    labels: int = Field(description="Labels of the report's pairs.")
    foreign: int = Field(description="Labels of other texts, left out.")
    labelled: int = Field(description="Pairs with a label.")
    compared: int = Field(description="Pairs with a label and a preference of the judge.")
    second_looks: int = Field(description="Those of them that the judge compared in both orders.")
    agreement: Share
    kappa: Kappa | None
    sensitivity: Share | None = Field(
        description="Of the pairs whose second brief people prefer, those where the judge does."
    )
    specificity: Share | None = Field(
        description="Of the others, those where the judge does not prefer the second."
    )
    flips: Share | None = Field(description="Pairs in which the place decided, of all asked.")
    among_people: tuple[People, ...]


def calibrate(judged: JudgedRows, pairs: Sequence[Pair], labels: Sequence[Label]) -> Calibration:
    """Return how far a judge agrees with people.

    The judge prefers what it named in both orders; where it was not asked that, the brief that is
    freer of flaws. People prefer what most of them chose; a draw between them is a tie. Labels and
    preferences are matched by article and texts first, and only then are gaps dropped.

    Raises:
        UsageError: No label is of these pairs, or the judge has no preference on any labelled one.
    """
    own = [label for label in labels if label.pair in {pair.id for pair in pairs}]
    if not own:
        raise UsageError(
            f"none of {len(labels)} labels is of the briefs of this report; label some with "
            "bluf eval label"
        )
    people, judge = people_prefer(own), judge_prefers(judged, pairs)
    both = [id for id, choice in people.items() if choice and judge.get(id)]
    if not both:
        raise UsageError(f"{judged.judge} has no preference on any of {len(people)} labelled pairs")
    named = _named(judged)
    return Calibration(
        judge=judged.judge,
        trusted=judged.probes.trusted,
        rubric_digest=judged.rubric_digest,
        people=tuple(sorted({label.who for label in own})),
        labels=len(own),
        foreign=len(labels) - len(own),
        labelled=len(people),
        compared=len(both),
        second_looks=len({p.id for p in pairs if (p.item, *p.repeats) in named} & set(both)),
        agreement=_share(sum(people[id] == judge[id] for id in both), len(both)),
        kappa=_kappa(judge, people),
        sensitivity=_rate(sensitivity, judge, people),
        specificity=_rate(specificity, judge, people),
        flips=_flips(judged),
        among_people=_among(own),
    )


def judge_prefers(judged: JudgedRows, pairs: Sequence[Pair]) -> Choices:
    """Return the judge's preference for each pair, None where it has none."""
    named = _named(judged)
    figures = judged.figures()
    found: Choices = {}
    for pair in pairs:
        a, b = (figures.get((s, pair.item, n)) for s, n in zip(SIDES, pair.repeats, strict=True))
        found[pair.id] = named.get((pair.item, *pair.repeats)) or _by_flaws(a, b)
    return found


def people_prefer(labels: Sequence[Label]) -> Choices:
    """Return what most people chose, by pair; a draw between them is a tie."""
    by_pair: dict[str, Counter[Choice]] = {}
    for label in labels:
        by_pair.setdefault(label.pair, Counter())[label.choice] += 1
    return {pair: _most(counts) for pair, counts in by_pair.items()}


def _by_flaws(a: float | None, b: float | None) -> Choice | None:
    if a is None or b is None:
        return None
    if a == b:
        return "tie"
    return "b" if b > a else "a"


def _most(counts: Counter[Choice]) -> Choice:
    (first, most), *rest = counts.most_common()
    return "tie" if rest and rest[0][1] == most else first


def _named(judged: JudgedRows) -> dict[tuple[str, int, int], Choice]:
    """Return what the judge named when it compared two briefs, by article and repeats."""
    return {(p.item, p.repeat_a, p.repeat_b): p.choice for p in judged.pairs if p.choice}


def _kappa(first: Choices, second: Choices) -> Kappa | None:
    try:
        found: Agreement = kappa(first, second)
    except ValueError:
        return None  # all labels are the same one: chance alone agrees fully
    return Kappa(kappa=found.kappa, interval=found.interval, pairs=found.items)


def _rate(
    rate: Callable[[dict[str, bool | None], dict[str, bool | None]], Rate],
    judge: Choices,
    people: Choices,
) -> Share | None:
    """Return a rate of the event that the second brief is preferred, a tie being no preference."""
    events = [{id: c and c == "b" for id, c in side.items()} for side in (judge, people)]
    try:
        found = rate(*events)
    except ValueError:
        return None  # people never chose so
    return Share(hits=found.hits, total=found.total, interval=found.interval)


def _flips(judged: JudgedRows) -> Share | None:
    known = [pair.flipped for pair in judged.pairs if pair.flipped is not None]
    return _share(sum(known), len(known)) if known else None


def _share(hits: int, total: int) -> Share:
    return Share(hits=hits, total=total, interval=wilson(hits, total))


def _among(labels: Sequence[Label]) -> tuple[People, ...]:
    by_person: dict[str, Choices] = {}
    for label in labels:
        by_person.setdefault(label.who, {})[label.pair] = label.choice
    return tuple(
        People(who=(one, other), kappa=_kappa(by_person[one], by_person[other]))
        for one, other in combinations(sorted(by_person), 2)
        if by_person[one].keys() & by_person[other].keys()
    )
