"""Undoes a merge: the command of the request."""

from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.books import Books
from services.points.domain.draft import Drafts
from services.points.domain.header import Header
from services.points.domain.wallets.member_move import counterpart_id
from services.points.domain.wallets.merge_reversal import decide_merge_reversal
from services.points.domain.wallets.moved import Moved
from services.points.domain.wallets.wallet_change import check_decision
from services.points.messages.documents import read_receipt
from services.points.messages.returns.came_back import read_came_back
from yika.points.v1 import wallet_service_pb2


def undo_merge_command(header: Header, message: wallet_service_pb2.UndoMergeRequest) -> Command:
    """The command of a merge's undoing; Invalid REASON_REQUIRED, STAFF_REQUIRED.

    The other member need not be named: the door follows the merge and locks both.
    """
    check_decision(header.staff_id, header.reason)
    merge_bill_id = message.merge_bill_id

    def decide(books: Books) -> Drafts:
        merge = books.original(merge_bill_id, BillKind.MERGE)
        merged = read_receipt(merge.bill.receipt).moved or Moved()
        came_back = read_came_back(books, merge_bill_id)
        return decide_merge_reversal(books, header, merge_bill_id, merged, came_back)

    return Command(
        bill_id=header.bill_id,
        kind=BillKind.MERGE_REVERSAL,
        message=message,
        members=(header.member_id,),
        decide=decide,
        further_bill_ids=(counterpart_id(header.bill_id),),
        needs_lots=True,
        every_period=True,
        originals=(merge_bill_id, counterpart_id(merge_bill_id)),
        undone_merges=(merge_bill_id,),
    )
