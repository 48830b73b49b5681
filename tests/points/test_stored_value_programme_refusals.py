"""Every way to be wrong about stored value: messages/programmes/stored_value_programme.py."""

import pytest
from google.type.date_pb2 import Date

from chassis.errors import Invalid
from services.points.domain.limits import AMOUNT_FEN_MAX
from tests.fixtures.stored_value import (
    KINDS,
    STORE,
    Change,
    band,
    build_stored_value_programme,
    card,
    limit,
    read_programme,
    rule,
)
from yika.points.v1 import stored_value_pb2 as pb

REFUSED: list[tuple[str, str, Change]] = [
    ("EMPTY_LIST", "card_types", lambda asked: asked.ClearField("card_types")),
    ("LIST_TOO_LONG", "card_types", lambda asked: asked.card_types.extend([pb.CardType()] * 19)),
    ("INVALID_CODE", "card_types[0].code", card(0, "code", "")),
    ("INVALID_CODE", "card_types[0].code", card(0, "code", "Member")),
    ("INVALID_CODE", "card_types[0].code", card(0, "code", "会员")),
    ("INVALID_CODE", "card_types[1].code", card(1, "code", "g" * 33)),
    ("INVALID_CODE", "card_types[1].code", card(1, "code", "gift\n")),
    ("DUPLICATE_CODE", "card_types", card(1, "code", "member")),
    ("INVALID_SPENDING_ORDER", "card_types[0].spending_order", card(0, "spending_order", 0)),
    ("INVALID_SPENDING_ORDER", "card_types[0].spending_order", card(0, "spending_order", 4)),
    ("INVALID_VALIDITY", "card_types[1].validity_months", card(1, "validity_months", -1)),
    ("INVALID_VALIDITY", "card_types[1].validity_months", card(1, "validity_months", 1_201)),
    (
        "LIST_TOO_LONG",
        "top_up_rules",
        lambda asked: asked.top_up_rules.extend([pb.TopUpRule()] * 199),
    ),
    ("INVALID_CODE", "top_up_rules[0].rule_id", rule("rule_id", "")),
    ("INVALID_CODE", "top_up_rules[0].rule_id", rule("rule_id", "may@4")),
    ("DUPLICATE_CODE", "top_up_rules", rule("rule_id", "always")),
    ("INVALID_NAME", "top_up_rules[0].name", rule("name", "")),
    ("INVALID_NAME", "top_up_rules[0].name", rule("name", "  ")),
    ("INVALID_NAME", "top_up_rules[0].name", rule("name", "送" * 65)),
    ("INVALID_NAME", "top_up_rules[0].name", rule("name", "a\x00b")),
    ("INVALID_NAME", "top_up_rules[0].name_en", rule("name_en", "x" * 65)),
    (
        "LIST_TOO_LONG",
        "top_up_rules[0].tiers",
        lambda asked: asked.top_up_rules[0].tiers.extend(["gold"] * 50),
    ),
    (
        "INVALID_TIER",
        "top_up_rules[0].tiers",
        lambda asked: asked.top_up_rules[0].tiers.append(""),
    ),
    (
        "LIST_TOO_LONG",
        "top_up_rules[0].store_ids",
        lambda asked: asked.top_up_rules[0].store_ids.extend([STORE] * 10_000),
    ),
    (
        "INVALID_ID",
        "top_up_rules[0].store_ids",
        lambda asked: asked.top_up_rules[0].store_ids.append("the store round the corner"),
    ),
    (
        "INVALID_DATE",
        "top_up_rules[0].first_date",
        lambda asked: asked.top_up_rules[0].ClearField("first_date"),
    ),
    (
        "INVALID_DATE",
        "top_up_rules[0].last_date",
        lambda asked: asked.top_up_rules[0].last_date.CopyFrom(Date(year=2026, month=13, day=1)),
    ),
    (
        "DATES_REVERSED",
        "top_up_rules[0].last_date",
        lambda asked: asked.top_up_rules[0].last_date.CopyFrom(Date(year=2026, month=4, day=30)),
    ),
    (
        "INVALID_VALIDITY",
        "top_up_rules[0].bonus_validity_days",
        rule("bonus_validity_days", -1),
    ),
    (
        "INVALID_VALIDITY",
        "top_up_rules[0].bonus_validity_days",
        rule("bonus_validity_days", 36_501),
    ),
    (
        "EMPTY_LIST",
        "top_up_rules[0].bands",
        lambda asked: asked.top_up_rules[0].ClearField("bands"),
    ),
    (
        "LIST_TOO_LONG",
        "top_up_rules[0].bands",
        lambda asked: asked.top_up_rules[0].bands.extend([pb.TopUpBand()] * 19),
    ),
    ("INVALID_AMOUNT", "top_up_rules[0].bands[0].from_fen", band(0, "from_fen", 0)),
    ("INVALID_AMOUNT", "top_up_rules[0].bands[0].from_fen", band(0, "from_fen", -1)),
    (
        "INVALID_AMOUNT",
        "top_up_rules[0].bands[1].from_fen",
        band(1, "from_fen", AMOUNT_FEN_MAX + 1),
    ),
    ("INVALID_AMOUNT", "top_up_rules[0].bands[1].from_fen", band(1, "from_fen", 2**63 - 1)),
    (
        "BONUS_REQUIRED",
        "top_up_rules[0].bands[0]",
        lambda asked: asked.top_up_rules[0].bands[0].ClearField("bonus"),
    ),
    ("INVALID_BONUS", "top_up_rules[0].bands[0].bonus_fen", band(0, "bonus_fen", 0)),
    ("INVALID_BONUS", "top_up_rules[0].bands[0].bonus_fen", band(0, "bonus_fen", 1_000_01)),
    ("INVALID_BONUS", "top_up_rules[0].bands[1].bonus_bp", band(1, "bonus_bp", 0)),
    ("INVALID_BONUS", "top_up_rules[0].bands[1].bonus_bp", band(1, "bonus_bp", 10_001)),
    ("BANDS_NOT_ASCENDING", "top_up_rules[0].bands", band(1, "from_fen", 1_000_00)),
    ("BONUS_FALLS", "top_up_rules[0].bands", band(1, "bonus_bp", 333)),
    ("INVALID_LIMIT", "limits.named_balance_fen_max", limit("named_balance_fen_max", 0)),
    (
        "INVALID_LIMIT",
        "limits.cash_refund_balance_fen_max",
        limit("cash_refund_balance_fen_max", -1),
    ),
    ("INVALID_LIMIT", "limits.cooling_off_days", limit("cooling_off_days", 36_501)),
    (
        "INVALID_LIMIT",
        "limits.unnamed_validity_months_min",
        limit("unnamed_validity_months_min", 1_201),
    ),
    ("EMPTY_LIST", "top_up_tender_kinds", lambda asked: asked.ClearField("top_up_tender_kinds")),
    (
        "LIST_TOO_LONG",
        "top_up_tender_kinds",
        lambda asked: asked.top_up_tender_kinds.extend(KINDS * 5),
    ),
    (
        "UNKNOWN_TENDER",
        "top_up_tender_kinds",
        lambda asked: asked.top_up_tender_kinds.append("points"),
    ),
    (
        "UNKNOWN_TENDER",
        "transfer_tender_kinds",
        lambda asked: asked.transfer_tender_kinds.append("manufacturer_coupon"),
    ),
]


class TestReadStoredValueProgramme:
    @pytest.mark.parametrize(
        ("reason", "field", "change"), REFUSED, ids=[f"{each[0]}:{each[1]}" for each in REFUSED]
    )
    def test_refuses_with_a_reason_and_the_field(
        self, reason: str, field: str, change: Change
    ) -> None:
        asked = build_stored_value_programme()
        change(asked)
        with pytest.raises(Invalid) as caught:
            read_programme(asked)
        assert caught.value.reason == reason
        assert caught.value.metadata["field"] == field
