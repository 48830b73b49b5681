"""Tells others which gifts were handed out and which came back: stock follows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from chassis.clock import to_proto_date, to_timestamp
from chassis.database import Transaction
from services.points.domain.posting import Posting
from services.points.domain.rewards.gift import Gift
from services.points.domain.rewards.gift_redemption import GiftDraft
from services.points.domain.rewards.gift_return import GiftReturnDraft
from services.points.storage.bill_writer import NewBill
from services.points.usecases.event_parts import parts_by_event
from yika.points.v1 import reward_events_pb2 as events


def publish_gifts(tx: Transaction, bills: Sequence[NewBill], now: datetime) -> None:
    """Adds the events of gifts, as few as their size allows; none for bills without gifts."""
    out = [bill.draft for bill in bills if isinstance(bill.draft, GiftDraft)]
    back = [bill.draft for bill in bills if isinstance(bill.draft, GiftReturnDraft)]
    if out:
        lane = out[0].posting.wallet.member_id
        for redemptions in parts_by_event(_redemption(draft, now) for draft in out):
            tx.publish(events.GiftsRedeemed(redemptions=redemptions), member_id=lane)
    if back:
        lane = back[0].posting.wallet.member_id
        for returns in parts_by_event(_return(draft, now) for draft in back):
            tx.publish(events.GiftsReturned(returns=returns), member_id=lane)


def _redemption(draft: GiftDraft, now: datetime) -> events.GiftRedemption:
    return events.GiftRedemption(**_told(draft.posting, draft.gifts, now))


def _return(draft: GiftReturnDraft, now: datetime) -> events.GiftReturn:
    return events.GiftReturn(
        redemption_bill_id=draft.original_bill_id or "",
        **_told(draft.posting, draft.gifts, now),
    )


def _told(posting: Posting, gifts: Iterable[tuple[Gift, int]], now: datetime) -> dict[str, Any]:
    """What both events say of their bill."""
    return {
        "bill_id": posting.bill_id,
        "member_id": posting.wallet.member_id,
        "store_id": posting.store_id,
        "business_date": to_proto_date(posting.business_date),
        "occurred_time": to_timestamp(posting.occurred_at),
        "posted_time": to_timestamp(now),
        "gifts": [_gift(gift, pieces) for gift, pieces in gifts],
    }


def _gift(gift: Gift, pieces: int) -> events.RedeemedGift:
    return events.RedeemedGift(
        gift_id=gift.gift_id,
        product_id=gift.product_id,
        quantity_milli=pieces * 1000,
        points=gift.points * pieces,
        money_fen=gift.money_fen * pieces,
    )
