"""Key assumptions check: which assumptions carry the brief, and which of them do not hold.

CIA, A Tradecraft Primer (2009): list the premises, challenge each, class it, and ask what falls
with it.
"""

from collections.abc import Iterable, Sequence

from schemas.sections import AssumptionTest
from schemas.techniques import AssumptionCheck, Change

UNSUPPORTED = "rests on an assumption classed as unsupported"


def check_assumptions(
    tests: Iterable[AssumptionTest[str]],
    *,
    assumptions: Sequence[str],
    judgements: Sequence[str],
    breaks: Sequence[str],
) -> tuple[AssumptionCheck, ...]:
    """Return one check for each assumption whose test stood, in the order of the assumptions.

    A number that is in no list is left out; of two tests of one assumption the first counts.

    Args:
        tests: The model's tests; they count from 1.
        assumptions: Ids of the assumptions, as they were numbered.
        judgements: Ids of the judgements, as they were numbered.
        breaks: Ids of the claims on what would break an assumption, that stood the check.
    """
    standing = set(breaks)
    checks: dict[int, AssumptionCheck] = {}
    for test in tests:
        place = test.assumption - 1
        if place >= len(assumptions) or breaks_id(test) not in standing or place in checks:
            continue
        checks[place] = AssumptionCheck(
            assumption=assumptions[place],
            standing=test.standing,
            breaks=breaks_id(test),
            resting=tuple(
                id for number, id in enumerate(judgements, start=1) if number in test.resting
            ),
        )
    return tuple(checks[place] for place in sorted(checks))


def breaks_id(test: AssumptionTest[str]) -> str:
    """Return the id of the claim that says what would break the assumption."""
    return f"key_assumptions.breaks.{test.assumption}"


def changed_by_assumptions(checks: Sequence[AssumptionCheck]) -> tuple[Change, ...]:
    """Return each assumption's class, then a mark for every judgement that rests on a weak one."""
    classes = [Change(claim=c.assumption, what=f"classed as {c.standing}") for c in checks]
    weak = [id for check in checks if check.standing == "unsupported" for id in check.resting]
    marks = [Change(claim=id, what=UNSUPPORTED) for id in dict.fromkeys(weak)]
    return (*classes, *marks)
