"""Returns in the real database: services/points/usecases/return_sale.py behind the door."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import Database, outbox_table
from chassis.ids import new_id
from pricing.earning import Caps, EarningProgramme, FixedBonus, ProgrammeRule
from services.points.documents import read_header, read_sale
from services.points.domain.assets import Asset
from services.points.domain.programme import Programme, Programmes
from services.points.storage.directory import DirectoryRepository
from services.points.usecases.merge_members import merge_members
from services.points.usecases.post_bills import Posted
from services.points.usecases.post_sales import sale_command
from services.points.usecases.return_sale import quote_return
from tests.fixtures.builders_points import (
    BUSINESS_DATE,
    Chain,
    build_chain,
    build_command,
    build_header,
    build_line,
    build_sale,
    post_commands,
)
from tests.fixtures.returning import (
    NOW,
    RETURN_DAY,
    build_return,
    command_of,
    pay,
    post_returns,
    posted,
    reason,
    seed_wallet,
)
from tests.fixtures.servers import Servers, migrated_database
from yika.points.v1 import events_pb2, sale_pb2, wallet_service_pb2


@pytest.fixture(scope="module")
async def database(servers: Servers) -> AsyncIterator[Database]:
    """One ledger for the tests of this file; each makes a chain of its own."""
    async with migrated_database(servers, "points") as ledger:
        yield ledger


@pytest.fixture
async def chain(database: Database) -> Chain:
    """A chain that the ledger knows."""
    return (await build_chain(database))[0]


async def sell(database: Database, sale: sale_pb2.Sale) -> str:
    """Posts a sale; its id."""
    posted((await post_commands(database, build_command(sale), now=NOW))[0])
    return sale.sale_id


async def rows(database: Database, query: str, **parameters: Any) -> list[Any]:
    """What a query finds."""
    async with database.read() as connection:
        return list((await connection.execute(text(query), parameters)).all())


async def transfers(database: Database, bill_id: str) -> list[tuple[str, str, int]]:
    """What a bill moved."""
    query = """SELECT debit_account, credit_account, amount FROM transfers
               WHERE bill_id = :id ORDER BY ordinal"""
    return [tuple(row) for row in await rows(database, query, id=bill_id)]


async def wallet(database: Database, member_id: str) -> dict[str, int]:
    """The wallet's caches, which must be the sums of its lots."""
    query = """
        SELECT points, principal_fen, bonus_fen, debt_points,
               (SELECT coalesce(sum(remaining), 0) FROM lots AS l
                 WHERE l.member_id = w.member_id AND asset = 2) AS lots_points,
               (SELECT coalesce(sum(remaining), 0) FROM lots AS l
                 WHERE l.member_id = w.member_id AND asset = 3) AS lots_principal,
               (SELECT coalesce(sum(remaining), 0) FROM lots AS l
                 WHERE l.member_id = w.member_id AND asset = 4) AS lots_bonus
        FROM wallets AS w WHERE member_id = :m"""
    (row,) = await rows(database, query, m=member_id)
    assert (row.points, row.principal_fen, row.bonus_fen) == (
        row.lots_points,
        row.lots_principal,
        row.lots_bonus,
    )
    return {
        "points": row.points,
        "principal": row.principal_fen,
        "bonus": row.bonus_fen,
        "debt": row.debt_points,
    }


async def events_of(database: Database, bill_id: str) -> list[Any]:
    """The events that tell of a return."""
    async with database.read() as connection:
        found = (await connection.execute(outbox_table.select())).all()
    events = [
        events_pb2.SalesReturned.FromString(row.payload)
        for row in found
        if row.event_type == "yika.points.v1.SalesReturned"
    ]
    return [each for event in events for each in event.returns if each.bill_id == bill_id]


