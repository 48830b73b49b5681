"""Keeps a figure of all replicas true, for headquarters to see."""

import asyncio
from collections.abc import Awaitable, Callable

from chassis.errors import Unavailable
from chassis.logs import get_logger

log = get_logger(__name__)


async def keep_true(name: str, refresh: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Refreshes every so often until cancelled; survives whatever refreshing meets."""
    while True:
        try:
            await refresh()
        except Unavailable as error:
            log.warning("gauge_waits", gauge=name, error=str(error))
        except Exception:  # a figure to look at must not end the ledger
            log.exception("gauge_failed", gauge=name)
        await asyncio.sleep(seconds)
