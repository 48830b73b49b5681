"""Booking expired lots in the real database: usecases/expiry/book_expiry.py."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from chassis.database import Database, outbox_table
from chassis.errors import Exhausted, Invalid, Unavailable
from services.points.commands import Command
from services.points.domain.assets import Asset, BillKind
from services.points.domain.programme import Programmes
from services.points.domain.unreadable_books import BooksUnreadable
from services.points.usecases.post_bills import Outcome
from tests.fixtures.audit import prove_books
from tests.fixtures.builders_points import build_chain, build_command, build_sale, post_commands
from tests.fixtures.builders_value import PASS, add_points_hold
from tests.fixtures.expired_lots import (
    HOUR,
    LAST_DAY,
    NOW,
    bills_of,
    expiry_jobs,
    expiry_transfers,
    grant,
    post,
    rows,
    run,
)
from tests.fixtures.own_ledger import database
from yika.points.v1 import events_pb2, ledger_pb2

__all__ = ["database"]


class TestBookExpiry:
    async def test_books_points_bonus_and_passes_on_one_bill_and_principal_on_none(
        self, database: Database
    ) -> None:
        chain, _ = await build_chain(database)
        await grant(
            database,
            chain.member_id,
            chain.store_id,
            (Asset.POINTS, 100, LAST_DAY),
            (Asset.POINTS, 50, LAST_DAY + timedelta(days=1)),
            (Asset.PRINCIPAL, 3_000, LAST_DAY),
            (Asset.BONUS, 700, LAST_DAY - timedelta(days=30)),
            (Asset.PASS, 10, LAST_DAY),
        )
        await run(expiry_jobs(database, NOW))
        member = chain.member_id
        assert await expiry_transfers(database) == {
            (member, "wallet", "points_expired"): 100,
            (member, "wallet", "bonus_expired"): 700,
            (member, "wallet", "pass_expired"): 10,
            (member, "pass_liability", "breakage"): PASS.price_fen,
        }
        assert await rows(
            database,
            "SELECT store_id::text, business_date, occurred_at, total_fen FROM bills"
            " WHERE kind = :kind",
            kind=int(BillKind.EXPIRY),
        ) == [(chain.store_id, date(2026, 5, 4), datetime(2026, 5, 3, 16, tzinfo=UTC), 0)]
        await prove_books(database)

    async def test_waits_for_the_tills_that_were_offline_on_the_last_day(
        self, database: Database
    ) -> None:
        chain, _ = await build_chain(database)
        await grant(database, chain.member_id, chain.store_id, (Asset.POINTS, 100, LAST_DAY))
        await run(expiry_jobs(database, NOW), NOW - HOUR)
        assert await bills_of(database) == []
        sale = build_sale(chain, tenders=[("points", 100), ("cash", 2_300)])
        sale.tenders[0].points = 100
        (outcome,) = await post(database, build_command(sale))
        assert not isinstance(outcome, Exception)

    async def test_a_second_run_books_nothing(self, database: Database) -> None:
        chain, members = await build_chain(database, 5)
        for member in members:
            await grant(database, member, chain.store_id, (Asset.POINTS, 9, LAST_DAY))
        jobs = expiry_jobs(database, NOW, batch_max=2)
        await run(jobs)
        first = await expiry_transfers(database)
        assert await bills_of(database) == sorted(members)
        await run(jobs)
        await run(jobs, NOW + timedelta(days=1))
        assert await expiry_transfers(database) == first
        assert await bills_of(database) == sorted(members)

    async def test_books_the_lots_of_many_days_of_one_member_once(self, database: Database) -> None:
        chain, (member, other) = await build_chain(database, 2)
        days = [LAST_DAY - timedelta(days=n) for n in range(6)]
        await grant(database, member, chain.store_id, *((Asset.POINTS, 1, day) for day in days))
        await grant(database, other, chain.store_id, (Asset.POINTS, 5, days[2]))
        for batch_max in (1, 3):
            await run(expiry_jobs(database, NOW, batch_max=batch_max))
            assert await bills_of(database) == sorted([member, other])
        assert (await expiry_transfers(database)).total() == 11

    async def test_leaves_what_is_on_hold_and_books_it_once_that_ended(
        self, database: Database
    ) -> None:
        chain, _ = await build_chain(database)
        await grant(database, chain.member_id, chain.store_id, (Asset.POINTS, 100, LAST_DAY))
        held_at = datetime(2026, 5, 1, 12, tzinfo=UTC)
        await add_points_hold(
            database, chain.member_id, chain.store_id, 40, now=held_at, seconds=3 * 86_400
        )
        jobs = expiry_jobs(database, NOW)
        await run(jobs)
        key = (chain.member_id, "wallet", "points_expired")
        assert await expiry_transfers(database) == {key: 60}
        # The bill of the day is written; what came free since waits for the next one.
        later = NOW + timedelta(hours=20)
        await run(expiry_jobs(database, later), later)
        assert await expiry_transfers(database) == {key: 60}
        later = NOW + timedelta(days=1)
        await run(expiry_jobs(database, later), later)
        assert await expiry_transfers(database) == {key: 100}
        await prove_books(database)

    async def test_a_frozen_wallet_waits(self, database: Database) -> None:
        chain, members = await build_chain(database, 2)
        for member in members:
            await grant(database, member, chain.store_id, (Asset.POINTS, 9, LAST_DAY))
        async with database.transaction() as tx:
            await tx.connection.execute(
                text("UPDATE wallets SET frozen_reason = 'dispute' WHERE member_id = :m"),
                {"m": members[0]},
            )
        await run(expiry_jobs(database, NOW))
        assert await bills_of(database) == members[1:]

    async def test_tells_others_with_the_bills(self, database: Database) -> None:
        chain, _ = await build_chain(database)
        await grant(database, chain.member_id, chain.store_id, (Asset.POINTS, 100, LAST_DAY))
        await run(expiry_jobs(database, NOW))
        async with database.read() as connection:
            events = (await connection.execute(outbox_table.select())).all()
        told = [
            bill
            for row in events
            if row.event_type == "yika.points.v1.BillsPosted"
            for bill in events_pb2.BillsPosted.FromString(row.payload).bills
            if bill.kind == ledger_pb2.BILL_KIND_EXPIRY
        ]
        assert [(bill.member_id, bill.receipt.points_change) for bill in told] == [
            (chain.member_id, -100)
        ]

    async def test_a_full_door_is_tried_again_later(self, database: Database) -> None:
        chain, _ = await build_chain(database)
        await grant(database, chain.member_id, chain.store_id, (Asset.POINTS, 100, LAST_DAY))
        await grant(database, chain.other_member_id, chain.store_id, (Asset.POINTS, 100, LAST_DAY))
        jobs = expiry_jobs(database, NOW)
        sizes: list[int] = []

        async def full(commands: Sequence[Command]) -> list[Outcome]:
            sizes.append(len(commands))
            raise Exhausted("DOOR_FULL", "too many")

        with pytest.raises(Unavailable, match="DOOR_FULL"):
            await replace(jobs, post=full).book("", NOW)
        assert sizes == [2], "fewer have no more right to a place"
        await run(jobs)
        assert await bills_of(database) == sorted([chain.member_id, chain.other_member_id])

    async def test_books_a_pass_once_its_programme_is_read(self, database: Database) -> None:
        chain, _ = await build_chain(database)
        await grant(database, chain.member_id, chain.store_id, (Asset.PASS, 10, LAST_DAY))
        jobs = expiry_jobs(database, NOW)

        async def unread(commands: Sequence[Command]) -> list[Outcome]:
            return await post_commands(database, *commands, now=NOW, programmes=Programmes())

        await run(replace(jobs, post=unread))
        assert await bills_of(database) == []
        await run(jobs)
        assert await bills_of(database) == [chain.member_id]

    @pytest.mark.parametrize("batch_max", [1, 100])
    @pytest.mark.parametrize("version", ["", "nameless", "pass@99"])
    async def test_a_lot_that_makes_no_sense_stops_nobody_else(
        self, database: Database, version: str, batch_max: int
    ) -> None:
        chain, members = await build_chain(database, 4)
        for n, member in enumerate(members):  # in the order of the walk
            lot = (Asset.PASS, 10) if n == 1 else (Asset.POINTS, 5)
            day = LAST_DAY - timedelta(days=10 - n)
            await grant(database, member, chain.store_id, (*lot, day))
        await _set_version(database, members[1], version)
        failed = _failed()
        await run(expiry_jobs(database, NOW, batch_max=batch_max))
        assert await bills_of(database) == sorted({*members} - {members[1]})
        assert _failed() == failed + 1

    @pytest.mark.parametrize("batch_max", [1, 100])
    @pytest.mark.parametrize(
        "error",
        [RuntimeError("a defect"), Invalid("INVALID_DATE", "of a bill"), BooksUnreadable("a bill")],
        ids=lambda error: type(error).__name__,
    )
    async def test_a_defect_fails_that_member_alone(
        self, database: Database, batch_max: int, error: Exception
    ) -> None:
        chain, members = await build_chain(database, 4)
        for member in members:
            await grant(database, member, chain.store_id, (Asset.POINTS, 5, LAST_DAY))
        jobs = expiry_jobs(database, NOW, batch_max=batch_max)

        async def defective(commands: Sequence[Command]) -> list[Outcome]:
            if any(members[1] in command.members for command in commands):
                raise error
            return await jobs.post(commands)

        failed = _failed()
        await run(replace(jobs, post=defective))
        assert await bills_of(database) == sorted({*members} - {members[1]})
        assert _failed() == failed + 1
        await run(jobs)
        assert await bills_of(database) == sorted(members)

    async def test_stops_when_the_database_is_away(self, database: Database) -> None:
        chain, members = await build_chain(database, 2)
        for member in members:
            await grant(database, member, chain.store_id, (Asset.POINTS, 5, LAST_DAY))
        failed = _failed()

        async def away(commands: Sequence[Command]) -> list[Outcome]:
            if len(commands) > 1:
                raise RuntimeError("a defect")
            raise Unavailable("DATABASE_UNAVAILABLE", "away")

        with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
            await replace(expiry_jobs(database, NOW), post=away).book("", NOW)
        assert _failed() == failed


def _failed() -> float:
    labels = {"outcome": "failed"}
    return REGISTRY.get_sample_value("yika_points_expiry_bills_total", labels) or 0.0


async def _set_version(database: Database, member_id: str, version: str) -> None:
    async with database.transaction() as tx:
        await tx.connection.execute(
            text("UPDATE lots SET rule_version = :version WHERE member_id = :member_id"),
            {"version": version, "member_id": member_id},
        )