class TestReturnSale:
    async def test_books_money_and_earned_points_back(
        self, database: Database, chain: Chain
    ) -> None:
        sale_id = await sell(database, build_sale(chain))
        message = build_return(chain, sale_id)
        (outcome,) = await post_returns(database, message)
        receipt = posted(outcome).receipt
        assert (receipt.refunds, receipt.points_change, receipt.points) == (
            (("cash", 2400),),
            -24,
            0,
        )
        assert await transfers(database, message.header.bill_id) == [
            ("revenue", "tender:cash", 2400),
            ("wallet", "points_issued", 24),
        ]
        query = "SELECT kind, total_fen, original_bill_id, member_id FROM bills WHERE bill_id = :id"
        (bill,) = await rows(database, query, id=message.header.bill_id)
        assert (bill.kind, bill.total_fen) == (2, 2400)
        assert (str(bill.original_bill_id), str(bill.member_id)) == (sale_id, chain.member_id)

    async def test_parts_of_a_mixed_payment_end_where_it_began(
        self, database: Database, chain: Chain
    ) -> None:
        await seed_wallet(
            database,
            chain,
            (Asset.POINTS, 130, None),
            (Asset.POINTS, 170, date(2026, 6, 1)),
            (Asset.PRINCIPAL, 500, None),
            (Asset.BONUS, 333, None),
        )
        before = await wallet(database, chain.member_id)
        lines = [
            build_line(chain.product_ids[0], quantity_milli=3000, list_fen=1000, discount_fen=1),
            build_line(chain.product_ids[1], quantity_milli=754, list_fen=777, discount_fen=0),
        ]
        sale = build_sale(chain, lines=lines)
        pay(sale, ("points", 300, 300), ("stored_value", 801, 0), ("cash", 675, 0))
        sale_id = await sell(database, sale)
        refunds: Counter[str] = Counter()
        for part in ([(1, 1000)], [(2, 754), (1, 999)], []):
            (outcome,) = await post_returns(database, build_return(chain, sale_id, *part))
            refunds.update(dict(posted(outcome).receipt.refunds))
        assert refunds == {"cash": 675}
        assert await wallet(database, chain.member_id) == before
        query = """SELECT asset, sum(CASE WHEN credit_account = 'wallet' THEN amount ELSE -amount
                   END) AS moved FROM transfers WHERE member_id = :m AND 'wallet' IN
                   (debit_account, credit_account) AND business_date > '2026-04-30'
                   GROUP BY asset"""
        moved = await rows(database, query, m=chain.member_id)
        assert [row.moved for row in moved] == [0, 0, 0]

    async def test_hands_out_all_money_in_one_kind_when_asked(
        self, database: Database, chain: Chain
    ) -> None:
        sale = pay(build_sale(chain), ("bank_card", 1400, 0), ("cash", 1000, 0))
        sale_id = await sell(database, sale)
        message = build_return(chain, sale_id, refund_tender_kind="cash")
        (outcome,) = await post_returns(database, message)
        assert posted(outcome).receipt.refunds == (("cash", 2400),)
        assert (await transfers(database, message.header.bill_id))[0] == (
            "revenue",
            "tender:cash",
            2400,
        )

    async def test_gives_points_of_an_expired_lot_back_with_days_of_grace(
        self, database: Database, chain: Chain
    ) -> None:
        seed = await seed_wallet(database, chain, (Asset.POINTS, 100, BUSINESS_DATE))
        sale_id = await sell(
            database, pay(build_sale(chain), ("points", 100, 100), ("cash", 2300, 0))
        )
        other_store = await another_store(database)
        message = build_return(chain, sale_id, store_id=other_store)
        posted((await post_returns(database, message))[0])
        query = """SELECT bill_id, remaining, expiry_date, store_id, rule_version FROM lots
                   WHERE member_id = :m AND asset = 2 AND bill_id <> :sale ORDER BY bill_id"""
        lots = await rows(database, query, m=chain.member_id, sale=sale_id)
        assert {
            (str(lot.bill_id), lot.remaining, lot.expiry_date, str(lot.store_id), lot.rule_version)
            for lot in lots
        } == {
            (seed, 0, BUSINESS_DATE, chain.store_id, "seed@1"),
            (
                message.header.bill_id,
                100,
                RETURN_DAY + timedelta(days=30),
                chain.store_id,  # which owes them still
                "seed@1",
            ),
        }

    async def test_a_bonus_of_a_capped_rule_makes_room_again(
        self, database: Database, chain: Chain
    ) -> None:
        rule = ProgrammeRule("gift", FixedBonus(points=7, minimum_fen=500), caps=Caps(day_points=7))
        programmes = Programmes(
            [
                Programme(
                    version=2,
                    earning=EarningProgramme(version=2, fen_per_point=100, rules=(rule,)),
                )
            ]
        )
        periods = (BUSINESS_DATE.isoformat(),)
        sale = build_sale(chain)
        command = sale_command(read_sale(sale), sale, periods=periods)
        (sold,) = await post_commands(database, command, now=NOW, programmes=programmes)
        assert posted(sold).receipt.points_earned == 24 + 7
        message = build_return(chain, sale.sale_id)
        (outcome,) = await post_returns(database, message, programmes=programmes)
        assert posted(outcome).receipt.points_change == -31
        again = build_sale(chain)
        command = sale_command(read_sale(again), again, periods=periods)
        (sold,) = await post_commands(database, command, now=NOW, programmes=programmes)
        assert posted(sold).receipt.points_earned == 24 + 7


