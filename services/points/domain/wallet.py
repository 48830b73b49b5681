"""A member's wallet as the door holds it while its row is locked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chassis.errors import Invalid, NotFound, PreconditionFailed
from pricing.earning import NOTHING_CARRIED, Carry, CounterKey, Tally
from services.points.domain.assets import Asset
from services.points.domain.holds.hold import Hold, HoldState, held_by_lot
from services.points.domain.lot import Lot, LotKey

NO_HASH = b""


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
    change_count: int = 0  # of what was done to it beside bills
    lots_loaded: bool = False
    lots: dict[LotKey, Lot] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    # What capped rules have given, for the periods that a command asked for.
    counters: dict[CounterKey, Tally] = field(default_factory=dict)

    def balance(self, asset: Asset) -> int:
        """What remains in the lots of an asset, pending, held and expired ones included."""
        return self.balances.get(asset, 0)

    def held(self, now: datetime, changed: Mapping[str, Hold] | None = None) -> dict[LotKey, int]:
        """Amounts that open holds set aside, per lot; `changed` are holds as they will be."""
        return held_by_lot((self.holds | dict(changed or {})).values(), now)

    def timed_out(self, now: datetime) -> list[Hold]:
        """The holds that time has ended and nobody has written down as ended, as ended.

        Whatever spends a lot closes them in the same commit: a writer whose clock is behind must
        not find open what another took for timed out. They are few, see HOLDS_OPEN_MAX.
        """
        return [
            hold.ended(HoldState.TIMED_OUT)
            for hold in self.holds.values()
            if hold.state is HoldState.OPEN and not hold.is_open(now)
        ]

    def change_holds(self, changed: Mapping[str, Hold]) -> None:
        """Puts holds in the place of those of the same ids; counts those that ended."""
        self.open_holds -= sum(
            hold.state is not HoldState.OPEN and self.holds[hold_id].state is HoldState.OPEN
            for hold_id, hold in changed.items()
        )
        self.holds.update(changed)

    def hold(self, hold_id: str, asset: Asset, pass_id: str | None = None) -> Hold:
        """A hold; NotFound UNKNOWN_HOLD, or Invalid WRONG_ASSET when it holds another.

        PRINCIPAL stands for stored value of both sorts. One that has ended is there only when
        the command named it.
        """
        hold = self.holds.get(hold_id)
        if hold is None:
            raise NotFound(
                "UNKNOWN_HOLD",
                "the member has no such hold",
                {"hold_id": hold_id, "member_id": self.member_id},
            )
        if hold.asset is not asset or (pass_id is not None and hold.pass_id != pass_id):
            raise Invalid(
                "WRONG_ASSET",
                f"the hold sets aside {hold.asset.name} of {hold.pass_id or 'the wallet'}",
                {"hold_id": hold_id, "asset": hold.asset.name, "pass_id": hold.pass_id or ""},
            )
        return hold

    def require_usable(self) -> None:
        """PreconditionFailed WALLET_FROZEN when nothing may be spent or taken out."""
        if self.frozen_reason is not None:
            raise PreconditionFailed(
                "WALLET_FROZEN", "the wallet is frozen", {"member_id": self.member_id}
            )
