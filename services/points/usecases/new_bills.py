"""Drafts of one commit as bills: booked, chained, and in the forms in which they are stored."""

from services.points.commands import Command
from services.points.domain.books import StoredBill
from services.points.domain.chain import bill_hash
from services.points.domain.draft import Draft
from services.points.messages.documents import write_allocation, write_receipt
from services.points.storage.bill_writer import NewBill


def book(draft: Draft, command: Command) -> NewBill:
    """Applies a draft to its wallet and makes it the next link of the wallet's chain."""
    posting = draft.posting
    wallet = posting.wallet
    posting.apply()
    sequence, previous = 0, b""
    if wallet.is_member:
        sequence, previous = wallet.bill_count + 1, wallet.last_hash
    document = command.message.SerializeToString()
    allocation = write_allocation(draft.allocation)
    receipt = write_receipt(draft.receipt, posting.bill_id)
    link = bill_hash(
        previous,
        member_id=wallet.member_id,
        bill_id=posting.bill_id,
        kind=posting.kind,
        sequence=sequence,
        document=document,
        allocation=allocation,
        receipt=receipt,
        transfers=posting.transfers,
    )
    if wallet.is_member:
        wallet.bill_count, wallet.last_hash = sequence, link
    return NewBill(draft, sequence, link, document, allocation, receipt)


def stored(bill: NewBill) -> StoredBill:
    """A new bill as it will be read again."""
    draft, posting = bill.draft, bill.draft.posting
    return StoredBill(
        member_id=posting.wallet.member_id,
        bill_id=posting.bill_id,
        kind=posting.kind,
        store_id=posting.store_id,
        business_date=posting.business_date,
        occurred_at=posting.occurred_at,
        total_fen=draft.total_fen,
        points_earned=draft.points_earned,
        programme_version=draft.programme_version,
        original_bill_id=draft.original_bill_id,
        document=bill.document,
        allocation=bill.allocation,
        receipt=bill.receipt,
    )
