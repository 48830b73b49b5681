"""Gifts between the contract and the domain: one place that checks what headquarters publishes."""

from collections.abc import Sequence

from chassis.errors import Invalid
from chassis.ids import canonical_id
from services.points.domain.limits import AMOUNT_FEN_MAX
from services.points.domain.rewards.gift import Gift
from services.points.messages.programmes.programme_checks import RuleCheck
from yika.points.v1 import gift_pb2

GIFTS_MAX = 500
LIMIT_MAX = 1_000_000


def read_gifts(messages: Sequence[gift_pb2.Gift]) -> dict[str, Gift]:
    """The gifts of a programme by id.

    Invalid: TOO_MANY_GIFTS, DUPLICATE_GIFT, INVALID_ID, INVALID_NAME, OUT_OF_RANGE, INVALID_DATE,
    DATES_REVERSED, TOO_MANY_VALUES. Metadata names the gift and the field.
    """
    if len(messages) > GIFTS_MAX:
        raise Invalid("TOO_MANY_GIFTS", f"a programme has at most {GIFTS_MAX} gifts")
    gifts: dict[str, Gift] = {}
    for message in messages:
        gift = _read_gift(message)
        if gift.gift_id in gifts:
            raise Invalid(
                "DUPLICATE_GIFT", f"two gifts are {gift.gift_id}", {"gift_id": gift.gift_id}
            )
        gifts[gift.gift_id] = gift
    return gifts


def _read_gift(message: gift_pb2.Gift) -> Gift:
    gift_id = canonical_id(message.gift_id, "gift_id")
    product_id = canonical_id(message.product_id, "product_id")
    check = RuleCheck(gift_id, what="gift")
    first, last = check.dates(message)
    store_ids = check.ids("store_ids", message.store_ids)
    limit = message.limit_per_member
    return Gift(
        gift_id=gift_id,
        product_id=product_id,
        name=check.text("INVALID_NAME", "name", message.name),
        points=check.within("OUT_OF_RANGE", "points", message.points, 1, AMOUNT_FEN_MAX),
        money_fen=check.within("OUT_OF_RANGE", "money_fen", message.money_fen, 0, AMOUNT_FEN_MAX),
        store_ids=store_ids,
        first_date=first,
        last_date=last,
        limit_per_member=check.within("OUT_OF_RANGE", "limit_per_member", limit, 0, LIMIT_MAX),
    )
