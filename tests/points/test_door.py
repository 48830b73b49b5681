"""What waits at the door of the ledger (services/points/door.py); more in test_post_sales.py."""

import asyncio
from collections.abc import Sequence

import pytest
from pydantic import ValidationError

from chassis.errors import AlreadyExists, Forbidden, Unavailable
from services.points.commands import Command
from services.points.door import Door
from services.points.settings import Settings
from services.points.usecases.post_bills import Outcome
from services.points.usecases.sales.accept_sales import BATCH_MAX
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


class TestADefect:
    @pytest.mark.parametrize(
        "error", [KeyError("a defect"), Forbidden("PERMISSION_MISSING", "of another service")]
    )
    async def test_fails_its_own_caller_alone(self, error: Exception) -> None:
        guilty, *others = (build_command(build_sale(Chain())) for _ in range(7))
        sizes: list[int] = []

        async def post(commands: Sequence[Command]) -> list[Outcome]:
            sizes.append(len(commands))
            if guilty in commands:
                raise error
            return [AlreadyExists("ID_REUSED", command.bill_id) for command in commands]

        door = Door(post, batch_max=10, writers=1, queue_max=10)
        calls = [others[:1], [others[1], guilty, others[2]], others[3:5], others[5:]]
        waiting = [asyncio.ensure_future(door.post(commands)) for commands in calls]
        async with running_door(door):
            ended = await asyncio.gather(*waiting, return_exceptions=True)
            assert len(await door.post(others[:1])) == 1, "the writer lives on"
        assert ended[1] is error
        for commands, outcomes in zip(calls, ended, strict=True):
            if guilty not in commands:
                assert isinstance(outcomes, list)
                told = [outcome.message for outcome in outcomes]  # type: ignore[union-attr]
                assert told == [command.bill_id for command in commands]
        assert sizes == [7, 3, 1, 2, 1, 1, 4, 1]

    async def test_is_not_what_befalls_all_of_them(self) -> None:
        sizes: list[int] = []

        async def post(commands: Sequence[Command]) -> list[Outcome]:
            sizes.append(len(commands))
            raise Unavailable("DATABASE_UNAVAILABLE", "away")

        door = Door(post, batch_max=10, writers=1, queue_max=10)
        commands = [build_command(build_sale(Chain())) for _ in range(3)]
        waiting = [asyncio.ensure_future(door.post([command])) for command in commands]
        async with running_door(door):
            ended = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(each) for each in ended] == [Unavailable] * 3
        assert sizes == [3]

    async def test_leaves_nobody_waiting_when_the_service_stops(self) -> None:
        begun = asyncio.Event()

        async def post(commands: Sequence[Command]) -> list[Outcome]:
            if len(commands) > 1:
                raise KeyError("a defect")
            begun.set()
            await asyncio.Event().wait()
            raise AssertionError

        door = Door(post, batch_max=10, writers=1, queue_max=10)
        commands = [build_command(build_sale(Chain())) for _ in range(2)]
        waiting = [asyncio.ensure_future(door.post([command])) for command in commands]
        async with running_door(door):
            await begun.wait()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(each) for each in ended] == [asyncio.CancelledError] * 2


class TestALongWriter:
    async def test_keeps_nobody_else_waiting(self) -> None:
        stuck, other = (build_command(build_sale(Chain())) for _ in range(2))
        begun, go = asyncio.Event(), asyncio.Event()

        async def post(commands: Sequence[Command]) -> list[Outcome]:
            if stuck in commands:  # another replica keeps its wallet
                begun.set()
                await go.wait()
            return [AlreadyExists("ID_REUSED", "used") for _ in commands]

        door = Door(post, batch_max=100, writers=2, queue_max=100)
        async with running_door(door):
            first = asyncio.ensure_future(door.post([stuck]))
            await begun.wait()
            async with asyncio.timeout(10):
                for _ in range(3):
                    await door.post([other])
            assert not first.done()
            go.set()
            await first


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


class TestTheQueue:
    def test_is_never_too_short_for_what_is_handed_in_at_once(self) -> None:
        (least,) = (
            limit.ge
            for limit in Settings.model_fields["door_queue_max"].metadata
            if hasattr(limit, "ge")
        )
        (members_max,) = (
            limit.le
            for limit in Settings.model_fields["expiry_batch_max"].metadata
            if hasattr(limit, "le")
        )
        assert least >= max(BATCH_MAX, members_max)
        with pytest.raises(ValidationError, match="door_queue_max"):
            Settings(door_queue_max=least - 1)
