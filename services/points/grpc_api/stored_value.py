"""StoredValueService: message -> command -> use case -> message."""

from collections.abc import Collection
from datetime import date

import grpc
from google.type.date_pb2 import Date

from chassis.auth import current_principal
from chassis.clock import to_proto_date, utc_now
from services.points.domain.stored_value.cash_out import NEEDS_IDENTITY, in_cooling_off
from services.points.domain.stored_value.stored_value import StoredValueProgramme
from services.points.ledger import Ledger
from services.points.messages.stored_value.stored_value_requests import (
    read_cash_out,
    read_cash_out_quote,
    read_place,
    read_reversal,
    read_top_up,
)
from services.points.usecases.stored_value.cash_out import (
    CashOutQuote,
    cash_out_command,
    quote_cash_out,
)
from services.points.usecases.stored_value.reverse_top_up import reverse_top_up_command
from services.points.usecases.stored_value.top_up import quote_top_up, top_up
from yika.points.v1 import stored_value_service_pb2 as pb
from yika.points.v1 import stored_value_service_pb2_grpc


class StoredValueServicer(stored_value_service_pb2_grpc.StoredValueServiceServicer):
    """The RPCs of stored value. Rules live below; here is only translation."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def TopUp(
        self, request: pb.TopUpRequest, _: grpc.aio.ServicerContext
    ) -> pb.TopUpResponse:
        """Pays money in."""
        header = await self._ledger.read_header(request)
        receipt = await top_up(self._ledger, request, header, read_top_up(request))
        return pb.TopUpResponse(receipt=receipt)

    async def QuoteTopUp(
        self, request: pb.QuoteTopUpRequest, _: grpc.aio.ServicerContext
    ) -> pb.QuoteTopUpResponse:
        """Tells what a top-up would give."""
        now = utc_now()
        order = read_top_up(request)
        day = read_place(request, now)
        await self._require_place(request)
        offer, rules = await quote_top_up(self._ledger, request, order, day, now)
        bonus = offer.bonus
        return pb.QuoteTopUpResponse(
            bonus_fen=bonus.bonus_fen if bonus else 0,
            bonus_rule_version=bonus.rule_version if bonus else "",
            bonus_expiry_date=_date(bonus.expiry_date if bonus else None),
            principal_expiry_date=_date(offer.principal_expiry_date),
            balance_fen=offer.top_up.balance_fen,
            balance_limit_fen=offer.law.balance_fen_max,
            over_limit_fen=offer.over_limit_fen,
            identity_required=offer.law.identity_required,
            non_cash_required=offer.law.non_cash_required,
            tender_kinds=_tender_kinds(rules, offer.law.non_cash_required),
        )

    async def ReverseTopUp(
        self, request: pb.ReverseTopUpRequest, _: grpc.aio.ServicerContext
    ) -> pb.ReverseTopUpResponse:
        """Undoes a top-up."""
        header = await self._ledger.read_header(request)
        read_reversal(request, header)
        receipt = await self._ledger.post(reverse_top_up_command(request, header))
        return pb.ReverseTopUpResponse(receipt=receipt)

    async def CashOut(
        self, request: pb.CashOutRequest, _: grpc.aio.ServicerContext
    ) -> pb.CashOutResponse:
        """Pays principal out."""
        header = await self._ledger.read_header(request)
        order, payouts = read_cash_out(request, header)
        receipt = await self._ledger.post(cash_out_command(request, header, order, payouts))
        paid_fen = sum(each.amount_fen for each in receipt.refunds)
        return pb.CashOutResponse(
            receipt=receipt,
            bonus_withdrawn_fen=-receipt.bonus_change_fen,
            bonus_deducted_fen=-receipt.principal_change_fen - paid_fen,
        )

    async def QuoteCashOut(
        self, request: pb.QuoteCashOutRequest, _: grpc.aio.ServicerContext
    ) -> pb.QuoteCashOutResponse:
        """Tells what a cash-out would pay."""
        now = utc_now()
        order = read_cash_out_quote(request, now)
        await self._require_place(request)
        quote = await quote_cash_out(
            self._ledger.database,
            request,
            order,
            programmes=await self._ledger.programmes.current(),
            now=now,
        )
        plan = quote.offer.cash_out
        return pb.QuoteCashOutResponse(
            principal_fen=plan.principal_fen,
            payout_fen=plan.payout_fen,
            bonus_withdrawn_fen=plan.bonus_withdrawn_fen,
            bonus_deducted_fen=plan.bonus_deducted_fen,
            non_cash_required=quote.offer.non_cash_required,
            identity_required=NEEDS_IDENTITY,
            top_ups=_top_up_messages(quote, order.business_date),
            tender_kinds=_tender_kinds(quote.rules, quote.offer.non_cash_required),
        )

    async def _require_place(self, request: pb.QuoteTopUpRequest | pb.QuoteCashOutRequest) -> None:
        current_principal().require_store(request.store_id)
        await self._ledger.require_known({request.member_id}, {request.store_id})


def _top_up_messages(quote: CashOutQuote, day: date) -> list[pb.TopUpCashOut]:
    return [
        pb.TopUpCashOut(
            top_up_id=lot.bill_id,
            business_date=to_proto_date(quote.top_ups[lot.bill_id].business_date),
            principal_fen=part.principal_fen,
            bonus_withdrawn_fen=part.bonus_withdrawn_fen,
            bonus_deducted_fen=part.bonus_deducted_fen,
            in_cooling_off=in_cooling_off(
                quote.offer.limits, quote.top_ups[lot.bill_id].business_date, day
            ),
        )
        for lot, part in quote.offer.parts
    ]


def _tender_kinds(rules: StoredValueProgramme, non_cash_required: bool) -> Collection[str]:
    kinds = rules.transfer_tender_kinds if non_cash_required else rules.top_up_tender_kinds
    return sorted(kinds)


def _date(day: date | None) -> Date | None:
    return None if day is None else to_proto_date(day)
