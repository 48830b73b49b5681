"""How points are earned, between the contract and pricing: one place that checks a programme.

What headquarters publishes may be wrong in many ways; each has its reason here. Whether stores,
products and categories exist is asked when a version is published, and of a stored one no more.
"""

import re
from collections.abc import Collection, Mapping

from chassis.errors import Invalid
from pricing.earning import (
    Birthday,
    Conditions,
    EarningProgramme,
    FixedBonus,
    Multiplier,
    ProgrammeRule,
    Rounding,
    Scope,
)
from pricing.earning.expiry import NEVER
from pricing.earning.facts import MINUTES_A_DAY
from pricing.earning.programme import WHOLE_BP
from services.points.domain.limits import CODE_LENGTH_MAX
from services.points.domain.sales.sale import unknown_tender
from services.points.messages.programmes.programme_checks import RuleCheck
from yika.points.v1 import earning_pb2

RULES_MAX = 200
# A version is kept for ever and every sale goes through it.
PROGRAMME_BYTES_MAX = 1024 * 1024
# More than this is a typing error: ten thousand yuan for a point, a hundred times the points.
FEN_PER_POINT_MAX = 1_000_000
MULTIPLIER_BP_MAX = 100 * WHOLE_BP
BONUS_POINTS_MAX = 1_000_000
MINIMUM_FEN_MAX = 1_000_000_000
_VERSION_MAX = 2**31 - 1
_TIERS_MAX, _BRANDS_MAX = 50, 1_000
_RULE_ID = re.compile(r"[a-z0-9_-]{1,32}").fullmatch

_ROUNDINGS: Mapping[int, Rounding] = {
    earning_pb2.EARNING_ROUNDING_UNSPECIFIED: Rounding.CARRY,
    earning_pb2.EARNING_ROUNDING_CARRY: Rounding.CARRY,
    earning_pb2.EARNING_ROUNDING_FLOOR_PER_SALE: Rounding.FLOOR_PER_SALE,
}
_BIRTHDAYS: Mapping[int, Birthday | None] = {
    earning_pb2.BIRTHDAY_MATCH_UNSPECIFIED: None,
    earning_pb2.BIRTHDAY_MATCH_DAY: Birthday.DAY,
    earning_pb2.BIRTHDAY_MATCH_MONTH: Birthday.MONTH,
}


def read_programme(
    message: earning_pb2.EarningProgramme, tender_kinds: Collection[str]
) -> EarningProgramme:
    """The programme of a message, of a chain that takes these kinds of tender.

    Invalid: PROGRAMME_TOO_LARGE, TOO_MANY_RULES, INVALID_VERSION, INVALID_RULE_ID,
    DUPLICATE_RULE_ID, INVALID_RATE, UNKNOWN_ROUNDING, UNKNOWN_TENDER, INVALID_CAP,
    INVALID_PENDING_DAYS, UNKNOWN_EXPIRY, INVALID_EXPIRY, INVALID_NAME, MISSING_EFFECT,
    INVALID_MULTIPLIER, INVALID_BONUS, INVALID_DATE, DATES_REVERSED, INVALID_HOURS,
    INVALID_WEEKDAY, UNKNOWN_BIRTHDAY_MATCH, INVALID_TIER, INVALID_BRAND, INVALID_ID,
    TOO_MANY_VALUES. Metadata names the rule and the field.
    """
    if message.ByteSize() > PROGRAMME_BYTES_MAX:
        raise Invalid("PROGRAMME_TOO_LARGE", f"a programme has at most {PROGRAMME_BYTES_MAX} bytes")
    if len(message.rules) > RULES_MAX:
        raise Invalid("TOO_MANY_RULES", f"a programme has at most {RULES_MAX} rules")
    RuleCheck().within("INVALID_VERSION", "version", message.version, 1, _VERSION_MAX)
    base_id = message.rule_id or "base"
    rule_ids: set[str] = set()
    for rule_id in (base_id, *(rule.rule_id for rule in message.rules)):
        if not _RULE_ID(rule_id):
            raise Invalid(
                "INVALID_RULE_ID",
                'rule_id must be 1 to 32 of a-z, 0-9, "_" and "-"',
                {"field": "rule_id", "value": rule_id[:CODE_LENGTH_MAX]},
            )
        if rule_id in rule_ids:
            raise Invalid(
                "DUPLICATE_RULE_ID", f"two rules are called {rule_id}", {"rule_id": rule_id}
            )
        rule_ids.add(rule_id)
    check = RuleCheck(base_id)
    check.within("INVALID_RATE", "fen_per_point", message.fen_per_point, 1, FEN_PER_POINT_MAX)
    for kind in message.non_earning_tenders:
        if kind not in tender_kinds:
            raise unknown_tender(kind, tender_kinds)
    return EarningProgramme(
        version=message.version,
        fen_per_point=message.fen_per_point,
        rule_id=base_id,
        rounding=check.known("UNKNOWN_ROUNDING", "rounding", message.rounding, _ROUNDINGS),
        rules=tuple(_read_rule(rule) for rule in message.rules),
        non_earning_tenders=frozenset(message.non_earning_tenders),
        caps=check.caps(message.caps),
        pending_days=check.pending_days(message.pending_days),
        expiry=check.expiry(message.expiry) if message.HasField("expiry") else NEVER,
    )


