"""Let tasks wait until something changed that one of the others knows of."""

import asyncio


class Change:
    """Wakes every task that waits for it.

    Unlike an asyncio.Condition it takes no lock, so that whoever leaves can tell so even while it
    is cancelled, and it may serve one event loop after another.
    """

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    async def wait(self) -> None:
        """Return after the next `tell`."""
        woken = asyncio.get_running_loop().create_future()
        self._waiting.append(woken)
        try:
            await woken
        finally:
            self._waiting.remove(woken)

    def tell(self) -> None:
        """Wake all who wait, in the order in which they came."""
        for woken in self._waiting:
            if not woken.done():
                woken.set_result(None)
