"""What the calls of a run, or of many runs together, may use; the run stops before it is passed."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from agent.config import Limits
from agent.errors import BudgetError, UsageError
from agent.llm.calls import Usage
from agent.llm.waiting import Change

Price = Callable[[Usage], float | None]


class Budget:
    """Counts what calls use against limits; one object may be shared by many runs.

    Calls from the store cost nothing. The deadline counts from the making of the object, on the
    monotonic clock. Runs that share it may be in one event loop, or in one after another.

    Attributes:
        limits: What may be used.
        calls: How many calls were made so far.
        tokens: What they used, in and out.
        cost_usd: What they cost; a call without a known price counts as none.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits = limits or Limits()
        self.calls = 0
        self.tokens = 0
        self.cost_usd = 0.0
        self._held: set[Hold] = set()
        # The first call that did not fit, and its prompt: the budget ended there.
        self._beyond: tuple[Usage, str] | None = None
        self._ends_at = None if limits.deadline_s is None else time.monotonic() + limits.deadline_s
        self._change = Change()

    @property
    def counts(self) -> bool:
        """Whether tokens or costs are limited, so that each call has to be estimated."""
        return self.limits.tokens is not None or self.limits.cost_usd is not None

    def left_s(self) -> float | None:
        """Return the seconds until the deadline, none of them negative; None without one."""
        return None if self._ends_at is None else max(0.0, self._ends_at - time.monotonic())

    def require_price(self, price: Price, model: str) -> None:
        """Check that costs can be counted, where they are limited.

        Raises:
            UsageError: They cannot, as no price is known.
        """
        if self.limits.cost_usd is not None and price(Usage(tokens_in=1, tokens_out=1)) is None:
            raise UsageError(
                f"--max-cost: no price is known for {model} at this endpoint; give --max-tokens"
            )

    @asynccontextmanager
    async def hold(self, most: Usage, prompt: str) -> AsyncIterator["Hold"]:
        """Set aside what one call may use, for as long as it takes.

        A call that fits only if those under way use less than they may waits for them. One that
        does not fit at all ends the budget: calls under way finish, since they are paid for, and
        no other begins.

        Args:
            most: The most that the call may use.
            prompt: Name of the prompt, for messages.

        Raises:
            BudgetError: The call could pass a limit, or the deadline has passed.
        """
        while not self._fits(most, self._held):
            if self._beyond is None and not self._fits(most, ()):
                self._beyond = most, prompt
            if self._beyond is not None and not self._held:
                raise self._error(*self._beyond)
            await self._change.wait()
        hold = Hold(most)
        self._held.add(hold)
        try:
            yield hold
        finally:
            self._held.remove(hold)
            self._count(hold.used)
            self._change.tell()

    @asynccontextmanager
    async def in_time(self) -> AsyncIterator[None]:
        """Run what is inside until the deadline.

        Raises:
            BudgetError: The deadline passed first.
        """
        try:
            async with asyncio.timeout(self.left_s()) as clock:
                yield
        except TimeoutError as error:
            if not clock.expired():
                raise
            raise self.out_of_time() from error

    def out_of_time(self) -> BudgetError:
        """Return the error for work that the deadline ended."""
        return BudgetError(
            f"the deadline of {self.limits.deadline_s:g} s has passed", calls=self.calls
        )

    def _fits(self, most: Usage, held: "Iterable[Hold]") -> bool:
        if self._beyond is not None:
            return False
        usages = [most, *(hold.most for hold in held)]
        tokens = self.tokens + sum(map(_tokens, usages))
        cost = self.cost_usd + sum(usage.cost_usd or 0.0 for usage in usages)
        allowed, allowed_usd = self.limits.tokens, self.limits.cost_usd
        return (
            self.left_s() != 0.0
            and (allowed is None or tokens <= allowed)
            and (allowed_usd is None or cost <= allowed_usd)
        )

    def _count(self, used: Usage | None) -> None:
        if used is not None:
            self.calls += 1
            self.tokens += _tokens(used)
            self.cost_usd += used.cost_usd or 0.0

    def _error(self, most: Usage, prompt: str) -> BudgetError:
        if self.left_s() == 0.0:
            return self.out_of_time()
        allowed = self.limits.tokens
        if allowed is not None and self.tokens + _tokens(most) > allowed:
            problem = (
                f"{self.tokens:,} of {allowed:,} tokens are used and the next call ({prompt}) may "
                f"take {_tokens(most):,}"
            )
        else:
            problem = (
                f"${self.cost_usd:.4f} of ${self.limits.cost_usd or 0:.4f} are spent and the next "
                f"call ({prompt}) may cost ${most.cost_usd or 0:.4f}"
            )
        return BudgetError(problem, calls=self.calls)


class Hold:
    """What one call under way has set aside.

    Attributes:
        most: The most that it may use.
        used: What it did use; None when it used nothing, such as a request that was refused.
    """

    def __init__(self, most: Usage) -> None:
        self.most = most
        self.used: Usage | None = None

    def settle(self, used: Usage) -> None:
        """Take note of what the call used; what its endpoint did not count is taken as held."""
        known = used.tokens_in is not None and used.tokens_out is not None
        self.used = used if known else self.most


def _tokens(usage: Usage) -> int:
    return (usage.tokens_in or 0) + (usage.tokens_out or 0)
