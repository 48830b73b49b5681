"""Rows of the books as the verification takes them: what a stored document says of its own row."""

from typing import Any

from google.protobuf.message import DecodeError

from chassis.clock import from_proto_date
from chassis.errors import Invalid
from services.points.domain.assets import Asset, BillKind
from services.points.domain.verification import AuditedBill, BillRow
from services.points.messages.earning_facts import earning_fact
from yika.points.v1 import audit_pb2, ledger_pb2, sale_pb2

Record = Any  # a row with the columns of `bills` by name


def audited_bill(row: Record) -> AuditedBill:
    """A bill with what its document and its receipt say of it; any bytes may stand in them."""
    receipt = _receipt(row["receipt"])
    bill_id, kind = str(row["bill_id"]), int(row["kind"])
    said, tenders_fen = None, None
    if kind == BillKind.SALE:
        said, tenders_fen = _sale(row["document"], receipt.points_earned)
    else:
        said = _header(row["document"], bill_id)
    return AuditedBill(
        bill_id=bill_id,
        kind=kind,
        sequence=row["sequence"],
        hash=row["hash"],
        document=row["document"],
        allocation=row["allocation"],
        receipt=row["receipt"],
        row=BillRow(
            str(row["store_id"]),
            row["business_date"],
            row["register_id"],
            row["staff_id"],
            row["reason"],
            row["total_fen"],
            row["points_earned"],
        ),
        said=said,
        tenders_fen=tenders_fen,
        left={
            Asset.POINTS: receipt.points,
            Asset.PRINCIPAL: receipt.principal_fen,
            Asset.BONUS: receipt.bonus_fen,
        },
        earning=earning_fact(row, receipt) if row["sequence"] else None,
    )


def _sale(document: bytes, points_earned: int) -> tuple[BillRow | None, int | None]:
    """What a sale says, and the sum of its tenders; nothing when it cannot be read any more."""
    try:
        sale = sale_pb2.Sale.FromString(document)
        business_date = from_proto_date(sale.business_date, "business_date")
    except (DecodeError, Invalid):
        return None, None
    said = BillRow(
        sale.store_id,
        business_date,
        sale.register_id,
        sale.staff_id,
        None,
        sale.total_fen,
        points_earned,
    )
    return said, sum(tender.amount_fen for tender in sale.tenders)


def _header(document: bytes, bill_id: str) -> BillRow | None:
    """What a document says of its bill; None for the second bill of one about two wallets."""
    try:
        header = audit_pb2.HeadedDocument.FromString(document).header
        if header.bill_id != bill_id:
            return None
        business_date = from_proto_date(header.business_date, "business_date")
    except (DecodeError, Invalid):
        return None
    return BillRow(
        header.store_id, business_date, header.register_id, header.staff_id, header.reason
    )


def _receipt(stored: bytes) -> ledger_pb2.BillReceipt:
    try:
        return ledger_pb2.BillReceipt.FromString(stored)
    except DecodeError:
        return ledger_pb2.BillReceipt()
