"""The law of single-purpose prepaid cards (单用途商业预付卡) as dated settings. Pure.

Every figure names its source; docs/legal.md quotes it and says how far the text could be read.
A change of the law is a new row with its first day, never an edit of an old one: what was allowed
on the day of a top-up stays allowed in the books.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from chassis.errors import Invalid


@dataclass(frozen=True, slots=True)
class LegalRule:
    """One figure of the law and the days on which it holds, both ends included.

    `name` is a field of PrepaidLimits; `unit` is fen, months, days or yes_no (1 or 0).
    """

    name: str
    value: int
    unit: str
    valid_from: date
    valid_until: date | None
    source: str
    article: str


# Notice of the State Council's office, in force from the day it was issued.
_OPINION = "国办发〔2011〕25号"
_OPINION_FROM = date(2011, 5, 23)
# The ministry's measures, amended by its order No. 2 of 2016.
_MEASURES = "商务部令2012年第9号"
_MEASURES_FROM = date(2012, 11, 1)
# The Supreme People's Court on disputes over prepaid consumption.
_INTERPRETATION = "法释〔2025〕4号"
_INTERPRETATION_FROM = date(2025, 5, 1)


def _opinion(name: str, value: int, unit: str, article: str) -> LegalRule:
    return LegalRule(name, value, unit, _OPINION_FROM, None, _OPINION, article)


def _measures(name: str, value: int, unit: str, article: str) -> LegalRule:
    return LegalRule(name, value, unit, _MEASURES_FROM, None, _MEASURES, article)


LEGAL_RULES: tuple[LegalRule, ...] = (
    # A named card asks for the buyer's identity whatever the amount: from the first fen.
    _opinion("named_identity_from_fen", 1, "fen", "二（一）"),
    _opinion("unnamed_identity_from_fen", 1_000_000, "fen", "二（一）"),
    _opinion("institution_transfer_from_fen", 500_000, "fen", "二（二）"),
    _opinion("individual_transfer_from_fen", 5_000_000, "fen", "二（二）"),
    _opinion("unnamed_balance_fen_max", 100_000, "fen", "二（三）"),
    _opinion("named_balance_fen_max", 500_000, "fen", "二（三）"),
    _opinion("named_never_expires", 1, "yes_no", "二（五）"),
    _opinion("unnamed_validity_months_min", 36, "months", "二（五）"),
    _opinion("expired_balance_reactivated", 1, "yes_no", "二（五）"),
    # What is bought from afar is paid by transfer whatever the amount.
    _measures("remote_transfer_from_fen", 1, "fen", "第十四条至第二十二条之一，条号未核"),
    _measures("cash_refund_balance_fen_max", 10_000, "fen", "第二十一条"),
    LegalRule(
        name="cooling_off_days",
        value=7,
        unit="days",
        valid_from=_INTERPRETATION_FROM,
        valid_until=None,
        source=_INTERPRETATION,
        article="第十四条",
    ),
)


@dataclass(frozen=True, slots=True)
class PrepaidLimits:
    """What holds on one day. None: no such rule on that day. `_from` and `_max` are inclusive."""

    # Balance of a card after a top-up, at most.
    named_balance_fen_max: int
    unnamed_balance_fen_max: int
    # From what bought at once the buyer shows a document of identity.
    named_identity_from_fen: int
    unnamed_identity_from_fen: int
    # From what bought at once nothing may be paid in cash.
    institution_transfer_from_fen: int
    individual_transfer_from_fen: int
    remote_transfer_from_fen: int | None
    # How long value can be spent, at least.
    named_never_expires: bool
    unnamed_validity_months_min: int
    # What is left on an expired card stays the holder's: the card is activated again on demand.
    expired_balance_reactivated: bool
    # Up to what balance a card that is given back may be paid out in cash.
    cash_refund_balance_fen_max: int | None
    # Days after the payment on which the principal is paid back without a reason.
    cooling_off_days: int | None

    def balance_fen_max(self, *, named: bool) -> int:
        """What a card may hold."""
        return self.named_balance_fen_max if named else self.unnamed_balance_fen_max

    def forbids_cash_refund(self, balance_fen: int) -> bool:
        """True when a card that holds so much is paid out to its holder's account alone."""
        limit_fen = self.cash_refund_balance_fen_max
        return limit_fen is not None and balance_fen > limit_fen