class TestWalkIn:
    async def test_needs_no_wallet_and_may_go_to_another_store(
        self, database: Database, chain: Chain
    ) -> None:
        sale_id = await sell(database, build_sale(chain, member_id=""))
        other_store = await another_store(database)
        message = build_return(chain, sale_id, (1, 500), store_id=other_store)
        (outcome,) = await post_returns(database, message)
        assert posted(outcome).receipt.refunds == (("cash", 600),)
        query = "SELECT member_id, store_id, sequence FROM bills WHERE bill_id = :id"
        (bill,) = await rows(database, query, id=message.header.bill_id)
        assert (str(bill.member_id), str(bill.store_id), bill.sequence) == (
            other_store,
            other_store,
            0,
        )

    async def test_is_nobodys(self, database: Database, chain: Chain) -> None:
        sale_id = await sell(database, build_sale(chain, member_id=""))
        message = build_return(chain, sale_id, member_id=chain.member_id)
        assert reason((await post_returns(database, message))[0]) == "MEMBER_MISMATCH"


class TestRetry:
    async def test_gets_the_first_answer_when_everything_is_back(
        self, database: Database, chain: Chain
    ) -> None:
        sale_id = await sell(database, build_sale(chain))
        part, whole = build_return(chain, sale_id, (1, 400)), build_return(chain, sale_id)
        first = [posted((await post_returns(database, each))[0]) for each in (part, whole)]
        before = await wallet(database, chain.member_id)
        again = [posted((await post_returns(database, each))[0]) for each in (part, whole)]
        assert [each.replayed for each in again] == [True, True]
        assert [each.receipt for each in again] == [each.receipt for each in first]
        assert await wallet(database, chain.member_id) == before

    async def test_with_other_content_is_refused(self, database: Database, chain: Chain) -> None:
        sale_id = await sell(database, build_sale(chain))
        message = build_return(chain, sale_id, (1, 400))
        posted((await post_returns(database, message))[0])
        message.lines[0].quantity_milli = 300
        assert reason((await post_returns(database, message))[0]) == "ID_REUSED"
        other = build_return(chain, new_id(), (1, 400), bill_id=message.header.bill_id)
        assert reason((await post_returns(database, other))[0]) == "ID_REUSED"


