"""Key assumptions check: numbers become ids, and what rests on a weak assumption is marked."""

from agent.analysis.assumptions import UNSUPPORTED, changed_by_assumptions, check_assumptions
from schemas.sections import AssumptionTest


def challenged(number, *resting, standing="solid"):
    return AssumptionTest[str](
        assumption=number,
        evidence=["1.1"],
        breaks="Seoul withdraws its count.",
        resting=list(resting),
        standing=standing,
    )


def check(*tests, breaks=(1, 2)):
    return check_assumptions(
        tests,
        assumptions=["a.1", "a.2"],
        judgements=["j.1", "j.2", "j.3"],
        breaks=[f"key_assumptions.breaks.{number}" for number in breaks],
    )


def test_numbers_become_ids_in_the_order_of_the_assumptions():
    second, first = challenged(2, 3), challenged(1, 2, 1)
    checks = check(second, first)
    assert [c.assumption for c in checks] == ["a.1", "a.2"]
    assert [c.resting for c in checks] == [("j.1", "j.2"), ("j.3",)]


def test_a_number_that_is_in_no_list_is_left_out():
    (only,) = check(challenged(3), challenged(1, 0, 4, 2, -1))
    assert (only.assumption, only.resting) == ("a.1", ("j.2",))


def test_an_assumption_whose_breaking_point_did_not_stand_is_not_classed():
    assert [c.assumption for c in check(challenged(1), challenged(2), breaks=[2])] == ["a.2"]


def test_of_two_tests_of_one_assumption_the_first_counts():
    (only,) = check(challenged(1, standing="solid"), challenged(1, standing="unsupported"))
    assert only.standing == "solid"


def test_what_rests_on_an_unsupported_assumption_is_marked_once_and_nothing_else_is():
    checks = check(
        challenged(1, 1, 2, standing="unsupported"), challenged(2, 2, 3, standing="unsupported")
    )
    marks = [c.claim for c in changed_by_assumptions(checks) if c.what == UNSUPPORTED]
    assert marks == ["j.1", "j.2", "j.3"]
    firm = check(challenged(1, 1, standing="solid"), challenged(2, 2, standing="with caveats"))
    assert [(c.claim, c.what) for c in changed_by_assumptions(firm)] == [
        ("a.1", "classed as solid"), ("a.2", "classed as with caveats"),
    ]  # fmt: skip
