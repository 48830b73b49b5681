"""QuerySales over gRPC equals sums computed line by line, for any sales and any question."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.database import Database
from tests.fixtures.builders_reports import build_line, build_sale, build_sales_posted
from tests.reports.answers import ask, figures
from tests.reports.conftest import Apply, empty

STORE, PERIOD_DAY, PERIOD_MONTH, CATEGORY, PRODUCT, MEMBER = 1, 2, 3, 4, 5, 6
BY_REVENUE = 1

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
events = st.lists(
    st.lists(sales, min_size=1, max_size=5).map(lambda some: build_sales_posted(*some)), max_size=5
)
groupings = st.tuples(
    st.sampled_from([None, STORE, CATEGORY, PRODUCT, MEMBER]),
    st.sampled_from([None, PERIOD_DAY, PERIOD_MONTH]),
).filter(any)


def reference(
    events: list[Any], key: int | None, period: int | None, first: date, last: date
) -> dict[tuple[str, date | None], list[int]]:
    """The sums, line by line, from the events themselves."""
    sums: dict[tuple[str, date | None], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for sale in (posted.sale for event in events for posted in event.sales):
        business_date = sale.business_date
        day = date(business_date.year, business_date.month, business_date.day)
        if not first <= day <= last or (key == MEMBER and not sale.member_id):
            continue
        shown = {PERIOD_DAY: day, PERIOD_MONTH: day.replace(day=1), None: None}[period]
        touched = set()
        for line in sale.lines:
            by = {
                None: "",
                STORE: sale.store_id,
                MEMBER: sale.member_id,
                PRODUCT: line.product_id,
                CATEGORY: line.category_id,
            }[key]
            row = sums[by, shown]
            row[0] += line.list_fen - line.discount_fen
            row[1] += line.discount_fen
            row[2] += line.quantity_milli
            if key in (PRODUCT, CATEGORY) or (by, shown) not in touched:
                row[3] += 1
            touched.add((by, shown))
    return sums


class TestAgainstReference:
    @settings(
        max_examples=60,
        deadline=None,
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
        rows = figures(
            await ask(
                reports,
                *(dimension for dimension in grouping if dimension),
                first=first,
                last=last,
                order=order,
                page_size=page_size,
            )
        )
        expected = [
            (key, day, *sums)
            for (key, day), sums in reference(events, *grouping, first, last).items()
        ]
        # The nil category sorts first, as the empty key does.
        expected.sort(key=lambda row: (row[0], row[1] or date.min))
        if order == BY_REVENUE:
            expected.sort(key=lambda row: -row[2])
        assert rows == expected
