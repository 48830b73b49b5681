"""What the use cases of coupons share: the books, who exists, the keys of codes, and the rules."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from chassis.database import Database
from chassis.errors import Unavailable
from services.points.directory import Directory
from services.points.domain.coupons.coupon import GiveBackPolicy
from services.points.domain.coupons.coupon_code import CodeKeys, read_keys


@dataclass(frozen=True, slots=True)
class CouponDesk:
    """One for a process, made by bootstrap.py."""

    database: Database
    directory: Directory
    keys: CodeKeys
    reservation_seconds: int
    tries_per_minute: int
    give_back: GiveBackPolicy
    # Wakes the loop that makes codes when this process has taken an order.
    order_taken: asyncio.Event = field(default_factory=asyncio.Event)


def load_keys(path: Path | None) -> CodeKeys:
    """The keys of coupon codes; none without a file, and then no code can be made or read.

    Unavailable COUPON_KEY_UNUSABLE when there is a file and it cannot serve.
    """
    if path is None:
        return CodeKeys({})
    try:
        return read_keys(path.read_text())
    except (OSError, ValueError) as error:
        raise Unavailable("COUPON_KEY_UNUSABLE", f"YIKA_COUPON_KEY_FILE {path}: {error}") from error
