"""A posting: everything that one bill does to one wallet, built before any of it happens. Pure.

A posting changes nothing until it is applied, so a command that fails midway leaves the wallet
as it was. Every transfer moves one asset from a debit account to a credit account: for each asset
the sum over all accounts stays zero whatever is posted.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pricing.earning import Carry, CounterKey, Tally
from services.points.domain.assets import (
    POINTS_DEBT,
    POINTS_ISSUED,
    REDEEMED,
    Asset,
    BillKind,
)
from services.points.domain.holds.hold import Hold, HoldState, hold_too_small
from services.points.domain.lot import (
    first_parts,
    free_parts,
    merged_lot,
)
from services.points.domain.lot_booking import LotBooking
from services.points.domain.rewards.adjustment_limit import DirectAdjustment
from services.points.domain.rewards.proposal import Proposal
from services.points.domain.transfer import Taken
from services.points.domain.wallet import Wallet


class Posting(LotBooking):
    """What one bill does to one wallet."""

    __slots__ = (
        "card_type",
        "carry",
        "counters",
        "debt_change",
        "direct_adjustment",
        "holds",
        "merged_into",
        "proposals",
        "sale_count_change",
    )

    def __init__(
        self,
        wallet: Wallet,
        *,
        bill_id: str,
        kind: BillKind,
        store_id: str,
        business_date: date,
        occurred_at: datetime,
        now: datetime,
    ) -> None:
        super().__init__(
            wallet,
            bill_id=bill_id,
            kind=kind,
            store_id=store_id,
            business_date=business_date,
            occurred_at=occurred_at,
            now=now,
        )
        self.holds: dict[str, Hold] = {}  # as they will be
        self.debt_change = 0
        self.carry: Carry | None = None
        self.counters: dict[CounterKey, Tally] = {}  # those that change, as they will be
        self.proposals: dict[str, Proposal] = {}  # those that it decides, as they will be
        self.direct_adjustment: DirectAdjustment | None = None
        self.sale_count_change = 0
        self.card_type = wallet.card_type  # as it will be
        self.merged_into = wallet.merged_into  # as it will be

    def earn_points(
        self,
        points: int,
        *,
        rule_version: str,
        available_at: datetime | None = None,
        expiry_date: date | None = None,
    ) -> int:
        """Grants points, of which a debt takes its part first; returns what the debt took."""
        settled = min(points, self.wallet.debt_points + self.debt_change)
        if settled:
            self.move(Asset.POINTS, POINTS_ISSUED, POINTS_DEBT, settled)
            self.debt_change -= settled
        if points > settled:
            self.grant(
                Asset.POINTS,
                points - settled,
                rule_version=rule_version,
                available_at=available_at,
                expiry_date=expiry_date,
            )
        return settled

    def owe_points(self, points: int) -> None:
        """Books points that were clawed back and are not there as a visible debt."""
        self.move(Asset.POINTS, POINTS_DEBT, POINTS_ISSUED, points)
        self.debt_change += points

    def available(self, asset: Asset, pass_id: str | None = None) -> list[Taken]:
        """What can be spent of an asset, lot by lot in spending order."""
        wallet, changed = self.wallet, self.lots
        held = wallet.held(self.now, self.holds) if wallet.holds else {}
        lots = [
            changed.get(key, lot)
            for key, lot in wallet.lots.items()
            if lot.asset is asset and lot.pass_id == pass_id
        ]
        free = free_parts(lots, held, self.business_date, self.now)
        return [Taken(lot, amount) for lot, amount in free]

    def take(
        self,
        asset: Asset,
        amount: int,
        *,
        pass_id: str | None = None,
        to: str | None = None,
        available: Sequence[Taken] | None = None,
    ) -> list[Taken]:
        """Spends from the wallet in spending order; `available` for who has asked for it already.

        PreconditionFailed INSUFFICIENT_POINTS, INSUFFICIENT_STORED_VALUE or INSUFFICIENT_PASS
        when pending, held and expired lots aside too little is there, and TOO_MANY_LOTS.
        """
        free = self.available(asset, pass_id) if available is None else available
        parts = first_parts(free, asset, amount)
        for lot, part in parts:
            self.take_from(lot, part, to or REDEEMED[asset])
        return [Taken(lot, part) for lot, part in parts]

    def take_held(
        self,
        hold: Hold,
        amount: int,
        *,
        shares: Mapping[Asset, int] | None = None,
    ) -> list[Taken]:
        """Posts part of an open hold, in the `shares` of its assets; the rest stays on hold.

        PreconditionFailed HOLD_EXPIRED, HOLD_CLOSED, or HOLD_TOO_SMALL when less is set aside. A
        lot that expired since the hold was made counts as it did then.
        """
        changed, parts = self.holds.get(hold.hold_id, hold).post(amount, self.now, shares)
        there = self.wallet.lots | self.lots
        taken = [Taken(there[key], part) for key, part in parts if key in there]
        covered = sum(min(lot.remaining, part) for lot, part in taken)
        if covered < amount:  # something took what was held: a defect, but of this wallet alone
            raise hold_too_small(hold.hold_id, amount, covered)
        self.holds[hold.hold_id] = changed
        for lot, part in taken:
            self.take_from(lot, part, REDEEMED[lot.asset])
        return taken

    def release_hold(self, hold_id: str) -> None:
        """Frees what a hold that this posting has posted in part still sets aside."""
        hold = self.holds[hold_id]
        if hold.is_open(self.now):
            self.holds[hold_id] = hold.ended(HoldState.RELEASED)

    def apply(self) -> None:
        """Makes it so in the wallet, for the commands that follow in the same transaction."""
        wallet = self.wallet
        for asset, change in self.changes.items():
            wallet.balances[asset] = wallet.balances.get(asset, 0) + change
        wallet.debt_points += self.debt_change
        wallet.lots.update(self.lots)
        for grant in self.grants:
            wallet.lots[grant.key] = merged_lot(wallet.lots.get(grant.key), grant)
        if wallet.holds:
            for hold in wallet.timed_out(self.now):
                self.holds.setdefault(hold.hold_id, hold)
            wallet.change_holds(self.holds)
        if self.carry is not None:
            wallet.carry = self.carry
        wallet.counters.update(self.counters)
        wallet.sale_count += self.sale_count_change
        wallet.card_type = self.card_type
        wallet.merged_into = self.merged_into
