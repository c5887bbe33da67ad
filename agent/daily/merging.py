"""Find the statements of different briefs that say the same."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import ceil

from agent.daily.events import Events
from agent.daily.statements import Statement
from agent.verify.duplicates import check_duplicates
from agent.verify.matching import stream
from agent.verify.proper import names_in
from agent.verify.words import NEGATORS, fold
from schemas.claims import Basis, Claim

# Of the words of the longer text, two that say the same share this much at least: it is the looser
# of the bounds of `check_duplicates`, and only decides which statements that is asked about.
SHARED = 0.7

Group = tuple[Statement, ...]
Key = tuple[str, frozenset[str], str]


def same_facts(
    leading: Sequence[Statement], others: Sequence[Statement], events: Events
) -> tuple[Group, ...]:
    """Return all statements in groups that say the same of one event.

    They do by the rule for duplicates in a brief, unless each names somebody whom the other does
    not. The first of a group is the one that the others were found to repeat; groups and their
    members keep the order given. Statements of another basis, such as a judgement and a report,
    are never the same; those that differ only in their likelihood are.

    Args:
        leading: What can lead a group: the lines of the roll-up.
        others: What may repeat one of those. Among themselves they are one only where words and
            sources are the same, since comparing them all would take most of the time.
        events: Which sources speak of one.
    """
    every = (*leading, *others)
    frequency = Counter(word for statement in every for word in content_words(statement))
    groups: list[list[Statement]] = []
    index: dict[Key, list[int]] = defaultdict(list)
    exact: dict[tuple[object, ...], int] = {}
    for number, statement in enumerate(every):
        keys = tuple(_keys(statement, frequency))
        place = _find(statement, keys, groups, index, events)
        if place is None and number < len(leading):
            for key in keys:
                index[key].append(len(groups))
        elif place is None:
            texts = tuple(source.sha256 for source in statement.sources)
            place = exact.setdefault(
                (statement.claim.basis, statement.claim.text, texts), len(groups)
            )
        if place is None or place == len(groups):
            groups.append([])
            place = len(groups) - 1
        groups[place].append(statement)
    return tuple(map(tuple, groups))


def content_words(statement: Statement) -> frozenset[str]:
    """Return the stems of the words of a statement that carry meaning, each once."""
    return frozenset(stream(statement.claim.text))


def turning(words: Iterable[str]) -> frozenset[str]:
    """Return those of the words in which no two statements of the same may differ."""
    return frozenset(w for w in words if w[0] == "#" or w.isdigit() or w in NEGATORS)


def _find(
    statement: Statement,
    keys: Sequence[Key],
    groups: Sequence[Sequence[Statement]],
    index: Mapping[Key, Sequence[int]],
    events: Events,
) -> int | None:
    """Return the place of the first group whose leader the statement repeats.

    Only statements that share a rare word are compared: prefix filtering (Bayardo, Ma and Srikant
    2007, Scaling up all pairs similarity search), which misses none.
    """
    near = sorted({place for key in keys for place in index.get(key, ())})
    for place in near:
        leader = groups[place][0]
        if _repeats(statement, leader) and _of_one_matter(statement, leader, events):
            return place
    return None


def _repeats(one: Statement, other: Statement) -> bool:
    mine, theirs = one.claim, other.claim
    if mine.text == theirs.text:
        return True
    claim, earlier = (
        _as_claim("2", mine.text, mine.basis),
        _as_claim("1", theirs.text, theirs.basis),
    )
    return check_duplicates(claim, (earlier,)) is not None


def _of_one_matter(one: Statement, other: Statement, events: Events) -> bool:
    """Whether what two statements say alike is one thing.

    "The ministry declined to comment" is said of many events, and of as many ministries.
    """
    mine, theirs = _names(one.claim.text), _names(other.claim.text)
    if mine - theirs and theirs - mine:
        return False
    if one.brief is other.brief:
        return True
    return any(events.same(a, b) for a in one.sources for b in other.sources)


def _names(text: str) -> frozenset[str]:
    return frozenset(fold(word) for name in names_in(text) for word in name.words)


@lru_cache(maxsize=16384)
def _as_claim(id: str, text: str, basis: Basis) -> Claim:
    """Return a claim of a section in which the plain rule for duplicates holds."""
    return Claim(id=id, section="implications", part="", text=text, basis=basis, evidence=())


def _keys(statement: Statement, frequency: Mapping[str, int]) -> Iterator[Key]:
    """Yield keys of which statements that say the same have at least one in common."""
    basis, words = statement.claim.basis, content_words(statement)
    if not words:
        yield basis, frozenset(), statement.claim.text
        return
    rarest = sorted(words, key=lambda word: (frequency[word], word))
    turns, least = turning(words), ceil(SHARED * len(words))
    for word in rarest[: len(words) - least + 1]:
        yield basis, turns, word
