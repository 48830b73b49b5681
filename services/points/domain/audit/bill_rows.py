"""Where rows of bills and of their transfers do not say what the documents say. Pure."""

from collections.abc import Sequence

from services.points.domain.audit.audited import AuditedBill, BookedTransfer
from services.points.domain.audit.breaks import Break, BreakKind, TransferRef


def row_breaks(
    bill: AuditedBill, transfers: Sequence[BookedTransfer], refs: tuple[TransferRef, ...]
) -> list[Break]:
    """Where the row of a bill, or of one of its transfers, is not what its document says."""
    row, breaks = bill.row, []
    if bill.said is not None:
        for column, should_be, found in zip(row._fields, bill.said, row, strict=True):
            if should_be is not None and should_be != found:
                subject = f"{bill.bill_id}:{column}"
                breaks.append(Break(BreakKind.BILL_ROW, subject, str(should_be), str(found), refs))
    for each, ref in zip(transfers, refs, strict=True):
        subject = f"{bill.bill_id}:{each.ordinal}"
        if each.store_id != row.store_id or each.business_date != row.business_date:
            expected = f"{row.store_id} {row.business_date}"
            found = f"{each.store_id} {each.business_date}"
            breaks.append(Break(BreakKind.BILL_ROW, subject, expected, found, (ref,)))
        elif each.posted_at != row.posted_at:
            expected, found = str(row.posted_at), str(each.posted_at)
            breaks.append(Break(BreakKind.BILL_ROW, subject, expected, found, (ref,)))
    return breaks
