"""Telling of lots before they expire: services/points/usecases/expiry/tell_expiring.py."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from chassis.clock import to_proto_date
from chassis.database import Database, outbox_table
from chassis.events import EVENT_BYTES_MAX
from services.points.domain.assets import Asset
from services.points.domain.posting import Posting
from services.points.expiry_jobs import TELLING
from services.points.jobs import run_when_due
from tests.fixtures.builders_points import build_chain, post_commands
from tests.fixtures.builders_value import PASS, PROGRAMMES, build_posting
from tests.fixtures.expired_lots import expiry_jobs
from tests.fixtures.own_ledger import database
from yika.points.v1 import events_pb2, ledger_pb2

__all__ = ["database"]

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
TODAY = date(2026, 5, 3)
# (days before, member, days from TODAY, amount)
Notice = tuple[int, str, int, int]


async def grant(database: Database, member_id: str, *lots: tuple[int, int]) -> None:
    """Lots of points: (days from TODAY to the last day, amount)."""

    def book(posting: Posting) -> None:
        for days, amount in lots:
            expiry_date = TODAY + timedelta(days=days)
            posting.grant(Asset.POINTS, amount, rule_version="base@1", expiry_date=expiry_date)

    await post_commands(
        database, build_posting(member_id, member_id, book), now=NOW, programmes=PROGRAMMES
    )


async def events(database: Database) -> list[events_pb2.LotsExpiring]:
    async with database.read() as connection:
        found = (await connection.execute(outbox_table.select())).all()
    return [
        events_pb2.LotsExpiring.FromString(row.payload)
        for row in found
        if row.event_type == "yika.points.v1.LotsExpiring"
    ]


async def told(database: Database) -> Counter[Notice]:
    """Every notice that was given, with how often."""
    return Counter(
        (
            event.notice_days,
            value.member_id,
            (
                date(value.expiry_date.year, value.expiry_date.month, value.expiry_date.day) - TODAY
            ).days,
            value.amount,
        )
        for event in await events(database)
        for value in event.values
    )


async def run(
    database: Database,
    days_later: int = 0,
    *,
    notices: Sequence[int] = (7, 3),
    batch_max: int = 100,
) -> None:
    now = NOW + timedelta(days=days_later)
    jobs = expiry_jobs(database, now, notice_days=notices, batch_max=batch_max)
    position: str | None = ""
    while position is not None:
        position = await jobs.tell(position, now)


class TestTellExpiring:
    async def test_tells_each_lot_once_for_each_notice_as_the_days_pass(
        self, database: Database
    ) -> None:
        _, (member,) = await build_chain(database, 1)
        await grant(database, member, (9, 50), (20, 60))
        for day in range(12):
            for _ in range(2):
                await run(database, day)
        assert await told(database) == {(7, member, 9, 50): 1, (3, member, 9, 50): 1}

    async def test_the_first_run_tells_the_nearest_notice_alone(self, database: Database) -> None:
        _, (member,) = await build_chain(database, 1)
        await grant(database, member, (-1, 1), (0, 2), (3, 3), (4, 4), (7, 5), (8, 6))
        await run(database)
        assert await told(database) == {
            (3, member, 0, 2): 1,
            (3, member, 3, 3): 1,
            (7, member, 4, 4): 1,
            (7, member, 7, 5): 1,
        }

    async def test_tells_after_a_pause_what_has_not_expired_meanwhile(
        self, database: Database
    ) -> None:
        _, (member,) = await build_chain(database, 1)
        await run(database)
        await grant(database, member, (8, 1), (12, 2), (15, 3))
        await run(database, 10)
        assert await told(database) == {(3, member, 12, 2): 1, (7, member, 15, 3): 1}

    async def test_tells_what_is_left_by_asset_and_pass(self, database: Database) -> None:
        _, (member,) = await build_chain(database, 1)
        last = TODAY + timedelta(days=2)

        def book(posting: Posting) -> None:
            posting.grant(Asset.POINTS, 40, rule_version="base@1", expiry_date=last)
            posting.grant(Asset.POINTS, 2, rule_version="base@1", expiry_date=last)
            posting.grant(Asset.PRINCIPAL, 500, rule_version="base@1", expiry_date=last)
            posting.grant(
                Asset.PASS,
                10,
                rule_version=PASS.rule_version,
                pass_id=PASS.pass_id,
                expiry_date=last,
            )

        def spend(posting: Posting) -> None:
            posting.take(Asset.POINTS, 12)

        for command in (build_posting(member, member, book), build_posting(member, member, spend)):
            await post_commands(database, command, now=NOW, programmes=PROGRAMMES)
        await run(database)
        (event,) = await events(database)
        assert list(event.values) == [
            events_pb2.ExpiringValue(
                member_id=member,
                asset=ledger_pb2.Asset.Name(asset),
                pass_id=PASS.pass_id if asset is Asset.PASS else "",
                amount=amount,
                expiry_date=to_proto_date(last),
            )
            for asset, amount in ((Asset.POINTS, 30), (Asset.PRINCIPAL, 500), (Asset.PASS, 10))
        ]

    async def test_tells_many_members_in_bounded_steps_without_gap_or_repeat(
        self, database: Database
    ) -> None:
        _, members = await build_chain(database, 7)
        for number, member in enumerate(members):
            await grant(database, member, (number % 3, 1), (5, 1))
        await run(database, batch_max=3)
        assert sorted((await told(database)).elements()) == sorted(
            [(3, member, number % 3, 1) for number, member in enumerate(members)]
            + [(7, member, 5, 1) for member in members]
        )
        assert max(len(event.values) for event in await events(database)) <= 3

    async def test_an_asset_that_nobody_knows_keeps_no_notice_from_others(
        self, database: Database
    ) -> None:
        _, (strange, *others) = await build_chain(database, 3)
        for member in (strange, *others):
            await grant(database, member, (1, 1))
        async with database.transaction() as tx:
            change = text("UPDATE lots SET asset = 6 WHERE member_id = :member")
            await tx.connection.execute(change, {"member": strange})
        await run(database, batch_max=1)
        assert await told(database) == {(3, member, 1, 1): 1 for member in others}

    async def test_tells_nothing_again_when_the_step_is_done_again(
        self, database: Database
    ) -> None:
        _, members = await build_chain(database, 5)
        for member in members:
            await grant(database, member, (1, 1))
        jobs = expiry_jobs(database, NOW, batch_max=2)
        died: list[str] = []

        async def step(position: str) -> str | None:
            following = await jobs.tell(position, NOW)
            if len(died) < 3:
                died.append(position)
                raise RuntimeError("killed")
            return following

        hour = timedelta(hours=1)
        for _ in range(3):
            with pytest.raises(RuntimeError):
                await run_when_due(database, TELLING, hour, step, clock=lambda: NOW)
        assert await run_when_due(database, TELLING, hour, step, clock=lambda: NOW)
        assert await told(database) == {(3, member, 1, 1): 1 for member in members}

    async def test_a_clock_that_was_set_back_tells_nothing_again(self, database: Database) -> None:
        _, (member,) = await build_chain(database, 1)
        await grant(database, member, (7, 1))
        await run(database)
        await run(database, -5)
        await run(database)
        assert await told(database) == {(7, member, 7, 1): 1}

    async def test_a_notice_that_is_set_later_begins_then(self, database: Database) -> None:
        _, (member,) = await build_chain(database, 1)
        await grant(database, member, (5, 1), (20, 1))
        await run(database)
        await run(database, notices=(30, 7, 3))
        await run(database, notices=())
        assert await told(database) == {(7, member, 5, 1): 1, (30, member, 20, 1): 1}

    async def test_a_position_of_a_notice_that_is_gone_goes_on_with_the_next(
        self, database: Database
    ) -> None:
        _, (member,) = await build_chain(database, 1)
        await grant(database, member, (6, 1))
        jobs = expiry_jobs(database, NOW, notice_days=(7,))
        assert await jobs.tell("3", NOW) == "7"
        assert await jobs.tell("7", NOW) is None
        assert await jobs.tell("9", NOW) is None
        assert await told(database) == {(7, member, 6, 1): 1}

    async def test_events_are_no_larger_than_events_may_be(self, database: Database) -> None:
        _, (member,) = await build_chain(database, 1)
        await grant(database, member, (1, 1))
        async with database.transaction() as tx:
            await tx.connection.execute(
                text(
                    """INSERT INTO lots (member_id, bill_id, ordinal, asset, pass_id, granted,
                           remaining, expired, rule_version, store_id, earned_at, available_at,
                           expiry_date)
                       SELECT member_id, gen_random_uuid(), 0, 5, gen_random_uuid(),
                           9000000000000000000, 9000000000000000000, 0, '', store_id, earned_at,
                           available_at, expiry_date FROM lots, generate_series(1, 6000)"""
                )
            )
        await run(database)
        found = await events(database)
        assert len(found) == 4
        assert sum(len(event.values) for event in found) == 6_001
        assert max(event.ByteSize() for event in found) < EVENT_BYTES_MAX