class TestTogether:
    async def test_returns_of_one_batch_see_each_other(
        self, database: Database, chain: Chain
    ) -> None:
        sale_id = await sell(database, build_sale(chain))
        messages = [
            build_return(chain, sale_id, (1, 600)),
            build_return(chain, sale_id, (1, 600)),
            build_return(chain, sale_id),
            build_return(chain, sale_id),
        ]
        first, too_much, rest, nothing = await post_returns(database, *messages)
        assert dict(posted(first).receipt.refunds) == {"cash": 720}
        assert reason(too_much) == "RETURN_EXCEEDS_SALE"
        assert dict(posted(rest).receipt.refunds) == {"cash": 1680}
        assert reason(nothing) == "NOTHING_TO_RETURN"

    @pytest.mark.parametrize("who", ["member", "walk_in"])
    async def test_one_of_64_whole_returns_succeeds(
        self, database: Database, chain: Chain, who: str
    ) -> None:
        sale = build_sale(chain) if who == "member" else build_sale(chain, member_id="")
        sale_id = await sell(database, sale)
        batches = [[build_return(chain, sale_id) for _ in range(8)] for _ in range(8)]
        outcomes = await asyncio.gather(*(post_returns(database, *each) for each in batches))
        every = [outcome for batch in outcomes for outcome in batch]
        assert sum(isinstance(outcome, Posted) for outcome in every) == 1
        assert {reason(o) for o in every if not isinstance(o, Posted)} == {"NOTHING_TO_RETURN"}
        query = """SELECT coalesce(sum(CASE WHEN credit_account = 'revenue' THEN amount
                   ELSE -amount END), 0) AS revenue FROM transfers
                   WHERE 'revenue' IN (debit_account, credit_account)
                     AND bill_id IN (SELECT bill_id FROM bills
                                     WHERE bill_id = :id OR original_bill_id = :id)"""
        ((revenue,),) = await rows(database, query, id=sale_id)
        assert revenue == 0

    async def test_parallel_parts_never_take_back_more_than_was_sold(
        self, database: Database, chain: Chain
    ) -> None:
        line = build_line(chain.product_ids[0], quantity_milli=10_000, list_fen=999)
        sale_id = await sell(database, build_sale(chain, lines=[line]))
        parts = [build_return(chain, sale_id, (1, 1_500)) for _ in range(12)]
        outcomes = await asyncio.gather(*(post_returns(database, part) for part in parts))
        assert sum(isinstance(outcome, Posted) for (outcome,) in outcomes) == 6
        (rest,) = await post_returns(database, build_return(chain, sale_id))
        paid = [dict(posted(o).receipt.refunds)["cash"] for (o,) in outcomes if _is_posted(o)]
        assert sum(paid) + dict(posted(rest).receipt.refunds)["cash"] == 949


class TestFrozenAndMerged:
    async def test_a_frozen_wallet_gets_its_value_back(
        self, database: Database, chain: Chain
    ) -> None:
        await seed_wallet(database, chain, (Asset.PRINCIPAL, 1000, None))
        sale = pay(build_sale(chain), ("stored_value", 1000, 0), ("cash", 1400, 0))
        sale_id = await sell(database, sale)
        async with database.transaction() as tx:
            await tx.connection.execute(
                text("UPDATE wallets SET frozen_reason = 'lost' WHERE member_id = :m"),
                {"m": chain.member_id},
            )
        posted((await post_returns(database, build_return(chain, sale_id)))[0])
        assert (await wallet(database, chain.member_id))["principal"] == 1000

    async def test_value_goes_to_whom_the_member_was_merged_into(
        self, database: Database, chain: Chain
    ) -> None:
        await seed_wallet(database, chain, (Asset.PRINCIPAL, 1500, None), (Asset.POINTS, 100, None))
        sale = build_sale(chain)
        pay(sale, ("points", 100, 100), ("stored_value", 1000, 0), ("cash", 1300, 0))
        sale_id = await sell(database, sale)
        await merge(database, chain)
        other = chain.other_member_id
        assert (await wallet(database, other)) == {
            "points": 24,
            "principal": 500,
            "bonus": 0,
            "debt": 0,
        }
        stranger = build_return(chain, sale_id, member_id=new_id())
        assert reason((await post_returns(database, stranger))[0]) == "MEMBER_MISMATCH"
        part = build_return(chain, sale_id, (1, 500), member_id=other)
        posted((await post_returns(database, part))[0])
        whole = build_return(chain, sale_id, member_id=chain.member_id)
        posted((await post_returns(database, whole))[0])
        assert (await wallet(database, other)) == {
            "points": 100,
            "principal": 1500,
            "bonus": 0,
            "debt": 0,
        }
        (left,) = await rows(
            database,
            "SELECT sum(remaining) AS left FROM lots WHERE member_id = :m",
            m=chain.member_id,
        )
        assert left.left == 0


