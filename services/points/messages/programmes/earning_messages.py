"""Programmes and earnings as messages of the contract, and back what a bill keeps."""

from collections.abc import Sequence

from chassis.clock import from_proto_date, to_proto_date
from pricing.earning import (
    Birthday,
    Bonus,
    Caps,
    Conditions,
    Counted,
    Earned,
    EarningBasis,
    EarningProgramme,
    ExpiryKind,
    ExpiryPolicy,
    Grant,
    Multiplier,
    ProgrammeRule,
    Rounding,
    Scope,
)
from yika.points.v1 import earning_pb2

_ROUNDINGS = {
    Rounding.CARRY: earning_pb2.EARNING_ROUNDING_CARRY,
    Rounding.FLOOR_PER_SALE: earning_pb2.EARNING_ROUNDING_FLOOR_PER_SALE,
}
_BIRTHDAYS = {
    None: earning_pb2.BIRTHDAY_MATCH_UNSPECIFIED,
    Birthday.DAY: earning_pb2.BIRTHDAY_MATCH_DAY,
    Birthday.MONTH: earning_pb2.BIRTHDAY_MATCH_MONTH,
}
_EXPIRY_NUMBERS = {
    ExpiryKind.NEVER: earning_pb2.EXPIRY_KIND_NEVER,
    ExpiryKind.DAYS: earning_pb2.EXPIRY_KIND_DAYS,
    ExpiryKind.END_OF_MONTH: earning_pb2.EXPIRY_KIND_END_OF_MONTH,
    ExpiryKind.END_OF_YEAR: earning_pb2.EXPIRY_KIND_END_OF_YEAR,
}


def programme_message(programme: EarningProgramme) -> earning_pb2.EarningProgramme:
    """A programme; reading it again gives the same one. Sets come sorted."""
    return earning_pb2.EarningProgramme(
        version=programme.version,
        rule_id=programme.rule_id,
        fen_per_point=programme.fen_per_point,
        rounding=_ROUNDINGS[programme.rounding],
        rules=[_rule_message(rule) for rule in programme.rules],
        non_earning_tenders=sorted(programme.non_earning_tenders),
        caps=_caps_message(programme.caps),
        pending_days=programme.pending_days,
        expiry=_expiry_message(programme.expiry),
    )


def fill_earning_message(message: earning_pb2.SaleEarning, earned: Earned) -> None:
    """Writes what a sale earned, as its bill keeps it, into an empty message of it."""
    for grant in earned.grants:
        message.grants.add(
            rule_version=grant.rule_version,
            granted_points=grant.points,
            pending_days=grant.pending_days,
            expiry_date=to_proto_date(grant.expiry_date) if grant.expiry_date else None,
            basis_fen=grant.basis_fen,
            weight=grant.weight,
            capped=grant.capped,
        )
    basis, stored = earned.basis, message.basis
    stored.rounding = _ROUNDINGS[basis.rounding]
    stored.denominator = basis.denominator
    stored.weights.extend(basis.weights)
    stored.rate_points = basis.rate_points
    stored.exhausted_rule_versions.extend(basis.exhausted)
    for bonus in basis.bonuses:
        stored.bonuses.add(
            rule_version=bonus.rule_version,
            bonus_points=bonus.points,
            minimum_fen=bonus.minimum_fen,
            line_amounts_fen=bonus.spend_fen,
            periods=bonus.periods,
        )
    for counted in basis.counted:
        stored.counted.add(
            rule_id=counted.rule_id, periods=counted.periods, weights=counted.weights
        )


def read_basis(message: earning_pb2.EarningBasis) -> EarningBasis:
    """What `fill_earning_message` wrote for returns."""
    carried = message.rounding == earning_pb2.EARNING_ROUNDING_CARRY
    return EarningBasis(
        rounding=Rounding.CARRY if carried else Rounding.FLOOR_PER_SALE,
        denominator=message.denominator,
        weights=tuple(message.weights),
        rate_points=message.rate_points,
        bonuses=tuple(
            Bonus(
                each.rule_version,
                each.bonus_points,
                each.minimum_fen,
                tuple(each.line_amounts_fen),
                tuple(each.periods),
            )
            for each in message.bonuses
        ),
        counted=tuple(
            Counted(each.rule_id, tuple(each.periods), tuple(each.weights))
            for each in message.counted
        ),
        exhausted=tuple(message.exhausted_rule_versions),
    )


def read_grants(messages: Sequence[earning_pb2.EarnedGrant]) -> tuple[Grant, ...]:
    """What `fill_earning_message` wrote for people."""
    return tuple(
        Grant(
            each.rule_version,
            each.granted_points,
            each.pending_days,
            from_proto_date(each.expiry_date, "expiry_date")
            if each.HasField("expiry_date")
            else None,
            each.basis_fen,
            each.weight,
            each.capped,
        )
        for each in messages
    )


def _rule_message(rule: ProgrammeRule) -> earning_pb2.EarningRule:
    message = earning_pb2.EarningRule(
        rule_id=rule.rule_id,
        name_zh=rule.name_zh,
        name_en=rule.name_en,
        conditions=_conditions_message(rule.conditions),
        scope=_scope_message(rule.scope),
        pending_days=rule.pending_days,
        expiry=_expiry_message(rule.expiry) if rule.expiry else None,
    )
    if any(rule.caps):
        message.caps.CopyFrom(_caps_message(rule.caps))
    if isinstance(rule.effect, Multiplier):
        message.multiplier.multiplier_bp = rule.effect.multiplier_bp
        message.multiplier.stackable = rule.effect.stackable
    else:
        message.bonus.bonus_points = rule.effect.points
        message.bonus.minimum_fen = rule.effect.minimum_fen
    return message


def _conditions_message(conditions: Conditions) -> earning_pb2.EarningConditions:
    start, end = conditions.minutes or (None, None)
    first, last = conditions.first_date, conditions.last_date
    return earning_pb2.EarningConditions(
        tiers=sorted(conditions.tiers),
        store_ids=sorted(conditions.store_ids),
        first_date=to_proto_date(first) if first else None,
        last_date=to_proto_date(last) if last else None,
        from_minute=start,
        until_minute=end,
        weekdays=sorted(conditions.weekdays),
        birthday_match=_BIRTHDAYS[conditions.birthday],
        first_purchase=conditions.first_purchase,
    )


def _scope_message(scope: Scope) -> earning_pb2.EarningScope:
    return earning_pb2.EarningScope(
        category_ids=sorted(scope.category_ids),
        brands=sorted(scope.brands),
        product_ids=sorted(scope.product_ids),
    )


def _caps_message(caps: Caps) -> earning_pb2.EarningCaps:
    return earning_pb2.EarningCaps(day_points=caps.day_points, month_points=caps.month_points)


def _expiry_message(policy: ExpiryPolicy) -> earning_pb2.ExpiryPolicy:
    return earning_pb2.ExpiryPolicy(kind=_EXPIRY_NUMBERS[policy.kind], count=policy.count)
