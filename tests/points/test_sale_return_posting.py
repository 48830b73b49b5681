"""What returns book in the real database: services/points/usecases/returns/return_sale.py."""

from collections import Counter
from datetime import date, timedelta

from chassis.database import Database
from pricing.earning import Caps, EarningProgramme, FixedBonus, ProgrammeRule
from services.points.domain.assets import Asset
from services.points.domain.programme import Programme, Programmes
from services.points.messages.documents import read_sale
from services.points.usecases.sales.post_sales import sale_command
from tests.fixtures.builders_points import (
    BUSINESS_DATE,
    Chain,
    build_line,
    build_sale,
    post_commands,
)
from tests.fixtures.returning import (
    NOW,
    RETURN_DAY,
    another_store,
    build_return,
    pay,
    post_returns,
    posted,
    reason,
    rows,
    seed_wallet,
    sell,
    transfers,
    wallet,
)


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
