"""Sales as commands, and the event that tells of them."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from chassis.clock import to_timestamp
from chassis.database import Transaction
from services.points.commands import Command, RulesRead
from services.points.domain.assets import BillKind
from services.points.domain.sales.member_facts import NO_FACTS, MemberFacts
from services.points.domain.sales.sale import Sale
from services.points.domain.sales.sale_posting import decide_sale
from services.points.storage.bill_writer import NewBill
from services.points.usecases.event_parts import PARTS_BYTES_MAX
from yika.points.v1 import events_pb2, sale_pb2


def sale_command(
    sale: Sale,
    message: sale_pb2.Sale,
    *,
    facts: MemberFacts = NO_FACTS,
    rules: RulesRead | None = None,
    periods: tuple[str, ...] = (),
    is_of_member: bool = True,
    caller: str = "",
) -> Command:
    """The command of a checked sale; the message becomes its document.

    `rules` are those in force, by which `facts` and `periods`, those of the counters that they ask
    for, were chosen; `caller` is whose token handed it in.
    """
    return Command(
        bill_id=sale.sale_id,
        kind=BillKind.SALE,
        message=message,
        members=(sale.member_id,) if sale.member_id else (),
        decide=partial(decide_sale, sale=sale, facts=facts, caller=caller),
        needs_lots=sale.spends_wallet,
        holds=tuple([tender.hold_id for tender in sale.tenders if tender.hold_id]),
        rules=rules,
        periods=periods if sale.member_id else (),
        coupons=sale.coupon_ids,
        is_of_members=is_of_member,
    )


def publish_sales(tx: Transaction, bills: Sequence[NewBill], now: datetime) -> None:
    """Puts the sales into as few events as their size allows."""
    posted_time = to_timestamp(now)
    lane = bills[0].draft.posting.wallet.member_id
    event = events_pb2.SalesPosted()
    filled = 0
    for bill in bills:
        size = len(bill.document)
        if event.sales and filled + size > PARTS_BYTES_MAX:
            tx.publish(event, member_id=lane)
            event = events_pb2.SalesPosted()
            filled = 0
        posted = event.sales.add(points_earned=bill.draft.points_earned, posted_time=posted_time)
        posted.sale.MergeFromString(bill.document)
        filled += size + 64
    tx.publish(event, member_id=lane)
