"""Waiting for company: what many ask for at once costs each of them a fraction."""

import asyncio
from collections.abc import Callable

# Nobody waits for more than so many, nor longer than so many looks. Those just answered need a
# moment to come back: not every look that finds nobody new is the end.
_COMPANY = 16
_LOOKS = 12
_LOOKS_IN_VAIN = 3
_LOOK_SECONDS = 0.002


async def await_company(waiting: Callable[[], int], expected: int) -> None:
    """Lets those gather who come one by one, until as many as `expected` are there.

    `waiting` tells how many are there by now. Expected are those who were answered last and those
    who came meanwhile: a caller who was alone then is alone now, and waits for nobody.
    """
    in_vain = 0
    for _ in range(_LOOKS):
        before = waiting()
        if before >= min(_COMPANY, expected) or in_vain == _LOOKS_IN_VAIN:
            return
        await asyncio.sleep(_LOOK_SECONDS)
        in_vain = 0 if waiting() > before else in_vain + 1
