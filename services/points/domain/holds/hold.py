"""Holds (冻结): value set aside until it is posted, voided or timed out. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from chassis.errors import PreconditionFailed
from services.points.domain.assets import Asset
from services.points.domain.lot import LotKey


class HoldState(IntEnum):
    """Where a hold stands; the numbers are those of the proto and of the table.

    Nothing but OPEN sets value aside. RELEASED: part was posted and the rest was freed.
    """

    OPEN = 1
    POSTED = 2
    RELEASED = 3
    VOIDED = 4
    TIMED_OUT = 5


class HeldLot(NamedTuple):
    """The part of a lot that a hold sets aside, and how much of it has been posted."""

    key: LotKey
    asset: Asset
    amount: int
    posted: int = 0

    @property
    def open(self) -> int:
        """What has not been posted."""
        return self.amount - self.posted


@dataclass(frozen=True, slots=True)
class Hold:
    """Value set aside, lot by lot in spending order, until `expires_at` at the latest."""

    hold_id: str
    asset: Asset  # POINTS, PRINCIPAL for stored value of both sorts, or PASS
    lots: tuple[HeldLot, ...]
    expires_at: datetime
    pass_id: str | None = None
    store_id: str = ""
    state: HoldState = HoldState.OPEN

    @property
    def amount(self) -> int:
        """What it set aside at first."""
        return sum(part.amount for part in self.lots)

    @property
    def posted(self) -> int:
        """What bills have posted of it."""
        return sum(part.posted for part in self.lots)

    def unposted(self, asset: Asset) -> int:
        """What has not been posted of one asset."""
        return sum(part.open for part in self.lots if part.asset is asset)

    def state_at(self, now: datetime) -> HoldState:
        """Its state. A time-out needs no job to have run."""
        if self.state is HoldState.OPEN and self.expires_at <= now:
            return HoldState.TIMED_OUT
        return self.state

    def is_open(self, now: datetime) -> bool:
        """True while it sets value aside."""
        return self.state_at(now) is HoldState.OPEN

    def require_open(self, now: datetime) -> None:
        """PreconditionFailed HOLD_EXPIRED when it timed out, HOLD_CLOSED when it ended else."""
        state = self.state_at(now)
        if state is HoldState.OPEN:
            return
        told = {"hold_id": self.hold_id, "state": state.name}
        if state is HoldState.TIMED_OUT:
            raise PreconditionFailed("HOLD_EXPIRED", "the hold has timed out", told)
        raise PreconditionFailed("HOLD_CLOSED", f"the hold was {state.name.lower()}", told)

    def require(self, amount: int) -> None:
        """PreconditionFailed HOLD_TOO_SMALL unless that much has not been posted yet."""
        there = self.amount - self.posted
        if there < amount:
            raise hold_too_small(self.hold_id, amount, there)

    def post(
        self, amount: int, now: datetime, shares: Mapping[Asset, int] | None = None
    ) -> tuple["Hold", list[tuple[LotKey, int]]]:
        """The hold after part of it was posted, and what that takes of which lots.

        `shares` say how the amount is made up of the hold's assets; without them it is taken in
        the order in which the lots were set aside. Refuses as require_open and require do.
        """
        self.require_open(now)
        self.require(amount)
        left: dict[Asset | None, int] = {None: amount}
        for asset, share in (shares or {}).items():
            left[asset] = share
        lots, taken = [], []
        for part in self.lots:
            purse = None if shares is None else part.asset
            used = min(part.open, left.get(purse, 0))
            if used:
                taken.append((part.key, used))
                left[purse] -= used
            lots.append(part._replace(posted=part.posted + used))
        whole = all(not part.open for part in lots)
        state = HoldState.POSTED if whole else HoldState.OPEN
        return replace(self, lots=tuple(lots), state=state), taken

    def ended(self, state: HoldState) -> "Hold":
        """The hold after it came to an end."""
        return replace(self, state=state)


def held_by_lot(holds: Iterable[Hold], now: datetime) -> dict[LotKey, int]:
    """Amounts that those of the holds which are open set aside, per lot."""
    held: dict[LotKey, int] = {}
    for hold in holds:
        if hold.is_open(now):
            for part in hold.lots:
                if part.open:
                    held[part.key] = held.get(part.key, 0) + part.open
    return held


def hold_too_small(hold_id: str, asked: int, held: int) -> PreconditionFailed:
    """The refusal of more than a hold sets aside."""
    return PreconditionFailed(
        "HOLD_TOO_SMALL",
        f"{asked} are asked for and {held} are on hold",
        {"hold_id": hold_id, "asked": asked, "held": held},
    )
