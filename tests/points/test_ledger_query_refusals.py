"""Questions that the ledger refuses, each with its reason, and random ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.type.date_pb2 import Date

from chassis.clock import to_proto_date, to_timestamp, utc_now
from chassis.ids import new_id
from chassis.paging import encode_page_token
from tests.fixtures.builders_points import (
    BUSINESS_DATE,
)
from tests.fixtures.ledger import refusal
from tests.fixtures.query_desk import NEXT_DAY, QueryDesk, dated
from yika.points.v1 import (
    query_service_pb2,
)


def at(moment: datetime) -> dict[str, Any]:
    return {"as_of_time": to_timestamp(moment)}


NOW = utc_now()
REFUSALS = [
    ("GetHoldings", {"member_id": "x"}, "INVALID_ID"),
    ("GetHoldings", {"member_id": new_id()}, "UNKNOWN_MEMBER"),
    ("GetHoldings", {"expiring_within_days": -1}, "OUT_OF_RANGE"),
    ("GetHoldings", {"expiring_within_days": 3_661}, "OUT_OF_RANGE"),
    ("GetHoldings", {"business_date": Date(year=2026, month=2, day=30)}, "INVALID_DATE"),
    (
        "GetHoldings",
        {"business_date": Date(year=9999, month=12, day=31), "expiring_within_days": 1},
        "INVALID_DATE",
    ),
    ("GetBalancesAt", {"member_id": ""}, "INVALID_ID"),
    ("GetBalancesAt", {"member_id": new_id(), **at(NOW)}, "UNKNOWN_MEMBER"),
    ("GetBalancesAt", {}, "INVALID_TIME"),
    ("GetBalancesAt", at(NOW + timedelta(days=1)), "INVALID_TIME"),
    ("GetBalancesAt", at(datetime(1999, 12, 31, tzinfo=UTC)), "INVALID_TIME"),
    ("GetBalancesAt", {**at(NOW), "page_size": -1}, "INVALID_PAGE_SIZE"),
    ("GetBalancesAt", {**at(NOW), "page_token": "zzz"}, "INVALID_PAGE_TOKEN"),
    (
        "GetBalancesAt",
        {**at(NOW), "page_token": encode_page_token(new_id(), 0)},
        "INVALID_PAGE_TOKEN",
    ),
    ("SummarizeBalancesAt", {}, "INVALID_TIME"),
    ("SummarizeBalancesAt", at(NOW + timedelta(days=1)), "INVALID_TIME"),
    ("ListLiability", {"store_ids": ["x"]}, "INVALID_ID"),
    ("ListLiability", {"store_ids": [new_id()] * 1_001}, "TOO_MANY_STORES"),
    (
        "ListLiability",
        {"page_token": encode_page_token("x", question=("liability", ()))},
        "INVALID_PAGE_TOKEN",
    ),
    ("ListLiability", {"store_ids": [new_id()]}, "UNKNOWN_STORE"),
    ("ListSettlement", {**dated(), "seller_store_ids": [new_id()]}, "UNKNOWN_STORE"),
    ("ListSettlement", {**dated(), "redeemer_store_ids": [new_id()]}, "UNKNOWN_STORE"),
    ("SummarizeSettlement", {**dated(), "store_ids": [new_id()]}, "UNKNOWN_STORE"),
    ("ListSettlement", {}, "INVALID_DATE"),
    ("ListSettlement", dated(NEXT_DAY, BUSINESS_DATE), "INVALID_RANGE"),
    ("ListSettlement", dated(NEXT_DAY, NEXT_DAY + timedelta(days=366)), "RANGE_TOO_LONG"),
    ("ListSettlement", {**dated(), "seller_store_ids": ["x"]}, "INVALID_ID"),
    ("ListSettlement", {**dated(), "page_size": -1}, "INVALID_PAGE_SIZE"),
    ("SummarizeSettlement", {"from_date": to_proto_date(NEXT_DAY)}, "INVALID_DATE"),
    ("SummarizeSettlement", dated(NEXT_DAY, BUSINESS_DATE), "INVALID_RANGE"),
]


class TestRefusals:
    @pytest.mark.parametrize(("method", "fields", "reason"), REFUSALS)
    async def test_name_the_reason(
        self, query_desk: QueryDesk, method: str, fields: dict[str, Any], reason: str
    ) -> None:
        message = getattr(query_service_pb2, f"{method}Request")
        if "member_id" in message.DESCRIPTOR.fields_by_name:
            fields = {"member_id": query_desk.earning.member_id, **fields}
        call = getattr(query_desk.queries, method)(message(**fields))
        assert (await refusal(call))[1] == reason
