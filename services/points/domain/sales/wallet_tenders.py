"""Paying from the member's wallet: points and stored value as tenders. Pure."""

from collections.abc import Sequence

from pricing.allocation import allocate
from services.points.domain.assets import (
    BONUS_COST,
    POINTS_COST,
    REVENUE,
    STORED_VALUE_LIABILITY,
    Asset,
)
from services.points.domain.draft import Source
from services.points.domain.posting import Posting
from services.points.domain.programme import Programmes
from services.points.domain.sales.sale import SaleTender
from services.points.domain.stored_value.stored_value import SpendingOrder, split_spend
from services.points.domain.transfer import Taken


def pay_points(posting: Posting, tender: SaleTender) -> list[Source]:
    """Points from the wallet, which check_points_tenders has let pass; what paid, lot by lot.

    PreconditionFailed WALLET_FROZEN, INSUFFICIENT_POINTS or what a hold says.
    """
    posting.wallet.require_usable()
    taken = _take(posting, Asset.POINTS, tender.points, tender.hold_id)
    posting.money(POINTS_COST, REVENUE, tender.amount_fen)
    worth = [tender.amount_fen]
    if len(taken) > 1:
        worth = allocate(tender.amount_fen, worth * len(taken), [part.amount for part in taken])
    return _sources(tender.kind, taken, worth)


def pay_stored_value(
    posting: Posting, programmes: Programmes, tender: SaleTender, *, to: str = REVENUE
) -> list[Source]:
    """Principal and bonus from the wallet, their money to an account; what paid, lot by lot.

    PreconditionFailed WALLET_FROZEN, INSUFFICIENT_STORED_VALUE or what a hold says.
    """
    posting.wallet.require_usable()
    kind = programmes.kind_of(posting.wallet.card_type, posting.occurred_at, posting.now)
    order = kind.spending_order
    if tender.hold_id:
        taken = _take_held_stored_value(posting, order, tender)
    else:
        principal, bonus = posting.available(Asset.PRINCIPAL), posting.available(Asset.BONUS)
        principal_fen, bonus_fen = split_spend(
            order,
            tender.amount_fen,
            sum([part.amount for part in principal]),
            sum([part.amount for part in bonus]),
        )
        taken = []
        if principal_fen:
            taken = posting.take(Asset.PRINCIPAL, principal_fen, available=principal)
        if bonus_fen:
            taken += posting.take(Asset.BONUS, bonus_fen, available=bonus)
    paid = {Asset.PRINCIPAL: 0, Asset.BONUS: 0}
    for part in taken:
        paid[part.lot.asset] += part.amount
    posting.money(STORED_VALUE_LIABILITY, to, paid[Asset.PRINCIPAL])
    posting.money(BONUS_COST, to, paid[Asset.BONUS])
    return _sources(tender.kind, taken, [part.amount for part in taken])


def release_rest(posting: Posting, tenders: Sequence[SaleTender], number: int) -> None:
    """Frees what the hold of the number-th tender still sets aside, from 1, once it is paid.

    Not before the last tender that names the hold, and not when that one keeps the rest.
    """
    tender = tenders[number - 1]
    if not tender.hold_id or tender.keep_rest:
        return
    if all(later.hold_id != tender.hold_id for later in tenders[number:]):
        posting.release_hold(tender.hold_id)


def _take_held_stored_value(
    posting: Posting, order: SpendingOrder, tender: SaleTender
) -> list[Taken]:
    """Part of a hold, shared between what it holds of principal and bonus as the card spends."""
    hold = posting.wallet.hold(tender.hold_id, Asset.PRINCIPAL)
    hold = posting.holds.get(hold.hold_id, hold)
    hold.require_open(posting.now)
    hold.require(tender.amount_fen)
    principal_fen, bonus_fen = split_spend(
        order, tender.amount_fen, hold.unposted(Asset.PRINCIPAL), hold.unposted(Asset.BONUS)
    )
    shares = {Asset.PRINCIPAL: principal_fen, Asset.BONUS: bonus_fen}
    return posting.take_held(hold, tender.amount_fen, shares=shares)


def _take(posting: Posting, asset: Asset, amount: int, hold_id: str) -> list[Taken]:
    if not hold_id:
        return posting.take(asset, amount)
    return posting.take_held(posting.wallet.hold(hold_id, asset), amount)


def _sources(kind: str, taken: list[Taken], worth: list[int]) -> list[Source]:
    return [
        Source(kind, amount_fen, part.lot.asset, part.amount, part.lot.key)
        for part, amount_fen in zip(taken, worth, strict=True)
    ]
