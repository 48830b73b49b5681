"""Lots: grants of value with their origin, and the order in which they are spent. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from chassis.errors import PreconditionFailed
from services.points.domain.assets import Asset

_SHORT = {
    Asset.POINTS: "INSUFFICIENT_POINTS",
    Asset.PRINCIPAL: "INSUFFICIENT_STORED_VALUE",
    Asset.BONUS: "INSUFFICIENT_STORED_VALUE",
    Asset.PASS: "INSUFFICIENT_PASS",
}

# A document has to fit the answers that show it; nobody who spends now and then has as many lots.
LOTS_MAX = 10_000


class LotKey(NamedTuple):
    """Which lot: the bill that granted it and its place among that bill's lots.

    A merge moves lots to another member under the same key, so a return finds them wherever
    they are.
    """

    bill_id: str
    ordinal: int


class Lot(NamedTuple):
    """A grant as it stands now; a tuple because the door makes them by the thousand.

    granted = remaining + expired + what was spent, moved or taken back. `expiry_date` is the
    last business date on which it can be spent; None means never. `moved_by` is the merge or
    transfer that brought it from another member.
    """

    bill_id: str
    ordinal: int
    asset: Asset
    pass_id: str | None
    granted: int
    remaining: int
    expired: int
    rule_version: str
    store_id: str
    earned_at: datetime
    available_at: datetime
    expiry_date: date | None
    moved_by: str | None = None

    @property
    def key(self) -> LotKey:
        """Which lot it is."""
        return LotKey(self.bill_id, self.ordinal)

    def changed(self, remaining: int, expired: int = 0, granted: int = 0) -> "Lot":
        """The lot after its amounts changed by so much."""
        # Half of what _replace costs, and every payment from a wallet asks for it.
        amounts = (self.granted + granted, self.remaining + remaining, self.expired + expired)
        return Lot._make((*self[:4], *amounts, *self[7:]))


class LotGrant(NamedTuple):
    """A lot that a bill makes; `key` names another bill when the lot was moved here."""

    key: LotKey
    asset: Asset
    pass_id: str | None
    amount: int
    rule_version: str
    store_id: str
    earned_at: datetime
    available_at: datetime
    expiry_date: date | None
    moved_by: str | None = None


def first_moment(occurred_at: datetime, posted_at: datetime) -> datetime:
    """From when value can be spent that need not wait.

    A till's clock may run ahead of the ledger's; who is told of value can spend it all the same.
    """
    return min(occurred_at, posted_at)


def moved_grant(lot: Lot, amount: int, *, moved_by: str) -> LotGrant:
    """Part of another member's lot under its own key, its origin unchanged."""
    return LotGrant(
        key=lot.key,
        asset=lot.asset,
        pass_id=lot.pass_id,
        amount=amount,
        rule_version=lot.rule_version,
        store_id=lot.store_id,
        earned_at=lot.earned_at,
        available_at=lot.available_at,
        expiry_date=lot.expiry_date,
        moved_by=moved_by,
    )


def merged_lot(there: Lot | None, grant: LotGrant) -> Lot:
    """The lot after a grant; one that was moved here before takes more of the same origin."""
    if there is not None:
        return there.changed(grant.amount, granted=grant.amount)
    return Lot(
        bill_id=grant.key.bill_id,
        ordinal=grant.key.ordinal,
        asset=grant.asset,
        pass_id=grant.pass_id,
        granted=grant.amount,
        remaining=grant.amount,
        expired=0,
        rule_version=grant.rule_version,
        store_id=grant.store_id,
        earned_at=grant.earned_at,
        available_at=grant.available_at,
        expiry_date=grant.expiry_date,
        moved_by=grant.moved_by,
    )


def spending_order(lots: Iterable[Lot]) -> list[Lot]:
    """Lots in the order in which they are spent: nearest expiry, then oldest, never last."""
    return sorted(lots, key=_spending_key)


def _spending_key(lot: Lot) -> tuple[date, datetime, str, int]:
    return (lot.expiry_date or date.max, lot.earned_at, lot.bill_id, lot.ordinal)


def has_expired(lot: Lot, business_date: date) -> bool:
    """True after the lot's last day. Judged when reading: no job needs to have run."""
    return lot.expiry_date is not None and lot.expiry_date < business_date


def spendable(lot: Lot, business_date: date, now: datetime) -> bool:
    """True when something is left, the lot is no longer pending, and it has not expired."""
    last_day = lot.expiry_date
    return (
        lot.remaining > 0
        and lot.available_at <= now
        and (last_day is None or last_day >= business_date)
    )


def free_parts(
    lots: Iterable[Lot], held: Mapping[LotKey, int], business_date: date, now: datetime
) -> list[tuple[Lot, int]]:
    """What can be spent of the lots, in spending order: neither pending, expired nor held."""
    usable = [lot for lot in lots if spendable(lot, business_date, now)]
    if len(usable) > 1:
        usable.sort(key=_spending_key)
    if not held:
        return [(lot, lot.remaining) for lot in usable]
    parts = [(lot, lot.remaining - held.get(lot.key, 0)) for lot in usable]
    return [part for part in parts if part[1] > 0]


def first_parts(
    free: Iterable[tuple[Lot, int]], asset: Asset, amount: int
) -> list[tuple[Lot, int]]:
    """The first parts that make up an amount.

    PreconditionFailed INSUFFICIENT_POINTS, INSUFFICIENT_STORED_VALUE or INSUFFICIENT_PASS when
    all of them are less, TOO_MANY_LOTS when it takes more of them than a document can show.
    """
    taken = []
    left = amount
    for lot, most in free:
        if not left:
            break
        taken.append((lot, min(most, left)))
        left -= min(most, left)
    if left:
        raise insufficient(asset, amount, amount - left)
    check_lot_count(len(taken))
    return taken


def check_lot_count(lots: int) -> None:
    """PreconditionFailed TOO_MANY_LOTS for more than a document can show."""
    if lots > LOTS_MAX:
        raise too_many_lots(lots, LOTS_MAX)


def too_many_lots(lots: int, most: int) -> PreconditionFailed:
    """The refusal of what so many lots would be needed for."""
    return PreconditionFailed(
        "TOO_MANY_LOTS",
        f"at most {most} lots can be spent, held or moved at once",
        {"lots": lots, "most": most},
    )


def insufficient(asset: Asset, asked: int, available: int) -> PreconditionFailed:
    """The refusal for want of an asset that can be spent."""
    return PreconditionFailed(
        _SHORT[asset],
        f"{asked} are asked for and {available} can be spent",
        {"asked": asked, "available": available},
    )
