"""Exchanges points for gifts: the command of the request."""

from collections.abc import Collection
from functools import partial

from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.header import Header
from services.points.domain.rewards.gift_redemption import (
    ALWAYS,
    GiftRedemption,
    decide_redemption,
)
from yika.points.v1 import reward_service_pb2 as pb


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
