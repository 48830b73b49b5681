"""What a hold asks for, and which lots it sets aside. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chassis.errors import Exhausted, Invalid
from services.points.domain.assets import Asset
from services.points.domain.holds.hold import HeldLot, Hold
from services.points.domain.limits import check_time
from services.points.domain.lot import Lot, first_parts, free_parts, insufficient
from services.points.domain.stored_value.stored_value import SpendingOrder, split_spend
from services.points.domain.wallet import Wallet

# Open at once in one wallet. A family at twenty tills has twenty; the door reads them all.
HOLDS_OPEN_MAX = 200


@dataclass(frozen=True, slots=True)
class HoldLimits:
    """How long a hold lasts: when its request does not say, and at most."""

    default_seconds: int
    seconds_max: int


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """Asks to set `amount` of an asset aside; PRINCIPAL stands for stored value of both sorts.

    `seconds` is 0 for the deployment's own.
    """

    hold_id: str
    member_id: str
    asset: Asset
    pass_id: str | None
    amount: int
    seconds: int
    store_id: str
    register_id: str
    staff_id: str
    business_date: date


def set_aside(
    wallet: Wallet, request: HoldRequest, *, limits: HoldLimits, order: SpendingOrder, now: datetime
) -> Hold:
    """The hold on a wallet with its lots loaded; changes nothing.

    Invalid INVALID_HOLD_SECONDS or INVALID_BUSINESS_DATE; PreconditionFailed WALLET_FROZEN or
    INSUFFICIENT_POINTS, INSUFFICIENT_STORED_VALUE, INSUFFICIENT_PASS, TOO_MANY_LOTS; Exhausted
    TOO_MANY_HOLDS.
    Lots are taken in spending order, stored value in the `order` of the kind of card.
    """
    seconds = request.seconds or limits.default_seconds
    if not 0 < seconds <= max(limits.seconds_max, limits.default_seconds):
        raise Invalid(
            "INVALID_HOLD_SECONDS",
            f"hold_seconds must be 1 to {limits.seconds_max}",
            {"hold_seconds": request.seconds, "hold_seconds_max": limits.seconds_max},
        )
    check_time(now, request.business_date, now, "now")
    wallet.require_usable()
    if sum(hold.is_open(now) for hold in wallet.holds.values()) >= HOLDS_OPEN_MAX:
        raise Exhausted(
            "TOO_MANY_HOLDS",
            f"a wallet has at most {HOLDS_OPEN_MAX} open holds",
            {"member_id": wallet.member_id},
        )
    parts = (
        _stored_value(wallet, request, order, now)
        if request.asset is Asset.PRINCIPAL
        else first_parts(_free(wallet, request.asset, request, now), request.asset, request.amount)
    )
    return Hold(
        hold_id=request.hold_id,
        asset=request.asset,
        lots=tuple(HeldLot(lot.key, lot.asset, amount) for lot, amount in parts),
        expires_at=now + timedelta(seconds=seconds),
        pass_id=request.pass_id,
        store_id=request.store_id,
    )


def _stored_value(
    wallet: Wallet, request: HoldRequest, order: SpendingOrder, now: datetime
) -> list[tuple[Lot, int]]:
    principal = _free(wallet, Asset.PRINCIPAL, request, now)
    bonus = _free(wallet, Asset.BONUS, request, now)
    principal_there = sum(amount for _, amount in principal)
    bonus_there = sum(amount for _, amount in bonus)
    if request.amount > principal_there + bonus_there:
        raise insufficient(Asset.PRINCIPAL, request.amount, principal_there + bonus_there)
    principal_fen, bonus_fen = split_spend(order, request.amount, principal_there, bonus_there)
    return [
        *first_parts(principal, Asset.PRINCIPAL, principal_fen),
        *first_parts(bonus, Asset.BONUS, bonus_fen),
    ]


def _free(
    wallet: Wallet, asset: Asset, request: HoldRequest, now: datetime
) -> list[tuple[Lot, int]]:
    lots = [
        lot for lot in wallet.lots.values() if lot.asset is asset and lot.pass_id == request.pass_id
    ]
    return free_parts(lots, wallet.held(now), request.business_date, now)
