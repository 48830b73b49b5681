"""Documents between the wire, the ledger and the table: one place that knows their protos."""

from collections.abc import Mapping
from datetime import datetime

from google.protobuf.message import Message

from chassis.clock import from_proto_date, from_timestamp
from chassis.errors import Invalid
from chassis.ids import canonical_id
from pricing.earning import Carry, Earned
from pricing.earning.outcome import NO_COUNTERS
from services.points.domain.draft import Receipt, SaleAllocation
from services.points.domain.header import REASON_LENGTH_MAX, Header
from services.points.domain.limits import CODE_LENGTH_MAX, check_time
from services.points.domain.sales.sale import TENDERS_MAX, LineDiscount, Sale, SaleLine, SaleTender
from services.points.domain.wallets.moved import Moved
from services.points.messages.payment_sources import sources_of
from services.points.messages.programmes.earning_messages import (
    fill_earning_message,
    read_basis,
    read_grants,
)
from services.points.messages.reading_books import reads_books
from services.points.messages.texts import check_register_id, check_text
from yika.points.v1 import ledger_pb2, sale_pb2

DISCOUNT_SOURCE_LENGTH_MAX = 128
_HEADER_TEXT_LENGTHS_MAX = {"staff_id": CODE_LENGTH_MAX, "reason": REASON_LENGTH_MAX}


def read_sale(message: sale_pb2.Sale) -> Sale:
    """The sale of a message; Invalid when ids, times or codes are not well formed.

    Ids in the message are brought to canonical form in place, because the message is what is
    stored and compared. A stored one is read by this too: it may be longer than `check_sale_size`
    allows, by the categories and brands that were stamped on its lines.
    """
    sale_id = _canonical_in_place(message, "sale_id")
    store_id = _canonical_in_place(message, "store_id")
    member_id = _canonical_in_place(message, "member_id") if message.member_id else None
    register_id = check_register_id(message.register_id)
    staff_id = check_text(message.staff_id, "staff_id", CODE_LENGTH_MAX)
    if not message.HasField("sold_time"):
        raise Invalid("INVALID_TIME", "sold_time is required", {"field": "sold_time"})
    if not message.HasField("business_date"):
        raise Invalid("INVALID_DATE", "business_date is required", {"field": "business_date"})
    if len(message.tenders) > TENDERS_MAX:
        raise Invalid("TOO_MANY_TENDERS", f"a sale has at most {TENDERS_MAX} tenders")
    coupon_ids = message.coupon_ids
    if coupon_ids:
        coupon_ids[:] = [canonical_id(each, "coupon_ids") for each in coupon_ids]
    for line in message.lines:
        lower = line.product_id.lower()
        if lower != line.product_id:
            line.product_id = lower
    # Lists and places instead of generators and names: lines come by the million.
    lines = [
        SaleLine(
            line.product_id,
            line.quantity_milli,
            line.list_fen,
            line.discount_fen,
            "",
            "",
            _discounts(line) if line.discounts else (),
        )
        for line in message.lines
    ]
    return Sale(
        sale_id=sale_id,
        member_id=member_id,
        store_id=store_id,
        business_date=from_proto_date(message.business_date, "business_date"),
        sold_at=from_timestamp(message.sold_time, "sold_time"),
        lines=tuple(lines),
        tenders=tuple([_read_tender(tender) for tender in message.tenders]),
        total_fen=message.total_fen,
        register_id=register_id,
        staff_id=staff_id,
        coupon_ids=tuple(coupon_ids),
    )


def _canonical_in_place(message: Message, field: str) -> str:
    """The canonical form of an id, which the message holds afterwards."""
    given: str = getattr(message, field)
    canonical = canonical_id(given, field)
    if canonical is not given:
        setattr(message, field, canonical)
    return canonical


def _read_tender(message: sale_pb2.Tender) -> SaleTender:
    if not (message.hold_id or message.points or message.keep_rest):  # money, mostly
        return SaleTender(message.kind, message.amount_fen)
    hold_id = _canonical_in_place(message, "hold_id") if message.hold_id else ""
    return SaleTender(message.kind, message.amount_fen, message.points, hold_id, message.keep_rest)


def _discounts(line: sale_pb2.SaleLine) -> tuple[LineDiscount, ...]:
    return tuple(
        LineDiscount(check_text(part.source, "source", DISCOUNT_SOURCE_LENGTH_MAX), part.amount_fen)
        for part in line.discounts
    )


def read_header(
    message: ledger_pb2.BillHeader, now: datetime, *, member_required: bool = True
) -> Header:
    """The header of a document; Invalid when something of it is missing or not well formed.

    Ids in the message are brought to canonical form in place, as for a sale.
    """
    for field in ("bill_id", "member_id", "store_id"):
        if field != "member_id" or member_required or message.member_id:
            _canonical_in_place(message, field)
    check_register_id(message.register_id)
    for field, longest in _HEADER_TEXT_LENGTHS_MAX.items():
        check_text(getattr(message, field), field, longest)
    if not message.HasField("occurred_time"):
        raise Invalid("INVALID_TIME", "occurred_time is required", {"field": "occurred_time"})
    if not message.HasField("business_date"):
        raise Invalid("INVALID_DATE", "business_date is required", {"field": "business_date"})
    occurred_at = from_timestamp(message.occurred_time, "occurred_time")
    business_date = from_proto_date(message.business_date, "business_date")
    check_time(occurred_at, business_date, now, "occurred_time")
    return Header(
        bill_id=message.bill_id,
        member_id=message.member_id,
        store_id=message.store_id,
        register_id=message.register_id,
        staff_id=message.staff_id,
        business_date=business_date,
        occurred_at=occurred_at,
        reason=message.reason,
    )


