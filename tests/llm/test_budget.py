import asyncio
import time
from dataclasses import replace

import pytest

from agent.config import Limits, Patience
from agent.errors import BudgetError, EndpointError, UsageError
from agent.llm.budget import Budget
from agent.llm.calls import Usage
from tests.llm.conftest import REQUEST, Endpoint, Reply
from tests.llm.faultserver import drip, reset, says

YES = says({"word": "yes"})  # 110 tokens, of which 10 are the answer
TEN = [(Reply, REQUEST, number) for number in range(10)]


def asked(endpoint: Endpoint) -> int:
    return len(endpoint.server.asked)


@pytest.mark.parametrize("parallel", [1, 8])
def test_a_run_stops_before_the_call_that_could_pass_its_limit(endpoint: Endpoint, parallel: int):
    endpoint.server.script = [YES]
    with pytest.raises(BudgetError, match=r"330 of 400 tokens are used and the next call \(bluf\)"):
        endpoint.ask_all(*TEN, limits=Limits(tokens=400), parallel=parallel)
    assert asked(endpoint) == 3


def test_the_same_command_goes_on_from_there_and_pays_nothing_twice(endpoint: Endpoint):
    endpoint.server.script = [YES]
    counts = []
    for _ in range(3):
        with pytest.raises(BudgetError, match="the same command goes on") as error:
            endpoint.ask_all(*TEN, limits=Limits(tokens=400))
        counts.append((error.value.calls, asked(endpoint)))
    assert counts == [(3, 3), (3, 6), (3, 9)]
    assert len(endpoint.ask_all(*TEN, limits=Limits(tokens=400))) == 10
    assert asked(endpoint) == 10


def test_calls_from_the_store_cost_nothing(endpoint: Endpoint):
    endpoint.server.script = [YES]
    endpoint.ask_all(*TEN)
    assert len(endpoint.ask_all(*TEN, limits=Limits(tokens=1, cost_usd=None))) == 10


def test_a_limit_below_the_first_call_says_to_raise_it(endpoint: Endpoint):
    with pytest.raises(BudgetError, match="stopped before any call: raise the limit"):
        endpoint.ask_all(TEN[0], limits=Limits(tokens=20))
    assert asked(endpoint) == 0


def test_tokens_that_an_endpoint_does_not_count_are_counted_as_the_most_they_can_be(
    endpoint: Endpoint,
):
    endpoint.server.script = [says({"word": "yes"}, usage=None)]
    with pytest.raises(BudgetError, match="of 400 tokens"):
        endpoint.ask_all(*TEN, limits=Limits(tokens=400), parallel=1)
    assert 0 < asked(endpoint) < 8


def test_a_lost_connection_costs_at_least_its_prompt(endpoint: Endpoint):
    endpoint.server.script = [reset]
    budget = asyncio.run(fail_with(endpoint, Budget(Limits(tokens=10_000))))
    assert 50 < budget.tokens < 200


async def fail_with(endpoint: Endpoint, budget: Budget) -> Budget:
    from agent.llm.client import open_model

    run = endpoint.store.begin_run(what="test", model="m")
    async with open_model(
        endpoint.config, store=endpoint.store, run=run, notify=print, budget=budget
    ) as model:
        with pytest.raises(EndpointError):
            await model.ask(Reply, REQUEST)
    return budget


def test_many_runs_share_one_budget_in_one_event_loop_after_another(endpoint: Endpoint):
    from agent.llm.client import open_model

    endpoint.server.script = [YES]
    budget = Budget(Limits(tokens=1_000))

    async def run(number: int) -> None:
        id = endpoint.store.begin_run(what="test", model="m")
        async with open_model(
            replace(endpoint.config, parallel=8),
            store=endpoint.store,
            run=id,
            notify=endpoint.notes.append,
            budget=budget,
        ) as model:
            repeats = range(4 * number, 4 * number + 4)
            await asyncio.gather(*(model.ask(Reply, REQUEST, repeat=n) for n in repeats))

    asyncio.run(run(0))
    asyncio.run(run(1))
    assert (budget.calls, budget.tokens) == (8, 880)
    with pytest.raises(BudgetError, match=r"990 of 1,000 tokens"):
        asyncio.run(run(2))
    assert asked(endpoint) == 9


def test_calls_under_way_are_waited_for_and_kept_when_the_budget_ends(endpoint: Endpoint):
    def slow(connection):
        time.sleep(0.2)
        connection.sendall(YES)

    endpoint.server.script = [slow]
    with pytest.raises(BudgetError, match="stopped after 3 calls, which are kept"):
        endpoint.ask_all(*TEN, limits=Limits(tokens=400), parallel=8)
    kept = endpoint.store.show_run(endpoint.run)
    assert [call.call.outcome for call in kept] == ["ok"] * 3


def test_costs_are_limited_where_a_price_is_known():
    async def spend(budget: Budget) -> None:
        while True:
            async with budget.hold(Usage(tokens_in=9, tokens_out=9, cost_usd=0.4), "bluf") as hold:
                hold.settle(Usage(tokens_in=5, tokens_out=5, cost_usd=0.3))

    budget = Budget(Limits(cost_usd=1.0))
    with pytest.raises(BudgetError, match=r"\$0\.9000 of \$1\.0000 are spent and the next call"):
        asyncio.run(spend(budget))
    assert (budget.calls, budget.tokens) == (3, 30)


def test_a_limit_of_cost_without_a_price_is_a_usage_error_before_any_call(endpoint: Endpoint):
    with pytest.raises(UsageError, match="--max-cost: no price is known for m at this endpoint"):
        endpoint.ask_all(TEN[0], limits=Limits(cost_usd=1.0))
    assert asked(endpoint) == 0


def test_the_deadline_of_the_run_ends_a_call_that_has_time_of_its_own(endpoint: Endpoint):
    endpoint.server.script = [drip]
    with pytest.raises(BudgetError, match=r"the deadline of 1 s has passed"):
        endpoint.ask_all(TEN[0], limits=Limits(deadline_s=1.0), patience=Patience())


def test_no_call_begins_after_the_deadline(endpoint: Endpoint):
    endpoint.server.script = [YES]
    with pytest.raises(BudgetError, match="the deadline of 1e-06 s has passed"):
        endpoint.ask_all(TEN[0], limits=Limits(deadline_s=1e-6))
    assert asked(endpoint) == 0


def test_every_call_is_told_of_the_one_that_ended_the_budget():
    async def spend(budget: Budget) -> None:
        async with budget.hold(Usage(tokens_in=900, tokens_out=0), "matrix"):
            pass

    async def small(budget: Budget) -> None:
        async with budget.hold(Usage(tokens_in=1, tokens_out=0), "tags"):
            pass

    budget = Budget(Limits(tokens=500))
    for work in (spend, small):
        with pytest.raises(BudgetError, match=r"0 of 500 tokens .* \(matrix\) may take 900"):
            asyncio.run(work(budget))
