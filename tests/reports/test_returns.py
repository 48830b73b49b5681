"""What reports makes of returns: taken off once, in any order, on their own day and store."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, select
from sqlalchemy.exc import DBAPIError

from chassis.database import Database
from chassis.ids import new_id
from services.reports.domain.columns import NO_CATEGORY
from services.reports.event_handlers import RETURNS_RECORDED, RETURNS_REPEATED
from services.reports.storage.tables import (
    applied_bills,
    category_days,
    member_days,
    metadata,
    product_days,
    store_days,
)
from tests.fixtures.builders_reports import (
    DAY,
    build_line,
    build_return,
    build_returned_line,
    build_sale,
    build_sales_posted,
    build_sales_returned,
    build_whole_return,
)
from tests.reports.answers import ask
from tests.reports.conftest import Apply, empty

STORE, OTHER_STORE, MEMBER, PRODUCT, CATEGORY = (new_id() for _ in range(5))
BY_STORE, BY_DAY, BY_CATEGORY, BY_PRODUCT, BY_MEMBER = 1, 2, 4, 5, 6
NEXT_DAY = DAY + timedelta(1)


async def rows_of(database: Database, table: Table) -> set[tuple[Any, ...]]:
    async with database.read() as connection:
        return {tuple(row) for row in await connection.execute(select(table))}


async def everything(database: Database) -> dict[str, set[tuple[Any, ...]]]:
    return {name: await rows_of(database, table) for name, table in metadata.tables.items()}


def sale() -> Any:
    """Three pieces for 27 yuan after 3 yuan of discount."""
    line = build_line(
        product_id=PRODUCT,
        category_id=CATEGORY,
        list_fen=3000,
        discount_fen=300,
        quantity_milli=3000,
    )
    return build_sale([line], store_id=STORE, member_id=MEMBER)


def one_piece_back(**fields: Any) -> Any:
    """One of the three pieces, and the 9 points that it had earned."""
    line = build_returned_line(product_id=PRODUCT, category_id=CATEGORY, amount_fen=900)
    given = {"store_id": STORE, "member_id": MEMBER, "clawed_back_points": 9, **fields}
    return build_return([line], **given)


class TestSalesReturned:
    async def test_takes_a_part_off_every_read_model(
        self, database: Database, apply: Apply
    ) -> None:
        await apply(build_sales_posted(sale()), build_sales_returned(one_piece_back()))
        left = (1800, 300, 2000, 1, 900, 1000, 1)
        assert await rows_of(database, store_days) == {(DAY, STORE, *left, 9)}
        assert await rows_of(database, member_days) == {(DAY, MEMBER, *left, 9)}
        assert await rows_of(database, category_days) == {(DAY, CATEGORY, *left)}
        assert await rows_of(database, product_days) == {(DAY, PRODUCT, *left)}

    async def test_leaves_no_revenue_of_a_whole_return(
        self, database: Database, apply: Apply
    ) -> None:
        sold = sale()
        back = build_whole_return(sold, clawed_back_points=27)
        await apply(build_sales_posted(sold), build_sales_returned(back))
        # what was sold and what came back stay visible
        assert await rows_of(database, store_days) == {
            (DAY, STORE, 0, 300, 0, 1, 2700, 3000, 1, 27)
        }
        assert await rows_of(database, product_days) == {
            (DAY, PRODUCT, 0, 300, 0, 1, 2700, 3000, 1)
        }

    async def test_adds_up_parts_of_one_event_and_of_several_to_the_whole(
        self, database: Database, apply: Apply
    ) -> None:
        await apply(
            build_sales_posted(sale()),
            build_sales_returned(one_piece_back(), one_piece_back()),
            build_sales_returned(one_piece_back()),
        )
        assert await rows_of(database, store_days) == {
            (DAY, STORE, 0, 300, 0, 1, 2700, 3000, 3, 27)
        }

    async def test_counts_where_and_when_the_goods_came_back(
        self, database: Database, apply: Apply
    ) -> None:
        back = one_piece_back(store_id=OTHER_STORE, day=NEXT_DAY)
        await apply(build_sales_posted(sale()), build_sales_returned(back))
        assert await rows_of(database, store_days) == {
            (DAY, STORE, 2700, 300, 3000, 1, 0, 0, 0, 0),
            (NEXT_DAY, OTHER_STORE, -900, 0, -1000, 0, 900, 1000, 1, 9),
        }
        assert await rows_of(database, product_days) == {
            (DAY, PRODUCT, 2700, 300, 3000, 1, 0, 0, 0),
            (NEXT_DAY, PRODUCT, -900, 0, -1000, 0, 900, 1000, 1),
        }

    async def test_counts_before_its_sale_as_after_it(
        self, database: Database, apply: Apply
    ) -> None:
        events = [build_sales_posted(sale()), build_sales_returned(one_piece_back())]
        await apply(*events)
        straight = await everything(database)
        await empty(database)
        await apply(*reversed(events))
        assert await everything(database) == straight
        assert len(straight["applied_sales"]) == len(straight["applied_bills"]) == 1

    async def test_counts_a_return_of_two_events_once(
        self, database: Database, apply: Apply
    ) -> None:
        repeated, fresh = one_piece_back(), one_piece_back()
        await apply(build_sales_returned(repeated), build_sales_returned(repeated))
        await apply(build_sales_returned(repeated, fresh, fresh), build_sales_returned(fresh))
        assert await rows_of(database, store_days) == {
            (DAY, STORE, -1800, 0, -2000, 0, 1800, 2000, 2, 18)
        }

    async def test_leaves_walk_ins_out_of_the_members(
        self, database: Database, apply: Apply
    ) -> None:
        await apply(build_sales_returned(one_piece_back(member_id="", clawed_back_points=0)))
        assert await rows_of(database, member_days) == set()
        assert await rows_of(database, store_days) == {
            (DAY, STORE, -900, 0, -1000, 0, 900, 1000, 1, 0)
        }

    async def test_keeps_lines_without_a_category(self, database: Database, apply: Apply) -> None:
        await apply(build_sales_returned(build_return([build_returned_line(category_id="")])))
        assert await rows_of(database, category_days) == {
            (DAY, NO_CATEGORY, -1000, 0, -1000, 0, 1000, 1000, 1)
        }

    async def test_takes_amounts_beyond_32_bits(self, database: Database, apply: Apply) -> None:
        huge = 5_000_000_000_000
        line = build_returned_line(amount_fen=huge, quantity_milli=huge)
        back = build_return([line, line], store_id=STORE, clawed_back_points=huge)
        await apply(build_sales_returned(back))
        assert await rows_of(database, store_days) == {
            (DAY, STORE, -2 * huge, 0, -2 * huge, 0, 2 * huge, 2 * huge, 1, huge)
        }

    @pytest.mark.parametrize("bad", [{"store_id": "no uuid"}, {"bill_id": "}"}, {"member_id": '"'}])
    async def test_writes_nothing_of_an_event_with_a_malformed_return(
        self, database: Database, apply: Apply, bad: dict[str, str]
    ) -> None:
        with pytest.raises(DBAPIError):
            await apply(build_sales_returned(one_piece_back(), one_piece_back(**bad)))
        assert not any((await everything(database)).values())

    async def test_writes_nothing_of_an_event_without_a_day(
        self, database: Database, apply: Apply
    ) -> None:
        undated = one_piece_back()
        undated.ClearField("business_date")
        with pytest.raises(ValueError, match="year"):
            await apply(build_sales_returned(one_piece_back(), undated))
        assert await rows_of(database, applied_bills) == set()

    async def test_ends_the_same_in_any_order(self, database: Database, apply: Apply) -> None:
        choose = random.Random(11)
        ids = [new_id() for _ in range(4)]
        sales = [
            build_sale(
                [build_line(product_id=choose.choice(ids), list_fen=choose.randrange(1000))],
                store_id=choose.choice(ids),
                member_id=choose.choice([*ids, ""]),
                day=date(2026, 1, choose.randrange(1, 4)),
            )
            for _ in range(15)
        ]
        returns = [
            build_whole_return(
                sold,
                store_id=choose.choice(ids),
                day=date(2026, 1, choose.randrange(1, 6)),
                clawed_back_points=choose.randrange(9),
            )
            for sold in sales
        ]
        events = [build_sales_posted(*choose.sample(sales, 5)) for _ in range(4)]
        events += [build_sales_returned(*choose.sample(returns, 5)) for _ in range(4)]
        events += [build_sales_posted(*sales), build_sales_returned(*returns)]
        outcomes = []
        for _ in range(3):
            choose.shuffle(events)
            await apply(*events)
            outcomes.append(await everything(database))
            await empty(database)
        assert len(outcomes[0]["applied_bills"]) == 15
        # all that was sold came back
        assert sum(row[2] for row in outcomes[0]["store_days"]) == 0
        assert outcomes[0] == outcomes[1] == outcomes[2]

    async def test_counts_in_the_metrics_what_was_committed(
        self, database: Database, apply: Apply
    ) -> None:
        def counts() -> list[float]:
            return [each._value.get() for each in (RETURNS_RECORDED, RETURNS_REPEATED)]

        before = counts()
        back = one_piece_back()
        await apply(build_sales_returned(back), build_sales_returned(back, one_piece_back()))
        with pytest.raises(DBAPIError):
            await apply(build_sales_returned(one_piece_back(store_id="x")))
        assert [now - then for now, then in zip(counts(), before, strict=True)] == [2, 1]


class TestQuerySales:
    async def test_tells_sold_returned_and_net_apart(self, reports: Any, apply: Apply) -> None:
        await apply(build_sales_posted(sale()), build_sales_returned(one_piece_back()))
        for dimension in (BY_STORE, BY_DAY, BY_CATEGORY, BY_PRODUCT, BY_MEMBER):
            (row,) = await ask(reports, dimension)
            assert (row.sold_fen, row.returned_fen, row.revenue_fen) == (2700, 900, 1800)
            assert (row.returned_quantity_milli, row.quantity_milli) == (1000, 2000)
            assert (row.sale_count, row.return_count, row.discount_fen) == (1, 1, 300)
            by_line = dimension in (BY_CATEGORY, BY_PRODUCT)
            assert row.clawed_back_points == (0 if by_line else 9)

    async def test_answers_days_on_which_goods_only_came_back(
        self, reports: Any, apply: Apply
    ) -> None:
        back = one_piece_back(store_id=OTHER_STORE, day=NEXT_DAY)
        await apply(build_sales_posted(sale()), build_sales_returned(back))
        rows = await ask(reports, BY_STORE, BY_DAY, first=NEXT_DAY, last=NEXT_DAY)
        assert [(row.key, row.revenue_fen, row.sold_fen, row.sale_count) for row in rows] == [
            (OTHER_STORE, -900, 0, 0)
        ]

    async def test_orders_by_what_is_left(self, reports: Any, apply: Apply) -> None:
        many, few, none = (
            build_sale([build_line(list_fen=fen)], store_id=new_id()) for fen in (900, 500, 800)
        )
        back = build_return([build_returned_line(amount_fen=600)], store_id=many.store_id)
        await apply(
            build_sales_posted(many, few, none),
            build_sales_returned(back, build_whole_return(none), one_piece_back()),
        )
        expected = [few.store_id, many.store_id, none.store_id, STORE]
        for page_size in (0, 1, 2, 3):
            rows = await ask(reports, BY_STORE, order=1, page_size=page_size)
            assert [row.key for row in rows] == expected
        assert [row.revenue_fen for row in rows] == [500, 300, 0, -900]
