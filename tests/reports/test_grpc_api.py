"""ReportService refuses, with a reason, whatever it should not answer."""

import base64
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import grpc
import pytest

from chassis.error_mapping import from_grpc
from chassis.grpc_client import open_channel
from chassis.ids import new_id
from chassis.paging import encode_page_token
from tests.fixtures.builders_reports import (
    DAY,
    build_line,
    build_query,
    build_sale,
    build_sales_posted,
)
from tests.fixtures.running import open_stub
from tests.reports.answers import ask
from tests.reports.conftest import Apply
from yika.reports.v1 import report_service_pb2, report_service_pb2_grpc

STORE, PERIOD_DAY, PERIOD_MONTH, CATEGORY, PRODUCT, MEMBER = 1, 2, 3, 4, 5, 6
READ = {"reports.sales.read"}


async def refusal(reports: Any, request: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        await reports.QuerySales(request)
    return failure.value.code(), from_grpc(failure.value).reason


@asynccontextmanager
async def reports_for(address: str, stores: str | list[str]) -> AsyncIterator[Any]:
    stub = report_service_pb2_grpc.ReportServiceStub
    async with open_stub(stub, address, READ, stores=stores) as opened:
        yield opened


class TestPermission:
    async def test_refuses_a_caller_without_a_token(self, address: str) -> None:
        async with open_channel(address, token=lambda: "") as channel:
            stub = report_service_pb2_grpc.ReportServiceStub(channel)
            code, reason = await refusal(stub, build_query(STORE))
        assert (code, reason) == (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING")

    async def test_refuses_a_token_without_the_permission(self, address: str) -> None:
        stub = report_service_pb2_grpc.ReportServiceStub
        async with open_stub(stub, address, {"points.sales.post"}) as reports:
            code, reason = await refusal(reports, build_query(STORE))
        assert (code, reason) == (grpc.StatusCode.PERMISSION_DENIED, "PERMISSION_MISSING")


class TestStoreScope:
    async def test_shows_a_store_manager_the_own_stores_only(
        self, address: str, apply: Apply
    ) -> None:
        own, other = new_id(), new_id()
        await apply(*(build_sales_posted(build_sale(store_id=i)) for i in (own, other)))
        async with reports_for(address, [own]) as reports:
            for request in (build_query(STORE), build_query(STORE, PERIOD_DAY)):
                rows = (await reports.QuerySales(request)).rows
                assert [row.key for row in rows] == [own]
            total = await reports.QuerySales(build_query(PERIOD_DAY, store_ids=[own]))
            assert [row.revenue_fen for row in total.rows] == [1000]

    @pytest.mark.parametrize("group_by", [(STORE,), (STORE, PERIOD_MONTH), (PERIOD_DAY,)])
    async def test_refuses_a_store_that_the_token_does_not_reach(
        self, address: str, group_by: tuple[int, ...]
    ) -> None:
        own, other = new_id(), new_id()
        async with reports_for(address, [own]) as reports:
            answer = await refusal(reports, build_query(*group_by, store_ids=[own, other]))
        assert answer == (grpc.StatusCode.PERMISSION_DENIED, "STORE_OUT_OF_SCOPE")

    @pytest.mark.parametrize("key", [CATEGORY, PRODUCT, MEMBER])
    async def test_refuses_sums_over_the_chain(self, address: str, key: int) -> None:
        async with reports_for(address, [new_id()]) as reports:
            answer = await refusal(reports, build_query(key))
        assert answer == (grpc.StatusCode.PERMISSION_DENIED, "STORE_OUT_OF_SCOPE")

    async def test_refuses_totals_whose_stores_are_not_named(self, address: str) -> None:
        async with reports_for(address, [new_id()]) as reports:
            answer = await refusal(reports, build_query(PERIOD_MONTH))
        assert answer == (grpc.StatusCode.PERMISSION_DENIED, "STORE_FILTER_MISSING")


class TestBadInput:
    @pytest.mark.parametrize(
        ("request_fields", "reason"),
        [
            ({"group_by": []}, "GROUP_BY_MISSING"),
            ({"group_by": [0]}, "UNKNOWN_DIMENSION"),
            ({"group_by": [99]}, "UNKNOWN_DIMENSION"),
            ({"group_by": [STORE, STORE]}, "DUPLICATE_DIMENSION"),
            ({"group_by": [STORE, MEMBER]}, "DIMENSIONS_DO_NOT_COMBINE"),
            ({"group_by": [PERIOD_DAY, PERIOD_MONTH]}, "DIMENSIONS_DO_NOT_COMBINE"),
            ({"first": DAY, "last": DAY - timedelta(1)}, "DATES_REVERSED"),
            ({"first": date(2020, 1, 1), "last": date(2025, 1, 2)}, "RANGE_TOO_LONG"),
            ({"order": 7}, "UNKNOWN_ORDER"),
            ({"category_depth": -1}, "INVALID_CATEGORY_DEPTH"),
            ({"category_depth": 2}, "INVALID_CATEGORY_DEPTH"),
            ({"page_size": -1}, "INVALID_PAGE_SIZE"),
            ({"page_token": "?"}, "INVALID_PAGE_TOKEN"),
            ({"store_ids": ["S001"]}, "INVALID_ID"),
            ({"store_ids": [""]}, "INVALID_ID"),
            ({"group_by": [PRODUCT], "store_ids": [new_id()]}, "STORE_FILTER_NOT_ALLOWED"),
            ({"store_ids": [new_id() for _ in range(5001)]}, "TOO_MANY_STORES"),
        ],
    )
    async def test_refuses_with_a_reason(
        self, reports: Any, request_fields: dict[str, Any], reason: str
    ) -> None:
        fields = dict(request_fields)
        request = build_query(*fields.pop("group_by", [STORE]), **fields)
        assert await refusal(reports, request) == (grpc.StatusCode.INVALID_ARGUMENT, reason)

    @pytest.mark.parametrize("field", ["from_date", "to_date"])
    @pytest.mark.parametrize("day", [(0, 0, 0), (2026, 2, 30), (2026, 3, 0), (-1, 1, 1)])
    async def test_refuses_what_is_no_day(
        self, reports: Any, field: str, day: tuple[int, int, int]
    ) -> None:
        request = build_query(STORE)
        shown = getattr(request, field)
        shown.year, shown.month, shown.day = day
        answer = await refusal(reports, request)
        assert answer == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_DATE")


class TestPageToken:
    async def token_of(self, reports: Any, apply: Apply, *group_by: int, **fields: Any) -> str:
        lines = [build_line(category_id=new_id()) for _ in range(2)]
        sales = [build_sale(lines, member_id=new_id()) for _ in range(2)]
        await apply(build_sales_posted(*sales))
        answer = await reports.QuerySales(build_query(*group_by, page_size=1, **fields))
        assert answer.next_page_token
        return str(answer.next_page_token)

    @pytest.mark.parametrize(
        "other",
        [
            build_query(STORE, order=1),
            build_query(STORE, PERIOD_DAY),
            build_query(MEMBER),
            build_query(STORE, last=DAY + timedelta(1)),
            build_query(STORE, store_ids=[new_id()]),
        ],
    )
    async def test_is_refused_by_another_question(
        self, reports: Any, apply: Apply, other: Any
    ) -> None:
        other.page_token = await self.token_of(reports, apply, STORE)
        assert (await refusal(reports, other))[1] == "INVALID_PAGE_TOKEN"

    async def test_goes_with_another_page_size(self, reports: Any, apply: Apply) -> None:
        token = await self.token_of(reports, apply, STORE)
        answer = await reports.QuerySales(build_query(STORE, page_token=token, page_size=9))
        assert len(answer.rows) == 1

    async def test_goes_on_after_what_has_no_category(self, reports: Any, apply: Apply) -> None:
        category_id = new_id()
        lines = [build_line(category_id=each) for each in (category_id, "")]
        await apply(build_sales_posted(build_sale(lines)))
        rows = await ask(reports, CATEGORY, page_size=1)
        assert {"", category_id} <= {row.key for row in rows}

    async def test_is_refused_when_tampered_with(self, reports: Any, apply: Apply) -> None:
        token = await self.token_of(reports, apply, STORE)
        fingerprint, key, day, revenue = json.loads(base64.urlsafe_b64decode(token))
        for forged in (
            encode_page_token(fingerprint, "no id", day, revenue),
            encode_page_token(fingerprint, "", day, revenue),
            encode_page_token(fingerprint, key, "2026-01-01", revenue),
            encode_page_token(fingerprint, key, "\ud800", revenue),
            encode_page_token(fingerprint, key, day, 2**64),
            encode_page_token(fingerprint + 1, key, day, revenue),
            encode_page_token(fingerprint, key, day),
            encode_page_token(fingerprint, key, day, "1"),
            token[:-5],
            base64.urlsafe_b64encode(b"[" * 100_000).decode(),
            base64.urlsafe_b64encode(b"[" + b"9" * 10_000 + b"]").decode(),
            "令牌",
        ):
            answer = await refusal(reports, build_query(STORE, page_token=forged))
            assert answer == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN")


class TestMalformedRequests:
    async def test_never_break_the_service(self, reports: Any, apply: Apply) -> None:
        await apply(build_sales_posted(build_sale(member_id=new_id())))
        choose = random.Random(20261122)
        numbers = [-(2**31), -1, 0, 1, 2, 3, 4, 5, 6, 7, 12, 29, 31, 2024, 9999, 2**31 - 1]
        texts = ["", "x", "\x00", new_id(), "令" * 500, "W10=", encode_page_token(1, "", "", 2)]
        outcomes = set()
        for _ in range(400):
            request = report_service_pb2.QuerySalesRequest(
                group_by=[choose.choice(numbers) for _ in range(choose.randrange(4))],
                store_ids=[choose.choice(texts) for _ in range(choose.choice([0, 0, 1, 2]))],
                category_depth=choose.choice([0, 0, choose.choice(numbers)]),
                order=choose.choice([0, 1, choose.choice(numbers)]),
                page_size=choose.choice(numbers),
                page_token=choose.choice(["", "", choose.choice(texts)]),
            )
            for day in (request.from_date, request.to_date):
                odd = choose.random() < 0.1
                day.year = choose.choice(numbers) if odd else 2024
                day.month = choose.choice(numbers) if odd else choose.randrange(1, 13)
                day.day = choose.choice(numbers) if odd else choose.randrange(1, 30)
            try:
                await reports.QuerySales(request)
                outcomes.add("OK")
            except grpc.aio.AioRpcError as failure:
                outcomes.add(from_grpc(failure).reason)
        assert "PEER_UNAVAILABLE" not in outcomes  # what an answer without a reason becomes
        assert {"OK", "INVALID_DATE", "UNKNOWN_DIMENSION", "INVALID_PAGE_TOKEN"} <= outcomes
