"""Match the claims of two briefs by what they say, one with one at most."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from scipy.optimize import linear_sum_assignment

from agent.verify.dates import check_dates
from agent.verify.entailment import read_pairs
from agent.verify.figures import check_figures
from agent.verify.grounding import load_fusion, recall
from agent.verify.matching import stream
from agent.verify.negation import check_negation
from agent.verify.passage import passage_for
from agent.verify.roles import check_roles
from agent.verify.words import NEGATORS, plain, stem
from schemas.claims import CheckedClaim, Claim
from schemas.sources import Sentence, Source, Sources

# Set on 54 pairs that we wrote and tried on 34 more (docs/verify-and-update.md): of these, all 12
# that say the same are matched, 6 of 8 that say the opposite of each other, and none of 14 others.
PAIRED = 0.33
SAME = 0.55
# Two claims of like likeness go with the one that stands in the same place, on the same sentences.
PLACE, GROUND = 0.05, 0.05
# Claims of two sections are compared only when they share this much of their words.
ACROSS = 0.3
_SPANS = frozenset(stem(word) for word in "minute hour day week month quarter year decade".split())
# What an exact step calls the one sentence that it compared with.
_SENTENCE = re.compile(r"sentence 1\.1")
_NO_SOURCE = re.compile(r"no source gives(?: or implies)?")


@dataclass(frozen=True)
class Likeness:
    """How far a claim says what another says.

    Attributes:
        onward: How surely the earlier bears out the later, in [0, 1].
        back: How surely the later bears out the earlier.
        apart: What plainly sets them apart, in words; None when nothing does.
    """

    onward: float
    back: float
    apart: str | None

    @cached_property
    def mean(self) -> float:
        """How far they speak of the same matter, in [0, 1]."""
        return (self.onward + self.back) / 2

    @cached_property
    def same(self) -> bool:
        """Whether they make the same statement, each bearing out the other."""
        return self.apart is None and min(self.onward, self.back) >= SAME


@dataclass(frozen=True)
class Match:
    """A claim of the earlier brief and the claim of the new one that took its place."""

    before: CheckedClaim
    after: CheckedClaim
    likeness: Likeness


def match_claims(
    before: Sequence[CheckedClaim], after: Sequence[CheckedClaim]
) -> tuple[Match, ...]:
    """Return the pairs that are most alike in all, each claim in one pair at most.

    Likeness is read by the entailment model in both directions, together with the words in common
    (`grounding.py`); which goes with which is the assignment that makes the sum greatest (Kuhn
    1955, The Hungarian method). The bottom line repeats the body by design and is matched with
    itself alone. In the order of `after`.
    """
    near = [(b, a) for b in before for a in after if _comparable(b, a)]
    alike = dict(zip(((b.id, a.id) for b, a in near), compare(near), strict=True))
    gains = [
        [_gain(b, a, alike.get((b.id, a.id))) for a in after]
        for b in before
    ]  # fmt: skip
    if not near:
        return ()
    rows, columns = linear_sum_assignment(gains, maximize=True)
    found = [
        Match(before[row], after[column], alike[before[row].id, after[column].id])
        for row, column in sorted(zip(rows, columns, strict=True), key=lambda pair: pair[1])
        if gains[row][column] > 0
    ]
    return tuple(found)


def compare(pairs: Sequence[tuple[CheckedClaim, CheckedClaim]]) -> list[Likeness]:
    """Return how alike the two claims of each pair are, in order."""
    fusion = load_fusion()
    texts = [(plain(before.text), plain(after.text)) for before, after in pairs]
    read = read_pairs([pair for one, other in texts for pair in ((one, other), (other, one))])
    return [
        Likeness(
            onward=fusion.probability(read[2 * n], recall(after, before)),
            back=fusion.probability(read[2 * n + 1], recall(before, after)),
            apart=find_difference(before, after),
        )
        for n, (before, after) in enumerate(texts)
    ]


def find_difference(before: str, after: str) -> str | None:
    """Return what plainly sets two statements apart, in words, or None.

    A figure, a date, a denial, a direction, who does what to whom, or a span of time.
    """
    claim = _claim(after)
    passage = passage_for(claim, _as_sources(before))
    for check in (check_figures, check_dates, check_negation, check_roles):
        verdict = check(claim, passage)
        if verdict is not None:
            said = _NO_SOURCE.sub("the earlier one does not give", verdict.reason)
            return _SENTENCE.sub("the earlier one", said)
    mine, theirs = set(stream(after)), set(stream(before))
    odd = sorted(word for word in mine ^ theirs if _tells_apart(word))
    if not odd:
        return None
    words = ", ".join(f'"{word.lstrip("#")}"' for word in odd)
    return f"only one of the two has {words}"


def _tells_apart(word: str) -> bool:
    return word[0] == "#" or word.isdigit() or word in NEGATORS or word in _SPANS


def _comparable(before: CheckedClaim, after: CheckedClaim) -> bool:
    if before.form != after.form or (before.section == "bluf") != (after.section == "bluf"):
        return False
    if before.section == after.section:
        return True
    mine, theirs = set(stream(before.text)), set(stream(after.text))
    return len(mine & theirs) >= ACROSS * len(mine | theirs)


def _gain(before: CheckedClaim, after: CheckedClaim, likeness: Likeness | None) -> float:
    if likeness is None or likeness.mean < PAIRED:
        return 0.0
    mine, theirs = set(before.evidence), set(after.evidence)
    ground = len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0
    place = (before.section, before.part) == (after.section, after.part)
    return likeness.mean + PLACE * place + GROUND * ground


def _claim(text: str) -> Claim:
    return Claim(
        id="matching.later.1",
        section="bluf",
        part="matching",
        text=text,
        basis="judgement",
        evidence=("1.1",),
    )


def _as_sources(text: str) -> Sources:
    """Return a statement as the only sentence of a source, for the exact steps to read."""
    sentence = Sentence(id="1.1", start=0, end=len(text), text=text)
    source = Source(
        number=1,
        name="earlier",
        kind="text",
        title="",
        publisher=None,
        author=None,
        published=None,
        published_from=None,
        url=None,
        language=None,
        sha256="",
        text=text,
        sentences=(sentence,),
    )
    return Sources(items=(source,))
