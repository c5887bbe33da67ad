import asyncio
import threading
import time

import pytest

from agent.config import Patience
from agent.llm.slots import GROW_AFTER, Slots
from tests.llm.conftest import REQUEST, Endpoint, Reply
from tests.llm.faultserver import fault, says

YES = says({"word": "yes"})
PATIENT = Patience(deadline_s=120.0, attempts=6, first_wait_s=0.05)


class Crowded:
    """An endpoint that refuses more than some requests at once."""

    def __init__(self, room: int, **headers: str) -> None:
        self.room, self.headers = room, headers
        self.inside = self.refused = self.most = 0
        self.lock = threading.Lock()

    def answer(self, _):
        with self.lock:
            if self.inside >= self.room:
                self.refused += 1
                return fault(429, "too many at once", **self.headers)
            self.inside += 1
            self.most = max(self.most, self.inside)
        return self.serve

    def serve(self, connection) -> None:
        time.sleep(0.05)
        with self.lock:
            self.inside -= 1
        connection.sendall(YES)


@pytest.mark.parametrize("room", [1, 3])
def test_an_endpoint_that_refuses_some_gets_fewer_at_once_and_every_call_ends_well(
    endpoint: Endpoint, room: int
):
    crowded = Crowded(room)
    endpoint.server.answer = crowded.answer
    asks = [(Reply, REQUEST, number) for number in range(24)]
    answers = endpoint.ask_all(*asks, parallel=8, patience=PATIENT)
    assert answers == [Reply(word="yes")] * 24
    assert crowded.most == room
    # The first eight go out at once, so 8 - room refusals cannot be helped; then a few of trying.
    assert crowded.refused <= 16
    assert "4 calls at once from now on" in endpoint.notes[0]


def test_while_an_endpoint_asks_to_wait_nobody_asks(endpoint: Endpoint):
    began: list[float] = []

    def answer(_):
        began.append(time.monotonic())
        return fault(429, retry_after="1") if len(began) == 1 else YES

    endpoint.server.answer = answer
    asks = [(Reply, REQUEST, number) for number in range(4)]
    assert len(endpoint.ask_all(*asks, parallel=1, patience=PATIENT)) == 4
    assert began[1] - began[0] >= 0.99
    assert len(began) == 5


def test_places_are_halved_once_for_a_burst_and_come_back_one_by_one():
    async def use() -> list[int]:
        slots, seen = Slots(8), []
        async with slots.turn() as first, slots.turn() as second, slots.turn() as third:
            assert first.refused()
            assert not second.refused()
            assert not third.refused()
        seen.append(slots.limit)
        for _ in range(6 * GROW_AFTER):
            async with slots.turn() as turn:
                turn.answered()
            seen.append(slots.limit)
        return seen

    seen = asyncio.run(use())
    assert seen[0] == 4
    assert [seen[n * GROW_AFTER] for n in range(7)] == [4, 5, 6, 7, 8, 8, 8]


def test_one_place_always_stays():
    async def use() -> int:
        slots = Slots(2)
        for _ in range(5):
            async with slots.turn() as turn:
                turn.refused()
        return slots.limit

    assert asyncio.run(use()) == 1


def test_no_more_than_the_limit_are_under_way_and_a_cancelled_one_gives_its_place_back():
    async def use() -> int:
        slots, inside, most = Slots(3), 0, 0

        async def one() -> None:
            nonlocal inside, most
            async with slots.turn() as turn:
                inside += 1
                most = max(most, inside)
                try:
                    await asyncio.sleep(0.005)
                finally:
                    inside -= 1
                turn.answered()

        tasks = [asyncio.create_task(one()) for _ in range(30)]
        await asyncio.sleep(0.001)
        for task in tasks[::4]:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert sum(end is None for end in ended) == 22
        return most

    assert asyncio.run(use()) == 3
