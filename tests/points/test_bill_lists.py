"""Finding bills, from the outside: by store, till, day, kind and member."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from google.type.date_pb2 import Date

from chassis.clock import to_proto_date
from chassis.ids import new_id
from chassis.paging import encode_page_token
from services.points.pages import PAGE_BYTES_MAX
from services.points.storage.queries.ledger_queries import LAST_ID
from tests.fixtures.bill_archive import DAYS, PERMISSIONS, Archive, is_on
from tests.fixtures.builders_points import Chain, build_chain, build_line, build_sale
from tests.fixtures.ledger import Ledger, refusal
from tests.fixtures.running import open_stub
from yika.points.v1 import (
    ledger_pb2,
    points_service_pb2,
    points_service_pb2_grpc,
    sale_pb2,
)


def long_sale(chain: Chain) -> sale_pb2.Sale:
    """A sale of as many lines as there may be, with the parts of their discounts: 70 KiB."""
    discounts = [sale_pb2.LineDiscount(source=f"promotion:{new_id()}", amount_fen=50)]
    line = build_line(chain.product_ids[0], discounts=discounts)
    return build_sale(chain, lines=[line] * 500)


class TestListBills:
    async def test_pages_of_long_bills_are_shorter(self, ledger: Ledger) -> None:
        """What gRPC's clients take by themselves is 4 MiB."""
        chain, _ = await build_chain(ledger.database)
        sales = [long_sale(chain) for _ in range(70)]
        posted = await ledger.stub.PostSales(points_service_pb2.PostSalesRequest(sales=sales))
        assert all(each.HasField("posted") for each in posted.outcomes)
        day = sales[0].business_date
        async with open_stub(
            points_service_pb2_grpc.PointsServiceStub, ledger.address, PERMISSIONS
        ) as points:
            for asked in (
                {"member_id": chain.member_id},
                {"store_id": chain.store_id, "business_date": day},
            ):
                request = points_service_pb2.ListBillsRequest(page_size=500, **asked)
                pages = [await points.ListBills(request)]
                while pages[-1].next_page_token:
                    request.page_token = pages[-1].next_page_token
                    pages.append(await points.ListBills(request))
                assert all(page.bills and page.ByteSize() <= PAGE_BYTES_MAX for page in pages)
                found = [bill.bill_id for page in pages for bill in page.bills]
                assert sorted(found) == sorted(sale.sale_id for sale in sales)
                assert len(pages) == 2

    async def test_by_store_and_day(self, archive: Archive) -> None:
        store_id = archive.chain.store_id
        found = await archive.find(store_id=store_id, business_date=to_proto_date(DAYS[1]))
        assert found == archive.sold(lambda s: s.store_id == store_id and is_on(1)(s))

    async def test_by_store_and_range_of_days(self, archive: Archive) -> None:
        store_id = archive.chain.store_id
        found = await archive.find(
            store_id=store_id,
            business_date=to_proto_date(DAYS[0]),
            last_business_date=to_proto_date(DAYS[1]),
        )
        assert found == archive.sold(lambda s: s.store_id == store_id and is_on(0, 1)(s))

    async def test_by_till(self, archive: Archive) -> None:
        found = await archive.find(
            store_id=archive.chain.store_id,
            register_id="R2",
            business_date=to_proto_date(DAYS[0]),
            last_business_date=to_proto_date(DAYS[2]),
        )
        assert found == archive.sold(
            lambda s: s.store_id == archive.chain.store_id and s.register_id == "R2"
        )

    async def test_by_kind_and_day_over_all_stores(self, archive: Archive) -> None:
        asked = {"business_date": to_proto_date(DAYS[2])}
        found = await archive.find(kind=ledger_pb2.BILL_KIND_SALE_RETURN, **asked)
        assert archive.return_id in found
        every = await archive.find(**asked)
        assert set(archive.sold(is_on(2))) | {archive.return_id} <= set(every)
        assert every == sorted(every, reverse=True)
        sold = await archive.find(kind=ledger_pb2.BILL_KIND_SALE, **asked)
        assert set(sold) == set(every) - set(found)

    async def test_of_a_member_in_the_order_of_posting(self, archive: Archive) -> None:
        member_id = archive.returned.member_id
        request = points_service_pb2.ListBillsRequest(member_id=member_id, page_size=500)
        bills = (await archive.points.ListBills(request)).bills
        assert [bill.sequence for bill in bills] == list(range(len(bills), 0, -1))
        assert bills[0].bill_id == archive.return_id
        assert await archive.find(member_id=member_id) == [bill.bill_id for bill in bills]

    @pytest.mark.parametrize(
        ("asked", "is_meant"),
        [
            ({"register_id": "R2"}, lambda s: s.register_id == "R2"),
            ({"business_date": to_proto_date(DAYS[1])}, is_on(1)),
            (
                {
                    "business_date": to_proto_date(DAYS[1]),
                    "last_business_date": to_proto_date(DAYS[2]),
                    "kind": ledger_pb2.BILL_KIND_SALE,
                },
                is_on(1, 2),
            ),
        ],
    )
    async def test_of_a_member_with_further_filters(
        self, archive: Archive, asked: Any, is_meant: Callable[[Any], bool]
    ) -> None:
        member_id, store_id = archive.chain.member_id, archive.chain.store_id
        found = await archive.find(member_id=member_id, store_id=store_id, **asked)
        assert set(found) == set(
            archive.sold(
                lambda s: s.member_id == member_id and s.store_id == store_id and is_meant(s)
            )
        )

    async def test_of_one_store_for_who_reaches_no_other(
        self, ledger: Ledger, archive: Archive
    ) -> None:
        day = to_proto_date(DAYS[0])
        member_id, store_id = archive.chain.member_id, archive.chain.store_id
        async with open_stub(
            points_service_pb2_grpc.PointsServiceStub,
            ledger.address,
            PERMISSIONS,
            stores=[store_id],
        ) as local:
            for refused in (
                {"member_id": member_id},
                {"business_date": day},
                {"store_id": archive.other_store_id, "business_date": day},
            ):
                request = points_service_pb2.ListBillsRequest(**refused)
                assert (await refusal(local.ListBills(request)))[1] == "STORE_OUT_OF_SCOPE"
            page = await local.ListBills(
                points_service_pb2.ListBillsRequest(member_id=member_id, store_id=store_id)
            )
            assert {bill.store_id for bill in page.bills} == {store_id}

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({}, "INVALID_DATE"),
            ({"store_id": "x", "business_date": to_proto_date(DAYS[0])}, "INVALID_ID"),
            ({"member_id": "x"}, "INVALID_ID"),
            ({"business_date": Date(year=2026, month=13, day=1)}, "INVALID_DATE"),
            (
                {
                    "business_date": to_proto_date(DAYS[1]),
                    "last_business_date": to_proto_date(DAYS[0]),
                },
                "INVALID_RANGE",
            ),
            (
                {
                    "business_date": to_proto_date(DAYS[0]),
                    "last_business_date": to_proto_date(DAYS[0] + timedelta(days=366)),
                },
                "RANGE_TOO_LONG",
            ),
            ({"business_date": to_proto_date(DAYS[0]), "kind": 99}, "UNKNOWN_BILL_KIND"),
            ({"business_date": to_proto_date(DAYS[0]), "register_id": "R1"}, "INVALID_FILTER"),
        ],
    )
    async def test_refuses_with_a_reason(
        self, archive: Archive, fields: dict[str, Any], reason: str
    ) -> None:
        request = points_service_pb2.ListBillsRequest(**fields)
        assert (await refusal(archive.points.ListBills(request)))[1] == reason

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"last_business_date": to_proto_date(DAYS[0])}, "INVALID_DATE"),
            ({"store_id": new_id()}, "UNKNOWN_STORE"),
            ({"register_id": "\0"}, "INVALID_TEXT"),
            ({"register_id": "A\n1"}, "INVALID_TEXT"),
            ({"register_id": "R" * 33}, "CODE_TOO_LONG"),
            ({"page_token": encode_page_token("2026-05-01", LAST_ID)}, "INVALID_PAGE_TOKEN"),
            ({"page_token": encode_page_token(9)}, "INVALID_PAGE_TOKEN"),
        ],
    )
    async def test_refuses_with_a_reason_about_a_member(
        self, archive: Archive, fields: dict[str, Any], reason: str
    ) -> None:
        request = points_service_pb2.ListBillsRequest(member_id=archive.chain.member_id, **fields)
        assert (await refusal(archive.points.ListBills(request)))[1] == reason

    async def test_refuses_the_token_of_another_question(self, archive: Archive) -> None:
        days = {
            "business_date": to_proto_date(DAYS[0]),
            "last_business_date": to_proto_date(DAYS[1]),
        }
        store = {"store_id": archive.chain.store_id, **days}
        member = {"member_id": archive.chain.member_id}
        for asked, others in (
            (
                store,
                [
                    days,
                    {**store, "store_id": archive.other_store_id},
                    {**store, "register_id": "R1"},
                    {**store, "kind": ledger_pb2.BILL_KIND_SALE},
                    {**store, "last_business_date": to_proto_date(DAYS[2])},
                    member,
                ],
            ),
            (member, [{"member_id": archive.chain.other_member_id}, {**member, **days}, store]),
        ):
            request = points_service_pb2.ListBillsRequest(page_size=1, **asked)
            token = (await archive.points.ListBills(request)).next_page_token
            for other in others:
                request = points_service_pb2.ListBillsRequest(page_token=token, **other)
                call = archive.points.ListBills(request)
                assert (await refusal(call))[1] == "INVALID_PAGE_TOKEN"


