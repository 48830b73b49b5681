"""Rules for stored value from the wire: checked once, when a programme is set."""

import re
from collections.abc import Collection, Iterable
from datetime import date

from chassis.clock import from_proto_date
from chassis.errors import Invalid
from chassis.ids import canonical_id
from services.points.domain.limits import AMOUNT_FEN_MAX, CODE_LENGTH_MAX
from services.points.domain.stored_value.prepaid_law import (
    ChainLimits,
    check_not_looser,
    limits_on,
    looser_than_law,
    rules_on,
)
from services.points.domain.stored_value.stored_value import (
    BASIS_POINTS,
    CardType,
    SpendingOrder,
    StoredValueProgramme,
    TopUpBand,
    TopUpRule,
)
from services.points.messages.programmes.programme_checks import check_name, check_range
from yika.points.v1 import stored_value_pb2

CARD_TYPES_MAX = 20
RULES_MAX = 200
BANDS_MAX = 20
TIERS_MAX = 50
STORES_MAX = 10_000
TENDER_KINDS_MAX = 20
VALIDITY_MONTHS_MAX = 1_200
VALIDITY_DAYS_MAX = 36_500

_CODE = re.compile("[a-z0-9_-]{1,32}").fullmatch


def read_stored_value_programme(
    message: stored_value_pb2.StoredValueProgramme,
    *,
    version: int,
    effective_on: date,
    tender_kinds: Collection[str],
) -> StoredValueProgramme:
    """The rules of a message, as `version` of the programme; Invalid with a reason and a field.

    `effective_on` is the first day on which they hold: they are measured by the law of that day,
    LIMIT_LOOSER_THAN_LAW. `tender_kinds` is the deployment's list.
    """
    limits = _read_limits(message.limits, effective_on)
    _check_count("card_types", len(message.card_types), CARD_TYPES_MAX, least=1)
    _check_count("top_up_rules", len(message.top_up_rules), RULES_MAX)
    card_types = tuple(
        _read_card_type(each, limits, effective_on, f"card_types[{place}]")
        for place, each in enumerate(message.card_types)
    )
    _check_unique("card_types", "code", [each.code for each in card_types])
    rules = tuple(
        _read_rule(each, version, f"top_up_rules[{place}]")
        for place, each in enumerate(message.top_up_rules)
    )
    _check_unique("top_up_rules", "rule_id", [each.rule_id for each in rules])
    top_up_kinds = _read_kinds("top_up_tender_kinds", message.top_up_tender_kinds, tender_kinds)
    if not top_up_kinds:
        raise Invalid("EMPTY_LIST", "no kind of money could pay", {"field": "top_up_tender_kinds"})
    return StoredValueProgramme(
        card_types=card_types,
        top_up_rules=rules,
        limits=limits,
        top_up_tender_kinds=top_up_kinds,
        transfer_tender_kinds=_read_kinds(
            "transfer_tender_kinds", message.transfer_tender_kinds, top_up_kinds
        ),
    )


def _read_limits(message: stored_value_pb2.StoredValueLimits, effective_on: date) -> ChainLimits:
    given = {field.name: value for field, value in message.ListFields()}
    for name, value in given.items():
        least = 0 if name == "cash_refund_balance_fen_max" else 1
        most = VALIDITY_MONTHS_MAX if name.startswith("unnamed_validity") else AMOUNT_FEN_MAX
        if name == "cooling_off_days":
            most = VALIDITY_DAYS_MAX
        check_range("INVALID_LIMIT", f"limits.{name}", value, least, most)
    limits = ChainLimits(**given)
    check_not_looser(limits, effective_on)
    return limits


def _read_card_type(
    message: stored_value_pb2.CardType, limits: ChainLimits, effective_on: date, field: str
) -> CardType:
    _check_code(f"{field}.code", message.code)
    try:
        order = SpendingOrder(message.spending_order)
    except ValueError as error:
        raise Invalid(
            "INVALID_SPENDING_ORDER",
            f"{field}.spending_order must be one of the known ones",
            {"field": f"{field}.spending_order", "value": message.spending_order},
        ) from error
    months = message.validity_months
    check_range("INVALID_VALIDITY", f"{field}.validity_months", months, 0, VALIDITY_MONTHS_MAX)
    law = limits_on(effective_on, limits)
    rules = rules_on(effective_on)
    if months and message.named and law.named_never_expires:
        raise looser_than_law(rules["named_never_expires"], 0)
    if months and not message.named and months < law.unnamed_validity_months_min:
        raise looser_than_law(rules["unnamed_validity_months_min"], months)
    return CardType(
        code=message.code,
        named=message.named,
        spending_order=order,
        validity_months=months or None,
    )


