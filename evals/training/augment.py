"""Plant one error in a true claim, of the kinds that writers and models make."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from agent.verify.words import STOP_WORDS
from evals.training.pairs import LABELS

NAME = re.compile(r"\b[A-Z][\w.-]*\w(?: (?:of |de |al-|bin |van )?[A-Z][\w.-]*\w)*")
NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w]*\d)")
MONTHS = "January February March April May June July August September October November December"
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
COUNTS = "two three four five six seven eight nine ten eleven twelve dozens hundreds thousands"
NOT_AFTER = re.compile(r"\b(?:is|are|was|were|has|have|had|will|can|could|would|should|did|does)\b")
NEGATION = re.compile(r"\b(?:not|never|no longer) |n't\b")
OPPOSITES = tuple(
    tuple(pair.split("/"))
    for pair in """rose/fell, increased/decreased, increase/decrease, more/less, higher/lower,
    up/down, before/after, won/lost, first/last, best/worst, early/late, old/young,
    largest/smallest, increase/reduction, support/oppose, supported/opposed, accepted/rejected,
    allowed/banned, agreed/refused, began/ended, started/stopped, above/below, all/some,
    always/never, north/south, east/west, northern/southern, eastern/western, male/female,
    men/women, husband/wife, father/mother, son/daughter, brother/sister, hot/cold, short/long,
    gained/lost, buy/sell, bought/sold, guilty/innocent, confirmed/denied, major/minor,
    positive/negative, strong/weak, expanded/reduced, rising/falling, growth/decline, most/least,
    opened/closed, arrived/left, included/excluded, public/private, many/few, success/failure,
    at least/at most, may/will, might/will, could/will, plans to/has begun to,
    expected to/certain to""".replace("\n    ", " ").split(", ")
)


def planted(claim: str, passage: str, rng: random.Random) -> Iterator[tuple[str, int]]:
    """Yield the claim with one error each time, and the label that follows, in random order.

    A changed figure, date, direction or negation contradicts the passage; a swapped name or role is
    only known not to follow from it.
    """
    makers: list[tuple[Callable[[str, str, random.Random], str | None], str]] = [
        (_other_figure, "contradiction"),
        (_other_date, "contradiction"),
        (_other_name, "not_entailment"),
        (_roles, "not_entailment"),
        (_negated, "contradiction"),
        (_opposite, "contradiction"),
    ]
    rng.shuffle(makers)
    for make, label in makers:
        changed = make(claim, passage, rng)
        if changed and changed != claim:
            yield changed, LABELS[label]


def _other_figure(claim: str, passage: str, rng: random.Random) -> str | None:
    spots = list(NUMBER.finditer(claim))
    if not spots:
        return _another(claim, COUNTS.split(), rng)
    spot = rng.choice(spots)
    here = spot.group()
    others = [n for n in NUMBER.findall(passage) if n not in claim and len(n) == len(here)]
    if others and rng.random() < 0.5:
        return _put(claim, spot, rng.choice(others))
    at = rng.choice([n for n, c in enumerate(here) if c.isdigit()])
    digits = [d for d in "123456789" if d != here[at]]
    new = here[:at] + rng.choice(digits) + here[at + 1 :]
    return None if new in passage else _put(claim, spot, new)


def _other_date(claim: str, _: str, rng: random.Random) -> str | None:
    return _another(claim, MONTHS.split(), rng) or _another(claim, DAYS.split(), rng)


def _other_name(claim: str, passage: str, rng: random.Random) -> str | None:
    mine = [m for m in _spots(claim) if m.start() > 0 or " " in m.group()]
    theirs = [
        n for n in _names(passage) if n not in claim and not set(n.split()) & set(_words(claim))
    ]
    if not mine or not theirs:
        return None
    spot = rng.choice(mine)
    like = [n for n in theirs if len(n.split()) == len(spot.group().split())]
    return _put(claim, spot, rng.choice(like or theirs))


def _roles(claim: str, _: str, rng: random.Random) -> str | None:
    spots = _spots(claim)
    pairs = [
        (a, b)
        for a, b in pairwise(spots)
        if len(claim[a.end() : b.start()].split()) >= 2
        and not re.search(r"\band\b|\bwith\b|\bbetween\b|,\s*$", claim[a.end() : b.start()])
        and a.group() != b.group()
    ]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    return (
        claim[: a.start()] + b.group() + claim[a.end() : b.start()] + a.group() + claim[b.end() :]
    )


def _negated(claim: str, _: str, rng: random.Random) -> str | None:
    there = NEGATION.search(claim)
    if there:
        return claim[: there.start()] + claim[there.end() :]
    spots = list(NOT_AFTER.finditer(claim))
    if not spots:
        return None
    spot = rng.choice(spots)
    return f"{claim[: spot.end()]} not{claim[spot.end() :]}"


def _opposite(claim: str, _: str, rng: random.Random) -> str | None:
    found = []
    for one, other in OPPOSITES:
        for old, new in ((one, other), (other, one)):
            found += [(m, new) for m in re.finditer(rf"\b{old}\b", claim)]
    if not found:
        return None
    spot, new = rng.choice(found)
    return _put(claim, spot, new)


def _another(claim: str, words: Sequence[str], rng: random.Random) -> str | None:
    found = [m for m in re.finditer(r"\b\w+\b", claim) if m.group() in words]
    if not found:
        return None
    spot = rng.choice(found)
    return _put(claim, spot, rng.choice([w for w in words if w != spot.group()]))


def _names(text: str) -> list[str]:
    inside = [m.group() for m in _spots(text) if m.start() > 1 and text[m.start() - 2] not in ".!?"]
    return list(dict.fromkeys(inside))


def _spots(text: str) -> list[re.Match[str]]:
    return [m for m in NAME.finditer(text) if m.group().split()[0].lower() not in STOP_WORDS]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _put(text: str, spot: re.Match[str], new: str) -> str:
    return text[: spot.start()] + new + text[spot.end() :]