def _read_rule(message: earning_pb2.EarningRule) -> ProgrammeRule:
    check = RuleCheck(message.rule_id)
    effect = _read_effect(message, check)
    if isinstance(effect, Multiplier) and effect.multiplier_bp < WHOLE_BP:
        if effect.stackable:
            check.refuse("INVALID_MULTIPLIER", "stackable", "is not for a reduction", True)
        if message.HasField("caps"):
            check.refuse("INVALID_CAP", "caps", "has nothing to cap in a reduction")
    pending = message.pending_days if message.HasField("pending_days") else None
    return ProgrammeRule(
        rule_id=message.rule_id,
        effect=effect,
        conditions=_read_conditions(message.conditions, check),
        scope=Scope(
            category_ids=check.ids("category_ids", message.scope.category_ids),
            brands=check.texts("INVALID_BRAND", "brands", message.scope.brands, _BRANDS_MAX),
            product_ids=check.ids("product_ids", message.scope.product_ids),
        ),
        caps=check.caps(message.caps),
        pending_days=None if pending is None else check.pending_days(pending),
        expiry=check.expiry(message.expiry) if message.HasField("expiry") else None,
        name_zh=check.text("INVALID_NAME", "name_zh", message.name_zh),
        name_en=check.text("INVALID_NAME", "name_en", message.name_en),
    )


def _read_effect(message: earning_pb2.EarningRule, check: RuleCheck) -> Multiplier | FixedBonus:
    effect = message.WhichOneof("effect")
    if effect == "multiplier":
        multiplier_bp = message.multiplier.multiplier_bp
        check.within("INVALID_MULTIPLIER", "multiplier_bp", multiplier_bp, 0, MULTIPLIER_BP_MAX)
        if multiplier_bp == WHOLE_BP:
            check.refuse("INVALID_MULTIPLIER", "multiplier_bp", "of 10,000 does nothing", WHOLE_BP)
        return Multiplier(multiplier_bp, message.multiplier.stackable)
    if effect == "bonus":
        points, minimum_fen = message.bonus.bonus_points, message.bonus.minimum_fen
        check.within("INVALID_BONUS", "bonus_points", points, 1, BONUS_POINTS_MAX)
        check.within("INVALID_BONUS", "minimum_fen", minimum_fen, 0, MINIMUM_FEN_MAX)
        return FixedBonus(points, minimum_fen)
    check.refuse("MISSING_EFFECT", "effect", "must be a multiplier or a bonus")


def _read_conditions(message: earning_pb2.EarningConditions, check: RuleCheck) -> Conditions:
    first, last = check.dates(message)
    minutes = None
    if message.HasField("from_minute") or message.HasField("until_minute"):
        for field in ("from_minute", "until_minute"):
            if not message.HasField(field):
                check.refuse("INVALID_HOURS", field, "is missing")
        start, end = message.from_minute, message.until_minute
        check.within("INVALID_HOURS", "from_minute", start, 0, MINUTES_A_DAY - 1)
        check.within("INVALID_HOURS", "until_minute", end, 1, MINUTES_A_DAY)
        if start == end:
            check.refuse("INVALID_HOURS", "until_minute", "must differ from from_minute", end)
        minutes = (start, end)
    for day in message.weekdays:
        check.within("INVALID_WEEKDAY", "weekdays", day, 1, 7)
    return Conditions(
        tiers=check.texts("INVALID_TIER", "tiers", message.tiers, _TIERS_MAX),
        store_ids=check.ids("store_ids", message.store_ids),
        first_date=first,
        last_date=last,
        minutes=minutes,
        weekdays=frozenset(message.weekdays),
        birthday=check.known(
            "UNKNOWN_BIRTHDAY_MATCH", "birthday_match", message.birthday_match, _BIRTHDAYS
        ),
        first_purchase=message.first_purchase,
    )
