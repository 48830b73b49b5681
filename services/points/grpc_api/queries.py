"""LedgerQueryService: message -> query -> message."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from chassis.auth import Principal, current_principal
from chassis.clock import (
    from_proto_date,
    from_timestamp,
    to_proto_date,
    to_timestamp,
    utc_now,
)
from chassis.errors import Invalid
from chassis.ids import canonical_id
from chassis.paging import page_size
from services.points.domain.holdings import Holding
from services.points.domain.limits import check_moment
from services.points.ledger import Ledger
from services.points.messages.dates import asked_day
from services.points.pages import canonical_stores, check_range
from services.points.usecases.queries.read_holdings import read_holdings
from services.points.usecases.queries.read_outstanding import (
    list_liability,
    list_settlement,
    summarize_settlement,
)
from services.points.usecases.queries.read_past_balances import (
    AssetBalance,
    read_past_balances,
    summarize_past_balances,
)
from yika.points.v1 import ledger_pb2, query_service_pb2, query_service_pb2_grpc


class LedgerQueryServicer(query_service_pb2_grpc.LedgerQueryServiceServicer):
    """What headquarters asks. A wallet belongs to its member: it is read whole from any store."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._database = ledger.database

    async def GetHoldings(
        self, request: query_service_pb2.GetHoldingsRequest, _: grpc.aio.ServicerContext
    ) -> query_service_pb2.GetHoldingsResponse:
        """Reads what a member has of each kind of value."""
        member_id = canonical_id(request.member_id, "member_id")
        now = utc_now()
        day = asked_day(request, now)
        await self._ledger.require_known({member_id})
        found = await read_holdings(
            self._database,
            member_id,
            business_date=day,
            now=now,
            within_days=request.expiring_within_days,
        )
        return query_service_pb2.GetHoldingsResponse(
            holdings=[_holding(each) for each in found.holdings],
            debt_points=found.wallet.debt_points,
            frozen_reason=found.wallet.frozen_reason or "",
            merged_into=found.wallet.merged_into or "",
            card_type=found.wallet.card_type,
        )

    async def GetBalancesAt(
        self, request: query_service_pb2.GetBalancesAtRequest, _: grpc.aio.ServicerContext
    ) -> query_service_pb2.GetBalancesAtResponse:
        """Reads what a member had at a moment."""
        member_id = canonical_id(request.member_id, "member_id")
        moment = _moment(request.as_of_time if request.HasField("as_of_time") else None)
        limit = page_size(request.page_size, default=200, maximum=1_000)
        await self._ledger.require_known({member_id})
        past = await read_past_balances(
            self._database, member_id, moment, request.page_token, limit
        )
        return query_service_pb2.GetBalancesAtResponse(
            balances=[_balance(each) for each in past.balances],
            debt_points=past.debt_points,
            lots=[
                query_service_pb2.LotBalance(
                    bill_id=row.bill_id,
                    ordinal=row.ordinal,
                    asset=row.asset,
                    pass_id=row.pass_id or "",
                    amount=int(row.amount),
                    store_id=row.store_id,
                    earned_time=to_timestamp(row.earned_at) if row.earned_at else None,
                )
                for row in past.lots.rows
            ],
            next_page_token=past.lots.next_page_token,
        )

    async def SummarizeBalancesAt(
        self, request: query_service_pb2.SummarizeBalancesAtRequest, _: grpc.aio.ServicerContext
    ) -> query_service_pb2.SummarizeBalancesAtResponse:
        """Reads what all members had at a moment."""
        current_principal().require_store("*")
        moment = _moment(request.as_of_time if request.HasField("as_of_time") else None)
        return query_service_pb2.SummarizeBalancesAtResponse(
            balances=[
                _balance(each) for each in await summarize_past_balances(self._database, moment)
            ]
        )

    async def ListLiability(
        self, request: query_service_pb2.ListLiabilityRequest, _: grpc.aio.ServicerContext
    ) -> query_service_pb2.ListLiabilityResponse:
        """Lists what is outstanding."""
        stores = canonical_stores(request.store_ids, "store_ids")
        _require_stores(current_principal(), stores)
        await self._ledger.require_known((), stores)
        limit = page_size(request.page_size, default=50, maximum=100)
        page = await list_liability(self._database, stores, request.page_token, limit)
        return query_service_pb2.ListLiabilityResponse(
            rows=[
                query_service_pb2.LiabilityRow(
                    store_id=str(row.store_id),
                    asset=row.asset,
                    expiry_month_date=(
                        Date(year=row.month.year, month=row.month.month) if row.month else None
                    ),
                    amount=int(row.amount),
                    lot_count=row.lot_count,
                )
                for row in page.rows
            ],
            next_page_token=page.next_page_token,
        )

    async def ListSettlement(
        self, request: query_service_pb2.ListSettlementRequest, _: grpc.aio.ServicerContext
    ) -> query_service_pb2.ListSettlementResponse:
        """Lists who sold value and who redeemed it."""
        sellers = canonical_stores(request.seller_store_ids, "seller_store_ids")
        redeemers = canonical_stores(request.redeemer_store_ids, "redeemer_store_ids")
        principal = current_principal()
        # A store may see both sides of what it is a party to: one of the sides is its own.
        _require_stores(
            principal, redeemers if redeemers and _reaches(principal, redeemers) else sellers
        )
        first_date, last_date = _range(request.from_date, request.to_date)
        await self._ledger.require_known((), {*sellers, *redeemers})
        page = await list_settlement(
            self._database,
            sellers,
            redeemers,
            first_date,
            last_date,
            request.page_token,
            page_size(request.page_size, default=20, maximum=20),
        )
        return query_service_pb2.ListSettlementResponse(
            rows=[
                query_service_pb2.SettlementRow(
                    seller_store_id=cell.seller,
                    redeemer_store_id=cell.redeemer,
                    asset=ledger_pb2.Asset.Name(cell.asset),
                    units=cell.units,
                    amount_fen=cell.amount_fen,
                )
                for cell in page.rows
            ],
            next_page_token=page.next_page_token,
        )

    async def SummarizeSettlement(
        self, request: query_service_pb2.SummarizeSettlementRequest, _: grpc.aio.ServicerContext
    ) -> query_service_pb2.SummarizeSettlementResponse:
        """Sums the settlement up by store."""
        stores = canonical_stores(request.store_ids, "store_ids")
        _require_stores(current_principal(), stores)
        first_date, last_date = _range(request.from_date, request.to_date)
        await self._ledger.require_known((), stores)
        positions = await summarize_settlement(self._database, stores, first_date, last_date)
        return query_service_pb2.SummarizeSettlementResponse(
            positions=[
                query_service_pb2.SettlementPosition(
                    store_id=each.store_id,
                    asset=ledger_pb2.Asset.Name(each.asset),
                    owed_fen=each.owed_fen,
                    owing_fen=each.owing_fen,
                    net_fen=each.owed_fen - each.owing_fen,
                )
                for each in positions
            ]
        )


