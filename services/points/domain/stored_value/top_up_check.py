"""Paying in: what a top-up of stored value (充值) must be before it is booked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from chassis.errors import Invalid, PreconditionFailed
from services.points.domain.limits import CODE_LENGTH_MAX, check_amount, invalid_amount
from services.points.domain.stored_value.prepaid_law import PrepaidLimits
from services.points.domain.stored_value.stored_value import CardType, StoredValueProgramme


class Buyer(IntEnum):
    """Who pays; the law asks more of institutions."""

    INDIVIDUAL = 1
    INSTITUTION = 2


@dataclass(frozen=True, slots=True)
class TopUp:
    """A top-up about to be made. Amounts in fen.

    `balance_fen` is principal and bonus of the card before it. `identified` says that the buyer's
    document of identity was seen. `purchase_fen` is everything bought at once, other cards
    included; None when this is all. `on_site` is False for what is bought from afar.
    """

    amount_fen: int
    bonus_fen: int
    balance_fen: int
    tenders: Mapping[str, int]
    identified: bool
    buyer: Buyer = Buyer.INDIVIDUAL
    on_site: bool = True
    purchase_fen: int | None = None

    @property
    def balance_after_fen(self) -> int:
        """What the card would hold: what can be bought with a bonus is a balance like any other."""
        return self.balance_fen + self.amount_fen + self.bonus_fen


class TopUpLaw(NamedTuple):
    """What the law and the chain ask of one top-up. Amounts in fen; `_from_fen` is inclusive."""

    balance_fen_max: int
    at_once_fen: int
    identity_from_fen: int
    transfer_from_fen: int

    @property
    def identity_required(self) -> bool:
        """True when the buyer must show a document of identity."""
        return self.at_once_fen >= self.identity_from_fen

    @property
    def non_cash_required(self) -> bool:
        """True when only kinds of money that count as a transfer may pay."""
        return self.at_once_fen >= self.transfer_from_fen


def law_of(limits: PrepaidLimits, card_type: CardType, top_up: TopUp) -> TopUpLaw:
    """The figures that a top-up is measured by."""
    named = card_type.named
    return TopUpLaw(
        limits.balance_fen_max(named=named),
        top_up.amount_fen if top_up.purchase_fen is None else top_up.purchase_fen,
        limits.named_identity_from_fen if named else limits.unnamed_identity_from_fen,
        _transfer_from_fen(limits, top_up),
    )


def check_top_up(
    limits: PrepaidLimits, programme: StoredValueProgramme, card_type: CardType, top_up: TopUp
) -> None:
    """Refuses a top-up that adds up wrongly or that the law or the chain forbids.

    Invalid: INVALID_AMOUNT, TENDER_NOT_FOR_TOP_UP, TENDERS_DO_NOT_ADD_UP, NON_CASH_REQUIRED.
    PreconditionFailed: BALANCE_LIMIT_EXCEEDED, IDENTITY_REQUIRED.
    """
    _check_amounts(programme, top_up)
    law = law_of(limits, card_type, top_up)
    after_fen = top_up.balance_after_fen
    if after_fen > law.balance_fen_max:
        raise PreconditionFailed(
            "BALANCE_LIMIT_EXCEEDED",
            f"the card would hold {after_fen} fen and may hold {law.balance_fen_max}",
            {
                "balance_fen": top_up.balance_fen,
                "amount_fen": top_up.amount_fen,
                "bonus_fen": top_up.bonus_fen,
                "limit_fen": law.balance_fen_max,
            },
        )
    if law.identity_required and not top_up.identified:
        raise PreconditionFailed(
            "IDENTITY_REQUIRED",
            "the buyer must show a document of identity",
            {"purchase_fen": law.at_once_fen, "from_fen": law.identity_from_fen},
        )
    other = set(top_up.tenders) - programme.transfer_tender_kinds
    if law.non_cash_required and other:
        raise Invalid(
            "NON_CASH_REQUIRED",
            "this must be paid by transfer, no part of it in cash",
            {
                "purchase_fen": law.at_once_fen,
                "from_fen": law.transfer_from_fen,
                "kinds": ",".join(sorted(other)),
            },
        )


def _check_amounts(programme: StoredValueProgramme, top_up: TopUp) -> None:
    check_amount("amount_fen", top_up.amount_fen)
    check_amount("bonus_fen", top_up.bonus_fen, least=0)
    if top_up.purchase_fen is not None:
        check_amount("purchase_fen", top_up.purchase_fen, least=top_up.amount_fen)
    for kind, part_fen in top_up.tenders.items():
        # Stored value bought with points or with stored value would make money out of a gift.
        if kind not in programme.top_up_tender_kinds:
            raise Invalid(
                "TENDER_NOT_FOR_TOP_UP",
                "this kind of money cannot pay for stored value",
                {
                    "kind": kind[:CODE_LENGTH_MAX],
                    "known": ",".join(sorted(programme.top_up_tender_kinds)),
                },
            )
        if part_fen <= 0:
            raise invalid_amount("tenders", part_fen, 1)
    paid_fen = sum(top_up.tenders.values())
    if paid_fen != top_up.amount_fen:
        raise Invalid(
            "TENDERS_DO_NOT_ADD_UP",
            "the tenders do not add up to amount_fen",
            {"amount_fen": top_up.amount_fen, "tenders_fen": paid_fen},
        )


def _transfer_from_fen(limits: PrepaidLimits, top_up: TopUp) -> int:
    if not top_up.on_site and limits.remote_transfer_from_fen is not None:
        return limits.remote_transfer_from_fen
    if top_up.buyer is Buyer.INSTITUTION:
        return limits.institution_transfer_from_fen
    return limits.individual_transfer_from_fen
