"""The transfers of a posting and what they do to the lots of its wallet. Pure.

Nothing here asks who may do what: that is decided before.
"""

from datetime import date, datetime

from services.points.domain.assets import (
    ISSUED,
    POINTS_EXPIRED,
    POINTS_ISSUED,
    WALLET,
    Asset,
    BillKind,
)
from services.points.domain.lot import (
    Lot,
    LotGrant,
    LotKey,
    first_moment,
    moved_grant,
    too_many_lots,
)
from services.points.domain.transfer import LotChange, Transfer
from services.points.domain.wallet import Wallet

# A smallint numbers the transfers of a bill, and its lots.
ORDINAL_MAX = 32_767
TRANSFERS_MAX = ORDINAL_MAX


class LotBooking:
    """The transfers of one bill, and the lots of one wallet as they will be."""

    __slots__ = (
        "bill_id",
        "business_date",
        "changes",
        "expiry_dates",
        "grace",
        "grants",
        "kind",
        "lot_changes",
        "lots",
        "now",
        "occurred_at",
        "store_id",
        "transfers",
        "wallet",
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
        self.grace: dict[LotKey, LotKey] = {}  # lots with days of grace -> where they were spent
        self.changes: dict[Asset, int] = {}  # of the wallet

    def move(self, asset: Asset, debit_account: str, credit_account: str, amount: int) -> None:
        """Moves value between accounts that are no wallet. Nothing for an amount of 0."""
        if amount:
            self.transfers.append(Transfer(asset, debit_account, credit_account, amount))

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
        """Grants a new lot of this bill or of `store_id`; returns its key. `amount` > 0.

        It can be spent from `available_at`, without one at once.
        """
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
                available_at=available_at or first_moment(self.occurred_at, self.now),
                expiry_date=expiry_date,
            ),
            debit_account or ISSUED[asset],
        )
        return key

    def put_into(self, lot: Lot, amount: int, debit_account: str) -> None:
        """Puts value into a lot that it came from, or that is another member's: its origin stays.

        Where some of it was here before, what comes fills first what had left, by whichever way;
        only what the lot never held at one time is granted anew. Otherwise points that go back and
        forth would be granted each time. Of a lot that was moved here after the value was spent,
        the wallet never had that part.
        """
        there = self.lots.get(lot.key) or self.wallet.lots.get(lot.key)
        if there is None:
            self._add_lot(moved_grant(lot, amount, moved_by=self.bill_id), debit_account)
            return
        # No statement can add a row and change it as well.
        beyond = max(0, there.remaining + there.expired + amount - there.granted)
        self._change_lot(lot, amount, granted=beyond)
        self.transfers.append(
            Transfer(lot.asset, debit_account, WALLET, amount, lot.key, lot.pass_id)
        )

    def _add_lot(self, grant: LotGrant, debit_account: str) -> None:
        self.grants.append(grant)
        self._wallet_gains(grant.asset, grant.amount)
        self.transfers.append(
            Transfer(grant.asset, debit_account, WALLET, grant.amount, grant.key, grant.pass_id)
        )

    def take_from(self, lot: Lot, amount: int, to: str) -> None:
        """Takes part of one lot out of the wallet."""
        key = self._change_lot(lot, -amount)
        self.transfers.append(Transfer(lot.asset, WALLET, to, amount, key, lot.pass_id))

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

    def _change_lot(self, lot: Lot, change: int, expired: int = 0, granted: int = 0) -> LotKey:
        key = lot.key
        # One that nothing was left in is not among the wallet's: then it is as it was loaded.
        lot = self.lots.get(key) or self.wallet.lots.get(key, lot)
        self.lots[key] = lot.changed(change, expired, granted)
        before, now = self.lot_changes.get(key), LotChange(change, expired, granted)
        self.lot_changes[key] = before.and_then(now) if before else now
        self._wallet_gains(lot.asset, change)
        return key

    def _wallet_gains(self, asset: Asset, change: int) -> None:
        self.changes[asset] = self.changes.get(asset, 0) + change

    def check_size(self) -> None:
        """PreconditionFailed TOO_MANY_LOTS for more transfers than the books can number.

        What one tender may take is bounded before; returns and sales of many tenders end here.
        """
        if len(self.transfers) > TRANSFERS_MAX:
            raise too_many_lots(len(self.transfers), TRANSFERS_MAX)

    def balance(self, asset: Asset) -> int:
        """What remains in the wallet's lots of an asset after this posting."""
        return self.wallet.balance(asset) + self.changes.get(asset, 0)