def _require_stores(principal: Principal, store_ids: Sequence[str]) -> None:
    """Forbidden unless the caller reaches all of them, or every store when none is named."""
    for store_id in store_ids or ["*"]:
        principal.require_store(store_id)


def _reaches(principal: Principal, store_ids: Sequence[str]) -> bool:
    return "*" in principal.stores or principal.stores.issuperset(store_ids)


def _range(first: Date, last: Date) -> tuple[date, date]:
    first_date, last_date = from_proto_date(first, "from_date"), from_proto_date(last, "to_date")
    check_range(first_date, last_date)
    return first_date, last_date


def _moment(timestamp: Timestamp | None) -> datetime:
    if timestamp is None:
        raise Invalid("INVALID_TIME", "as_of_time is required", {"field": "as_of_time"})
    moment = from_timestamp(timestamp, "as_of_time")
    check_moment(moment, utc_now(), "as_of_time")
    return moment


def _balance(each: AssetBalance) -> query_service_pb2.AssetBalance:
    return query_service_pb2.AssetBalance(
        asset=cast(Any, each.asset), pass_id=each.pass_id or "", amount=each.amount
    )


def _holding(each: Holding) -> query_service_pb2.Holding:
    return query_service_pb2.Holding(
        asset=ledger_pb2.Asset.Name(each.asset),
        pass_id=each.pass_id or "",
        free_amount=each.free,
        pending_amount=each.pending,
        held_amount=each.held,
        expired_amount=each.expired,
        expiring_amount=each.expiring,
        next_expiry_date=to_proto_date(each.next_expiry_date) if each.next_expiry_date else None,
        lot_count=each.lot_count,
    )
