"""Exchanges points for gifts, and tells others what was handed out."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from chassis.clock import to_proto_date, to_timestamp
from chassis.database import Transaction
from chassis.events import EVENT_BYTES_MAX
from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.gift_redemption import (
    ALWAYS,
    GiftDraft,
    GiftRedemption,
    decide_redemption,
)
from services.points.domain.header import Header
from services.points.storage.bill_writer import NewBill
from yika.points.v1 import reward_events_pb2
from yika.points.v1 import reward_service_pb2 as pb

_EVENT_BYTES_FILLED = EVENT_BYTES_MAX - 64 * 1024


def redeem_gift_command(
    message: pb.RedeemGiftRequest,
    header: Header,
    redemption: GiftRedemption,
    tender_kinds: Collection[str],
) -> Command:
    """The command of a redemption; the request becomes its document."""
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.GIFT_REDEMPTION,
        message=message,
        members=(header.member_id,),
        decide=partial(
            decide_redemption, header=header, redemption=redemption, tender_kinds=tender_kinds
        ),
        needs_lots=True,
        holds=(redemption.hold_id,) if redemption.hold_id else (),
        periods=(ALWAYS,),
    )


def publish_gifts(tx: Transaction, bills: Sequence[NewBill], now: datetime) -> None:
    """Tells what was handed out, in as few events as their size allows; none without gifts."""
    event = reward_events_pb2.GiftsRedeemed()
    filled = 0
    lane = ""
    for bill in bills:
        if not isinstance(bill.draft, GiftDraft):
            continue
        posting = bill.draft.posting
        redemption = reward_events_pb2.GiftRedemption(
            bill_id=posting.bill_id,
            member_id=posting.wallet.member_id,
            store_id=posting.store_id,
            business_date=to_proto_date(posting.business_date),
            posted_time=to_timestamp(now),
        )
        for gift, pieces in bill.draft.gifts:
            redemption.gifts.add(
                gift_id=gift.gift_id,
                product_id=gift.product_id,
                quantity_milli=pieces * 1000,
                points=gift.points * pieces,
                money_fen=gift.money_fen * pieces,
            )
        size = redemption.ByteSize()
        if event.redemptions and filled + size > _EVENT_BYTES_FILLED:
            tx.publish(event, member_id=lane)
            event = reward_events_pb2.GiftsRedeemed()
            filled = 0
        lane = lane or posting.wallet.member_id
        event.redemptions.append(redemption)
        filled += size
    if event.redemptions:
        tx.publish(event, member_id=lane)
