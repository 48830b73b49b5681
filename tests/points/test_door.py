"""What waits at the door of the ledger (services/points/door.py); more in test_post_sales.py."""

import asyncio
from collections.abc import Sequence

import pytest

from chassis.errors import AlreadyExists
from services.points.commands import Command
from services.points.door import Door
from services.points.usecases.post_bills import Outcome
from tests.fixtures.builders_points import Chain, build_command, build_sale, running_door


class TestACallerWhoHasGone:
    async def test_takes_what_no_writer_has_begun_out_of_the_queue(self) -> None:
        posted: list[str] = []

        async def post(commands: Sequence[Command]) -> list[Outcome]:
            posted.extend(command.bill_id for command in commands)
            return [AlreadyExists("ID_REUSED", "used") for _ in commands]

        door = Door(post, batch_max=10, writers=1, queue_max=2)
        gone, stays, comes = (build_command(build_sale(Chain())) for _ in range(3))
        waiting = [asyncio.ensure_future(door.post([command])) for command in (gone, stays)]
        await asyncio.sleep(0)  # both wait now, and no writer is there yet
        waiting[0].cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting[0]
        waiting[0] = asyncio.ensure_future(door.post([comes]))  # for which there is room again
        async with running_door(door):
            await asyncio.gather(*waiting)
        assert posted == [stays.bill_id, comes.bill_id]

    async def test_leaves_what_is_being_posted_and_harms_nobody(self) -> None:
        begun, go = asyncio.Event(), asyncio.Event()
        posted: list[str] = []

        async def post(commands: Sequence[Command]) -> list[Outcome]:
            begun.set()
            await go.wait()
            posted.extend(command.bill_id for command in commands)
            return [AlreadyExists("ID_REUSED", "used") for _ in commands]

        door = Door(post, batch_max=10, writers=1, queue_max=2)
        gone, stays = (build_command(build_sale(Chain())) for _ in range(2))
        async with running_door(door):
            first = asyncio.ensure_future(door.post([gone]))
            await begun.wait()
            first.cancel()
            second = asyncio.ensure_future(door.post([stays]))
            go.set()
            assert len(await second) == 1
        assert posted == [gone.bill_id, stays.bill_id]


class TestCompany:
    async def test_who_come_back_together_share_a_transaction(self) -> None:
        chain, callers, rounds = Chain(), 8, 6
        sizes: list[int] = []

        async def post(commands: Sequence[Command]) -> list[Outcome]:
            sizes.append(len(commands))
            return [AlreadyExists("ID_REUSED", "used") for _ in commands]

        door = Door(post, batch_max=100, writers=4, queue_max=100)

        async def call_again_and_again() -> None:
            for _ in range(rounds):
                await door.post([build_command(build_sale(chain))])

        async with running_door(door):
            await asyncio.gather(*(call_again_and_again() for _ in range(callers)))
        assert sum(sizes) == callers * rounds
        assert sizes.count(callers) >= rounds - 2  # the first come one by one