def stamp_products(
    message: sale_pb2.Sale, categories: Mapping[str, str], brands: Mapping[str, str]
) -> None:
    """Writes each line's category and brand, as the catalogue has them now, over what was sent."""
    for line in message.lines:
        product_id = line.product_id
        line.category_id = categories[product_id]
        brand = brands.get(product_id, "")
        if brand or line.brand:
            line.brand = brand


def same_content(stored: bytes, offered: Message) -> bool:
    """True when an id came again with the same content.

    Messages are compared, not bytes or hashes of them: serialised protobuf is not stable between
    versions of the library, and ids are keys for ever. The categories and brands that the ledger
    stamps on a sale may have changed meanwhile.
    """
    if not isinstance(offered, sale_pb2.Sale):
        return type(offered).FromString(stored) == offered
    before, now = sale_pb2.Sale.FromString(stored), sale_pb2.Sale()
    now.CopyFrom(offered)
    for line in (*before.lines, *now.lines):
        line.ClearField("category_id")
        line.ClearField("brand")
    return before == now


def write_receipt(receipt: Receipt, bill_id: str) -> bytes:
    """A receipt as it is stored; `replayed` is false in it."""
    return receipt_message(receipt, bill_id).SerializeToString()


def receipt_message(
    receipt: Receipt, bill_id: str, *, replayed: bool = False
) -> ledger_pb2.BillReceipt:
    """A receipt as callers get it."""
    return ledger_pb2.BillReceipt(
        bill_id=bill_id,
        replayed=replayed,
        points=receipt.points,
        principal_fen=receipt.principal_fen,
        bonus_fen=receipt.bonus_fen,
        debt_points=receipt.debt_points,
        points_change=receipt.points_change,
        principal_change_fen=receipt.principal_change_fen,
        bonus_change_fen=receipt.bonus_change_fen,
        points_earned=receipt.points_earned,
        refunds=[
            sale_pb2.Tender(kind=kind, amount_fen=amount_fen)
            for kind, amount_fen in receipt.refunds
        ],
        pass_units_left=receipt.pass_units_left,
        moved=_moved_message(receipt.moved),
        stayed=_moved_message(receipt.stayed),
    )


def read_receipt(stored: bytes) -> Receipt:
    """A receipt from its stored form."""
    message = ledger_pb2.BillReceipt.FromString(stored)
    return Receipt(
        message.points,
        message.principal_fen,
        message.bonus_fen,
        message.debt_points,
        message.points_change,
        message.principal_change_fen,
        message.bonus_change_fen,
        message.points_earned,
        tuple((refund.kind, refund.amount_fen) for refund in message.refunds),
        message.pass_units_left,
        _read_moved(message.moved) if message.HasField("moved") else None,
        _read_moved(message.stayed) if message.HasField("stayed") else None,
    )


def _moved_message(moved: Moved | None) -> ledger_pb2.MovedValue | None:
    if moved is None:
        return None
    figures = moved._asdict()  # named as in the contract, but for the two of the carry
    carry = figures.pop("carry")
    return ledger_pb2.MovedValue(
        carry_numerator=carry.numerator, carry_denominator=carry.denominator, **figures
    )


def _read_moved(message: ledger_pb2.MovedValue) -> Moved:
    return Moved(
        message.points,
        message.principal_fen,
        message.bonus_fen,
        message.pass_units,
        message.debt_points,
        message.purchases,
        message.tallies,
        Carry(message.carry_numerator, message.carry_denominator),
    )


def write_allocation(allocation: SaleAllocation | None) -> bytes:
    """An allocation as it is stored; nothing for a bill that has none."""
    if allocation is None:
        return b""
    message = ledger_pb2.Allocation()
    # Made in their place: a message given to a constructor is serialised to be copied.
    for source in allocation.sources:
        message.sources.add(
            tender_kind=source.tender_kind,
            amount_fen=source.amount_fen,
            asset=source.asset,
            units=source.units,
            lot_bill_id=source.lot.bill_id if source.lot else "",
            lot_ordinal=source.lot.ordinal if source.lot else 0,
        )
    for amounts_fen in allocation.amounts_fen:
        message.amounts_fen.extend(amounts_fen)
    if allocation.earned:
        fill_earning_message(message.earning, allocation.earned)
    return message.SerializeToString()


@reads_books
def read_allocation(stored: bytes) -> SaleAllocation:
    """An allocation from its stored form; BooksUnreadable when it makes no sense."""
    message = ledger_pb2.Allocation.FromString(stored)
    flat, width = message.amounts_fen, max(1, len(message.sources))
    earned = None
    if message.HasField("earning"):
        earned = Earned(
            read_grants(message.earning.grants),
            read_basis(message.earning.basis),
            Carry(),
            NO_COUNTERS,
        )
    return SaleAllocation(
        sources=sources_of(message),
        amounts_fen=tuple(
            tuple(flat[start : start + width]) for start in range(0, len(flat), width)
        ),
        earned=earned,
    )
