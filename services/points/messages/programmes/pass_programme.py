"""Passes from the wire: definitions checked once, when a programme is set, and told again."""

from collections.abc import Collection, Sequence

from chassis.errors import Invalid
from chassis.ids import canonical_id
from services.points.domain.limits import AMOUNT_FEN_MAX
from services.points.domain.passes.passes import UNITS_MAX, PassDefinition, PassValidity
from services.points.domain.stored_value.stored_value import BASIS_POINTS
from services.points.messages.programmes.programme_checks import check_name, check_range
from yika.points.v1 import pass_pb2

PASSES_MAX = 500
SCOPE_MAX = 10_000
VALIDITY_DAYS_MAX = 36_500
USES_PER_DAY_MAX = 100_000


def read_pass_definitions(
    messages: Sequence[pass_pb2.PassDefinition], *, version: int
) -> dict[str, PassDefinition]:
    """The passes of a message by id, as `version` has them; Invalid with reason and field."""
    if len(messages) > PASSES_MAX:
        raise Invalid(
            "LIST_TOO_LONG",
            f"passes has at most {PASSES_MAX}",
            {"field": "passes", "count": len(messages)},
        )
    found: dict[str, PassDefinition] = {}
    for place, message in enumerate(messages):
        definition = _read_definition(message, version, f"passes[{place}]")
        if definition.pass_id in found:
            raise Invalid(
                "DUPLICATE_CODE",
                f"passes: pass_id {definition.pass_id} comes twice",
                {"field": "passes", "pass_id": definition.pass_id},
            )
        found[definition.pass_id] = definition
    return found


def _read_definition(message: pass_pb2.PassDefinition, version: int, field: str) -> PassDefinition:
    pass_id = canonical_id(message.pass_id, f"{field}.pass_id")
    check_name("INVALID_NAME", f"{field}.name", message.name)
    if message.name_en:
        check_name("INVALID_NAME", f"{field}.name_en", message.name_en)
    price_fen = message.price_fen
    check_range("INVALID_AMOUNT", f"{field}.units", message.units, 1, UNITS_MAX)
    check_range("INVALID_AMOUNT", f"{field}.price_fen", price_fen, 0, AMOUNT_FEN_MAX)
    try:
        validity = PassValidity(message.validity)
    except ValueError as error:
        raise Invalid(
            "INVALID_VALIDITY",
            f"{field}.validity must be one of the known ones",
            {"field": f"{field}.validity", "value": message.validity},
        ) from error
    days = message.validity_days
    check_range("INVALID_VALIDITY", f"{field}.validity_days", days, 0, VALIDITY_DAYS_MAX)
    fee_bp, fee_fen = message.refund_fee_bp, message.refund_fee_fen
    check_range("INVALID_FEE", f"{field}.refund_fee_bp", fee_bp, 0, BASIS_POINTS)
    check_range("INVALID_FEE", f"{field}.refund_fee_fen", fee_fen, 0, price_fen)
    per_use, per_day = message.units_per_use_max, message.uses_per_day_max
    check_range("INVALID_LIMIT", f"{field}.units_per_use_max", per_use, 0, message.units)
    check_range("INVALID_LIMIT", f"{field}.uses_per_day_max", per_day, 0, USES_PER_DAY_MAX)
    return PassDefinition(
        pass_id=pass_id,
        version=version,
        name=message.name,
        name_en=message.name_en,
        units=message.units,
        price_fen=price_fen,
        validity=validity,
        validity_days=days,
        store_ids=_read_scope(f"{field}.store_ids", message.store_ids),
        product_ids=_read_scope(f"{field}.product_ids", message.product_ids),
        refund_fee_bp=fee_bp,
        refund_fee_fen=fee_fen,
        shareable=message.shareable,
        units_per_use_max=per_use,
        uses_per_day_max=per_day,
    )


def _read_scope(field: str, ids: Collection[str]) -> frozenset[str]:
    if len(ids) > SCOPE_MAX:
        raise Invalid(
            "LIST_TOO_LONG",
            f"{field} has at most {SCOPE_MAX}",
            {"field": field, "count": len(ids)},
        )
    return frozenset(canonical_id(each, field) for each in ids)


def pass_definition_message(definition: PassDefinition) -> pass_pb2.PassDefinition:
    """A definition as callers get it."""
    message = pass_pb2.PassDefinition(
        pass_id=definition.pass_id,
        name=definition.name,
        name_en=definition.name_en,
        units=definition.units,
        price_fen=definition.price_fen,
        store_ids=sorted(definition.store_ids),
        product_ids=sorted(definition.product_ids),
        validity=pass_pb2.PassValidity.Name(definition.validity),
        validity_days=definition.validity_days,
        shareable=definition.shareable,
        units_per_use_max=definition.units_per_use_max,
        uses_per_day_max=definition.uses_per_day_max,
    )
    if definition.refund_fee_bp:
        message.refund_fee_bp = definition.refund_fee_bp
    if definition.refund_fee_fen:
        message.refund_fee_fen = definition.refund_fee_fen
    return message
