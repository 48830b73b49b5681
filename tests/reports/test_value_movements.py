"""QueryValueMovements over gRPC: bills that sell no goods, each once, and never turnover."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import grpc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from chassis.clock import to_proto_date
from chassis.database import Database
from chassis.error_mapping import from_grpc
from chassis.ids import new_id
from chassis.paging import encode_page_token
from services.reports.event_handlers import BILLS_RECORDED, BILLS_REPEATED
from tests.fixtures.builders_reports import (
    DAY,
    build_bill,
    build_bills_posted,
    build_return,
    build_sale,
    build_sales_posted,
    build_sales_returned,
    build_stores_upserted,
)
from tests.fixtures.running import open_stub
from tests.reports.answers import ask as ask_sales
from tests.reports.conftest import Apply, empty
from yika.points.v1.ledger_pb2 import (
    BILL_KIND_CARD_CASH_OUT,
    BILL_KIND_EXPIRY,
    BILL_KIND_PASS_SALE,
    BILL_KIND_TOP_UP,
)
from yika.reports.v1 import report_service_pb2, report_service_pb2_grpc

STORE = new_id()
KINDS = (BILL_KIND_TOP_UP, BILL_KIND_CARD_CASH_OUT, BILL_KIND_PASS_SALE, BILL_KIND_EXPIRY)


def build_question(first: date = DAY, last: date = DAY, **fields: Any) -> Any:
    return report_service_pb2.QueryValueMovementsRequest(
        from_date=to_proto_date(first), to_date=to_proto_date(last), **fields
    )


async def ask(reports: Any, first: date = DAY, last: date = DAY, **fields: Any) -> list[Any]:
    """Every row of every page."""
    request = build_question(first, last, **fields)
    rows: list[Any] = []
    while True:
        answer = await reports.QueryValueMovements(request)
        assert len(answer.rows) <= (request.page_size or 1000)
        rows += answer.rows
        if not answer.next_page_token:
            return rows
        assert answer.rows
        request.page_token = answer.next_page_token


def figures(rows: list[Any]) -> list[tuple[Any, ...]]:
    return [
        (
            date(row.date.year, row.date.month, row.date.day),
            row.store_id,
            row.kind,
            row.bill_count,
            row.total_fen,
            row.points_change,
            row.principal_change_fen,
            row.bonus_change_fen,
        )
        for row in rows
    ]


async def refusal(reports: Any, request: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        await reports.QueryValueMovements(request)
    return failure.value.code(), from_grpc(failure.value).reason


def top_up(**fields: Any) -> Any:
    return build_bill(
        **{
            "store_id": STORE,
            "principal_change_fen": 10_000,
            "bonus_change_fen": 500,
            **fields,
        }
    )


class TestBillsPosted:
    async def test_are_summed_by_day_store_and_kind(self, reports: Any, apply: Apply) -> None:
        cash_out = build_bill(
            BILL_KIND_CARD_CASH_OUT,
            store_id=STORE,
            total_fen=3_000,
            principal_change_fen=-3_000,
            bonus_change_fen=-150,
        )
        other = build_bill(99, store_id=STORE, day=DAY + timedelta(1), total_fen=0, points_change=7)
        await apply(
            build_bills_posted(top_up(), cash_out, top_up()),
            build_bills_posted(top_up(), other),
            build_stores_upserted({STORE: "人民路店"}),
        )
        rows = await ask(reports, last=DAY + timedelta(1))
        assert figures(rows) == [
            (DAY, STORE, BILL_KIND_TOP_UP, 3, 30_000, 0, 30_000, 1_500),
            (DAY, STORE, BILL_KIND_CARD_CASH_OUT, 1, 3_000, 0, -3_000, -150),
            # a kind that is newer than this service
            (DAY + timedelta(1), STORE, 99, 1, 0, 7, 0, 0),
        ]
        assert {row.label for row in rows} == {"人民路店"}

    async def test_are_no_turnover(self, reports: Any, apply: Apply) -> None:
        await apply(build_bills_posted(*(build_bill(kind, store_id=STORE) for kind in KINDS)))
        for dimension in range(1, 7):
            assert await ask_sales(reports, dimension) == []
        await apply(build_sales_posted(build_sale(store_id=STORE)))
        (row,) = await ask_sales(reports, 1)
        assert (row.revenue_fen, row.sale_count) == (1000, 1)

    async def test_leave_sales_and_returns_out(self, reports: Any, apply: Apply) -> None:
        await apply(build_sales_posted(build_sale()), build_sales_returned(build_return()))
        assert await ask(reports) == []

    async def test_count_once_in_two_events_and_twice_in_one(
        self, reports: Any, apply: Apply
    ) -> None:
        before = [each._value.get() for each in (BILLS_RECORDED, BILLS_REPEATED)]
        repeated, fresh = top_up(), top_up()
        await apply(build_bills_posted(repeated), build_bills_posted(repeated, fresh, fresh))
        assert figures(await ask(reports)) == [
            (DAY, STORE, BILL_KIND_TOP_UP, 2, 20_000, 0, 20_000, 1_000)
        ]
        after = [each._value.get() for each in (BILLS_RECORDED, BILLS_REPEATED)]
        assert [now - then for now, then in zip(after, before, strict=True)] == [2, 2]

    @pytest.mark.parametrize("bad", [{"store_id": "no uuid"}, {"bill_id": "}"}])
    async def test_write_nothing_with_a_malformed_one_among_them(
        self, reports: Any, apply: Apply, bad: dict[str, str]
    ) -> None:
        good = top_up()
        with pytest.raises((DBAPIError, ValueError)):
            await apply(build_bills_posted(good, top_up(**bad)))
        assert await ask(reports) == []
        await apply(build_bills_posted(good))  # not taken for counted
        assert len(await ask(reports)) == 1


ids = st.integers(1, 3).map(lambda number: str(UUID(int=number * 7**20)))
bills = st.builds(
    build_bill,
    st.sampled_from(KINDS),
    store_id=ids,
    day=st.integers(0, 3).map(lambda days: DAY + timedelta(days)),
    total_fen=st.integers(0, 10**12),
    points_change=st.integers(-(10**9), 10**9),
    principal_change_fen=st.integers(-(10**12), 10**12),
    bonus_change_fen=st.integers(-(10**12), 10**12),
)


class TestAgainstReference:
    @settings(
        max_examples=40,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        events=st.lists(
            st.lists(bills, min_size=1, max_size=5).map(lambda some: build_bills_posted(*some)),
            max_size=5,
        ),
        replayed=st.randoms(use_true_random=False),
        page_size=st.sampled_from([1, 2, 3, 0]),
        offset=st.integers(0, 3),
        length=st.integers(0, 3),
        stores=st.sets(ids),
    )
    async def test_equals_sums_computed_bill_by_bill(
        self,
        database: Database,
        reports: Any,
        apply: Apply,
        events: list[Any],
        replayed: Any,
        page_size: int,
        offset: int,
        length: int,
        stores: set[str],
    ) -> None:
        await empty(database)
        given_twice = events * 2
        replayed.shuffle(given_twice)
        await apply(*given_twice)
        first = DAY + timedelta(offset)
        last = first + timedelta(length)
        sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * 5)
        for bill in (bill for event in events for bill in event.bills):
            on = bill.business_date
            day = date(on.year, on.month, on.day)
            if first <= day <= last and (not stores or bill.store_id in stores):
                receipt = bill.receipt
                row = sums[day, bill.store_id, bill.kind]
                row[0] += 1
                row[1] += bill.total_fen
                row[2] += receipt.points_change
                row[3] += receipt.principal_change_fen
                row[4] += receipt.bonus_change_fen
        rows = await ask(reports, first, last, page_size=page_size, store_ids=sorted(stores))
        assert figures(rows) == [(*key, *sums[key]) for key in sorted(sums)]


class TestQueryValueMovements:
    async def test_needs_its_own_permission(self, address: str) -> None:
        stub = report_service_pb2_grpc.ReportServiceStub
        async with open_stub(stub, address, {"reports.sales.read"}) as reports:
            answer = await refusal(reports, build_question())
        assert answer == (grpc.StatusCode.PERMISSION_DENIED, "PERMISSION_MISSING")

    async def test_answers_a_token_of_some_stores_with_those(
        self, address: str, apply: Apply
    ) -> None:
        await apply(build_bills_posted(top_up(), build_bill()))
        stub = report_service_pb2_grpc.ReportServiceStub
        async with open_stub(stub, address, {"reports.value.read"}, stores=[STORE]) as reports:
            assert [row.store_id for row in await ask(reports)] == [STORE]
            answer = await refusal(reports, build_question(store_ids=[new_id()]))
        assert answer == (grpc.StatusCode.PERMISSION_DENIED, "STORE_OUT_OF_SCOPE")

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"last": DAY - timedelta(1)}, "DATES_REVERSED"),
            ({"first": date(2020, 1, 1), "last": date(2025, 1, 2)}, "RANGE_TOO_LONG"),
            ({"store_ids": ["S001"]}, "INVALID_ID"),
            ({"store_ids": [new_id() for _ in range(5001)]}, "TOO_MANY_STORES"),
            ({"page_size": -1}, "INVALID_PAGE_SIZE"),
            ({"page_token": "?"}, "INVALID_PAGE_TOKEN"),
            ({"page_token": encode_page_token(1, "2026-03-14", STORE, 3)}, "INVALID_PAGE_TOKEN"),
            ({"page_token": encode_page_token(1, "x", "y", 2**40)}, "INVALID_PAGE_TOKEN"),
        ],
    )
    async def test_refuses_with_a_reason(
        self, reports: Any, fields: dict[str, Any], reason: str
    ) -> None:
        answer = await refusal(reports, build_question(**fields))
        assert answer == (grpc.StatusCode.INVALID_ARGUMENT, reason)

    @pytest.mark.parametrize("field", ["from_date", "to_date"])
    async def test_refuses_what_is_no_day(self, reports: Any, field: str) -> None:
        request = build_question()
        getattr(request, field).month = 13
        assert (await refusal(reports, request))[1] == "INVALID_DATE"

    async def test_refuses_the_token_of_another_question(self, reports: Any, apply: Apply) -> None:
        await apply(build_bills_posted(top_up(), build_bill()))
        token = (await reports.QueryValueMovements(build_question(page_size=1))).next_page_token
        assert token
        for other in ({"store_ids": [STORE]}, {"last": DAY + timedelta(1)}):
            answer = await refusal(reports, build_question(page_token=token, **other))
            assert answer == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN")
