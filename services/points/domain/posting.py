"""A posting: everything that one bill does to one wallet, built before any of it happens. Pure.

A posting changes nothing until it is applied, so a command that fails midway leaves the wallet
as it was. Every transfer moves one asset from a debit account to a credit account: for each asset
the sum over all accounts stays zero whatever is posted.
"""

from datetime import date, datetime

from chassis.errors import PreconditionFailed
from pricing.earning import Carry, CounterKey, Tally
from services.points.domain.assets import (
    POINTS_DEBT,
    POINTS_ISSUED,
    REDEEMED,
    Asset,
    BillKind,
)
from services.points.domain.lot import (
    merged_lot,
    spendable,
    spending_order,
)
from services.points.domain.lot_booking import LotBooking
from services.points.domain.transfer import Taken
from services.points.domain.wallet import HeldLot, Hold, Wallet

_SHORT = {
    Asset.POINTS: "INSUFFICIENT_POINTS",
    Asset.PRINCIPAL: "INSUFFICIENT_STORED_VALUE",
    Asset.BONUS: "INSUFFICIENT_STORED_VALUE",
    Asset.PASS: "INSUFFICIENT_PASS",
}


class Posting(LotBooking):
    """What one bill does to one wallet."""

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
        self.pass_uses: dict[tuple[str, date], int] = {}  # (pass, day) -> by how many they change
        self.sale_count_change = 0
        self.merged_into = wallet.merged_into  # as it will be
        self.new_holds = 0
        self.closed_holds = 0

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
        held = self.wallet.held(self.now) if self.wallet.holds or self.holds else {}
        lots = [
            self.lots.get(key, lot)
            for key, lot in self.wallet.lots.items()
            if lot.asset is asset and lot.pass_id == pass_id
        ]
        usable = (lot for lot in lots if spendable(lot, self.business_date, self.now))
        free = (Taken(lot, lot.remaining - held.get(lot.key, 0)) for lot in spending_order(usable))
        return [each for each in free if each.amount > 0]

    def take(
        self, asset: Asset, amount: int, *, pass_id: str | None = None, to: str | None = None
    ) -> list[Taken]:
        """Spends from the wallet in spending order.

        PreconditionFailed INSUFFICIENT_POINTS, INSUFFICIENT_STORED_VALUE or INSUFFICIENT_PASS
        when pending, held and expired lots aside too little is there.
        """
        free = self.available(asset, pass_id)
        there = sum(each.amount for each in free)
        if there < amount:
            raise PreconditionFailed(
                _SHORT[asset],
                f"{amount} are asked for and {there} can be spent",
                {"asked": amount, "available": there},
            )
        taken = []
        for lot, most in free:
            if not amount:
                break
            part = min(most, amount)
            taken.append(Taken(lot, part))
            self.take_from(lot, part, to or REDEEMED[asset])
            amount -= part
        return taken

    def take_held(self, hold: Hold, amount: int, *, to: str | None = None) -> list[Taken]:
        """Posts part of an open hold in the order in which it set lots aside; keeps the rest.

        PreconditionFailed HOLD_EXPIRED for one that timed out or was closed, HOLD_TOO_SMALL when
        less is set aside. A lot that expired since the hold was made counts as it did then.
        """
        hold = self.holds.get(hold.hold_id, hold)
        if not hold.is_open(self.now):
            raise PreconditionFailed(
                "HOLD_EXPIRED", "the hold was closed or timed out", {"hold_id": hold.hold_id}
            )
        there = sum(part.open for part in hold.lots)
        if there < amount:
            raise PreconditionFailed(
                "HOLD_TOO_SMALL",
                f"{amount} are asked for and {there} are on hold",
                {"hold_id": hold.hold_id, "asked": amount, "held": there},
            )
        taken = []
        parts: list[HeldLot] = []
        for part in hold.lots:
            used = min(part.open, amount)
            if used:
                lot = self.lot(part.key)
                taken.append(Taken(lot, used))
                self.take_from(lot, used, to or REDEEMED[lot.asset])
                amount -= used
            parts.append(part._replace(posted=part.posted + used))
        closed = all(not part.open for part in parts)
        self.holds[hold.hold_id] = Hold(
            hold.hold_id, hold.asset, tuple(parts), hold.expires_at, closed
        )
        self.closed_holds += closed
        return taken

    def apply(self) -> None:
        """Makes it so in the wallet, for the commands that follow in the same transaction."""
        wallet = self.wallet
        for asset, change in self.changes.items():
            wallet.balances[asset] = wallet.balances.get(asset, 0) + change
        wallet.debt_points += self.debt_change
        wallet.lots.update(self.lots)
        for grant in self.grants:
            wallet.lots[grant.key] = merged_lot(wallet.lots.get(grant.key), grant)
        wallet.holds.update(self.holds)
        wallet.open_holds += self.new_holds - self.closed_holds
        if self.carry is not None:
            wallet.carry = self.carry
        wallet.counters.update(self.counters)
        for use, change in self.pass_uses.items():
            wallet.pass_uses[use] = wallet.pass_uses.get(use, 0) + change
        wallet.sale_count += self.sale_count_change
        wallet.merged_into = self.merged_into
