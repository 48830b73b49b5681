"""What reports makes of events, applied directly: counted once, in any order, all or nothing."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, select
from sqlalchemy.exc import DBAPIError

from chassis.database import Database
from chassis.ids import new_id
from services.reports.domain.columns import NO_CATEGORY
from services.reports.event_handlers import LINES_RECORDED, SALES_RECORDED, SALES_REPEATED
from services.reports.storage.tables import (
    applied_sales,
    categories,
    category_days,
    member_days,
    metadata,
    product_days,
    products,
    store_days,
    stores,
)
from tests.fixtures.builders_reports import (
    DAY,
    build_bills_posted,
    build_categories_upserted,
    build_line,
    build_products_upserted,
    build_sale,
    build_sales_posted,
    build_sales_returned,
    build_stores_upserted,
)
from tests.reports.conftest import Apply, empty

STORE, MEMBER, PRODUCT, CATEGORY = (new_id() for _ in range(4))
# Returned fen, quantity and number; models by store and member end with points clawed back.
NOTHING_BACK = (0, 0, 0)


async def rows_of(database: Database, table: Table) -> set[tuple[Any, ...]]:
    async with database.read() as connection:
        return {tuple(row) for row in await connection.execute(select(table))}


async def everything(database: Database) -> dict[str, set[tuple[Any, ...]]]:
    return {name: await rows_of(database, table) for name, table in metadata.tables.items()}


def one_sale(**fields: Any) -> Any:
    lines = [
        build_line(product_id=PRODUCT, category_id=CATEGORY, list_fen=990, discount_fen=90),
        build_line(product_id=PRODUCT, category_id=CATEGORY, list_fen=100, quantity_milli=754),
    ]
    return build_sale(lines, **{"store_id": STORE, "member_id": MEMBER, **fields})


class TestSalesPosted:
    async def test_adds_a_sale_to_every_read_model(self, database: Database, apply: Apply) -> None:
        await apply(build_sales_posted(one_sale()))
        assert await rows_of(database, store_days) == {
            (DAY, STORE, 1000, 90, 1754, 1, *NOTHING_BACK, 0)
        }
        assert await rows_of(database, member_days) == {
            (DAY, MEMBER, 1000, 90, 1754, 1, *NOTHING_BACK, 0)
        }
        # by category and product lines are counted
        assert await rows_of(database, category_days) == {
            (DAY, CATEGORY, 1000, 90, 1754, 2, *NOTHING_BACK)
        }
        assert await rows_of(database, product_days) == {
            (DAY, PRODUCT, 1000, 90, 1754, 2, *NOTHING_BACK)
        }

    async def test_adds_up_sales_of_one_event_and_of_several(
        self, database: Database, apply: Apply
    ) -> None:
        await apply(
            build_sales_posted(one_sale(), one_sale()),
            build_sales_posted(one_sale(), one_sale(day=DAY + timedelta(1))),
        )
        assert await rows_of(database, store_days) == {
            (DAY, STORE, 3000, 270, 5262, 3, *NOTHING_BACK, 0),
            (DAY + timedelta(1), STORE, 1000, 90, 1754, 1, *NOTHING_BACK, 0),
        }

    async def test_leaves_walk_ins_out_of_the_members(
        self, database: Database, apply: Apply
    ) -> None:
        await apply(build_sales_posted(one_sale(member_id="")))
        assert await rows_of(database, member_days) == set()
        assert await rows_of(database, store_days) == {
            (DAY, STORE, 1000, 90, 1754, 1, *NOTHING_BACK, 0)
        }

    async def test_keeps_lines_without_a_category(self, database: Database, apply: Apply) -> None:
        await apply(build_sales_posted(build_sale([build_line(category_id="")])))
        assert await rows_of(database, category_days) == {
            (DAY, NO_CATEGORY, 1000, 0, 1000, 1, *NOTHING_BACK)
        }

    async def test_counts_a_sale_of_two_events_once(self, database: Database, apply: Apply) -> None:
        repeated, fresh = one_sale(), one_sale()
        await apply(build_sales_posted(repeated))
        await apply(build_sales_posted(repeated, fresh), build_sales_posted(fresh))
        assert await rows_of(database, store_days) == {
            (DAY, STORE, 2000, 180, 3508, 2, *NOTHING_BACK, 0)
        }
        assert await rows_of(database, product_days) == {
            (DAY, PRODUCT, 2000, 180, 3508, 4, *NOTHING_BACK)
        }

    async def test_counts_a_sale_twice_in_one_event_once(
        self, database: Database, apply: Apply
    ) -> None:
        sale = one_sale()
        await apply(build_sales_posted(sale, sale))
        assert await rows_of(database, store_days) == {
            (DAY, STORE, 1000, 90, 1754, 1, *NOTHING_BACK, 0)
        }

    async def test_takes_amounts_beyond_32_bits(self, database: Database, apply: Apply) -> None:
        huge = 5_000_000_000_000
        line = build_line(list_fen=huge, quantity_milli=huge)
        await apply(build_sales_posted(build_sale([line, line], store_id=STORE)))
        assert await rows_of(database, store_days) == {
            (DAY, STORE, 2 * huge, 0, 2 * huge, 1, *NOTHING_BACK, 0)
        }

    @pytest.mark.parametrize(
        "bad",
        [
            {"store_id": "no uuid"},
            {"member_id": f"{new_id()},{new_id()}"},
            {"member_id": "NULL"},
            {"sale_id": "}"},
            {"store_id": '"'},
        ],
    )
    async def test_writes_nothing_of_an_event_with_a_malformed_sale(
        self, database: Database, apply: Apply, bad: dict[str, str]
    ) -> None:
        before = await everything(database)
        with pytest.raises(DBAPIError):
            await apply(build_sales_posted(one_sale(), one_sale(**bad)))
        assert await everything(database) == before

    async def test_writes_nothing_of_an_event_without_a_day(
        self, database: Database, apply: Apply
    ) -> None:
        undated = one_sale()
        undated.ClearField("business_date")
        with pytest.raises(ValueError, match="year"):
            await apply(build_sales_posted(one_sale(), undated))
        assert await rows_of(database, applied_sales) == set()

    async def test_ends_the_same_in_any_order(self, database: Database, apply: Apply) -> None:
        choose = random.Random(7)
        ids = [new_id() for _ in range(6)]
        sales = [
            build_sale(
                [
                    build_line(
                        product_id=choose.choice(ids),
                        category_id=choose.choice(ids),
                        list_fen=choose.randrange(1000),
                    )
                    for _ in range(5)
                ],
                store_id=choose.choice(ids),
                member_id=choose.choice([*ids, ""]),
                day=date(2026, 1, choose.randrange(1, 4)),
            )
            for _ in range(40)
        ]
        events = [build_sales_posted(*choose.sample(sales, 7)) for _ in range(20)]
        events.append(build_sales_posted(*sales))
        outcomes = []
        for _ in range(3):
            choose.shuffle(events)
            await apply(*events)
            outcomes.append(await everything(database))
            await empty(database)
        assert len(outcomes[0]["applied_sales"]) == 40
        assert outcomes[0] == outcomes[1] == outcomes[2]

    async def test_counts_in_the_metrics_what_was_committed(
        self, database: Database, apply: Apply
    ) -> None:
        def counts() -> list[float]:
            counters = (SALES_RECORDED, LINES_RECORDED, SALES_REPEATED)
            return [counter._value.get() for counter in counters]

        before = counts()
        sale = one_sale()
        await apply(build_sales_posted(sale), build_sales_posted(sale, one_sale()))
        with pytest.raises(DBAPIError):
            await apply(build_sales_posted(one_sale(store_id="x")))
        gained = [now - then for now, then in zip(counts(), before, strict=True)]
        assert gained == [2, 4, 1]


class TestStoresAndProductsUpserted:
    async def test_sets_names(self, database: Database, apply: Apply) -> None:
        await apply(build_stores_upserted({STORE: "人民路店"}, revision=3))
        await apply(build_products_upserted({PRODUCT: "鲜牛奶 950ml"}, revision=4))
        assert await rows_of(database, stores) == {(STORE, "人民路店", 3)}
        assert await rows_of(database, products) == {(PRODUCT, "鲜牛奶 950ml", 4)}

    async def test_lets_the_higher_revision_win_in_any_order(
        self, database: Database, apply: Apply
    ) -> None:
        other = new_id()
        events = [
            build_stores_upserted({STORE: "first"}, revision=1),
            build_stores_upserted({STORE: "third", other: "other"}, revision=3),
            build_stores_upserted({STORE: "second", other: "older"}, revision=2),
        ]
        for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
            await apply(*(events[i] for i in order))
            assert await rows_of(database, stores) == {(STORE, "third", 3), (other, "other", 3)}
            await empty(database)

    async def test_takes_an_event_of_nothing(self, database: Database, apply: Apply) -> None:
        await apply(build_stores_upserted({}), build_products_upserted({}))
        await apply(build_categories_upserted({}), build_sales_posted())
        await apply(build_sales_returned(), build_bills_posted())
        assert not any((await everything(database)).values())


class TestCategoriesUpserted:
    async def test_sets_names_and_parents(self, database: Database, apply: Apply) -> None:
        child = new_id()
        tree = {child: (CATEGORY, "牛奶"), CATEGORY: ("", "食品")}
        await apply(build_categories_upserted(tree, revision=2))
        await apply(build_categories_upserted({child: ("", "old")}, revision=1))
        assert await rows_of(database, categories) == {
            (CATEGORY, None, "食品", 2),
            (child, CATEGORY, "牛奶", 2),
        }
