import pytest

from tests.fuzz.sources import SEEDS, mutated, seed_name, try_case

CASES = 700
EACH = 50


@pytest.mark.parametrize("first", range(0, CASES, EACH))
def test_a_damaged_article_is_read_exactly_or_refused(first: int) -> None:
    for number in range(first, first + EACH):
        try_case(number)


def test_the_cases_are_of_every_seed_and_most_of_them_are_damaged() -> None:
    assert {seed_name(number) for number in range(CASES)} == set(SEEDS)
    whole = sum(mutated(number) == SEEDS[seed_name(number)] for number in range(CASES))
    assert whole < CASES / 20


def test_both_outcomes_occur() -> None:
    outcomes = {try_case(number) for number in range(200)}
    assert outcomes >= {"refused", "text", "markdown", "html", "pdf"}


def test_a_case_is_the_same_each_time() -> None:
    assert mutated(17) == mutated(17)