class TestQuote:
    async def test_says_what_the_return_then_does_and_writes_nothing(
        self, database: Database, chain: Chain
    ) -> None:
        await seed_wallet(database, chain, (Asset.POINTS, 100, None))
        sale = pay(build_sale(chain), ("points", 100, 100), ("cash", 2300, 0))
        sale_id = await sell(database, sale)
        message = build_return(chain, sale_id, (2, 250))
        counted = "SELECT (SELECT count(*) FROM bills), (SELECT count(*) FROM wallets)"
        before = await rows(database, counted)
        quote = partial(quote_return, database, programmes=Programmes(), now=NOW)
        draft = await quote(await command_of(database, message))
        assert await rows(database, counted) == before
        (outcome,) = await post_returns(database, message)
        assert posted(outcome).receipt == draft.receipt
        assert draft.clawed_back_points == 3
        assert draft.given_back[Asset.POINTS] == 13


class TestEvent:
    async def test_tells_stock_and_statistics_what_came_back(
        self, database: Database, chain: Chain
    ) -> None:
        await seed_wallet(database, chain, (Asset.POINTS, 100, None))
        sale = pay(build_sale(chain), ("points", 100, 100), ("cash", 2300, 0))
        for line in sale.lines:
            line.category_id = chain.category_id
        sale_id = await sell(database, sale)
        message = build_return(chain, sale_id, (2, 250))
        posted((await post_returns(database, message))[0])
        (told,) = await events_of(database, message.header.bill_id)
        assert (told.original_sale_id, told.store_id, told.member_id) == (
            sale_id,
            chain.store_id,
            chain.member_id,
        )
        (line,) = told.lines
        assert (line.line_number, line.quantity_milli, line.amount_fen) == (2, 250, 300)
        assert (line.product_id, line.category_id) == (chain.product_ids[1], chain.category_id)
        assert [(s.tender_kind, s.asset, s.amount_fen) for s in line.shares] == [
            ("points", Asset.POINTS, 13),
            ("cash", Asset.MONEY, 287),
        ]
        assert [(refund.kind, refund.amount_fen) for refund in told.refunds] == [("cash", 287)]
        assert (told.total_fen, told.clawed_back_points, told.given_back_points) == (300, 3, 13)
        assert not told.is_complete
        whole = build_return(chain, sale_id)
        posted((await post_returns(database, whole))[0])
        (told,) = await events_of(database, whole.header.bill_id)
        assert told.is_complete

    async def test_names_no_member_of_a_walk_in_sale(
        self, database: Database, chain: Chain
    ) -> None:
        sale_id = await sell(database, build_sale(chain, member_id=""))
        message = build_return(chain, sale_id)
        posted((await post_returns(database, message))[0])
        (told,) = await events_of(database, message.header.bill_id)
        assert (told.member_id, told.is_complete) == ("", True)


def _is_posted(outcome: object) -> bool:
    return isinstance(outcome, Posted)


async def another_store(database: Database) -> str:
    """A second store of the chain."""
    store_id = new_id()
    async with database.transaction() as tx:
        await DirectoryRepository(tx.connection).add_stores([store_id])
    return store_id


async def merge(database: Database, chain: Chain) -> None:
    """Merges the chain's member into its other one."""
    header = build_header(chain, reason="same person")
    message = wallet_service_pb2.MergeMembersRequest(
        header=header, into_member_id=chain.other_member_id
    )
    command = merge_members(read_header(header, NOW), message)
    posted((await post_commands(database, command, now=NOW))[0])
