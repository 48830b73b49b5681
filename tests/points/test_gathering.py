"""Asking once for all who wait: services/points/gathering.py."""

import asyncio
from collections.abc import Sequence

import pytest

from services.points.gathering import Gathering


class Queries:
    """Answers batches once it is told to, and keeps what it was asked."""

    def __init__(self, failing: int = 0) -> None:
        self.asked: list[list[str]] = []
        self.go = asyncio.Event()
        self._failing = failing

    async def ask(self, names: Sequence[str]) -> list[str]:
        self.asked.append(list(names))
        await self.go.wait()
        if len(self.asked) <= self._failing:
            raise ConnectionError("gone")
        return [name.upper() for name in names]


class TestAsk:
    async def test_gathers_those_who_wait_while_others_are_answered(self) -> None:
        queries = Queries()
        gathering = Gathering(queries.ask)
        names = [f"m{number}" for number in range(32)]
        asking = [asyncio.ensure_future(gathering.ask(names[0]))]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asking += [asyncio.ensure_future(gathering.ask(name)) for name in names[1:]]
        await asyncio.sleep(0)
        queries.go.set()
        assert await asyncio.gather(*asking) == [name.upper() for name in names]
        assert sum(map(len, queries.asked)) == 32
        assert len(queries.asked) <= 3

    async def test_a_failed_batch_fails_its_callers_alone(self) -> None:
        queries = Queries(failing=1)
        queries.go.set()
        gathering = Gathering(queries.ask)
        with pytest.raises(ConnectionError):
            await gathering.ask("a")
        assert await gathering.ask("a") == "A"

    async def test_a_caller_that_gave_up_harms_nobody(self) -> None:
        queries = Queries()
        gathering = Gathering(queries.ask)
        gone, stays = (asyncio.ensure_future(gathering.ask(name)) for name in ("gone", "stays"))
        await asyncio.sleep(0)
        gone.cancel()
        queries.go.set()
        assert await stays == "STAYS"
