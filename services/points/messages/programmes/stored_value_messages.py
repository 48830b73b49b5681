"""The rules of stored value as messages; reading them is in stored_value_programme.py."""

from dataclasses import asdict

from chassis.clock import to_proto_date
from services.points.domain.stored_value.stored_value import (
    StoredValueProgramme,
    TopUpBand,
    TopUpRule,
)
from yika.points.v1 import stored_value_pb2


def stored_value_message(programme: StoredValueProgramme) -> stored_value_pb2.StoredValueProgramme:
    """One version of the rules, as somebody would publish it."""
    return stored_value_pb2.StoredValueProgramme(
        card_types=[
            stored_value_pb2.CardType(
                code=each.code,
                named=each.named,
                spending_order=stored_value_pb2.SpendingOrder.Name(each.spending_order),
                validity_months=each.validity_months or 0,
            )
            for each in programme.card_types
        ],
        top_up_rules=map(_rule_message, programme.top_up_rules),
        limits=stored_value_pb2.StoredValueLimits(**asdict(programme.limits)),
        top_up_tender_kinds=sorted(programme.top_up_tender_kinds),
        transfer_tender_kinds=sorted(programme.transfer_tender_kinds),
    )


def _rule_message(rule: TopUpRule) -> stored_value_pb2.TopUpRule:
    return stored_value_pb2.TopUpRule(
        rule_id=rule.rule_id,
        name=rule.name,
        name_en=rule.name_en,
        bands=map(_band_message, rule.bands),
        tiers=sorted(rule.tiers),
        store_ids=sorted(rule.store_ids),
        first_date=to_proto_date(rule.first_date),
        last_date=to_proto_date(rule.last_date) if rule.last_date else None,
        bonus_validity_days=rule.bonus_validity_days or 0,
    )


def _band_message(band: TopUpBand) -> stored_value_pb2.TopUpBand:
    if band.bonus_bp:
        return stored_value_pb2.TopUpBand(from_fen=band.from_fen, bonus_bp=band.bonus_bp)
    return stored_value_pb2.TopUpBand(from_fen=band.from_fen, bonus_fen=band.bonus_fen)
