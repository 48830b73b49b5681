"""Stored value paid in (充值): what a top-up gives, and how it becomes bookings. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chassis.errors import PreconditionFailed
from services.points.domain.assets import (
    STORED_VALUE_LIABILITY,
    Asset,
    BillKind,
    tender_account,
)
from services.points.domain.books import Books
from services.points.domain.draft import Draft
from services.points.domain.header import Header
from services.points.domain.sales.member_facts import NO_FACTS, MemberFacts
from services.points.domain.stored_value.prepaid_law import limits_on
from services.points.domain.stored_value.stored_balance import stored_balance_fen
from services.points.domain.stored_value.stored_value import (
    BonusGrant,
    CardType,
    StoredValueProgramme,
    top_up_bonus,
)
from services.points.domain.stored_value.top_up_check import (
    Buyer,
    TopUp,
    TopUpLaw,
    check_top_up,
    law_of,
)
from services.points.domain.wallet import Wallet


@dataclass(frozen=True, slots=True)
class TopUpOrder:
    """What is asked for; amounts in fen.

    `tenders` is the money by kind; a quote has none. `purchase_fen` is everything bought at once,
    None when this is all.
    """

    amount_fen: int
    card_type: str
    buyer: Buyer
    on_site: bool
    identified: bool = False
    purchase_fen: int | None = None
    tenders: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class TopUpOffer:
    """What a top-up would be: its bonus, and what the law asks of it."""

    card_type: CardType
    bonus: BonusGrant | None
    principal_expiry_date: date | None
    top_up: TopUp
    law: TopUpLaw

    @property
    def over_limit_fen(self) -> int:
        """By how much it would exceed what the card may hold, in fen."""
        return max(0, self.top_up.balance_after_fen - self.law.balance_fen_max)


def offer_top_up(
    wallet: Wallet,
    rules: StoredValueProgramme,
    order: TopUpOrder,
    *,
    held: CardType,
    store_id: str,
    business_date: date,
    facts: MemberFacts = NO_FACTS,
) -> TopUpOffer:
    """What a top-up of a wallet with its lots would give; neither amounts nor limits are checked.

    `held` is what the wallet's own kind of card counts as.
    PreconditionFailed WALLET_FROZEN, CARD_TYPE_DIFFERS; Invalid UNKNOWN_CARD_TYPE, LAW_NOT_KNOWN.
    """
    wallet.require_usable()
    card_type = rules.card_type(order.card_type)
    balance_fen = stored_balance_fen(wallet, business_date)
    if balance_fen and held.code != card_type.code:
        raise PreconditionFailed(
            "CARD_TYPE_DIFFERS",
            f"the wallet holds value of card type {held.code}",
            {"card_type": held.code, "balance_fen": balance_fen},
        )
    bonus = top_up_bonus(rules.top_up_rules, order.amount_fen, facts.tier, store_id, business_date)
    top_up = TopUp(
        amount_fen=order.amount_fen,
        bonus_fen=bonus.bonus_fen if bonus else 0,
        balance_fen=balance_fen,
        tenders=order.tenders or {},
        identified=order.identified,
        buyer=order.buyer,
        on_site=order.on_site,
        purchase_fen=order.purchase_fen,
    )
    return TopUpOffer(
        card_type=card_type,
        bonus=bonus,
        principal_expiry_date=card_type.principal_expiry(business_date),
        top_up=top_up,
        law=law_of(limits_on(business_date, rules.limits), card_type, top_up),
    )


def decide_top_up(
    books: Books, header: Header, order: TopUpOrder, facts: MemberFacts = NO_FACTS
) -> list[Draft]:
    """Money from the tills to the liability; principal and the best bonus to the wallet.

    Refuses as offer_top_up and check_top_up do.
    """
    programme = books.programmes.at(header.occurred_at)
    rules = programme.stored_value
    posting = header.posting(books, BillKind.TOP_UP)
    offer = offer_top_up(
        posting.wallet,
        rules,
        order,
        held=books.programmes.kind_of(posting.wallet.card_type, header.occurred_at, books.now),
        store_id=header.store_id,
        business_date=header.business_date,
        facts=facts,
    )
    check_top_up(
        limits_on(header.business_date, rules.limits), rules, offer.card_type, offer.top_up
    )
    posting.grant(
        Asset.PRINCIPAL,
        order.amount_fen,
        rule_version=f"principal@{programme.version}",
        expiry_date=offer.principal_expiry_date,
    )
    if offer.bonus is not None:
        posting.grant(
            Asset.BONUS,
            offer.bonus.bonus_fen,
            rule_version=offer.bonus.rule_version,
            expiry_date=offer.bonus.expiry_date,
        )
    for kind, amount_fen in offer.top_up.tenders.items():
        posting.money(tender_account(kind), STORED_VALUE_LIABILITY, amount_fen)
    posting.card_type = offer.card_type.code
    return [header.draft(posting, books, total_fen=order.amount_fen)]
