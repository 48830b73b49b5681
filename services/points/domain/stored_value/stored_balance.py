"""What a wallet holds of stored value, as the law and a cash-out count it. Pure."""

from datetime import date, datetime

from chassis.errors import PreconditionFailed
from services.points.domain.assets import Asset
from services.points.domain.lot import Lot, has_expired
from services.points.domain.wallet import Wallet

STORED_VALUE = frozenset({Asset.PRINCIPAL, Asset.BONUS})


def stored_balance_fen(wallet: Wallet, business_date: date) -> int:
    """Principal, and bonus that has not expired, of a wallet whose lots were loaded, in fen.

    Expired principal counts: it stays the holder's and comes back on demand.
    """
    return sum(lot.remaining for lot in wallet.lots.values() if is_held(lot, business_date))


def is_held(lot: Lot, business_date: date) -> bool:
    """Whether a lot is of stored value that the holder still has."""
    if lot.asset is Asset.PRINCIPAL:
        return True
    return lot.asset is Asset.BONUS and not has_expired(lot, business_date)


def require_nothing_held(wallet: Wallet, now: datetime) -> None:
    """PreconditionFailed HOLDS_OPEN while a hold sets stored value aside: a till may take it."""
    open_ids = sorted(
        hold.hold_id
        for hold in wallet.holds.values()
        if hold.asset in STORED_VALUE and hold.is_open(now)
    )
    if open_ids:
        raise PreconditionFailed(
            "HOLDS_OPEN",
            "stored value is on hold; post or void the holds first",
            {"member_id": wallet.member_id, "holds": len(open_ids), "hold_id": open_ids[0]},
        )
