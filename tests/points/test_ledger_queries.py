"""What headquarters asks the ledger, from the outside: grpc_api/queries.py."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.clock import to_timestamp, utc_now
from tests.fixtures.builders_points import (
    BUSINESS_DATE,
)
from tests.fixtures.ledger import Ledger, refusal
from tests.fixtures.query_desk import PERMISSIONS, QueryDesk, dated
from tests.fixtures.running import open_stub
from yika.points.v1 import (
    ledger_pb2,
    points_service_pb2,
    query_service_pb2,
    query_service_pb2_grpc,
)


class TestGetHoldings:
    async def test_tells_what_a_member_has(self, query_desk: QueryDesk) -> None:
        answer = await query_desk.queries.GetHoldings(
            query_service_pb2.GetHoldingsRequest(
                member_id=query_desk.earning.member_id, expiring_within_days=30
            )
        )
        (holding,) = answer.holdings
        # 250 earned, 200 spent, and each spending sale earned 23 or 24 on what was paid.
        assert holding.asset == ledger_pb2.ASSET_POINTS
        assert holding.free_amount >= 50
        assert (holding.pending_amount, holding.held_amount, holding.expired_amount) == (0, 0, 0)
        assert (holding.expiring_amount, holding.lot_count) == (0, 3)
        assert not holding.HasField("next_expiry_date")

    async def test_of_a_member_without_bills_there_is_nothing(self, query_desk: QueryDesk) -> None:
        answer = await query_desk.queries.GetHoldings(
            query_service_pb2.GetHoldingsRequest(member_id=query_desk.earning.other_member_id)
        )
        assert answer == query_service_pb2.GetHoldingsResponse()


class TestGetBalancesAt:
    async def test_tells_what_a_member_had(self, query_desk: QueryDesk) -> None:
        answer = await query_desk.queries.GetBalancesAt(
            query_service_pb2.GetBalancesAtRequest(
                member_id=query_desk.earning.member_id,
                as_of_time=to_timestamp(query_desk.before_spending),
            )
        )
        assert [(each.asset, each.amount) for each in answer.balances] == [
            (ledger_pb2.ASSET_POINTS, 250)
        ]
        (lot,) = answer.lots
        assert (lot.bill_id, lot.amount) == (query_desk.sale_ids[0], 250)
        assert lot.store_id == query_desk.earning.store_id

    async def test_pages_lots_without_gap_or_repeat(self, query_desk: QueryDesk) -> None:
        request = query_service_pb2.GetBalancesAtRequest(
            member_id=query_desk.earning.member_id, as_of_time=to_timestamp(utc_now()), page_size=1
        )
        found = []
        while True:
            answer = await query_desk.queries.GetBalancesAt(request)
            found += [lot.bill_id for lot in answer.lots]
            request.page_token = answer.next_page_token
            if not request.page_token:
                break
        assert found == sorted(query_desk.sale_ids)


class TestSummarizeBalancesAt:
    async def test_sums_over_all_members(self, query_desk: QueryDesk) -> None:
        request = query_service_pb2.SummarizeBalancesAtRequest(
            as_of_time=to_timestamp(datetime(2001, 1, 1, tzinfo=UTC))
        )
        assert (await query_desk.queries.SummarizeBalancesAt(request)).balances == []
        request.as_of_time.CopyFrom(to_timestamp(utc_now()))
        (points,) = [
            each
            for each in (await query_desk.queries.SummarizeBalancesAt(request)).balances
            if each.asset == ledger_pb2.ASSET_POINTS
        ]
        listed = await query_desk.points.ListBalances(points_service_pb2.ListBalancesRequest())
        assert points.amount == sum(each.points for each in listed.balances)


class TestListLiability:
    async def test_names_the_store_that_granted(self, query_desk: QueryDesk) -> None:
        stores = [query_desk.earning.store_id, query_desk.spending_store_id]
        rows = []
        request = query_service_pb2.ListLiabilityRequest(store_ids=stores, page_size=1)
        while True:
            answer = await query_desk.queries.ListLiability(request)
            rows += list(answer.rows)
            request.page_token = answer.next_page_token
            if not request.page_token:
                break
        assert [row.store_id for row in rows] == sorted(stores)
        assert not any(row.HasField("expiry_month_date") for row in rows)
        wallet = await query_desk.points.GetWallet(
            points_service_pb2.GetWalletRequest(member_id=query_desk.earning.member_id)
        )
        assert sum(row.amount for row in rows) == wallet.wallet.points

    async def test_without_stores_goes_through_all_of_them(self, query_desk: QueryDesk) -> None:
        found: list[str] = []
        request = query_service_pb2.ListLiabilityRequest(page_size=1)
        while True:
            answer = await query_desk.queries.ListLiability(request)
            found += [row.store_id for row in answer.rows]
            request.page_token = answer.next_page_token
            if not request.page_token:
                break
        assert found == sorted(found)
        assert {query_desk.earning.store_id, query_desk.spending_store_id} <= set(found)


class TestListSettlement:
    async def test_tells_who_sold_and_who_redeemed(self, query_desk: QueryDesk) -> None:
        stores = [query_desk.spending_store_id, query_desk.earning.store_id]
        answer = await query_desk.queries.ListSettlement(
            query_service_pb2.ListSettlementRequest(redeemer_store_ids=stores, **dated())
        )
        cells = {
            (row.seller_store_id, row.redeemer_store_id, row.asset): (row.units, row.amount_fen)
            for row in answer.rows
        }
        points = ledger_pb2.ASSET_POINTS
        sold = query_desk.earning.store_id
        assert cells == {(sold, stores[0], points): (100, 100), (sold, sold, points): (100, 100)}

    async def test_pages_by_redeemer(self, query_desk: QueryDesk) -> None:
        request = query_service_pb2.ListSettlementRequest(
            seller_store_ids=[query_desk.earning.store_id], page_size=1, **dated()
        )
        found: list[str] = []
        while True:
            answer = await query_desk.queries.ListSettlement(request)
            found += [row.redeemer_store_id for row in answer.rows]
            request.page_token = answer.next_page_token
            if not request.page_token:
                break
        assert found == sorted([query_desk.spending_store_id, query_desk.earning.store_id])

    async def test_counts_the_days_of_the_range_alone(self, query_desk: QueryDesk) -> None:
        answer = await query_desk.queries.ListSettlement(
            query_service_pb2.ListSettlementRequest(
                seller_store_ids=[query_desk.earning.store_id],
                **dated(BUSINESS_DATE, BUSINESS_DATE),
            )
        )
        assert list(answer.rows) == []


class TestSummarizeSettlement:
    async def test_what_one_is_owed_the_other_owes(self, query_desk: QueryDesk) -> None:
        stores = [query_desk.spending_store_id, query_desk.earning.store_id]
        answer = await query_desk.queries.SummarizeSettlement(
            query_service_pb2.SummarizeSettlementRequest(store_ids=stores, **dated())
        )
        positions = {each.store_id: each.net_fen for each in answer.positions}
        assert positions == {stores[0]: 100, stores[1]: -100}


class TestReach:
    @pytest.fixture
    async def local(self, ledger: Ledger, query_desk: QueryDesk) -> AsyncIterator[Any]:
        """The questions of somebody who reaches the earning store alone."""
        async with open_stub(
            query_service_pb2_grpc.LedgerQueryServiceStub,
            ledger.address,
            PERMISSIONS,
            stores=[query_desk.earning.store_id, "no id"],
        ) as stub:
            yield stub

    async def test_of_one_store_ends_there(self, local: Any, query_desk: QueryDesk) -> None:
        own, other = [query_desk.earning.store_id], [query_desk.spending_store_id]
        q = query_service_pb2
        for call in (
            local.SummarizeBalancesAt(
                q.SummarizeBalancesAtRequest(as_of_time=to_timestamp(utc_now()))
            ),
            local.ListLiability(q.ListLiabilityRequest()),
            local.ListLiability(q.ListLiabilityRequest(store_ids=[*own, *other])),
            local.ListSettlement(q.ListSettlementRequest(**dated())),
            local.ListSettlement(q.ListSettlementRequest(redeemer_store_ids=other, **dated())),
            local.ListSettlement(
                q.ListSettlementRequest(
                    redeemer_store_ids=other, seller_store_ids=[*own, *other], **dated()
                )
            ),
            local.SummarizeSettlement(q.SummarizeSettlementRequest(**dated())),
            local.SummarizeSettlement(q.SummarizeSettlementRequest(store_ids=other, **dated())),
        ):
            assert (await refusal(call))[1] == "STORE_OUT_OF_SCOPE"

    async def test_of_one_store_shows_both_sides_of_what_it_is_party_to(
        self, local: Any, query_desk: QueryDesk
    ) -> None:
        own, other = [query_desk.earning.store_id], [query_desk.spending_store_id]
        q = query_service_pb2
        sold = await local.ListSettlement(
            q.ListSettlementRequest(seller_store_ids=own, redeemer_store_ids=other, **dated())
        )
        assert [row.amount_fen for row in sold.rows] == [100]
        taken = await local.ListSettlement(
            q.ListSettlementRequest(redeemer_store_ids=own, **dated())
        )
        assert [row.amount_fen for row in taken.rows] == [100]
        summed = await local.SummarizeSettlement(
            q.SummarizeSettlementRequest(store_ids=own, **dated())
        )
        assert [each.net_fen for each in summed.positions] == [-100]
        assert (await local.ListLiability(q.ListLiabilityRequest(store_ids=own))).rows
