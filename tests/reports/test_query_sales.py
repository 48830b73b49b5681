"""QuerySales over gRPC: sums, names, roll-up along the tree, pages."""

from datetime import date
from typing import Any

import pytest

from chassis.ids import new_id
from tests.fixtures.builders_reports import (
    build_categories_upserted,
    build_line,
    build_products_upserted,
    build_query,
    build_sale,
    build_sales_posted,
    build_stores_upserted,
)
from tests.reports.answers import ask, figures
from tests.reports.conftest import Apply

STORE, PERIOD_DAY, PERIOD_MONTH, CATEGORY, PRODUCT, MEMBER = 1, 2, 3, 4, 5, 6
BY_REVENUE = 1


class TestQuerySales:
    async def test_names_what_it_knows(self, reports: Any, apply: Apply) -> None:
        store, product, category, member, unknown = (new_id() for _ in range(5))
        lines = [build_line(product_id=product, category_id=category)]
        await apply(
            build_sales_posted(build_sale(lines, store_id=store, member_id=member)),
            build_sales_posted(build_sale(lines, store_id=unknown)),
            build_stores_upserted({store: "人民路店"}),
            build_products_upserted({product: "牛奶"}),
            build_categories_upserted({category: ("", "乳品")}),
        )
        by_store = {row.key: row.label for row in await ask(reports, STORE)}
        assert by_store == {store: "人民路店", unknown: ""}
        assert [(r.key, r.label) for r in await ask(reports, PRODUCT)] == [(product, "牛奶")]
        assert [(r.key, r.label) for r in await ask(reports, CATEGORY)] == [(category, "乳品")]
        assert [(r.key, r.label) for r in await ask(reports, MEMBER)] == [(member, "")]
        assert [(r.key, r.label) for r in await ask(reports, PERIOD_DAY)] == [("", "")]

    async def test_gives_an_empty_key_to_lines_without_a_category(
        self, reports: Any, apply: Apply
    ) -> None:
        await apply(build_sales_posted(build_sale([build_line()])))
        for depth in (0, 1):
            rows = await ask(reports, CATEGORY, category_depth=depth)
            assert figures(rows) == [("", None, 1000, 0, 1000, 1)]

    async def test_answers_nothing_where_nothing_was_sold(self, reports: Any) -> None:
        for group_by in ([STORE], [PERIOD_DAY], [CATEGORY, PERIOD_MONTH], [MEMBER]):
            assert await ask(reports, *group_by) == []

    async def test_sums_a_month_over_the_asked_days_only(self, reports: Any, apply: Apply) -> None:
        days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 27), date(2026, 2, 28)]
        await apply(*(build_sales_posted(build_sale(day=day)) for day in days))
        rows = await ask(reports, PERIOD_MONTH, first=days[0], last=days[2])
        assert figures(rows) == [
            ("", date(2026, 1, 1), 1000, 0, 1000, 1),
            ("", date(2026, 2, 1), 2000, 0, 2000, 2),
        ]

    async def test_sums_only_the_stores_asked_for(self, reports: Any, apply: Apply) -> None:
        ids = sorted(new_id() for _ in range(3))
        await apply(*(build_sales_posted(build_sale(store_id=i)) for i in ids))
        rows = await ask(reports, STORE, store_ids=[ids[0], ids[2].upper()])
        assert [row.key for row in rows] == [ids[0], ids[2]]
        assert [r.sale_count for r in await ask(reports, PERIOD_DAY, store_ids=ids[1:])] == [2]
        assert await ask(reports, PERIOD_DAY, store_ids=[new_id()]) == []

    async def test_puts_the_largest_revenue_first_and_breaks_ties_by_key(
        self, reports: Any, apply: Apply
    ) -> None:
        ids = sorted(new_id() for _ in range(5))
        fens = [500, 900, 500, 900, 100]
        for store_id, fen in zip(ids, fens, strict=True):
            sale = build_sale([build_line(list_fen=fen)], store_id=store_id)
            await apply(build_sales_posted(sale))
        expected = [ids[1], ids[3], ids[0], ids[2], ids[4]]
        for page_size in (0, 1, 2, 3):
            rows = await ask(reports, STORE, order=BY_REVENUE, page_size=page_size)
            assert [row.key for row in rows] == expected

    async def test_cuts_a_page_to_the_maximum(self, reports: Any, apply: Apply) -> None:
        sale = build_sale([build_line() for _ in range(5001)])
        await apply(build_sales_posted(sale))
        answer = await reports.QuerySales(build_query(PRODUCT, page_size=100_000))
        assert len(answer.rows) == 5000
        answer = await reports.QuerySales(
            build_query(PRODUCT, page_size=100_000, page_token=answer.next_page_token)
        )
        assert len(answer.rows) == 1
        assert answer.next_page_token == ""
        assert len((await reports.QuerySales(build_query(PRODUCT))).rows) == 1000


