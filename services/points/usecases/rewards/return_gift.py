"""Takes gifts back: the command of the request."""

from functools import partial

from chassis.database import Database
from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.books import Books
from services.points.domain.header import Header
from services.points.domain.named_bill import unknown_bill
from services.points.domain.rewards.gift_redemption import ALWAYS
from services.points.domain.rewards.gift_return import (
    GiftReturn,
    GiftReturnDraft,
    decide_gift_return,
)
from services.points.messages.rewards.reward_messages import read_handed_out, read_returned_gifts
from services.points.usecases.post_bills import find_bill
from yika.points.v1 import reward_service_pb2 as pb


async def return_gift_command(
    database: Database, message: pb.ReturnGiftRequest, header: Header, request: GiftReturn
) -> Command:
    """The command of a return; the message becomes its document.

    Whose wallet it needs is read from the redemption, which never changes.
    """
    bill = await find_bill(database, request.redemption_bill_id)
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.GIFT_RETURN,
        message=message,
        members=(header.member_id,) if bill is None else (bill.member_id,),
        decide=partial(_decide, header=header, request=request, is_known=bill is not None),
        needs_lots=True,
        periods=(ALWAYS,),
        originals=(request.redemption_bill_id,),
    )


def _decide(
    books: Books, header: Header, request: GiftReturn, is_known: bool
) -> list[GiftReturnDraft]:
    original = books.original(request.redemption_bill_id, BillKind.GIFT_REDEMPTION)
    if not is_known:  # it was posted since this return was sent
        raise unknown_bill(request.redemption_bill_id)
    earlier = [
        read_returned_gifts(bill) for bill in original.later if bill.kind is BillKind.GIFT_RETURN
    ]
    return decide_gift_return(books, header, request, read_handed_out(original.bill), earlier)
