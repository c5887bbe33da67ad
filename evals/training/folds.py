"""Part labelled rows into folds so that no document of one is at hand in another."""

from collections import defaultdict
from collections.abc import Sequence

from agent.verify.words import tokens

SHINGLE = 8  # words in a row; the data's own rule for what is one group


def groups(documents: Sequence[str]) -> list[int]:
    """Return a group number for each document: equal, or a quarter of their 8-word runs shared.

    The rule is the one by which the data were parted into dev and test, so that a document is never
    scored by a model that saw most of its text.
    """
    runs = [_runs(text) for text in documents]
    where: dict[int, list[int]] = defaultdict(list)
    for number, own in enumerate(runs):
        for run in own:
            where[run].append(number)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for holders in where.values():
        for other in holders[1:]:
            shared[holders[0], other] += 1
    leader = list(range(len(documents)))
    for (one, other), count in shared.items():
        if count * 4 >= min(len(runs[one]), len(runs[other])):
            leader[_find(leader, other)] = _find(leader, one)
    return [_find(leader, n) for n in range(len(documents))]


def assign(group: Sequence[int], dataset: Sequence[str], folds: int) -> list[int]:
    """Return a fold for each row: whole groups, largest first, each where its set has fewest."""
    rows: dict[int, list[int]] = defaultdict(list)
    for number, name in enumerate(group):
        rows[name].append(number)
    load: dict[tuple[str, int], int] = defaultdict(int)
    fold = [0] * len(group)
    for own in sorted(rows.values(), key=lambda numbers: (-len(numbers), numbers)):
        kind = dataset[own[0]]
        least = min(range(folds), key=lambda f: (load[kind, f], load["", f], f))
        for number in own:
            fold[number] = least
            load[dataset[number], least] += 1
            load["", least] += 1
    return fold


def _runs(text: str) -> set[int]:
    words = tokens(text)
    return {hash(words[n : n + SHINGLE]) for n in range(max(1, len(words) - SHINGLE + 1))}


def _find(leader: list[int], number: int) -> int:
    while leader[number] != number:
        leader[number] = leader[leader[number]]
        number = leader[number]
    return number
