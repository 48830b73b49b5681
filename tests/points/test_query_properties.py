"""Questions to the ledger agree with a naive replay of all its transfers, whatever happened."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import Database
from services.points.domain.assets import (
    REDEEMED,
    REVENUE,
    Asset,
)
from services.points.usecases.queries.read_outstanding import (
    list_liability,
    list_settlement,
    summarize_settlement,
)
from services.points.usecases.queries.read_past_balances import (
    read_past_balances,
    summarize_past_balances,
)
from services.points.usecases.queries.read_statement import read_statement
from tests.fixtures.builders_points import BUSINESS_DATE
from tests.fixtures.loose_ledger import database
from tests.fixtures.random_books import (
    BEGIN,
    MINUTE,
    SOURCES,
    VALUE,
    World,
    balances,
    change,
    pass_of,
    transfers,
)

__all__ = ["database"]

# Each example posts to a real database: a failing one is shown as it was found.
EXAMPLES = settings(max_examples=20, phases=(Phase.explicit, Phase.reuse, Phase.generate))
# What happens: an action, of which member, in which store, of which asset, how much.
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*["grant"] * 3, *["spend"] * 3, "return", "expire", "owe"]),
        st.sampled_from([0, 0, 0, 1]),
        st.integers(0, 2),
        st.sampled_from((Asset.POINTS, Asset.POINTS, Asset.PASS, *VALUE)),
        st.integers(1, 9),
    ),
    min_size=10,
    max_size=30,
)
# One bill takes what two stores sold, and one gives part of it back.
SHARED = [
    (action, 0, store, asset, amount)
    for asset in (Asset.POINTS, Asset.PASS)
    for action, store, amount in (
        ("grant", 0, 4),
        ("grant", 1, 3),
        ("spend", 2, 3),
        ("return", 1, 5),
    )
]


class TestQueries:
    @EXAMPLES
    @given(steps=STEPS)
    async def test_the_past_is_what_had_been_posted_until_then(
        self, database: Database, steps: list[Any]
    ) -> None:
        world = World()
        await world.play(database, steps)
        rows = await transfers(database)
        for moment in {*world.moments, BEGIN - MINUTE, world.moments[-1] - MINUTE / 2}:
            for member in world.members:
                own = [row for row in rows if str(row.member_id) == member]
                past = await read_past_balances(database, member, moment, "", 1_000)
                found = {(each.asset, each.pass_id): each.amount for each in past.balances}
                assert found == balances(own, moment)
                lots: defaultdict[tuple[str, int], int] = defaultdict(int)
                debt = 0
                for row in own:
                    if row.posted_at <= moment:
                        debt += row.amount * (row.debit_account == "points_debt")
                        debt -= row.amount * (row.credit_account == "points_debt")
                        if row.lot_bill_id is not None:
                            lots[str(row.lot_bill_id), row.lot_ordinal] += change(row)
                assert past.debt_points == debt
                assert {(lot.bill_id, lot.ordinal): lot.amount for lot in past.lots.rows} == {
                    lot: amount for lot, amount in lots.items() if amount
                }
            summed = await summarize_past_balances(database, moment)
            assert {(each.asset, each.pass_id): each.amount for each in summed} == balances(
                rows, moment
            )

    @EXAMPLES
    @given(steps=STEPS, limit=st.integers(1, 5))
    async def test_a_statement_is_the_replay_backwards(
        self, database: Database, steps: list[Any], limit: int
    ) -> None:
        world = World()
        await world.play(database, steps)
        rows = await transfers(database, world.members)
        for member in world.members:
            for asset in VALUE:
                expected = []
                balance = 0
                for row in rows:
                    if str(row.member_id) == member and row.asset == asset:
                        balance += change(row)
                        expected.append((str(row.bill_id), row.ordinal, change(row), balance))
                found = []
                token = ""
                while True:
                    page = await read_statement(
                        database, member, asset, pass_of(asset), token, limit
                    )
                    found += [
                        (line.row.bill_id, line.row.ordinal, line.row.change, line.balance)
                        for line in page.rows
                    ]
                    token = page.next_page_token
                    if not token:
                        break
                assert found == expected[::-1]

    @EXAMPLES
    @given(steps=STEPS)
    async def test_liability_is_what_the_wallets_hold(
        self, database: Database, steps: list[Any]
    ) -> None:
        world = World()
        await world.play(database, steps)
        page = await list_liability(database, world.stores, "", 10)
        assert not page.next_page_token
        found: defaultdict[Asset, int] = defaultdict(int)
        for row in page.rows:
            found[Asset(row.asset)] += int(row.amount)
        async with database.read() as connection:
            wallets = await connection.execute(
                text(
                    "SELECT coalesce(sum(points), 0), coalesce(sum(principal_fen), 0),"
                    " coalesce(sum(bonus_fen), 0) FROM wallets WHERE member_id = ANY(:m)"
                ),
                {"m": world.members},
            )
            assert tuple(found[asset] for asset in VALUE[:3]) == tuple(map(int, wallets.one()))
        rows = await transfers(database, world.members)
        by_store: defaultdict[tuple[str, Asset], int] = defaultdict(int)
        for row in rows:
            if row.seller is not None:
                by_store[str(row.seller), Asset(row.asset)] += change(row)
        liability: defaultdict[tuple[str, Asset], int] = defaultdict(int)
        for row in page.rows:
            assert row.month is None or row.month == row.month.replace(day=1)
            liability[str(row.store_id), Asset(row.asset)] += int(row.amount)
        assert liability == {key: amount for key, amount in by_store.items() if amount}

    @EXAMPLES
    @example(steps=SHARED, span=(0, 3))
    @given(steps=STEPS, span=st.tuples(st.integers(0, 3), st.integers(0, 3)))
    async def test_settlement_is_every_redemption_and_sums_to_nothing(
        self, database: Database, steps: list[Any], span: tuple[int, int]
    ) -> None:
        world = World()
        await world.play(database, steps)
        first, last = (BUSINESS_DATE + timedelta(days=days) for days in sorted(span))
        page = await list_settlement(database, [], world.stores, first, last, "", 20)
        units: defaultdict[tuple[str, str, Asset], int] = defaultdict(int)
        money: defaultdict[tuple[str, Asset], int] = defaultdict(int)
        for row in await transfers(database, world.members):
            if first <= row.business_date <= last:
                asset = Asset(row.asset)
                if REDEEMED.get(asset) in (row.debit_account, row.credit_account):
                    units[str(row.store_id), str(row.seller), asset] -= change(row)
                if REVENUE in (row.debit_account, row.credit_account):
                    sign = 1 if row.credit_account == REVENUE else -1
                    source = row.debit_account if sign == 1 else row.credit_account
                    spent = next(a for a, account in SOURCES.items() if account == source)
                    money[str(row.store_id), spent] += sign * int(row.amount)
        assert {(c.redeemer, c.seller, c.asset): c.units for c in page.rows if c.units} == {
            key: amount for key, amount in units.items() if amount
        }
        worths: defaultdict[tuple[str, Asset], int] = defaultdict(int)
        for cell in page.rows:
            worths[cell.redeemer, cell.asset] += cell.amount_fen
            if cell.asset in (Asset.PRINCIPAL, Asset.BONUS):
                assert cell.amount_fen == cell.units
        assert {k: v for k, v in worths.items() if v} == {k: v for k, v in money.items() if v}
        positions = await summarize_settlement(database, world.stores, first, last)
        assert sum(each.owed_fen - each.owing_fen for each in positions) == 0
        others = {c for c in page.rows if c.redeemer != c.seller}
        for store in world.stores:
            mine = [each for each in positions if each.store_id == store]
            assert sum(each.owed_fen for each in mine) == sum(
                c.amount_fen for c in others if c.redeemer == store
            )
            assert sum(each.owing_fen for each in mine) == sum(
                c.amount_fen for c in others if c.seller == store
            )