class TestSummarizeBills:
    async def test_agrees_with_the_list(self, archive: Archive) -> None:
        answer = await archive.points.SummarizeBills(
            points_service_pb2.SummarizeBillsRequest(
                store_ids=[archive.chain.store_id, archive.other_store_id],
                from_date=to_proto_date(DAYS[0]),
                to_date=to_proto_date(DAYS[1]),
            )
        )
        assert [(row.kind, row.bill_count, row.total_fen) for row in answer.rows] == [
            (ledger_pb2.BILL_KIND_SALE, 12, 12 * 2_400)
        ] * 2

    async def test_over_all_stores_tells_of_each(self, archive: Archive) -> None:
        answer = await archive.points.SummarizeBills(
            points_service_pb2.SummarizeBillsRequest(
                from_date=to_proto_date(DAYS[2]), to_date=to_proto_date(DAYS[2])
            )
        )
        rows = {(row.store_id, row.kind): row.bill_count for row in answer.rows}
        assert rows[archive.other_store_id, ledger_pb2.BILL_KIND_SALE_RETURN] == 1
        assert rows[archive.chain.store_id, ledger_pb2.BILL_KIND_SALE] == 6

    @pytest.mark.parametrize(
        ("last", "reason"),
        [
            (None, "INVALID_DATE"),
            (DAYS[0] - timedelta(days=1), "INVALID_RANGE"),
            (DAYS[0] + timedelta(days=366), "RANGE_TOO_LONG"),
        ],
    )
    async def test_needs_a_range_of_days(self, archive: Archive, last: Any, reason: str) -> None:
        request = points_service_pb2.SummarizeBillsRequest(
            from_date=to_proto_date(DAYS[0]), to_date=to_proto_date(last) if last else None
        )
        assert (await refusal(archive.points.SummarizeBills(request)))[1] == reason

    async def test_refuses_a_store_that_nobody_knows(self, archive: Archive) -> None:
        request = points_service_pb2.SummarizeBillsRequest(
            store_ids=[archive.chain.store_id, new_id()],
            from_date=to_proto_date(DAYS[0]),
            to_date=to_proto_date(DAYS[0]),
        )
        assert (await refusal(archive.points.SummarizeBills(request)))[1] == "UNKNOWN_STORE"
        list_request = points_service_pb2.ListBillsRequest(
            store_id=new_id(), business_date=to_proto_date(DAYS[0])
        )
        assert (await refusal(archive.points.ListBills(list_request)))[1] == "UNKNOWN_STORE"
