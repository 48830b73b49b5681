"""Stored value (储值): kinds of card, the bonus of a top-up, and how value is spent. Pure.

Principal was paid for, bonus was given; they are kept apart, and all amounts are fen. What a top-up
may be is in top_up_check.py, paying principal out again in cash_out.py, the law in prepaid_law.py.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from chassis.errors import Invalid, PreconditionFailed
from pricing.allocation import allocate
from services.points.domain.limits import invalid_amount
from services.points.domain.stored_value.prepaid_law import LAW_ONLY, ChainLimits

BASIS_POINTS = 10_000


class SpendingOrder(IntEnum):
    """What a payment takes first; the numbers are those of the proto."""

    BONUS_FIRST = 1
    PRINCIPAL_FIRST = 2
    IN_PROPORTION = 3


@dataclass(frozen=True, slots=True)
class CardType:
    """A kind of card (卡种). `validity_months` None: its principal never expires."""

    code: str
    named: bool
    spending_order: SpendingOrder
    validity_months: int | None = None

    def principal_expiry(self, business_date: date) -> date | None:
        """Last day on which principal paid in on `business_date` can be spent; None: no end."""
        if self.validity_months is None:
            return None
        return add_months(business_date, self.validity_months)


@dataclass(frozen=True, slots=True)
class TopUpBand:
    """From this amount on, a fixed bonus or a share of the whole amount; one of them is 0."""

    from_fen: int
    bonus_fen: int = 0
    bonus_bp: int = 0

    def bonus_for(self, amount_fen: int) -> int:
        """The bonus for an amount in this band, rounded down to a whole fen."""
        return self.bonus_fen + amount_fen * self.bonus_bp // BASIS_POINTS


@dataclass(frozen=True, slots=True)
class TopUpRule:
    """What is given for topping up. Bands ascend; an empty `tiers` or `store_ids` means all.

    Both dates are included, None for `last_date` means no end. The bonus can be spent through the
    day `bonus_validity_days` after the top-up; None means for ever.
    """

    rule_id: str
    version: int
    name: str
    bands: tuple[TopUpBand, ...]
    first_date: date
    last_date: date | None = None
    tiers: frozenset[str] = frozenset()
    store_ids: frozenset[str] = frozenset()
    bonus_validity_days: int | None = None
    name_en: str = ""  # empty: as `name`, which is Chinese

    @property
    def rule_version(self) -> str:
        """What a lot keeps to name its rule."""
        return f"{self.rule_id}@{self.version}"

    def bonus_for(self, amount_fen: int) -> int:
        """The bonus of the highest band that the amount reaches; 0 below the first."""
        reached = [band for band in self.bands if band.from_fen <= amount_fen]
        return reached[-1].bonus_for(amount_fen) if reached else 0

    def applies(self, tier: str, store_id: str, business_date: date) -> bool:
        """True for the rule's days, tiers and stores."""
        return (
            self.first_date <= business_date <= (self.last_date or date.max)
            and (not self.tiers or tier in self.tiers)
            and (not self.store_ids or store_id in self.store_ids)
        )


@dataclass(frozen=True, slots=True)
class StoredValueProgramme:
    """One version of the chain's rules for stored value.

    `transfer_tender_kinds` are the kinds of money that count as a transfer from a bank account;
    where the law forbids cash only these may pay.
    """

    card_types: tuple[CardType, ...]
    top_up_rules: tuple[TopUpRule, ...] = ()
    limits: ChainLimits = LAW_ONLY
    top_up_tender_kinds: frozenset[str] = frozenset()
    transfer_tender_kinds: frozenset[str] = frozenset()

    def card_type(self, code: str) -> CardType:
        """The kind of card; Invalid UNKNOWN_CARD_TYPE."""
        for each in self.card_types:
            if each.code == code:
                return each
        known = ",".join(each.code for each in self.card_types)
        raise Invalid("UNKNOWN_CARD_TYPE", "no such kind of card", {"known": known})

    def kind_of(self, code: str, today: "StoredValueProgramme | None" = None) -> CardType:
        """What a wallet's kind of card counts as by this version; the first when it has none.

        In a late document a kind that came later is what `today` says of it. One that is not there
        today either went, and counts as the first too.
        """
        known = (*self.card_types, *(today.card_types if today is not None else ()))
        own = (each for each in known if each.code == code)
        return next(own, self.card_types[0])