class TestCategoryRollUp:
    @pytest.fixture
    async def tree(self, apply: Apply) -> dict[str, str]:
        """food > dairy > milk, toys; ten yuan sold in each, and in one that nobody knows."""
        ids = {name: new_id() for name in ("food", "dairy", "milk", "toys", "unknown")}
        parents = {"food": "", "dairy": ids["food"], "milk": ids["dairy"], "toys": ""}
        # children first: events come in any order
        for revision, name in enumerate(("milk", "toys", "dairy", "food"), start=1):
            tree = {ids[name]: (parents[name], name)}
            await apply(build_categories_upserted(tree, revision=revision))
        lines = [build_line(category_id=category_id) for category_id in ids.values()]
        await apply(build_sales_posted(build_sale(lines)))
        return ids

    @pytest.mark.parametrize(
        ("depth", "expected"),
        [
            (0, {"food": 1, "dairy": 1, "milk": 1, "toys": 1, "unknown": 1}),
            (1, {"food": 3, "toys": 1, "unknown": 1}),
            (2, {"food": 1, "dairy": 2, "toys": 1, "unknown": 1}),
            (3, {"food": 1, "dairy": 1, "milk": 1, "toys": 1, "unknown": 1}),
            (2**31 - 1, {"food": 1, "dairy": 1, "milk": 1, "toys": 1, "unknown": 1}),
        ],
    )
    async def test_sums_at_the_depth(
        self, reports: Any, tree: dict[str, str], depth: int, expected: dict[str, int]
    ) -> None:
        names = {category_id: name for name, category_id in tree.items()}
        rows = await ask(reports, CATEGORY, category_depth=depth)
        assert {names[row.key]: row.sale_count for row in rows} == expected
        labels = {row.key: row.label for row in rows}
        assert labels == {tree[n]: n if n != "unknown" else "" for n in expected}
        for page_size in (1, 2):
            for order in (0, BY_REVENUE):
                pages = await ask(
                    reports,
                    CATEGORY,
                    PERIOD_DAY,
                    category_depth=depth,
                    page_size=page_size,
                    order=order,
                )
                assert {names[row.key]: row.sale_count for row in pages} == expected
                assert len(pages) == len(expected)

    async def test_follows_a_category_that_moves(
        self, reports: Any, apply: Apply, tree: dict[str, str]
    ) -> None:
        await apply(build_categories_upserted({tree["milk"]: (tree["toys"], "milk")}, revision=9))
        rows = await ask(reports, CATEGORY, category_depth=1)
        assert {row.key: row.sale_count for row in rows} == {
            tree["food"]: 2,
            tree["toys"]: 2,
            tree["unknown"]: 1,
        }

    async def test_treats_a_category_of_an_unknown_parent_as_a_top(
        self, reports: Any, apply: Apply, tree: dict[str, str]
    ) -> None:
        moved = {tree["dairy"]: (new_id(), "dairy")}
        await apply(build_categories_upserted(moved, revision=9))
        rows = await ask(reports, CATEGORY, category_depth=1)
        assert {row.key: row.sale_count for row in rows} == {
            tree["food"]: 1,
            tree["dairy"]: 2,
            tree["toys"]: 1,
            tree["unknown"]: 1,
        }

    async def test_survives_a_circle_of_moves_out_of_order(
        self, reports: Any, apply: Apply, tree: dict[str, str]
    ) -> None:
        await apply(build_categories_upserted({tree["food"]: (tree["milk"], "food")}, revision=9))
        rows = await ask(reports, CATEGORY, category_depth=1)
        assert {row.key: row.sale_count for row in rows} == {i: 1 for i in tree.values()}
