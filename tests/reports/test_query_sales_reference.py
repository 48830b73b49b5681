"""QuerySales over gRPC equals sums computed line by line, for any sales and any question."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.database import Database
from tests.fixtures.builders_reports import (
    build_line,
    build_return,
    build_returned_line,
    build_sale,
    build_sales_posted,
    build_sales_returned,
)
from tests.reports.answers import ask, figures, returns_of
from tests.reports.conftest import Apply, empty

STORE, PERIOD_DAY, PERIOD_MONTH, CATEGORY, PRODUCT, MEMBER = 1, 2, 3, 4, 5, 6
BY_REVENUE = 1
_OF_RETURNS = ("sold", "returned", "returned_quantity", "return_count", "points")

FIRST_DAY = date(2025, 12, 30)
ids = st.integers(1, 5).map(lambda number: str(UUID(int=number * 7**20)))
lines = st.builds(
    build_line,
    product_id=ids,
    category_id=st.one_of(ids, st.just("")),
    list_fen=st.integers(100, 100_000),
    discount_fen=st.integers(0, 100),
    quantity_milli=st.integers(1, 3000),
)
sales = st.builds(
    build_sale,
    st.lists(lines, min_size=1, max_size=4),
    store_id=ids,
    member_id=st.one_of(ids, st.just("")),
    day=st.integers(0, 5).map(lambda days: FIRST_DAY + timedelta(days)),
)
# Of goods sold whenever and wherever: returns are figures of their own.
returns = st.builds(
    build_return,
    st.lists(
        st.builds(
            build_returned_line,
            product_id=ids,
            category_id=st.one_of(ids, st.just("")),
            amount_fen=st.integers(0, 100_000),
            quantity_milli=st.integers(1, 3000),
        ),
        min_size=1,
        max_size=3,
    ),
    store_id=ids,
    member_id=st.one_of(ids, st.just("")),
    day=st.integers(0, 5).map(lambda days: FIRST_DAY + timedelta(days)),
    clawed_back_points=st.integers(0, 1000),
)
events = st.lists(
    st.one_of(
        st.lists(sales, min_size=1, max_size=5).map(lambda some: build_sales_posted(*some)),
        st.lists(returns, min_size=1, max_size=3).map(lambda some: build_sales_returned(*some)),
    ),
    max_size=6,
)
groupings = st.tuples(
    st.sampled_from([None, STORE, CATEGORY, PRODUCT, MEMBER]),
    st.sampled_from([None, PERIOD_DAY, PERIOD_MONTH]),
).filter(any)


class Reference:
    """The sums, line by line, from the events themselves."""

    def __init__(self, key: int | None, period: int | None, first: date, last: date) -> None:
        self.key, self.period, self.first, self.last = key, period, first, last
        self.sums: dict[tuple[str, date | None], dict[str, int]] = defaultdict(
            lambda: defaultdict(int)
        )

    def add(self, event: Any) -> None:
        """Counts an event's bills: sales, or returns as the same with the sign turned."""
        if hasattr(event, "sales"):
            for posted in event.sales:
                for row, line in self.rows(posted.sale, "sale_count"):
                    row["sold"] += line.list_fen - line.discount_fen
                    row["discount"] += line.discount_fen
                    row["quantity"] += line.quantity_milli
            return
        for returned in event.returns:
            points = 0 if self.key in (PRODUCT, CATEGORY) else returned.clawed_back_points
            for row, line in self.rows(returned, "return_count"):
                row["returned"] += line.amount_fen
                row["quantity"] -= line.quantity_milli
                row["returned_quantity"] += line.quantity_milli
                row["points"] += points
                points = 0

    def rows(self, bill: Any, count: str) -> Iterator[tuple[dict[str, int], Any]]:
        """Each line with the row in which it counts; adds to the row's number of bills or lines."""
        day = date(bill.business_date.year, bill.business_date.month, bill.business_date.day)
        if not self.first <= day <= self.last or (self.key == MEMBER and not bill.member_id):
            return
        shown = {PERIOD_DAY: day, PERIOD_MONTH: day.replace(day=1), None: None}[self.period]
        for number, line in enumerate(bill.lines):
            by = {
                None: "",
                STORE: bill.store_id,
                MEMBER: bill.member_id,
                PRODUCT: line.product_id,
                CATEGORY: line.category_id,
            }[self.key]
            row = self.sums[by, shown]
            row[count] += 1 if self.key in (PRODUCT, CATEGORY) or number == 0 else 0
            yield row, line

    def answer(self, order: int) -> tuple[list[tuple[Any, ...]], list[tuple[int, ...]]]:
        """What `figures` and `returns_of` must read."""
        # The nil category sorts first, as the empty key does.
        rows = sorted(self.sums.items(), key=lambda item: (item[0][0], item[0][1] or date.min))
        if order == BY_REVENUE:
            rows.sort(key=lambda item: item[1]["returned"] - item[1]["sold"])
        return (
            [
                (*by, r["sold"] - r["returned"], r["discount"], r["quantity"], r["sale_count"])
                for by, r in rows
            ],
            [tuple(r[name] for name in _OF_RETURNS) for _, r in rows],
        )


class TestAgainstReference:
    @settings(
        max_examples=60,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        events=events,
        grouping=groupings,
        order=st.sampled_from([0, BY_REVENUE]),
        page_size=st.sampled_from([1, 2, 3, 7, 0]),
        offset=st.integers(0, 4),
        length=st.integers(0, 6),
    )
    async def test_equals_sums_computed_line_by_line(
        self,
        database: Database,
        reports: Any,
        apply: Apply,
        events: list[Any],
        grouping: tuple[int | None, int | None],
        order: int,
        page_size: int,
        offset: int,
        length: int,
    ) -> None:
        await empty(database)
        await apply(*events, *events)  # every event twice: nothing may count twice
        first = FIRST_DAY + timedelta(offset)
        last = first + timedelta(length)
        rows = await ask(
            reports,
            *(dimension for dimension in grouping if dimension),
            first=first,
            last=last,
            order=order,
            page_size=page_size,
        )
        reference = Reference(*grouping, first, last)
        for event in events:
            reference.add(event)
        assert (figures(rows), returns_of(rows)) == reference.answer(order)
