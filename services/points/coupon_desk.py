"""What the use cases of coupons share: the books, who exists, the keys of codes, and the rules."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from chassis.database import Database
from chassis.errors import NotFound, Unavailable
from services.points.directory import Directory
from services.points.domain.coupon import GiveBackPolicy
from services.points.domain.coupon_code import CodeKeys, read_keys


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

    async def require_known(
        self, *, member_ids: Collection[str] = (), store_ids: Collection[str] = ()
    ) -> None:
        """NotFound UNKNOWN_MEMBER or UNKNOWN_STORE, with the first id that does not exist."""
        known = await self.directory.look_up(set(member_ids), set(store_ids), set())
        for reason, kind, asked, found in (
            ("UNKNOWN_STORE", "store", store_ids, known.stores),
            ("UNKNOWN_MEMBER", "member", member_ids, known.members),
        ):
            for each in asked:
                if each not in found:
                    raise NotFound(reason, f"no {kind} {each}", {f"{kind}_id": each})


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
