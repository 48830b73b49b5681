"""Waiting for company: what many ask for at once costs each of them a fraction."""

import asyncio
from collections.abc import Callable

# Nobody waits for more than so many, nor for longer than so many looks. Those just answered need a
# moment to come back: not every look that finds nobody new is the end.
_COMPANY = 16
_LOOKS = 12
_LOOKS_IN_VAIN = 3
_LOOK_SECONDS = 0.002


class Company:
    """Those who wait for the same, and whoever does it for all of them."""

    def __init__(self, waiting: Callable[[], int]) -> None:
        """`waiting` tells how many are there by now."""
        self._waiting = waiting
        self._wanted = 0
        self._enough: asyncio.Future[None] | None = None

    def came(self) -> None:
        """Somebody is there: who gathers goes on at once when that was the last one expected."""
        if self._enough is not None and self._waiting() >= self._wanted:
            _settle(self._enough)

    async def gather(self, expected: int) -> None:
        """Lets those gather who come one by one, until as many as `expected` are there.

        Expected are those who were answered last and those who came meanwhile: a caller who was
        alone then is alone now, and waits for nobody.
        """
        self._wanted = min(_COMPANY, expected)
        loop = asyncio.get_running_loop()
        in_vain = 0
        for _ in range(_LOOKS):
            before = self._waiting()
            if before >= self._wanted or in_vain == _LOOKS_IN_VAIN:
                return
            self._enough = enough = loop.create_future()
            timer = loop.call_later(_LOOK_SECONDS, _settle, enough)
            try:
                await enough
            finally:
                timer.cancel()
            in_vain = 0 if self._waiting() > before else in_vain + 1


def _settle(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
