"""A member's wallet as the door holds it while its row is locked. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from chassis.errors import Invalid, NotFound, PreconditionFailed
from pricing.earning import Carry, CounterKey, Tally
from services.points.domain.assets import Asset
from services.points.domain.lot import Lot, LotKey

NO_HASH = b""
NOTHING_CARRIED = Carry()


class HeldLot(NamedTuple):
    """The part of a lot that a hold sets aside, and how much of it has been posted."""

    key: LotKey
    asset: Asset
    amount: int
    posted: int = 0

    @property
    def open(self) -> int:
        """What is still set aside."""
        return self.amount - self.posted


@dataclass(frozen=True, slots=True)
class Hold:
    """Value set aside until it is posted, voided or timed out (`expires_at`)."""

    hold_id: str
    asset: Asset  # POINTS, PRINCIPAL for stored value of both sorts, or PASS
    lots: tuple[HeldLot, ...]
    expires_at: datetime
    closed: bool = False

    def is_open(self, now: datetime) -> bool:
        """True while it sets value aside. A time-out needs no job to have run."""
        return not self.closed and now < self.expires_at


@dataclass(slots=True)
class Wallet:
    """What one member owns. Changed only by applying a posting.

    `balances` is the cache that the wallet's row keeps: the sum of what remains in the lots, for
    each asset but PASS. `lots` holds the lots with something left, and those that a command asked
    for by key; it is complete only when `lots_loaded`.
    """

    member_id: str
    # False for the store's walk-in account: no row, no lock, no chain, no value.
    is_member: bool = True
    balances: dict[Asset, int] = field(default_factory=dict)
    debt_points: int = 0
    carry: Carry = NOTHING_CARRIED
    sale_count: int = 0
    open_holds: int = 0
    card_type: str = ""
    bill_count: int = 0
    last_hash: bytes = NO_HASH
    frozen_reason: str | None = None
    merged_into: str | None = None
    household_id: str | None = None
    lots_loaded: bool = False
    lots: dict[LotKey, Lot] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    # What capped rules have given, for the periods that a command asked for.
    counters: dict[CounterKey, Tally] = field(default_factory=dict)
    # Of the passes that a command asked about: (pass, day) -> uses, and (pass, member) who shares.
    pass_uses: dict[tuple[str, date], int] = field(default_factory=dict)
    pass_shares: set[tuple[str, str]] = field(default_factory=set)

    def balance(self, asset: Asset) -> int:
        """What remains in the lots of an asset, pending, held and expired ones included."""
        return self.balances.get(asset, 0)

    def held(self, now: datetime, *, but: str | None = None) -> dict[LotKey, int]:
        """Amounts that open holds set aside, per lot; `but` leaves one hold out."""
        held: dict[LotKey, int] = {}
        for hold in self.holds.values():
            if hold.hold_id != but and hold.is_open(now):
                for part in hold.lots:
                    held[part.key] = held.get(part.key, 0) + part.open
        return held

    def hold(self, hold_id: str, asset: Asset) -> Hold:
        """An open hold; NotFound UNKNOWN_HOLD, or Invalid WRONG_ASSET when it holds another.

        PRINCIPAL stands for stored value of both sorts.
        """
        hold = self.holds.get(hold_id)
        if hold is None:
            raise NotFound(
                "UNKNOWN_HOLD",
                "the member has no such open hold",
                {"hold_id": hold_id, "member_id": self.member_id},
            )
        if hold.asset is not asset:
            raise Invalid(
                "WRONG_ASSET",
                f"the hold sets aside {hold.asset.name}, not {asset.name}",
                {"hold_id": hold_id},
            )
        return hold

    def require_usable(self) -> None:
        """PreconditionFailed WALLET_FROZEN when nothing may be spent or taken out."""
        if self.frozen_reason is not None:
            raise PreconditionFailed(
                "WALLET_FROZEN", "the wallet is frozen", {"member_id": self.member_id}
            )
