"""A posting: everything that one bill does to one wallet, built before any of it happens. Pure.

A posting changes nothing until it is applied, so a command that fails midway leaves the wallet
as it was. Every transfer moves one asset from a debit account to a credit account: for each asset
the sum over all accounts stays zero whatever is posted.
"""

from datetime import date, datetime

from chassis.errors import PreconditionFailed
from pricing.earning import Carry, CounterKey, Tally
from services.points.domain.assets import (
    ISSUED,
    POINTS_DEBT,
    POINTS_EXPIRED,
    POINTS_ISSUED,
    REDEEMED,
    WALLET,
    Asset,
    BillKind,
)
from services.points.domain.lot import (
    Lot,
    LotGrant,
    LotKey,
    merged_lot,
    moved_grant,
    spendable,
    spending_order,
)
from services.points.domain.transfer import LotChange, Taken, Transfer
from services.points.domain.wallet import HeldLot, Hold, Wallet

_SHORT = {
    Asset.POINTS: "INSUFFICIENT_POINTS",
    Asset.PRINCIPAL: "INSUFFICIENT_STORED_VALUE",
    Asset.BONUS: "INSUFFICIENT_STORED_VALUE",
    Asset.PASS: "INSUFFICIENT_PASS",
}


_NO_CHANGE = LotChange(0, 0)


class Posting:
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
        self.wallet = wallet
        self.bill_id = bill_id
        self.kind = kind
        self.store_id = store_id
        self.business_date = business_date
        self.occurred_at = occurred_at
        self.now = now
        self.transfers: list[Transfer] = []
        self.grants: list[LotGrant] = []
        self.lots: dict[LotKey, Lot] = {}  # those that change, as they will be
        self.lot_changes: dict[LotKey, LotChange] = {}
        self.expiry_dates: dict[LotKey, date | None] = {}  # of lots that get another one
        self.holds: dict[str, Hold] = {}  # as they will be
        self.changes: dict[Asset, int] = {}  # of the wallet
        self.debt_change = 0
        self.carry: Carry | None = None
        self.counters: dict[CounterKey, Tally] = {}  # those that change, as they will be
        self.pass_uses: dict[tuple[str, date], int] = {}  # (pass, day) -> by how many they change
        self.is_purchase = False
        self.new_holds = 0
        self.closed_holds = 0

    def move(
        self,
        asset: Asset,
        debit_account: str,
        credit_account: str,
        amount: int,
        *,
        pass_id: str | None = None,
    ) -> None:
        """Moves value between accounts that are no wallet. Nothing for an amount of 0."""
        if amount:
            self.transfers.append(
                Transfer(asset, debit_account, credit_account, amount, None, pass_id)
            )

    def money(self, debit_account: str, credit_account: str, amount_fen: int) -> None:
        """Moves money between the store's accounts. Nothing for an amount of 0."""
        self.move(Asset.MONEY, debit_account, credit_account, amount_fen)

    def lot(self, key: LotKey) -> Lot:
        """A lot as this posting has it so far; KeyError when it was not loaded."""
        return self.lots.get(key) or self.wallet.lots[key]

    def grant(
        self,
        asset: Asset,
        amount: int,
        *,
        rule_version: str,
        available_at: datetime | None = None,
        expiry_date: date | None = None,
        pass_id: str | None = None,
        debit_account: str | None = None,
        store_id: str | None = None,
    ) -> LotKey:
        """Grants a new lot of this bill or of `store_id`; returns its key. `amount` > 0."""
        key = LotKey(self.bill_id, len(self.grants))
        self._add_lot(
            LotGrant(
                key=key,
                asset=asset,
                pass_id=pass_id,
                amount=amount,
                rule_version=rule_version,
                store_id=store_id or self.store_id,
                earned_at=self.occurred_at,
                available_at=available_at or self.occurred_at,
                expiry_date=expiry_date,
            ),
            debit_account or ISSUED[asset],
        )
        return key

    def adopt(self, lot: Lot, amount: int, debit_account: str) -> None:
        """Takes over part of another member's lot, its origin unchanged."""
        self._add_lot(moved_grant(lot, amount, moved_by=self.bill_id), debit_account)

    def _add_lot(self, grant: LotGrant, debit_account: str) -> None:
        self.grants.append(grant)
        self._wallet_gains(grant.asset, grant.amount)
        self.transfers.append(
            Transfer(grant.asset, debit_account, WALLET, grant.amount, grant.key, grant.pass_id)
        )

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

    def take_from(self, lot: Lot, amount: int, to: str) -> None:
        """Takes part of one lot out of the wallet."""
        self._change_lot(lot, -amount)
        self.transfers.append(Transfer(lot.asset, WALLET, to, amount, lot.key, lot.pass_id))

    def give_back(self, lot: Lot, amount: int, source: str) -> None:
        """Puts value back into the lot it came from."""
        self._change_lot(lot, amount)
        self.transfers.append(Transfer(lot.asset, source, WALLET, amount, lot.key, lot.pass_id))

    def expire(self, lot: Lot, amount: int, to: str) -> None:
        """Books that part of a lot expired."""
        self._change_lot(lot, -amount, amount)
        self.transfers.append(Transfer(lot.asset, WALLET, to, amount, lot.key, lot.pass_id))

    def set_expiry(self, lot: Lot, expiry_date: date | None) -> None:
        """Gives a lot another last day: that of some passes is not known before their first use."""
        lot = self.lots.get(lot.key) or self.wallet.lots.get(lot.key, lot)
        self.lots[lot.key] = lot._replace(expiry_date=expiry_date)
        self.expiry_dates[lot.key] = expiry_date

    def claw_expired(self, lot: Lot, amount: int) -> None:
        """Takes back earned points that had expired: they are neither expired nor issued now."""
        self._change_lot(lot, 0, -amount)
        self.transfers.append(
            Transfer(Asset.POINTS, POINTS_EXPIRED, POINTS_ISSUED, amount, lot.key)
        )

    def _change_lot(self, lot: Lot, change: int, expired: int = 0) -> None:
        key = lot.key
        # One that nothing was left in is not among the wallet's: then it is as it was loaded.
        lot = self.lots.get(key) or self.wallet.lots.get(key, lot)
        self.lots[key] = lot._replace(
            remaining=lot.remaining + change, expired=lot.expired + expired
        )
        before = self.lot_changes.get(key, _NO_CHANGE)
        self.lot_changes[key] = LotChange(before.remaining + change, before.expired + expired)
        self._wallet_gains(lot.asset, change)

    def _wallet_gains(self, asset: Asset, change: int) -> None:
        self.changes[asset] = self.changes.get(asset, 0) + change

    def balance(self, asset: Asset) -> int:
        """What remains in the wallet's lots of an asset after this posting."""
        return self.wallet.balance(asset) + self.changes.get(asset, 0)

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
        wallet.sale_count += self.is_purchase