# What holds before anybody has set rules: no bonus, and shares as the court would compute them.
FIRST_STORED_VALUE = StoredValueProgramme(
    card_types=(CardType("member", True, SpendingOrder.IN_PROPORTION),),
    top_up_tender_kinds=frozenset({"cash", "bank_card", "wechat_pay", "alipay"}),
    transfer_tender_kinds=frozenset({"bank_card", "wechat_pay", "alipay"}),
)


@dataclass(frozen=True, slots=True)
class BonusGrant:
    """What a top-up is given: an amount (> 0), the rule it comes from, and its last day."""

    bonus_fen: int
    rule_version: str
    expiry_date: date | None


def top_up_bonus(
    rules: Iterable[TopUpRule], amount_fen: int, tier: str, store_id: str, business_date: date
) -> BonusGrant | None:
    """The best bonus that a rule gives for a top-up; None when none gives any.

    Rules do not add up. Between equal bonuses the one that lasts longer wins, then the smaller
    rule id, then the newer version, so that every till and HQ decide alike.
    """
    found = [
        (rule.bonus_for(amount_fen), rule)
        for rule in rules
        if rule.applies(tier, store_id, business_date)
    ]
    best = min(
        ((bonus, rule) for bonus, rule in found if bonus > 0),
        key=lambda each: (
            -each[0],
            each[1].bonus_validity_days is not None,
            -(each[1].bonus_validity_days or 0),
            each[1].rule_id,
            -each[1].version,
        ),
        default=None,
    )
    if best is None:
        return None
    bonus, rule = best
    expiry = None
    if rule.bonus_validity_days is not None:
        expiry = add_days(business_date, rule.bonus_validity_days)
    return BonusGrant(bonus, rule.rule_version, expiry)


def split_spend(
    order: SpendingOrder, amount_fen: int, principal_fen: int, bonus_fen: int
) -> tuple[int, int]:
    """How much of a payment is principal and how much bonus; exact, never over a balance.

    In proportion means to what the two balances are now; an odd fen goes to the larger remainder,
    then to principal. Invalid INVALID_AMOUNT for a negative amount, PreconditionFailed
    INSUFFICIENT_STORED_VALUE with the amounts when both together hold less.
    """
    if amount_fen < 0:
        raise invalid_amount("amount_fen", amount_fen, 0)
    if amount_fen > principal_fen + bonus_fen:
        raise insufficient(amount_fen, principal_fen, bonus_fen)
    if order is SpendingOrder.BONUS_FIRST:
        bonus_part = min(amount_fen, bonus_fen)
        return amount_fen - bonus_part, bonus_part
    if order is SpendingOrder.PRINCIPAL_FIRST:
        principal_part = min(amount_fen, principal_fen)
        return principal_part, amount_fen - principal_part
    principal_part, bonus_part = allocate(amount_fen, [principal_fen, bonus_fen])
    return principal_part, bonus_part


def add_days(day: date, days: int) -> date:
    """So many days later; date.max beyond the calendar."""
    return day + timedelta(days=min(days, (date.max - day).days))


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day; date.max beyond the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def insufficient(amount_fen: int, principal_fen: int, bonus_fen: int) -> PreconditionFailed:
    """The refusal for want of stored value."""
    return PreconditionFailed(
        "INSUFFICIENT_STORED_VALUE",
        f"{amount_fen} fen asked for, {principal_fen} principal and {bonus_fen} bonus there",
        {"amount_fen": amount_fen, "principal_fen": principal_fen, "bonus_fen": bonus_fen},
    )
