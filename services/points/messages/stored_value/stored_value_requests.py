"""Requests about stored value from the wire: their form is checked here, what they mean is not."""

from collections.abc import Collection
from datetime import date, datetime

from google.type.date_pb2 import Date

from chassis.clock import from_proto_date
from chassis.errors import Invalid
from chassis.ids import canonical_id
from services.points.domain.header import Header
from services.points.domain.limits import CODE_LENGTH_MAX, check_amount, check_quoted_date
from services.points.domain.sales.sale import TENDERS_MAX
from services.points.domain.stored_value.card_cash_out import CashOutOrder
from services.points.domain.stored_value.top_up import TopUpOrder
from services.points.domain.stored_value.top_up_check import Buyer
from services.points.messages.texts import check_text
from yika.points.v1 import sale_pb2
from yika.points.v1 import stored_value_service_pb2 as pb


def read_top_up(message: pb.TopUpRequest | pb.QuoteTopUpRequest) -> TopUpOrder:
    """What is asked for; Invalid for bad form: amounts, tenders, codes, the kind of buyer."""
    check_amount("amount_fen", message.amount_fen)
    purchase = message.purchase
    try:
        buyer = Buyer(purchase.buyer)
    except ValueError as error:
        raise Invalid(
            "UNKNOWN_BUYER",
            "purchase.buyer must be one of the known ones",
            {"field": "purchase.buyer", "value": purchase.buyer},
        ) from error
    if purchase.purchase_fen:
        check_amount("purchase.purchase_fen", purchase.purchase_fen, least=message.amount_fen)
    check_text(message.card_type, "card_type", CODE_LENGTH_MAX)
    return TopUpOrder(
        amount_fen=message.amount_fen,
        card_type=message.card_type,
        buyer=buyer,
        on_site=purchase.on_site,
        identified=purchase.identified,
        purchase_fen=purchase.purchase_fen or None,
        tenders=_read_money(message.tenders) if isinstance(message, pb.TopUpRequest) else {},
    )


def read_reversal(message: pb.ReverseTopUpRequest, header: Header) -> None:
    """Brings the ids to canonical form; Invalid INVALID_ID, REASON_REQUIRED."""
    message.top_up_id = canonical_id(message.top_up_id, "top_up_id")
    header.require_reason()


def read_cash_out(
    message: pb.CashOutRequest, header: Header
) -> tuple[CashOutOrder, dict[str, int]]:
    """What is asked for, and the money to hand out by kind; Invalid for bad form."""
    check_amount("amount_fen", message.amount_fen)
    _read_optional_top_up(message)
    order = CashOutOrder(
        header.member_id, message.amount_fen, message.top_up_id, header.business_date
    )
    return order, _read_money(message.payouts)


def read_cash_out_quote(message: pb.QuoteCashOutRequest, now: datetime) -> CashOutOrder:
    """What is asked for; Invalid for bad form."""
    check_amount("amount_fen", message.amount_fen, least=0)
    _read_optional_top_up(message)
    day = read_place(message, now)
    return CashOutOrder(message.member_id, message.amount_fen or None, message.top_up_id, day)


def read_place(message: pb.QuoteTopUpRequest | pb.QuoteCashOutRequest, now: datetime) -> date:
    """Brings member and store to canonical form and gives the business date; Invalid."""
    message.member_id = canonical_id(message.member_id, "member_id")
    message.store_id = canonical_id(message.store_id, "store_id")
    if not message.HasField("business_date"):
        raise Invalid("INVALID_DATE", "business_date is required", {"field": "business_date"})
    given: Date = message.business_date
    day = from_proto_date(given, "business_date")
    check_quoted_date(day, now)
    return day


def _read_optional_top_up(message: pb.CashOutRequest | pb.QuoteCashOutRequest) -> None:
    if message.top_up_id:
        message.top_up_id = canonical_id(message.top_up_id, "top_up_id")


def _read_money(tenders: Collection[sale_pb2.Tender]) -> dict[str, int]:
    """Money by kind, each part greater than 0; one that comes twice is added up."""
    if len(tenders) > TENDERS_MAX:
        raise Invalid("TOO_MANY_TENDERS", f"there are at most {TENDERS_MAX} tenders")
    money: dict[str, int] = {}
    for tender in tenders:
        check_text(tender.kind, "kind", CODE_LENGTH_MAX)
        if tender.points or tender.hold_id or tender.keep_rest:
            raise Invalid(
                "WRONG_ASSET",
                "stored value is paid with money: it names no points and no hold",
                {"kind": tender.kind},
            )
        check_amount("tenders", tender.amount_fen)
        money[tender.kind] = money.get(tender.kind, 0) + tender.amount_fen
    return money
