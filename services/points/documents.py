"""Sales between the wire, the ledger and the table: one place that knows the proto's shape."""

from collections.abc import Mapping

from chassis.clock import from_proto_date, from_timestamp
from chassis.errors import Invalid
from chassis.ids import canonical_id
from services.points.domain.sale import CODE_LENGTH_MAX, TENDERS_MAX, Sale, SaleLine
from yika.points.v1 import sale_pb2

# Twice what the longest sale needs. Fields of a newer contract are kept as they come, whatever
# their size, and a sale that fits no event would fail everyone in its batch.
SALE_BYTES_MAX = 128 * 1024
_CODE_LENGTHS_MAX = {"register_id": 32, "staff_id": CODE_LENGTH_MAX}


def read_sale(message: sale_pb2.Sale) -> Sale:
    """The sale of a message; Invalid when ids, times or codes are not well formed.

    Ids in the message are brought to canonical form in place, because the message is what is
    stored and compared.
    """
    if message.ByteSize() > SALE_BYTES_MAX:
        raise Invalid("SALE_TOO_LARGE", f"a sale has at most {SALE_BYTES_MAX} bytes")
    message.sale_id = canonical_id(message.sale_id, "sale_id")
    message.store_id = canonical_id(message.store_id, "store_id")
    if message.member_id:
        message.member_id = canonical_id(message.member_id, "member_id")
    for field, longest in _CODE_LENGTHS_MAX.items():
        if len(getattr(message, field)) > longest:
            raise Invalid(
                "CODE_TOO_LONG",
                f"{field} has at most {longest} characters",
                {"field": field},
            )
    if not message.HasField("sold_time"):
        raise Invalid("INVALID_TIME", "sold_time is required", {"field": "sold_time"})
    if not message.HasField("business_date"):
        raise Invalid("INVALID_DATE", "business_date is required", {"field": "business_date"})
    if len(message.tenders) > TENDERS_MAX:
        raise Invalid("TOO_MANY_TENDERS", f"a sale has at most {TENDERS_MAX} tenders")
    tenders: dict[str, int] = {}
    for tender in message.tenders:
        if tender.amount_fen <= 0:
            raise Invalid(
                "INVALID_AMOUNT",
                "a tender must be greater than 0",
                {"field": "amount_fen", "value": tender.amount_fen},
            )
        tenders[tender.kind] = tenders.get(tender.kind, 0) + tender.amount_fen
    return Sale(
        sale_id=message.sale_id,
        member_id=message.member_id or None,
        store_id=message.store_id,
        business_date=from_proto_date(message.business_date, "business_date"),
        sold_at=from_timestamp(message.sold_time, "sold_time"),
        lines=tuple(
            SaleLine(line.product_id, line.quantity_milli, line.list_fen, line.discount_fen)
            for line in message.lines
        ),
        tenders=tenders,
        total_fen=message.total_fen,
    )


def stamp_categories(message: sale_pb2.Sale, categories: Mapping[str, str]) -> None:
    """Writes each line's category, as the catalogue has it now, over whatever was sent."""
    for line in message.lines:
        line.category_id = categories[line.product_id]


def same_content(stored: bytes, offered: sale_pb2.Sale) -> bool:
    """True when an id came again with the same sale; categories may have changed meanwhile.

    Messages are compared, not bytes or hashes of them: serialised protobuf is not stable between
    versions of the library, and ids are keys for ever.
    """
    before = sale_pb2.Sale.FromString(stored)
    now = sale_pb2.Sale()
    now.CopyFrom(offered)
    for line in (*before.lines, *now.lines):
        line.ClearField("category_id")
    return before == now
