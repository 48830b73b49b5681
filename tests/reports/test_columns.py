"""Turning sales into columns of figures."""

from datetime import date

from services.reports.domain.columns import NO_CATEGORY, SoldBasket, to_columns
from tests.fixtures.builders_reports import build_line

FIRST, SECOND = date(2026, 1, 31), date(2026, 2, 1)


def basket(*lines: object, member_id: str = "m", day: date = FIRST) -> SoldBasket:
    return SoldBasket("sale", "s", member_id, day, lines)  # type: ignore[arg-type]


class TestToColumns:
    def test_gives_each_line_its_net_discount_and_quantity(self) -> None:
        columns = to_columns(
            [
                basket(
                    build_line(product_id="p", category_id="c", list_fen=990, discount_fen=90),
                    build_line(product_id="q", category_id="d", quantity_milli=754),
                )
            ]
        )
        assert columns.product_ids == ["p", "q"]
        assert columns.category_ids == ["c", "d"]
        assert columns.by_line.days == [FIRST, FIRST]
        assert columns.by_line.revenues_fen == [900, 1000]
        assert columns.by_line.discounts_fen == [90, 0]
        assert columns.by_line.quantities_milli == [1000, 754]

    def test_gives_each_sale_the_sum_of_its_lines(self) -> None:
        columns = to_columns(
            [
                basket(build_line(discount_fen=1), build_line(discount_fen=2)),
                basket(build_line(list_fen=7), day=SECOND),
            ]
        )
        assert columns.store_ids == ["s", "s"]
        assert columns.by_sale.days == [FIRST, SECOND]
        assert columns.by_sale.revenues_fen == [1997, 7]
        assert columns.by_sale.discounts_fen == [3, 0]
        assert columns.by_sale.quantities_milli == [2000, 1000]
        assert columns.by_member_sale == columns.by_sale

    def test_leaves_walk_ins_out_of_the_members_only(self) -> None:
        columns = to_columns([basket(build_line(), member_id=""), basket(build_line())])
        assert columns.member_ids == ["m"]
        assert columns.by_member_sale.revenues_fen == [1000]
        assert len(columns.store_ids) == len(columns.product_ids) == 2

    def test_keeps_lines_without_a_category(self) -> None:
        columns = to_columns([basket(build_line(category_id=""))])
        assert columns.category_ids == [NO_CATEGORY]

    def test_gives_nothing_for_no_sales(self) -> None:
        assert to_columns([]) == to_columns([])
        assert to_columns([]).store_ids == []
