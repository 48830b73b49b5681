"""What a member has of each kind of value: free, pending, held, expired, expiring. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.points.domain.assets import Asset
from services.points.domain.lot import has_expired
from services.points.domain.wallet import Wallet


@dataclass(slots=True)
class Holding:
    """Of one asset, or pass. Free, pending, held and expired add up to what is left in the lots.

    `expiring` is what has its last day within the days asked for, whatever part of the others.
    """

    asset: Asset
    pass_id: str | None
    free: int = 0
    pending: int = 0
    held: int = 0
    expired: int = 0
    expiring: int = 0
    next_expiry_date: date | None = None
    lot_count: int = 0


def holdings_of(
    wallet: Wallet, *, business_date: date, now: datetime, within_days: int
) -> list[Holding]:
    """What is left in a wallet with its lots loaded, by asset and pass."""
    held_by_lot = wallet.held(now)
    horizon = business_date + timedelta(days=within_days)
    found: dict[tuple[Asset, str], Holding] = {}
    for lot in wallet.lots.values():
        if not lot.remaining:
            continue
        key = (lot.asset, lot.pass_id or "")
        holding = found.setdefault(key, Holding(lot.asset, lot.pass_id))
        holding.lot_count += 1
        held = held_by_lot.get(lot.key, 0)
        holding.held += held
        if has_expired(lot, business_date):
            holding.expired += lot.remaining - held
            continue
        if lot.available_at > now:
            holding.pending += lot.remaining - held
        else:
            holding.free += lot.remaining - held
        if lot.expiry_date is not None:
            holding.next_expiry_date = min(holding.next_expiry_date or date.max, lot.expiry_date)
            if lot.expiry_date <= horizon:
                holding.expiring += lot.remaining
    return [found[key] for key in sorted(found)]