@dataclass(frozen=True, slots=True)
class ChainLimits:
    """What a chain sets for itself, for each limit that it may tighten; None: as the law says."""

    named_balance_fen_max: int | None = None
    unnamed_balance_fen_max: int | None = None
    unnamed_identity_from_fen: int | None = None
    institution_transfer_from_fen: int | None = None
    individual_transfer_from_fen: int | None = None
    unnamed_validity_months_min: int | None = None
    cash_refund_balance_fen_max: int | None = None
    cooling_off_days: int | None = None

    def given(self) -> Mapping[str, int]:
        """The limits that the chain sets, by name."""
        values = ((each.name, getattr(self, each.name)) for each in fields(self))
        return {name: value for name, value in values if value is not None}


LAW_ONLY = ChainLimits()

# Where a greater figure protects the holder better; everywhere else a smaller one is stricter.
_STRICTER_WHEN_GREATER = frozenset({"unnamed_validity_months_min", "cooling_off_days"})
_YES_NO = frozenset({"named_never_expires", "expired_balance_reactivated"})
_OPTIONAL = frozenset(
    {"remote_transfer_from_fen", "cash_refund_balance_fen_max", "cooling_off_days"}
)


def rules_on(day: date) -> dict[str, LegalRule]:
    """The rules that hold on a day, by name: what a refusal and a report to the regulator cite."""
    return {
        rule.name: rule
        for rule in LEGAL_RULES
        if rule.valid_from <= day and (rule.valid_until is None or day <= rule.valid_until)
    }


def limits_on(day: date, chain: ChainLimits = LAW_ONLY) -> PrepaidLimits:
    """The law of a day with the chain's own limits where they are stricter.

    Never loosens: a setting from before a stricter law gives way to it. Invalid LAW_NOT_KNOWN for
    a day before the first rule.
    """
    rules = rules_on(day)
    limits: dict[str, int | bool | None] = {}
    for each in fields(PrepaidLimits):
        rule = rules.get(each.name)
        if rule is None and each.name not in _OPTIONAL:
            raise Invalid(
                "LAW_NOT_KNOWN",
                "no law of prepaid cards is known for that day",
                {"date": day, "known_from": _OPINION_FROM},
            )
        value = None if rule is None else rule.value
        limits[each.name] = bool(value) if each.name in _YES_NO else value
    for name, own in chain.given().items():
        law = limits[name]
        limits[name] = own if law is None else _stricter(name, own, law)
    return PrepaidLimits(**limits)  # type: ignore[arg-type]


def check_not_looser(chain: ChainLimits, day: date) -> None:
    """Invalid LIMIT_LOOSER_THAN_LAW when the chain's setting allows what the law of `day` forbids.

    The metadata names the limit, both figures and the source of the law.
    """
    rules = rules_on(day)
    for name, own in chain.given().items():
        rule = rules.get(name)
        if rule is not None and _stricter(name, own, rule.value) != own:
            raise looser_than_law(rule, own)


def looser_than_law(rule: LegalRule, own: int) -> Invalid:
    """The refusal of a setting that allows more than a rule does."""
    return Invalid(
        "LIMIT_LOOSER_THAN_LAW",
        f"{rule.name} of {own} {rule.unit} allows more than the law's {rule.value}",
        {
            "limit": rule.name,
            "value": own,
            "law": rule.value,
            "source": rule.source,
            "article": rule.article,
        },
    )


def _stricter(name: str, own: int, law: int) -> int:
    return max(own, law) if name in _STRICTER_WHEN_GREATER else min(own, law)
