"""Rows of the books as the verification takes them: what a stored document says of its own row."""

from collections.abc import Mapping
from typing import Any

from google.protobuf.message import DecodeError

from chassis.clock import from_proto_date, from_timestamp
from chassis.errors import Invalid
from services.points.domain.assets import Asset, BillKind
from services.points.domain.audit.audited import AuditedBill, BillRow
from services.points.domain.wallets.member_move import counterpart_id
from services.points.messages.audit.earning_facts import earning_fact
from services.points.messages.holds.held_value import held_of_document, held_of_tenders
from services.points.messages.stored_documents import original_bill_of
from yika.points.v1 import audit_pb2, ledger_pb2, sale_pb2, wallet_service_pb2

# Bills of one document about two wallets.
_OF_TWO_WALLETS = (
    BillKind.MERGE,
    BillKind.MERGE_REVERSAL,
    BillKind.CARD_TRANSFER,
    BillKind.POINTS_TRANSFER,
)
# Nobody pays or is paid by such: their total is 0.
_WITHOUT_MONEY = (*_OF_TWO_WALLETS, BillKind.POINTS_ADJUSTMENT, BillKind.EXPIRY)

Record = Any  # a row with the columns of `bills` by name


def audited_bill(row: Record) -> AuditedBill:
    """A bill with what its document and its receipt say of it; any bytes may stand in them."""
    receipt = _receipt(row["receipt"])
    bill_id, kind = str(row["bill_id"]), int(row["kind"])
    said, tenders_fen, is_first = None, None, True
    if kind == BillKind.SALE:
        said, tenders_fen, from_holds = _sale(row["document"], receipt.points_earned)
    else:
        said, is_first = _header(row["document"], bill_id, kind, receipt.points_earned)
        from_holds = held_of_document(kind, row["document"])
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
            row["occurred_at"],
            str(row["original_bill_id"] or ""),
            row["posted_at"],
        ),
        said=said,
        tenders_fen=tenders_fen,
        left={
            Asset.POINTS: receipt.points,
            Asset.PRINCIPAL: receipt.principal_fen,
            Asset.BONUS: receipt.bonus_fen,
        },
        earning=earning_fact(row, receipt) if row["sequence"] else None,
        purchases=_purchases(kind, receipt, is_first=is_first) if row["sequence"] else 0,
        from_holds=from_holds,
        merged_into=_merged_into(kind, row["document"]) if said is not None and is_first else None,
    )


def _sale(
    document: bytes, points_earned: int
) -> tuple[BillRow | None, int | None, Mapping[str, int]]:
    """What a sale says, the sum of its tenders, and what these took of which holds.

    Nothing when it cannot be read any more.
    """
    try:
        sale = sale_pb2.Sale.FromString(document)
        business_date = from_proto_date(sale.business_date, "business_date")
        sold_at = from_timestamp(sale.sold_time, "sold_time")
    except (DecodeError, Invalid):
        return None, None, {}
    said = BillRow(
        sale.store_id,
        business_date,
        sale.register_id,
        sale.staff_id,
        None,
        sale.total_fen,
        points_earned,
        sold_at,
        "",
    )
    tenders_fen = sum(tender.amount_fen for tender in sale.tenders)
    return said, tenders_fen, held_of_tenders(sale.tenders)


def _header(
    document: bytes, bill_id: str, kind: int, points_earned: int
) -> tuple[BillRow | None, bool]:
    """What a document says of its bill, and whether that is the first of it.

    The second one, of a document about two wallets, names the first or what both are about.
    """
    try:
        header = audit_pb2.HeadedDocument.FromString(document).header
        is_first = header.bill_id == bill_id
        if not is_first and not _is_second(kind, header.bill_id, bill_id):
            return None, is_first
        business_date = from_proto_date(header.business_date, "business_date")
        occurred_at = from_timestamp(header.occurred_time, "occurred_time")
        original = original_bill_of(kind, document)
    except (DecodeError, Invalid):
        return None, True
    said = BillRow(
        header.store_id,
        business_date,
        header.register_id,
        header.staff_id,
        header.reason,
        0 if kind in _WITHOUT_MONEY else None,
        points_earned,
        occurred_at,
        original or ("" if is_first else header.bill_id),
    )
    return said, is_first


def _is_second(kind: int, first_id: str, bill_id: str) -> bool:
    try:
        return kind in _OF_TWO_WALLETS and counterpart_id(first_id) == bill_id
    except ValueError:
        return False


def _purchases(kind: int, receipt: ledger_pb2.BillReceipt, *, is_first: bool) -> int:
    """By how much a bill changes the count of sales: a merge takes it from the first wallet."""
    if kind == BillKind.SALE:
        return 1
    if kind not in (BillKind.MERGE, BillKind.MERGE_REVERSAL):
        return 0
    gives = is_first == (kind == BillKind.MERGE)
    return -receipt.moved.purchases if gives else receipt.moved.purchases


def _merged_into(kind: int, document: bytes) -> str | None:
    """Into whom a merge took the member of its first wallet; empty of a merge's undoing."""
    if kind != BillKind.MERGE:
        return "" if kind == BillKind.MERGE_REVERSAL else None
    try:
        return wallet_service_pb2.MergeMembersRequest.FromString(document).into_member_id
    except DecodeError:
        return None


def _receipt(stored: bytes) -> ledger_pb2.BillReceipt:
    try:
        return ledger_pb2.BillReceipt.FromString(stored)
    except DecodeError:
        return ledger_pb2.BillReceipt()
