"""Waiting for company: services/points/company.py."""

import asyncio

from services.points.company import Company


class Room:
    """People who come in, and the company that waits for them."""

    def __init__(self) -> None:
        self.inside = 0
        self.company = Company(lambda: self.inside)

    async def come(self, count: int = 1) -> None:
        """So many come in one by one; whoever waits for them gets a turn."""
        for _ in range(count):
            self.inside += 1
            self.company.came()
        await asyncio.sleep(0)
        await asyncio.sleep(0)


class TestGather:
    async def test_who_is_alone_waits_for_nobody(self) -> None:
        room = Room()
        await room.come()
        gathering = asyncio.ensure_future(room.company.gather(1))
        await asyncio.sleep(0)
        assert gathering.done()

    async def test_goes_on_at_once_when_the_last_expected_one_came(self) -> None:
        room = Room()
        await room.come()
        gathering = asyncio.ensure_future(room.company.gather(4))
        await room.come(2)
        assert not gathering.done()
        await room.come()
        assert gathering.done()

    async def test_waits_for_no_more_than_fit(self) -> None:
        room = Room()
        await room.come()
        gathering = asyncio.ensure_future(room.company.gather(100))
        await room.come(14)
        assert not gathering.done()
        await room.come()
        assert gathering.done()

    async def test_gives_up_on_those_who_stay_away(self) -> None:
        room = Room()
        await room.come()
        async with asyncio.timeout(10):
            await room.company.gather(2)
        assert room.inside == 1

    async def test_who_comes_when_nobody_gathers_disturbs_nobody(self) -> None:
        room = Room()
        await room.come(3)
        await room.company.gather(3)
        await room.come(3)
        gathering = asyncio.ensure_future(room.company.gather(7))
        await asyncio.sleep(0)
        assert not gathering.done()
        await room.come()
        assert gathering.done()
