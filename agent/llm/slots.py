"""How many requests an endpoint gets at once: fewer when it refuses some, more again later."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agent.llm.waiting import Change

# Answers in a row before one slot more is tried. Each step beyond what an endpoint allows costs a
# refusal, so that it grows more slowly than the congestion control that it is taken from.
GROW_AFTER = 16


class Slots:
    """Places for requests in flight; a request that finds none free waits in line.

    Additive increase, multiplicative decrease (Chiu and Jain, 1989, Computer Networks 17:1): a
    refusal halves the places, and every `GROW_AFTER` answers in a row add one, up to the first
    number. Requests that were under way together count as one refusal.

    Attributes:
        limit: How many requests may be in flight now.
    """

    def __init__(self, most: int) -> None:
        self.limit = most
        self._most = most
        self._taken = 0
        self._cuts = 0
        self._answers = 0
        self._opens_at = 0.0
        self._change = Change()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator["Turn"]:
        """Give one request its place, once there is one."""
        loop = asyncio.get_running_loop()
        while True:
            if (shut_s := self._opens_at - loop.time()) > 0:
                await asyncio.sleep(shut_s)
            elif self._taken >= self.limit:
                await self._change.wait()
            else:
                break
        self._taken += 1
        try:
            yield Turn(self, self._cuts)
        finally:
            self._taken -= 1
            self._change.tell()

    def shut(self, wait_s: float) -> None:
        """Let no request begin for so many seconds: the endpoint asked for it."""
        self._opens_at = max(self._opens_at, asyncio.get_running_loop().time() + wait_s)

    def note_refusal(self, cuts_before: int) -> bool:
        """Halve the places, unless that was done since the request began; return whether."""
        self._answers = 0
        if cuts_before != self._cuts or self.limit == 1:
            return False
        self.limit, self._cuts = self.limit // 2, self._cuts + 1
        return True

    def note_answer(self) -> None:
        """Count an answer, and add a place after enough of them."""
        self._answers += 1
        if self._answers >= GROW_AFTER and self.limit < self._most:
            self.limit, self._answers = self.limit + 1, 0
            self._change.tell()


class Turn:
    """One request's place, to say how it went."""

    def __init__(self, slots: Slots, cuts: int) -> None:
        self._slots, self._cuts = slots, cuts

    def answered(self) -> None:
        """Take note that the endpoint took the request."""
        self._slots.note_answer()

    def refused(self) -> bool:
        """Take note that the endpoint had too many; return whether there are fewer places now."""
        return self._slots.note_refusal(self._cuts)
