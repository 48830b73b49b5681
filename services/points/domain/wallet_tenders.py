"""Paying from the member's wallet: points and stored value as tenders. Pure."""

from pricing.allocation import allocate
from services.points.domain.assets import (
    BONUS_COST,
    POINTS_COST,
    REVENUE,
    STORED_VALUE_LIABILITY,
    Asset,
)
from services.points.domain.books import Source
from services.points.domain.points_tender import check_points_tender
from services.points.domain.posting import Posting
from services.points.domain.programme import Programme
from services.points.domain.sale import SaleTender
from services.points.domain.stored_value import SpendingOrder, split_spend
from services.points.domain.transfer import Taken
from services.points.domain.wallet import Wallet


def pay_points(
    posting: Posting, programme: Programme, tender: SaleTender, total_fen: int
) -> list[Source]:
    """Points from the wallet, worth `amount_fen` of a bill of `total_fen`; what paid, lot by lot.

    Refuses as check_points_tender does; PreconditionFailed WALLET_FROZEN, INSUFFICIENT_POINTS or
    what a hold says.
    """
    check_points_tender(programme.points_tender, tender.points, tender.amount_fen, total_fen)
    posting.wallet.require_usable()
    taken = _take(posting, Asset.POINTS, tender.points, tender.hold_id)
    posting.money(POINTS_COST, REVENUE, tender.amount_fen)
    worth = allocate(tender.amount_fen, [tender.amount_fen] * len(taken), [t.amount for t in taken])
    return _sources(tender.kind, taken, worth)


def pay_stored_value(
    posting: Posting, programme: Programme, tender: SaleTender, *, to: str = REVENUE
) -> list[Source]:
    """Principal and bonus from the wallet, their money to an account; what paid, lot by lot.

    PreconditionFailed WALLET_FROZEN, INSUFFICIENT_STORED_VALUE or what a hold says.
    """
    posting.wallet.require_usable()
    if tender.hold_id:
        taken = _take(posting, Asset.PRINCIPAL, tender.amount_fen, tender.hold_id)
    else:
        principal_fen, bonus_fen = split_spend(
            _spending_order(programme, posting.wallet),
            tender.amount_fen,
            sum(part.amount for part in posting.available(Asset.PRINCIPAL)),
            sum(part.amount for part in posting.available(Asset.BONUS)),
        )
        taken = posting.take(Asset.PRINCIPAL, principal_fen) if principal_fen else []
        if bonus_fen:
            taken += posting.take(Asset.BONUS, bonus_fen)
    paid = {Asset.PRINCIPAL: 0, Asset.BONUS: 0}
    for part in taken:
        paid[part.lot.asset] += part.amount
    posting.money(STORED_VALUE_LIABILITY, to, paid[Asset.PRINCIPAL])
    posting.money(BONUS_COST, to, paid[Asset.BONUS])
    return _sources(tender.kind, taken, [part.amount for part in taken])


def _spending_order(programme: Programme, wallet: Wallet) -> SpendingOrder:
    """Of the wallet's kind of card; of the first kind when it has none that is still known."""
    kinds = programme.stored_value.card_types
    own = (kind for kind in kinds if kind.code == wallet.card_type)
    return next(own, kinds[0]).spending_order


def _take(posting: Posting, asset: Asset, amount: int, hold_id: str) -> list[Taken]:
    if not hold_id:
        return posting.take(asset, amount)
    return posting.take_held(posting.wallet.hold(hold_id, asset), amount)


def _sources(kind: str, taken: list[Taken], worth: list[int]) -> list[Source]:
    return [
        Source(kind, amount_fen, part.lot.asset, part.amount, part.lot.key)
        for part, amount_fen in zip(taken, worth, strict=True)
    ]
