"""Reading the ledger from the outside."""

from typing import Any

import pytest

from chassis.clock import to_proto_date
from chassis.ids import new_id
from chassis.paging import encode_page_token
from services.points.storage.queries.ledger_queries import LAST_ID
from tests.fixtures.builders_points import BUSINESS_DATE, build_chain, build_sale
from tests.fixtures.ledger import Ledger, one, refusal
from yika.points.v1 import ledger_pb2, points_service_pb2


class TestReads:
    async def test_wallet_shows_lots_in_spending_order(self, ledger: Ledger) -> None:
        member_id = ledger.chain.other_member_id
        sales = [build_sale(ledger.chain, member_id=member_id) for _ in range(3)]
        await ledger.stub.PostSales(points_service_pb2.PostSalesRequest(sales=sales))
        request = points_service_pb2.GetWalletRequest(member_id=member_id)
        wallet = (await ledger.stub.GetWallet(request)).wallet
        assert wallet.points == 72
        assert [lot.bill_id for lot in wallet.lots] == [sale.sale_id for sale in sales]
        assert {lot.rule_version for lot in wallet.lots} == {"base@1"}

    async def test_wallet_of_a_stranger_is_refused(self, ledger: Ledger) -> None:
        request = points_service_pb2.GetWalletRequest(member_id=new_id())
        assert (await refusal(ledger.stub.GetWallet(request)))[1] == "UNKNOWN_MEMBER"

    async def test_lists_are_paged_without_gap_or_repeat(self, ledger: Ledger) -> None:
        member_id = ledger.chain.member_id
        sales = [build_sale(ledger.chain) for _ in range(7)]
        await ledger.stub.PostSales(points_service_pb2.PostSalesRequest(sales=sales))
        bills: list[str] = []
        token = ""
        for _ in range(100):
            page = await ledger.stub.ListBills(
                points_service_pb2.ListBillsRequest(
                    member_id=member_id, page_size=3, page_token=token
                )
            )
            bills += [bill.bill_id for bill in page.bills]
            token = page.next_page_token
            if not token:
                break
        assert bills == sorted(set(bills), reverse=True)
        assert {sale.sale_id for sale in sales} <= set(bills)
        transfers: list[tuple[str, int]] = []
        for _ in range(100):
            statement = await ledger.stub.GetStatement(
                points_service_pb2.GetStatementRequest(
                    member_id=member_id,
                    asset=ledger_pb2.ASSET_POINTS,
                    page_size=2,
                    page_token=token,
                )
            )
            transfers += [(line.transfer.bill_id, line.change) for line in statement.lines]
            token = statement.next_page_token
            if not token:
                break
        assert len({bill_id for bill_id, _ in transfers}) == len(transfers)
        wallet = await ledger.stub.GetWallet(
            points_service_pb2.GetWalletRequest(member_id=member_id)
        )
        assert sum(amount for _, amount in transfers) == wallet.wallet.points
        balances = await ledger.stub.ListBalances(points_service_pb2.ListBalancesRequest())
        assert {b.member_id: b.points for b in balances.balances}[member_id] == wallet.wallet.points

    async def test_store_day_and_summary_agree(self, ledger: Ledger) -> None:
        chain, _ = await build_chain(ledger.database)
        for member_id in (chain.member_id, ""):
            await ledger.stub.PostSale(one(build_sale(chain, member_id=member_id)))
        bills = (
            await ledger.stub.ListBills(
                points_service_pb2.ListBillsRequest(
                    store_id=chain.store_id,
                    business_date=to_proto_date(BUSINESS_DATE),
                    page_size=500,
                )
            )
        ).bills
        (row,) = (
            await ledger.stub.SummarizeBills(
                points_service_pb2.SummarizeBillsRequest(
                    store_ids=[chain.store_id],
                    from_date=to_proto_date(BUSINESS_DATE),
                    to_date=to_proto_date(BUSINESS_DATE),
                )
            )
        ).rows
        assert row.bill_count == len(bills)
        assert row.total_fen == sum(bill.total_fen for bill in bills)
        assert row.points_earned == sum(bill.points_earned for bill in bills)
        assert any(bill.member_id == "" for bill in bills)

    @pytest.mark.parametrize(
        ("method", "request_message", "reason"),
        [
            ("GetBill", points_service_pb2.GetBillRequest(bill_id="x"), "INVALID_ID"),
            ("ListBills", points_service_pb2.ListBillsRequest(), "INVALID_DATE"),
            (
                "ListBills",
                points_service_pb2.ListBillsRequest(member_id=new_id()),
                "UNKNOWN_MEMBER",
            ),
            ("ListBills", points_service_pb2.ListBillsRequest(store_id=new_id()), "INVALID_DATE"),
            (
                "ListBalances",
                points_service_pb2.ListBalancesRequest(page_token="zzz"),
                "INVALID_PAGE_TOKEN",
            ),
            (
                "ListBalances",
                points_service_pb2.ListBalancesRequest(page_size=-1),
                "INVALID_PAGE_SIZE",
            ),
            (
                "GetStatement",
                points_service_pb2.GetStatementRequest(member_id=new_id()),
                "UNKNOWN_ASSET",
            ),
        ],
    )
    async def test_refuses_a_malformed_query(
        self, ledger: Ledger, method: str, request_message: Any, reason: str
    ) -> None:
        assert (await refusal(getattr(ledger.stub, method)(request_message)))[1] == reason

    @pytest.mark.parametrize(
        "key", [("not an id",), ("not an id", 0), (LAST_ID, -1), (LAST_ID, 1 << 15)]
    )
    async def test_refuses_the_token_of_another_list(
        self, ledger: Ledger, key: tuple[str | int, ...]
    ) -> None:
        chain, token = ledger.chain, encode_page_token(*key)
        for call in (
            ledger.stub.ListBalances(points_service_pb2.ListBalancesRequest(page_token=token)),
            ledger.stub.ListBills(
                points_service_pb2.ListBillsRequest(member_id=chain.member_id, page_token=token)
            ),
            ledger.stub.ListBills(
                points_service_pb2.ListBillsRequest(
                    store_id=chain.store_id,
                    business_date=to_proto_date(BUSINESS_DATE),
                    page_token=token,
                )
            ),
            ledger.stub.GetStatement(
                points_service_pb2.GetStatementRequest(
                    member_id=chain.member_id, asset=ledger_pb2.ASSET_POINTS, page_token=token
                )
            ),
        ):
            assert (await refusal(call))[1] == "INVALID_PAGE_TOKEN"
