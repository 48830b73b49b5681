"""Ids in a programme in the one form in which it is compared, checked and stored."""

from google.protobuf.internal.containers import RepeatedScalarFieldContainer

from chassis.errors import Invalid
from chassis.ids import canonical_id
from yika.points.v1 import programme_pb2


def make_ids_canonical(message: programme_pb2.Programme) -> None:
    """Brings the ids of all that a programme names to canonical form, in place.

    Refuses nothing: a programme that is sent again is recognised before its form is checked. What
    is no id stays as it is, for that check to name.
    """
    message.programme_id = _canonical(message.programme_id)
    for gift in message.gifts:
        gift.gift_id = _canonical(gift.gift_id)
        gift.product_id = _canonical(gift.product_id)
        _make_canonical(gift.store_ids)
    for definition in message.passes:
        definition.pass_id = _canonical(definition.pass_id)
        _make_canonical(definition.store_ids)
        _make_canonical(definition.product_ids)
    for rule in message.earning.rules:
        _make_canonical(rule.conditions.store_ids)
        _make_canonical(rule.scope.category_ids)
        _make_canonical(rule.scope.product_ids)
    for top_up_rule in message.stored_value.top_up_rules:
        _make_canonical(top_up_rule.store_ids)


def _make_canonical(ids: RepeatedScalarFieldContainer[str]) -> None:
    for place, given in enumerate(ids):
        ids[place] = _canonical(given)


def _canonical(given: str) -> str:
    try:
        return canonical_id(given, "")
    except Invalid:
        return given
