"""Returns of goods as commands, what they would do, and the event that tells of them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from chassis.clock import to_timestamp
from chassis.database import Database, Transaction
from pricing.earning import returned_counter_keys
from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.books import Books
from services.points.domain.draft import Draft
from services.points.domain.named_bill import unknown_bill
from services.points.domain.programme import Programmes
from services.points.domain.returns.return_request import (
    SaleReturn,
    check_refund_kind,
    returned_before,
)
from services.points.domain.returns.sale_return import ReturnDraft, SoldGoods, decide_sale_return
from services.points.domain.rewards.gift_redemption import ALWAYS
from services.points.domain.sales.sale_coupons import give_back_coupons
from services.points.messages.returns.return_documents import (
    read_returned,
    read_sold,
    returned_sale_message,
)
from services.points.storage.bill_writer import NewBill
from services.points.usecases.event_parts import parts_by_event
from services.points.usecases.post_bills import find_bill
from services.points.usecases.preview_bill import preview_bill
from yika.points.v1 import events_pb2, return_service_pb2, sale_return_pb2


async def return_command(
    database: Database,
    request: SaleReturn,
    message: return_service_pb2.ReturnSaleRequest,
    tender_kinds: Collection[str],
    caller: str = "",
) -> Command:
    """The command of a return; the message becomes its document, `caller` is who hands it in.

    Whose wallet it needs is read from the bill of the sale, which never changes.
    """
    bill = await find_bill(database, request.sale_id)
    sold = read_sold(bill) if bill is not None and bill.kind is BillKind.SALE else None
    members: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    if bill is not None and sold is not None and sold.sale.member_id is not None:
        members = (bill.member_id,)
        periods = (ALWAYS,)  # of what the wallet was forgiven
        if sold.allocation.earned is not None:
            keys = returned_counter_keys(sold.allocation.earned.basis)
            periods = tuple({ALWAYS, *(key.period for key in keys)})
    return Command(
        bill_id=request.header.bill_id,
        kind=BillKind.SALE_RETURN,
        message=message,
        members=members,
        decide=partial(
            _decide, request=request, sold=sold, tender_kinds=tender_kinds, caller=caller
        ),
        needs_lots=True,
        periods=periods,
        originals=(request.sale_id,),
        coupons=sold.sale.coupon_ids if sold is not None else (),
    )


async def quote_return(
    database: Database, command: Command, *, programmes: Programmes, now: datetime
) -> ReturnDraft:
    """What a return would do now; nothing is written. Raises the DomainError of a refused one."""
    (draft,) = await preview_bill(database, command, programmes=programmes, now=now)
    return _as_return(draft)


def _decide(
    books: Books,
    request: SaleReturn,
    sold: SoldGoods | None,
    tender_kinds: Collection[str],
    caller: str,
) -> list[ReturnDraft]:
    original = books.original(request.sale_id, BillKind.SALE)
    if sold is None:  # it was posted since this return was sent
        raise unknown_bill(request.sale_id)
    check_refund_kind(request, tender_kinds)
    earlier = [read_returned(bill) for bill in original.later if bill.kind is BillKind.SALE_RETURN]
    drafts = decide_sale_return(books, request, sold, returned_before(sold.sale, earlier))
    # Here, so that what follows in the same batch may use a coupon that came back.
    return [replace(draft, coupons=give_back_coupons(books, draft, caller)) for draft in drafts]


def publish_returns(tx: Transaction, bills: Sequence[NewBill], now: datetime) -> None:
    """Puts the returns into as few events as their size allows."""
    lane = bills[0].draft.posting.wallet.member_id
    for returns in parts_by_event(_returned_sale(bill, now) for bill in bills):
        tx.publish(events_pb2.SalesReturned(returns=returns), member_id=lane)


def _returned_sale(bill: NewBill, now: datetime) -> sale_return_pb2.ReturnedSale:
    message = returned_sale_message(_as_return(bill.draft))
    message.posted_time.CopyFrom(to_timestamp(now))
    return message


def _as_return(draft: Draft) -> ReturnDraft:
    if not isinstance(draft, ReturnDraft):
        raise TypeError(f"bill {draft.posting.bill_id} is no return")
    return draft
