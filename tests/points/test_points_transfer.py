"""Giving points within a household: services/points/usecases/wallets/transfer_points.py."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import to_proto_date, to_timestamp
from chassis.database import Database
from chassis.errors import PreconditionFailed
from chassis.ids import new_id
from services.points.domain.assets import POINTS_EXPIRED, Asset, BillKind
from services.points.domain.books import Books
from services.points.domain.lot import LotKey
from services.points.domain.posting import Posting
from services.points.domain.programme import HouseholdTransfer, Programme, Programmes
from services.points.domain.wallets.member_move import counterpart_id
from services.points.domain.wallets.points_transfer import decide_points_transfer
from services.points.usecases.post_bills import Posted
from services.points.usecases.rewards.explain_value import explain_lot
from tests.fixtures.builders_points import (
    SOLD_AT,
    Chain,
    build_chain,
    post_commands,
)
from tests.fixtures.builders_value import add_points_hold
from tests.fixtures.wallet_commands import (
    PROGRAMMES,
    build_household,
    done,
    give,
    owned,
    points_command,
    post,
    put_into_household,
    reason_of,
    stored_wallet,
    value_command,
)
from tests.fixtures.wallet_moves import GIVING, HOUSEHOLD, NOW, Bench, granting, refused

GIVER, TAKER = (f"01920000-0000-7000-8000-00000000000{number}" for number in range(2))


@pytest.fixture
async def chain(database: Database) -> Chain:
    """A chain whose two members have a wallet each and are a household."""
    return await build_household(database)


@pytest.fixture
def bench() -> Bench:
    """Two members of a household in memory."""
    return Bench([GIVER, TAKER])


def reason(act: Any) -> str:
    """Why an act is refused; empty when it was done."""
    error = refused(act)
    return error.reason if error else ""


class TestTransferPoints:
    async def test_moves_the_lots_that_end_first(self, database: Database, chain: Chain) -> None:
        giver, taker = chain.member_id, chain.other_member_id
        soon, late = date(2026, 6, 30), date(2026, 12, 31)
        for points, day in ((10, late), (10, soon), (10, None)):
            await done(database, value_command(chain, giver, granting(Asset.POINTS, points, day)))
        command = points_command(chain, giver, taker, 15)
        (posted,) = await done(database, command)
        received = [
            (lot.remaining, lot.expiry_date, lot.moved_by)
            for lot in (await stored_wallet(database, taker)).lots.values()
            if lot.asset is Asset.POINTS
        ]
        moved_by = counterpart_id(command.bill_id)
        assert sorted(received, key=str) == [(10, soon, moved_by), (5, late, moved_by)]
        assert (posted.receipt.points, posted.receipt.points_change) == (15, -15)
        assert posted.receipt.moved is not None
        assert posted.receipt.moved.points == 15

    async def test_points_can_go_back_and_forth(self, database: Database, chain: Chain) -> None:
        giver, taker = chain.member_id, chain.other_member_id
        await give(database, chain, giver, points=20)
        for _ in range(3):
            await done(database, points_command(chain, giver, taker, 12))
            await done(database, points_command(chain, taker, giver, 12))
        assert await owned(database, giver) == {"POINTS": 20, "BONUS": 1}
        await done(
            database,
            points_command(chain, giver, taker, 20),
            points_command(chain, taker, giver, 5),
            points_command(chain, giver, taker, 4),
        )
        assert await owned(database, giver) == {"POINTS": 1, "BONUS": 1}
        assert await owned(database, taker) == {"POINTS": 19, "BONUS": 1}

    @pytest.mark.parametrize("points", [12, 20])
    async def test_what_came_back_was_not_granted_again(
        self, database: Database, chain: Chain, points: int
    ) -> None:
        giver, taker = chain.member_id, chain.other_member_id
        given = value_command(chain, giver, granting(Asset.POINTS, 20))
        await done(database, given)
        for _ in range(3):
            await done(database, points_command(chain, giver, taker, points))
            await done(database, points_command(chain, taker, giver, points))
        told = await explain_lot(database, PROGRAMMES, giver, LotKey(given.bill_id, 0))
        assert told.value.amount == 20

    async def test_what_expired_before_is_granted_beside_what_comes(
        self, database: Database, chain: Chain
    ) -> None:
        giver, taker = chain.member_id, chain.other_member_id
        given = value_command(chain, giver, granting(Asset.POINTS, 20))
        key = LotKey(given.bill_id, 0)
        await done(database, given, points_command(chain, giver, taker, 8))

        def expire(posting: Posting) -> None:
            posting.expire(posting.lot(key), 8, POINTS_EXPIRED)

        await done(database, value_command(chain, taker, expire, kind=BillKind.EXPIRY))
        granted = []
        for _ in range(2):
            await done(database, points_command(chain, giver, taker, 3))
            lot = (await stored_wallet(database, taker)).lots[key]
            granted.append((lot.granted, lot.remaining, lot.expired))
        assert granted == [(11, 3, 8), (14, 6, 8)]

    async def test_retry_gets_the_first_answer(self, database: Database, chain: Chain) -> None:
        giver, taker = chain.member_id, chain.other_member_id
        await give(database, chain, giver, points=20)
        command = points_command(chain, giver, taker, 20)
        (first,) = await done(database, command)
        assert await done(database, command) == [Posted(first.receipt, replayed=True)]
        assert await owned(database, taker) == {"POINTS": 20, "BONUS": 1}

    async def test_64_at_once_give_exactly_what_is_there(
        self, database: Database, chain: Chain
    ) -> None:
        giver, taker = chain.member_id, chain.other_member_id
        await give(database, chain, giver, points=100)
        outcomes = await asyncio.gather(
            *(post(database, points_command(chain, giver, taker, 7)) for _ in range(64))
        )
        told = [
            "posted" if isinstance(outcome, Posted) else outcome.reason for (outcome,) in outcomes
        ]
        assert sorted(told) == ["INSUFFICIENT_POINTS"] * 50 + ["posted"] * 14
        assert await owned(database, giver) == {"POINTS": 2, "BONUS": 1}
        assert await owned(database, taker) == {"POINTS": 98, "BONUS": 1}

    async def test_opposite_ones_at_once_never_wait_in_a_circle(
        self, database: Database, chain: Chain
    ) -> None:
        one, other = chain.member_id, chain.other_member_id
        for member_id in (one, other):
            await give(database, chain, member_id, points=1000)
        outcomes = await asyncio.gather(
            *(
                post(database, points_command(chain, giver, taker, points))
                for points in range(1, 21)
                for giver, taker in ((one, other), (other, one))
            )
        )
        assert all(isinstance(outcome, Posted) for (outcome,) in outcomes)
        assert await owned(database, one) == {"POINTS": 1000, "BONUS": 1}
        assert await owned(database, other) == {"POINTS": 1000, "BONUS": 1}

    async def test_day_limit_holds_for_all_at_once(self, database: Database, chain: Chain) -> None:
        giver, taker = chain.member_id, chain.other_member_id
        await give(database, chain, giver, points=1000)
        rules = Programmes([replace(GIVING, household_transfer=HouseholdTransfer(5, 100))])

        async def give_points(points: int) -> str:
            command = points_command(chain, giver, taker, points)
            (outcome,) = await post_commands(database, command, now=NOW, programmes=rules)
            return "posted" if isinstance(outcome, Posted) else outcome.reason

        told = await asyncio.gather(*(give_points(15) for _ in range(10)))
        assert sorted(told) == ["DAY_LIMIT_EXCEEDED"] * 4 + ["posted"] * 6
        assert await give_points(11) == "DAY_LIMIT_EXCEEDED"
        assert await give_points(4) == "POINTS_BELOW_MINIMUM"
        assert await give_points(10) == "posted"
        assert await owned(database, taker) == {"POINTS": 100, "BONUS": 1}

    async def test_a_day_is_the_ledgers_whatever_date_is_stated(
        self, database: Database, chain: Chain
    ) -> None:
        giver, taker = chain.member_id, chain.other_member_id
        await give(database, chain, giver, points=1000)
        rules = Programmes([replace(GIVING, household_transfer=HouseholdTransfer(1, 100))])

        async def give_points(points: int, days_ago: int, now: datetime) -> str:
            at = SOLD_AT - timedelta(days=days_ago)
            command = points_command(
                chain,
                giver,
                taker,
                points,
                business_date=to_proto_date(at.date()),
                occurred_time=to_timestamp(at),
            )
            (outcome,) = await post_commands(database, command, now=now, programmes=rules)
            return "posted" if isinstance(outcome, Posted) else outcome.reason

        assert await give_points(60, 0, NOW) == "posted"
        for days_ago in (0, 1, 30):
            assert await give_points(41, days_ago, NOW) == "DAY_LIMIT_EXCEEDED"
        assert await give_points(40, 30, NOW) == "posted"
        # It is the next day in China before it is in London.
        midnight = NOW.replace(hour=16, minute=0)
        assert await give_points(1, 0, midnight - timedelta(seconds=1)) == "DAY_LIMIT_EXCEEDED"
        assert await give_points(100, 0, midnight) == "posted"

    def test_a_limit_that_was_lowered_holds(self, bench: Bench) -> None:
        """A document of before does not get around it."""
        today = replace(
            GIVING, version=3, effective_at=NOW, household_transfer=HouseholdTransfer(1, 10)
        )
        bench.grant(GIVER, Asset.POINTS, 20)
        books = Books(Programmes([GIVING, today]), NOW, bench.wallets)
        header = bench.header(GIVER, occurred_at=NOW - timedelta(hours=1))
        with pytest.raises(PreconditionFailed, match="at most 10 points"):
            decide_points_transfer(books, header, TAKER, HOUSEHOLD, 11)

    async def test_refuses_who_is_not_of_the_household(self, database: Database) -> None:
        chain, (giver, taker) = await build_chain(database, 2)
        await give(database, chain, giver, points=10)
        command = points_command(chain, giver, taker, 1)
        assert await reason_of(database, command) == "NOT_IN_HOUSEHOLD"
        await put_into_household(database, [giver])
        assert await reason_of(database, command) == "NOT_IN_HOUSEHOLD"
        assert (
            await reason_of(database, points_command(chain, giver, taker, 1, new_id()))
            == "NOT_IN_HOUSEHOLD"
        )

    async def test_refuses_a_frozen_giver(self, database: Database, chain: Chain) -> None:
        await give(database, chain, chain.member_id, points=10)
        async with database.transaction() as tx:
            await tx.connection.execute(
                text("UPDATE wallets SET frozen_reason = '盗刷' WHERE member_id = :m"),
                {"m": chain.member_id},
            )
        there = points_command(chain, chain.member_id, chain.other_member_id, 1)
        assert await reason_of(database, there) == "WALLET_FROZEN"
        await give(database, chain, chain.other_member_id, points=10)
        back = points_command(chain, chain.other_member_id, chain.member_id, 1)
        await done(database, back)
        assert (await owned(database, chain.member_id))["POINTS"] == 11

    async def test_refuses_points_on_hold(self, database: Database, chain: Chain) -> None:
        giver, taker = chain.member_id, chain.other_member_id
        await give(database, chain, giver, points=10)
        await add_points_hold(database, giver, chain.store_id, 6, now=NOW, seconds=60)
        assert (
            await reason_of(database, points_command(chain, giver, taker, 5))
            == "INSUFFICIENT_POINTS"
        )
        await done(database, points_command(chain, giver, taker, 4))

    def test_a_second_part_of_a_lot_joins_the_first(self, bench: Bench) -> None:
        bench.grant(GIVER, Asset.POINTS, 10)
        bench.points(GIVER, TAKER, 4)
        bench.points(GIVER, TAKER, 5)
        (lot,) = bench.wallets[TAKER].lots.values()
        assert (lot.granted, lot.remaining) == (9, 9)

    def test_refuses_expired_and_pending_points(self, bench: Bench) -> None:
        bench.grant(GIVER, Asset.POINTS, 10, date(2026, 4, 30))
        bench.book(
            GIVER,
            lambda posting: (
                posting.grant(
                    Asset.POINTS, 10, rule_version="base@1", available_at=NOW.replace(year=2027)
                ),
                None,
            )[1],
        )
        assert reason(lambda: bench.points(GIVER, TAKER, 1)) == "INSUFFICIENT_POINTS"

    def test_refuses_who_owes_points(self, bench: Bench) -> None:
        bench.grant(GIVER, Asset.POINTS, 10)
        bench.owe(GIVER, 1)
        assert reason(lambda: bench.points(GIVER, TAKER, 1)) == "POINTS_OWED"

    def test_refuses_where_the_programme_says_nothing_of_it(self) -> None:
        bench = Bench([GIVER, TAKER], Programme(version=2))
        bench.grant(GIVER, Asset.POINTS, 10)
        assert reason(lambda: bench.points(GIVER, TAKER, 1)) == "PROGRAMME_FORBIDS"
