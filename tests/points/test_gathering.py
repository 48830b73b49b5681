"""Asking once for all who wait: services/points/gathering.py."""

import asyncio
from collections.abc import Sequence

import pytest

from chassis.errors import Invalid, Unavailable
from services.points.domain.unreadable_books import BooksUnreadable
from services.points.gathering import Gathering


class Queries:
    """Answers batches once it is told to, and keeps what it was asked."""

    def __init__(self, failing: int = 0, broken: str = "", error: Exception | None = None) -> None:
        self.asked: list[list[str]] = []
        self.go = asyncio.Event()
        self._failing = failing
        self._broken = broken
        self._error = error

    async def ask(self, names: Sequence[str]) -> list[str]:
        self.asked.append(list(names))
        await self.go.wait()
        if len(self.asked) <= self._failing:
            raise ConnectionError("gone")
        if self._broken in names:
            raise self._error or KeyError(self._broken)
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

    @pytest.mark.parametrize(
        "error",
        [KeyError("m5"), Invalid("INVALID_DATE", "of what was stored"), BooksUnreadable("m5")],
        ids=lambda error: type(error).__name__,
    )
    async def test_what_breaks_on_one_answers_the_others(self, error: Exception) -> None:
        queries = Queries(broken="m5", error=error)
        names = [f"m{number}" for number in range(8)]
        answers = await self.answers(queries, names)
        assert answers.pop(5) is error
        assert answers == ["M0", "M1", "M2", "M3", "M4", "M6", "M7"]

    async def test_what_is_unavailable_is_asked_for_once(self) -> None:
        """Where the database is away, more questions would not bring it back."""
        queries = Queries(broken="m5", error=Unavailable("GONE", "gone"))
        answers = await self.answers(queries, [f"m{number}" for number in range(8)])
        assert all(isinstance(each, Unavailable) for each in answers)
        assert len(queries.asked) == 1

    async def answers(self, queries: Queries, names: Sequence[str]) -> list[object]:
        """What each of those got who asked together."""
        gathering = Gathering(queries.ask)
        queries.go.set()
        asking = (gathering.ask(name) for name in names)
        return await asyncio.gather(*asking, return_exceptions=True)

    async def test_a_caller_that_gave_up_harms_nobody(self) -> None:
        queries = Queries()
        gathering = Gathering(queries.ask)
        gone, stays = (asyncio.ensure_future(gathering.ask(name)) for name in ("gone", "stays"))
        await asyncio.sleep(0)
        gone.cancel()
        queries.go.set()
        assert await stays == "STAYS"

    async def test_nobody_asks_for_those_who_have_gone(self) -> None:
        queries = Queries()
        gathering = Gathering(queries.ask)
        first = asyncio.ensure_future(gathering.ask("first"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert queries.asked == [["first"]]
        gone = [asyncio.ensure_future(gathering.ask(f"m{number}")) for number in range(600)]
        await asyncio.sleep(0)
        for each in gone:
            each.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        stays = asyncio.ensure_future(gathering.ask("stays"))
        queries.go.set()
        assert await asyncio.gather(first, stays) == ["FIRST", "STAYS"]
        assert queries.asked == [["first"], ["stays"]]
