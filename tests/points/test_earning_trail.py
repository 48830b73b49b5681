"""Carries and counts replayed from real bills: services/points/domain/audit/earning_trail.py."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.clock import to_proto_date, to_timestamp
from chassis.database import Database
from chassis.ids import new_id
from services.points.domain.limits import ledger_day
from services.points.usecases.audit.list_breaks import list_breaks
from tests.fixtures.audit import found_after, prove_books
from tests.fixtures.builders_points import (
    SOLD_AT,
    Chain,
    build_line,
    build_sale,
)
from tests.fixtures.capped_sales import (
    CAPPED,
    capped_sale,
    gift_command,
    gift_return_command_of,
    post_each,
)
from tests.fixtures.own_ledger import chain, database
from tests.fixtures.returning import build_return, command_of, rows
from tests.fixtures.wallet_commands import (
    build_household,
    done,
    give,
    merge_command,
    points_command,
    undo_command,
)
from tests.fixtures.wallet_moves import NOW

__all__ = ["chain", "database"]


CARRY = "UPDATE wallets SET carry_numerator = carry_numerator + 1 WHERE member_id = :m"
GIFTS = "UPDATE earning_counters SET weight = weight - 1 WHERE member_id = :m AND period = 'always'"
CAPS = "UPDATE earning_counters SET weight = weight - 1 WHERE member_id = :m AND rule_id = 'base'"


async def counted(database: Database, member_id: str) -> int:
    """What the cap of a day has counted."""
    query = "SELECT weight FROM earning_counters WHERE member_id = :m AND rule_id = 'base'"
    (row,) = await rows(database, query, m=member_id)
    return int(row.weight)


async def busy(database: Database, chain: Chain, member_id: str) -> None:
    """Sales that leave fractions, parts of them back, gifts and some of them back."""
    lines = [build_line(chain.product_ids[0], quantity_milli=3_000, list_fen=1_099, discount_fen=0)]
    sales = [
        build_sale(chain, member_id=member_id, lines=lines, sale_id=new_id()) for _ in range(2)
    ]
    sold = [capped_sale(chain, member_id, lines=lines, sale_id=sale.sale_id) for sale in sales]
    redeemed = gift_command(chain, member_id, 3)
    assert await post_each(database, *sold, redeemed) == [10, 11, 0]
    for parts in (((1, 1_000),), ((1, 500),), ()):
        message = build_return(chain, sales[0].sale_id, *parts)
        assert await post_each(database, await command_of(database, message)) == [0]
    part = build_return(chain, sales[1].sale_id, (1, 1_000))
    assert await post_each(database, await command_of(database, part)) == [0]
    for pieces in (1, 0):
        back = await gift_return_command_of(database, chain, redeemed, pieces)
        assert await post_each(database, back) == [0]
    assert await post_each(database, gift_command(chain, member_id, 2)) == [0]


class TestABusyMember:
    @pytest.mark.parametrize(
        ("sql", "found"),
        [
            (CARRY, ("WALLET_CARRY", "POINTS")),
            (GIFTS, ("EARNING_COUNTER", "gift:")),
            (CAPS, ("EARNING_COUNTER", "base 2026-05-01")),
        ],
    )
    async def test_verifies_clean_and_shows_what_is_changed(
        self, database: Database, chain: Chain, sql: str, found: tuple[str, str]
    ) -> None:
        await busy(database, chain, chain.member_id)
        await prove_books(database)
        ((kind, subject),) = await found_after(database, sql, chain.member_id)
        assert kind == found[0]
        assert subject.startswith(found[1])


class TestReturnsAtAnotherRate:
    async def test_verify_clean_also_with_parts_that_were_rounded_each_by_itself(
        self, database: Database, chain: Chain
    ) -> None:
        member_id = chain.member_id
        lines = [
            build_line(chain.product_ids[0], quantity_milli=3_000, list_fen=1_099, discount_fen=0)
        ]
        sale = build_sale(chain, member_id=member_id, lines=lines, sale_id=new_id())
        sold = capped_sale(chain, member_id, lines=lines, sale_id=sale.sale_id)
        assert await post_each(database, sold) == [10]
        earning = replace(CAPPED.earning, version=3, fen_per_point=70)
        rules = replace(CAPPED, version=3, earning=earning)
        # The room that 10.99 points leave of 30, and what the sale before left of a point.
        assert await post_each(database, capped_sale(chain, member_id), rules=rules) == [20]
        for _ in range(3):
            message = build_return(chain, sale.sale_id, (1, 1_000))
            back = await command_of(database, message)
            assert await post_each(database, back, rules=rules) == [0]
        await prove_books(database)
        assert await counted(database, member_id) == 30 * 700_000 - 1_099 * 7_000
        # Releases before freed less by the parts of a unit.
        assert await found_after(database, CAPS.replace("- 1", "+ 2"), member_id) == []
        more = CAPS.replace("- 1", "+ 2000")
        (found,) = await found_after(database, more, member_id)
        assert found == ("EARNING_COUNTER", "base 2026-05-01")


class TestPointsGiven:
    async def test_count_on_the_day_of_the_ledger_whatever_date_they_state(
        self, database: Database
    ) -> None:
        chain = await build_household(database)
        giver, taker = chain.member_id, chain.other_member_id
        await give(database, chain, giver, points=20)
        weeks_ago = SOLD_AT - timedelta(days=20)
        dates = {
            "business_date": to_proto_date(weeks_ago.date()),
            "occurred_time": to_timestamp(weeks_ago),
        }
        given = (points_command(chain, giver, taker, 3), points_command(chain, giver, taker, 4))
        await done(database, *given, points_command(chain, giver, taker, 5, **dates))
        await prove_books(database)
        less = """UPDATE earning_counters SET weight = weight - 1
                  WHERE member_id = :m AND rule_id = 'household:given'"""
        day = ledger_day(NOW)
        found = await found_after(database, less, giver)
        assert found == [("EARNING_COUNTER", f"household:given {day}")]


class TestAMerge:
    async def test_is_replayed_in_the_carry_of_both(self, database: Database, chain: Chain) -> None:
        members = (chain.member_id, chain.other_member_id)
        for member_id in members:
            await busy(database, chain, member_id)
        merge = merge_command(chain, *members)
        # What the cap leaves of the 24 with what both had earned, and the fractions of both.
        assert await post_each(database, merge, capped_sale(chain, members[0])) == [0, 16]
        await prove_books(database)
        assert await found_after(database, CARRY, members[1]) == [("WALLET_CARRY", "POINTS")]

    async def test_is_replayed_when_it_was_undone(self, database: Database, chain: Chain) -> None:
        members = (chain.member_id, chain.other_member_id)
        for member_id in members:
            await busy(database, chain, member_id)
        merge = merge_command(chain, *members)
        undo = undo_command(chain, members[0], merge.bill_id)
        assert await post_each(database, merge, undo) == [0, 0]
        await prove_books(database)
        assert await found_after(database, CARRY, members[0]) == []  # less than is rounded there
        more = CARRY.replace("+ 1", "+ 1000")
        assert await found_after(database, more, members[0]) == [("WALLET_CARRY", "POINTS")]


class TestTheProof:
    async def test_holds_what_changed_the_figure_and_nothing_else(
        self, database: Database, chain: Chain
    ) -> None:
        member_id = chain.member_id
        lines = [
            build_line(chain.product_ids[0], quantity_milli=2_000, list_fen=550, discount_fen=0)
        ]
        sale = build_sale(chain, member_id=member_id, lines=lines, sale_id=new_id())
        sold = capped_sale(chain, member_id, lines=lines, sale_id=sale.sale_id)
        # Of 24 yuan: the fraction stays as the sale before has left it.
        even = capped_sale(chain, member_id, sale_id=new_id())
        gift = gift_command(chain, member_id, 2)
        assert await post_each(database, sold, even, gift) == [5, 24, 0]
        back = await command_of(database, build_return(chain, sale.sale_id, (1, 1_000)))
        gift_back = await gift_return_command_of(database, chain, gift)
        assert await post_each(database, back, gift_back) == [0, 0]
        await prove_books(database)
        for sql in (CARRY, GIFTS.replace("- 1", "+ 5"), CAPS):
            await found_after(database, sql, member_id)
        page = await list_breaks(database, member_id, include_resolved=False, token="", limit=9)
        proofs = {
            view.row.subject.partition(":")[0]: {str(each.bill_id) for each in view.proof}
            for view in page.breaks
        }
        assert proofs == {
            "POINTS": {sold.bill_id, back.bill_id},
            "gift": {gift.bill_id, gift_back.bill_id},
            "base 2026-05-01": {sold.bill_id, even.bill_id, back.bill_id},
        }
