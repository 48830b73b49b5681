"""Turns at what only some may use at once, as connections to a database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import TimeoutError as PoolTimeoutError


@asynccontextmanager
async def turn(left: asyncio.Semaphore, wait_seconds: float) -> AsyncIterator[None]:
    """One of the turns that are `left`; after `wait_seconds` in vain as a full pool refuses."""
    try:
        async with asyncio.timeout(wait_seconds if left.locked() else None):
            await left.acquire()
    except TimeoutError:
        raise PoolTimeoutError("every turn is taken") from None
    try:
        yield
    finally:
        left.release()