def _read_rule(message: stored_value_pb2.TopUpRule, version: int, field: str) -> TopUpRule:
    _check_code(f"{field}.rule_id", message.rule_id)
    check_name("INVALID_NAME", f"{field}.name", message.name)
    if message.name_en:
        check_name("INVALID_NAME", f"{field}.name_en", message.name_en)
    _check_count(f"{field}.tiers", len(message.tiers), TIERS_MAX)
    _check_count(f"{field}.store_ids", len(message.store_ids), STORES_MAX)
    for tier in message.tiers:
        check_name("INVALID_TIER", f"{field}.tiers", tier)
    if not message.HasField("first_date"):
        raise Invalid(
            "INVALID_DATE", f"{field}.first_date is required", {"field": f"{field}.first_date"}
        )
    first = from_proto_date(message.first_date, f"{field}.first_date")
    last = None
    if message.HasField("last_date"):
        last = from_proto_date(message.last_date, f"{field}.last_date")
        if last < first:
            raise Invalid(
                "DATES_REVERSED",
                f"{field}.last_date is before first_date",
                {"field": f"{field}.last_date", "first_date": first, "last_date": last},
            )
    days = message.bonus_validity_days
    check_range("INVALID_VALIDITY", f"{field}.bonus_validity_days", days, 0, VALIDITY_DAYS_MAX)
    return TopUpRule(
        rule_id=message.rule_id,
        version=version,
        name=message.name,
        name_en=message.name_en,
        bands=_read_bands(message.bands, f"{field}.bands"),
        first_date=first,
        last_date=last,
        tiers=frozenset(message.tiers),
        store_ids=frozenset(
            canonical_id(store_id, f"{field}.store_ids") for store_id in message.store_ids
        ),
        bonus_validity_days=days or None,
    )


def _read_bands(
    messages: Collection[stored_value_pb2.TopUpBand], field: str
) -> tuple[TopUpBand, ...]:
    _check_count(field, len(messages), BANDS_MAX, least=1)
    bands: list[TopUpBand] = []
    for message in messages:
        band = _read_band(message, f"{field}[{len(bands)}]")
        if bands and band.from_fen <= bands[-1].from_fen:
            raise Invalid(
                "BANDS_NOT_ASCENDING",
                f"{field} must ascend by from_fen",
                {"field": field, "from_fen": band.from_fen, "after_fen": bands[-1].from_fen},
            )
        if bands and band.bonus_for(band.from_fen) < bands[-1].bonus_for(band.from_fen - 1):
            raise Invalid(
                "BONUS_FALLS",
                f"{field}: who pays more would be given less from {band.from_fen} fen on",
                {"field": field, "from_fen": band.from_fen},
            )
        bands.append(band)
    return tuple(bands)


def _read_band(message: stored_value_pb2.TopUpBand, field: str) -> TopUpBand:
    check_range("INVALID_AMOUNT", f"{field}.from_fen", message.from_fen, 1, AMOUNT_FEN_MAX)
    kind = message.WhichOneof("bonus")
    if kind is None:
        raise Invalid("BONUS_REQUIRED", f"{field} gives nothing", {"field": field})
    # Nobody is given more than was paid: a typing error, and a cash-out could not get it back.
    most = message.from_fen if kind == "bonus_fen" else BASIS_POINTS
    check_range("INVALID_BONUS", f"{field}.{kind}", getattr(message, kind), 1, most)
    return TopUpBand(message.from_fen, message.bonus_fen, message.bonus_bp)


def _read_kinds(field: str, kinds: Collection[str], known: Collection[str]) -> frozenset[str]:
    _check_count(field, len(kinds), TENDER_KINDS_MAX)
    for kind in kinds:
        if kind not in known:
            raise Invalid(
                "UNKNOWN_TENDER",
                f"{field}: {kind[:CODE_LENGTH_MAX]!r} is not among the kinds it may name",
                {
                    "field": field,
                    "kind": kind[:CODE_LENGTH_MAX],
                    "known": ",".join(sorted(known)),
                },
            )
    return frozenset(kinds)


def _check_code(field: str, code: str) -> None:
    if not _CODE(code):
        raise Invalid(
            "INVALID_CODE",
            f"{field} must be 1 to 32 of a-z, 0-9, - and _",
            {"field": field, "value": code[:CODE_LENGTH_MAX]},
        )


def _check_count(field: str, count: int, most: int, *, least: int = 0) -> None:
    if count < least:
        raise Invalid("EMPTY_LIST", f"{field} needs at least {least}", {"field": field})
    if count > most:
        raise Invalid(
            "LIST_TOO_LONG", f"{field} has at most {most}", {"field": field, "count": count}
        )


def _check_unique(field: str, key: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise Invalid(
                "DUPLICATE_CODE",
                f"{field}: {key} {value} comes twice",
                {"field": field, key: value},
            )
        seen.add(value)
