"""Reading one bill with everything, and statements, from the outside."""

from typing import Any

import pytest

from chassis.ids import new_id
from chassis.paging import encode_page_token
from services.points.domain.assets import Asset
from tests.fixtures.bill_archive import PERMISSIONS, Archive
from tests.fixtures.ledger import Ledger, refusal
from tests.fixtures.running import open_stub
from yika.points.v1 import (
    ledger_pb2,
    points_service_pb2,
    points_service_pb2_grpc,
    return_service_pb2,
    sale_pb2,
)


async def statement(archive: Archive, **asked: Any) -> points_service_pb2.GetStatementResponse:
    answer: points_service_pb2.GetStatementResponse = await archive.points.GetStatement(
        points_service_pb2.GetStatementRequest(**asked)
    )
    return answer


class TestGetBill:
    async def test_tells_lots_allocation_and_the_bills_about_it(self, archive: Archive) -> None:
        request = points_service_pb2.GetBillRequest(bill_id=archive.returned.sale_id)
        answer = await archive.points.GetBill(request)
        assert answer.bill.allocation.sources[0].tender_kind == "cash"
        assert [(lot.granted_amount, lot.remaining_amount) for lot in answer.lots] == [(24, 0)]
        assert [later.bill_id for later in answer.later_bills] == [archive.return_id]
        assert answer.later_bills[0].kind == ledger_pb2.BILL_KIND_SALE_RETURN
        assert answer.later_bills[0].total_fen == 2_400
        assert answer.more_later_bill_count == 0

    async def test_tells_what_was_asked_for_whatever_the_kind(self, archive: Archive) -> None:
        for bill_id, type_of in (
            (archive.returned.sale_id, sale_pb2.Sale),
            (archive.return_id, return_service_pb2.ReturnSaleRequest),
        ):
            request = points_service_pb2.GetBillRequest(bill_id=bill_id)
            bill = (await archive.points.GetBill(request)).bill
            asked = type_of()
            assert bill.document.Unpack(asked)
            if isinstance(asked, sale_pb2.Sale):
                assert asked == bill.sale
            else:
                assert (asked.header.bill_id, asked.whole) == (archive.return_id, True)

    async def test_counts_the_bills_about_it_in_stores_out_of_reach(
        self, ledger: Ledger, archive: Archive
    ) -> None:
        request = points_service_pb2.GetBillRequest(bill_id=archive.returned.sale_id)
        async with open_stub(
            points_service_pb2_grpc.PointsServiceStub,
            ledger.address,
            PERMISSIONS,
            stores=[archive.returned.store_id, "no id"],
        ) as local:
            answer = await local.GetBill(request)
            assert (list(answer.later_bills), answer.more_later_bill_count) == ([], 1)
            elsewhere = points_service_pb2.GetBillRequest(bill_id=archive.return_id)
            assert (await refusal(local.GetBill(elsewhere)))[1] == "STORE_OUT_OF_SCOPE"


class TestGetStatement:
    async def test_tells_the_balance_after_each_transfer(self, archive: Archive) -> None:
        answer = await archive.points.GetStatement(
            points_service_pb2.GetStatementRequest(
                member_id=archive.returned.member_id, asset=ledger_pb2.ASSET_POINTS, page_size=500
            )
        )
        assert (answer.lines[0].kind, answer.lines[0].change) == (
            ledger_pb2.BILL_KIND_SALE_RETURN,
            -24,
        )
        assert [line.balance for line in answer.lines[1:]] == [
            24 * number for number in range(len(answer.lines) - 1, 0, -1)
        ]

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"asset": 99}, "UNKNOWN_ASSET"),
            ({"asset": ledger_pb2.ASSET_PASS}, "INVALID_ID"),
            ({"asset": ledger_pb2.ASSET_POINTS, "pass_id": new_id()}, "PASS_ID_NOT_WANTED"),
            ({"asset": 2, "page_token": encode_page_token(30, 1, 999_999)}, "INVALID_PAGE_TOKEN"),
            ({"asset": 2, "page_token": encode_page_token(30, 1)}, "INVALID_PAGE_TOKEN"),
        ],
    )
    async def test_refuses_with_a_reason(
        self, archive: Archive, fields: dict[str, Any], reason: str
    ) -> None:
        request = points_service_pb2.GetStatementRequest(
            member_id=archive.chain.member_id, **fields
        )
        assert (await refusal(archive.points.GetStatement(request)))[1] == reason

    async def test_refuses_the_token_of_another_question(self, archive: Archive) -> None:
        member_id = archive.returned.member_id
        points = {"member_id": member_id, "asset": ledger_pb2.ASSET_POINTS}
        token = (await statement(archive, page_size=1, **points)).next_page_token
        assert (await statement(archive, page_token=token, **points)).lines
        for other in (
            {**points, "asset": ledger_pb2.ASSET_PRINCIPAL},
            {**points, "member_id": archive.chain.other_member_id},
            {"member_id": member_id, "asset": ledger_pb2.ASSET_PASS, "pass_id": new_id()},
        ):
            call = statement(archive, page_token=token, **other)
            assert (await refusal(call))[1] == "INVALID_PAGE_TOKEN"

    @pytest.mark.parametrize("key", [(1, 1 << 15), (-1, 0), (1, -1)])
    async def test_refuses_a_position_that_no_transfer_has(
        self, archive: Archive, key: tuple[int, int]
    ) -> None:
        member_id = archive.chain.member_id
        question = ("statement", member_id, Asset.POINTS, None)
        call = statement(
            archive,
            member_id=member_id,
            asset=ledger_pb2.ASSET_POINTS,
            page_token=encode_page_token(*key, question=question),
        )
        assert (await refusal(call))[1] == "INVALID_PAGE_TOKEN"

    async def test_tells_the_books_balances_from_whatever_position(self, archive: Archive) -> None:
        points = {"member_id": archive.returned.member_id, "asset": ledger_pb2.ASSET_POINTS}
        lines = (await statement(archive, page_size=500, **points)).lines
        question = ("statement", archive.returned.member_id, Asset.POINTS, None)
        for sequence in range(1, len(lines) + 1):
            token = encode_page_token(sequence, 32_767, question=question)
            page = await statement(archive, page_size=500, page_token=token, **points)
            assert page.lines
            assert list(page.lines) == list(lines[-len(page.lines) :])

    async def test_of_a_pass_that_was_never_sold_is_empty(self, archive: Archive) -> None:
        answer = await archive.points.GetStatement(
            points_service_pb2.GetStatementRequest(
                member_id=archive.chain.member_id, asset=ledger_pb2.ASSET_PASS, pass_id=new_id()
            )
        )
        assert answer == points_service_pb2.GetStatementResponse()
