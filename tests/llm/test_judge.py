import asyncio

import pytest

from agent.errors import BudgetError, EndpointError, RefusalError, SchemaError, WindowError
from agent.llm.judge import Judge
from tests.builders import Scripted
from tests.llm.conftest import REQUEST, Reply

FINE = {"word": "yes"}


def judge(*answers: object) -> tuple[Judge, Scripted, list[str]]:
    """Return a judge whose model gives these answers in turn."""
    left, notes = list(answers), []

    def answer(_):
        if isinstance(left[0], Exception):
            raise left.pop(0)
        return left.pop(0)

    model = Scripted(bluf=answer)
    return Judge(model, notes.append), model, notes


def ask(judge: Judge) -> Reply:
    return asyncio.run(judge.ask(Reply, REQUEST))


def test_a_judge_that_never_failed_goes_by_its_models_name():
    made, _, notes = judge(FINE)
    assert (ask(made).word, made.name, notes) == ("yes", "scripted", [])


def test_an_endpoint_that_failed_for_good_is_asked_no_more_and_that_is_told_once():
    made, model, notes = judge(EndpointError("judge", "connection refused"), FINE)
    for _ in range(3):
        with pytest.raises(SchemaError, match="the last failed with: judge: connection refused"):
            ask(made)
    assert len(model.asked) == 1
    assert len(notes) == 1 and "what it has to check is withheld" in notes[0]
    assert made.name == (
        "scripted, which FAILED in 3 of 3 calls: what they were to check is withheld"
    )


@pytest.mark.parametrize(
    "error",
    [
        WindowError("judge", "too long", 400, 4096),
        EndpointError("judge", "refused the request", 400),
        RefusalError(prompt="judge", words="no"),
        SchemaError(prompt="judge", shape="Reply", attempts=3, last="empty"),
    ],
)
def test_a_fault_of_one_request_leaves_the_others_to_be_asked(error: Exception):
    made, _, _ = judge(error, FINE)
    with pytest.raises((SchemaError, RefusalError)):
        ask(made)
    assert ask(made).word == "yes"
    assert made.name.startswith("scripted, which FAILED in 1 of 2 calls")


def test_a_budget_that_ends_is_no_failure_of_the_judge():
    made, _, _ = judge(BudgetError("used up", calls=3))
    with pytest.raises(BudgetError):
        ask(made)
    assert made.name == "scripted"
