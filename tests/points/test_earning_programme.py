"""A points programme from headquarters: what is read, and every way in which it may be wrong."""

from collections.abc import Callable
from datetime import date

import pytest
from google.type.date_pb2 import Date

from chassis.errors import Invalid
from pricing.earning import (
    BASE_PROGRAMME,
    Birthday,
    Caps,
    Conditions,
    EarningProgramme,
    ExpiryKind,
    ExpiryPolicy,
    FixedBonus,
    Multiplier,
    ProgrammeRule,
    Rounding,
    Scope,
)
from services.points.messages.programmes.earning_messages import programme_message
from services.points.messages.programmes.earning_programme import (
    BONUS_POINTS_MAX,
    FEN_PER_POINT_MAX,
    MINIMUM_FEN_MAX,
    MULTIPLIER_BP_MAX,
    PROGRAMME_BYTES_MAX,
    RULES_MAX,
    read_programme,
)
from services.points.messages.programmes.programme_checks import CAP_POINTS_MAX, IDS_MAX
from tests.fixtures.malformed import malformed
from yika.points.v1.earning_pb2 import EarningProgramme as Message

KINDS = frozenset({"cash", "gift_coupon"})
IDS = [f"0192e3a0-0000-7000-8000-00000000000{number}" for number in range(4)]

FULL = EarningProgramme(
    version=7,
    fen_per_point=200,
    rule_id="basic",
    rounding=Rounding.CARRY,
    rules=(
        ProgrammeRule(
            rule_id="gold-night",
            effect=Multiplier(20_000, stackable=True),
            conditions=Conditions(
                tiers=frozenset({"gold"}),
                store_ids=frozenset(IDS[:2]),
                first_date=date(2026, 5, 1),
                last_date=date(2026, 5, 31),
                minutes=(22 * 60, 2 * 60),
                weekdays=frozenset({6, 7}),
                birthday=Birthday.MONTH,
                first_purchase=True,
            ),
            scope=Scope(frozenset({IDS[2]}), frozenset({"蒙牛"}), frozenset({IDS[3]})),
            caps=Caps(100, 1_000),
            pending_days=0,
            expiry=ExpiryPolicy(ExpiryKind.DAYS, 30),
            name_zh="金卡之夜",
            name_en="Gold night",
        ),
        ProgrammeRule("gift", FixedBonus(50, 10_000), name_zh="满百送", name_en="Gift"),
        ProgrammeRule("no-tobacco", Multiplier(0), name_zh="香烟", name_en="Tobacco"),
    ),
    non_earning_tenders=frozenset({"gift_coupon"}),
    caps=Caps(month_points=50_000),
    pending_days=7,
    expiry=ExpiryPolicy(ExpiryKind.END_OF_YEAR, 1),
)


def build_message() -> Message:
    """A programme in which everything is given."""
    return programme_message(FULL)


class TestReadProgramme:
    def test_reads_everything_that_can_be_given(self) -> None:
        assert read_programme(build_message(), KINDS) == FULL

    def test_reads_the_base_programme(self) -> None:
        assert read_programme(programme_message(BASE_PROGRAMME), KINDS) == BASE_PROGRAMME

    def test_carries_and_never_expires_unless_told(self) -> None:
        programme = read_programme(Message(version=1, fen_per_point=100), KINDS)
        assert programme == EarningProgramme(version=1, fen_per_point=100)
        assert programme.rounding is Rounding.CARRY
        assert programme.expiry.kind is ExpiryKind.NEVER

    def test_tells_no_pending_days_from_those_of_the_programme(self) -> None:
        programme = read_programme(build_message(), KINDS)
        assert [rule.pending_days for rule in programme.rules] == [0, None, None]

    def test_brings_ids_to_canonical_form(self) -> None:
        message = build_message()
        message.rules[0].conditions.store_ids[:] = [IDS[0].upper(), IDS[1]]
        assert read_programme(message, KINDS) == FULL

    def test_reads_the_largest_figures(self) -> None:
        message = build_message()
        message.fen_per_point = FEN_PER_POINT_MAX
        message.rules[0].multiplier.multiplier_bp = MULTIPLIER_BP_MAX
        message.rules[0].caps.day_points = CAP_POINTS_MAX
        message.rules[1].bonus.bonus_points = BONUS_POINTS_MAX
        message.rules[1].bonus.minimum_fen = MINIMUM_FEN_MAX
        programme = read_programme(message, KINDS)
        # What counters of caps hold at most, in a column of 64 bits.
        assert CAP_POINTS_MAX * programme.denominator < 2**63

    def test_refuses_any_malformed_rule_with_a_reason(self) -> None:
        reasons = set()
        for rule in malformed(build_message().rules[0], 400):
            message = build_message()
            message.rules[0].CopyFrom(rule)
            try:
                read_programme(message, KINDS)
            except Invalid as refused:
                reasons.add(refused.reason)
        assert len(reasons) > 10


def _set(path: str, value: object) -> Callable[[Message], None]:
    """Sets one field, by its path from the programme; a number in it is a place in a list."""

    def change(message: Message) -> None:
        target: object = message
        *steps, last = path.split(".")
        for step in steps:
            target = target[int(step)] if step.isdigit() else getattr(target, step)  # type: ignore[index]
        if isinstance(value, list):
            getattr(target, last)[:] = value
        elif isinstance(value, Date):
            getattr(target, last).CopyFrom(value)
        else:
            setattr(target, last, value)

    return change


def _clear(path: str) -> Callable[[Message], None]:
    def change(message: Message) -> None:
        for rule in message.rules:
            (rule.conditions if "minute" in path else rule).ClearField(path)  # type: ignore[arg-type]

    return change


def _cap_the_reduction(message: Message) -> None:
    message.rules[2].caps.day_points = 5


def _add_rules(message: Message) -> None:
    for number in range(RULES_MAX):
        message.rules.add(rule_id=f"r{number}")


WRONG: list[tuple[str, Callable[[Message], None]]] = [
    ("INVALID_VERSION", _set("version", 0)),
    ("INVALID_VERSION", _set("version", -1)),
    ("INVALID_RATE", _set("fen_per_point", 0)),
    ("INVALID_RATE", _set("fen_per_point", -100)),
    ("INVALID_RATE", _set("fen_per_point", FEN_PER_POINT_MAX + 1)),
    ("INVALID_RATE", _set("fen_per_point", 2**63 - 1)),
    ("UNKNOWN_ROUNDING", _set("rounding", 99)),
    ("UNKNOWN_ROUNDING", _set("rounding", -1)),
    ("INVALID_RULE_ID", _set("rule_id", "base@1")),
    ("INVALID_RULE_ID", _set("rules.0.rule_id", "")),
    ("INVALID_RULE_ID", _set("rules.0.rule_id", "Gold")),
    ("INVALID_RULE_ID", _set("rules.0.rule_id", "x" * 33)),
    ("INVALID_RULE_ID", _set("rules.0.rule_id", "gold\n")),
    ("DUPLICATE_RULE_ID", _set("rules.0.rule_id", "gift")),
    ("DUPLICATE_RULE_ID", _set("rules.0.rule_id", "basic")),
    ("TOO_MANY_RULES", _add_rules),
    ("UNKNOWN_TENDER", _set("non_earning_tenders", ["points", "cash"])),
    ("INVALID_CAP", _set("caps.day_points", -1)),
    ("INVALID_CAP", _set("caps.month_points", CAP_POINTS_MAX + 1)),
    ("INVALID_CAP", _set("rules.0.caps.day_points", 2**63 - 1)),
    ("INVALID_CAP", _set("rules.1.caps.month_points", -1)),
    ("INVALID_CAP", _cap_the_reduction),
    ("INVALID_PENDING_DAYS", _set("pending_days", -1)),
    ("INVALID_PENDING_DAYS", _set("pending_days", 367)),
    ("INVALID_PENDING_DAYS", _set("rules.0.pending_days", -1)),
    ("UNKNOWN_EXPIRY", _set("expiry.kind", 0)),
    ("UNKNOWN_EXPIRY", _set("rules.0.expiry.kind", 99)),
    ("INVALID_EXPIRY", _set("expiry.count", -1)),
    ("INVALID_EXPIRY", _set("rules.0.expiry.count", 0)),
    ("INVALID_EXPIRY", _set("rules.0.expiry.count", 36_501)),
    ("INVALID_NAME", _set("rules.0.name_zh", "")),
    ("INVALID_NAME", _set("rules.0.name_zh", "x" * 65)),
    ("INVALID_NAME", _set("rules.0.name_en", " ")),
    ("INVALID_NAME", _set("rules.0.name_en", "Gold\x00")),
    ("MISSING_EFFECT", _clear("bonus")),
    ("INVALID_MULTIPLIER", _set("rules.0.multiplier.multiplier_bp", -1)),
    ("INVALID_MULTIPLIER", _set("rules.0.multiplier.multiplier_bp", 10_000)),
    ("INVALID_MULTIPLIER", _set("rules.0.multiplier.multiplier_bp", MULTIPLIER_BP_MAX + 1)),
    ("INVALID_MULTIPLIER", _set("rules.2.multiplier.stackable", True)),
    ("INVALID_BONUS", _set("rules.1.bonus.bonus_points", 0)),
    ("INVALID_BONUS", _set("rules.1.bonus.bonus_points", BONUS_POINTS_MAX + 1)),
    ("INVALID_BONUS", _set("rules.1.bonus.minimum_fen", -1)),
    ("INVALID_BONUS", _set("rules.1.bonus.minimum_fen", MINIMUM_FEN_MAX + 1)),
    ("INVALID_DATE", _set("rules.0.conditions.first_date", Date(year=2026, month=2, day=30))),
    ("INVALID_DATE", _set("rules.0.conditions.last_date", Date(year=2026))),
    ("DATES_REVERSED", _set("rules.0.conditions.last_date", Date(year=2026, month=4, day=30))),
    ("INVALID_HOURS", _set("rules.0.conditions.from_minute", -1)),
    ("INVALID_HOURS", _set("rules.0.conditions.from_minute", 1440)),
    ("INVALID_HOURS", _set("rules.0.conditions.until_minute", 0)),
    ("INVALID_HOURS", _set("rules.0.conditions.until_minute", 1441)),
    ("INVALID_HOURS", _set("rules.0.conditions.until_minute", 22 * 60)),
    ("INVALID_HOURS", _clear("from_minute")),
    ("INVALID_HOURS", _clear("until_minute")),
    ("INVALID_WEEKDAY", _set("rules.0.conditions.weekdays", [0])),
    ("INVALID_WEEKDAY", _set("rules.0.conditions.weekdays", [1, 8])),
    ("UNKNOWN_BIRTHDAY_MATCH", _set("rules.0.conditions.birthday_match", 3)),
    ("INVALID_TIER", _set("rules.0.conditions.tiers", [""])),
    ("INVALID_TIER", _set("rules.0.conditions.tiers", ["x" * 65])),
    ("INVALID_BRAND", _set("rules.0.scope.brands", ["\u202e"])),
    ("INVALID_ID", _set("rules.0.conditions.store_ids", ["S001"])),
    ("INVALID_ID", _set("rules.0.scope.product_ids", [""])),
    ("INVALID_ID", _set("rules.0.scope.category_ids", ["x" * 36])),
    ("TOO_MANY_VALUES", _set("rules.0.conditions.tiers", ["gold"] * 51)),
    ("TOO_MANY_VALUES", _set("rules.0.scope.brands", ["a"] * 1_001)),
    ("TOO_MANY_VALUES", _set("rules.0.scope.product_ids", [IDS[0]] * (IDS_MAX + 1))),
    ("PROGRAMME_TOO_LARGE", _set("rules.0.scope.brands", ["x" * 64] * (PROGRAMME_BYTES_MAX // 64))),
]


class TestRefusals:
    @pytest.mark.parametrize(
        ("reason", "change"), WRONG, ids=[f"{n}-{reason}" for n, (reason, _) in enumerate(WRONG)]
    )
    def test_name_what_is_wrong(self, reason: str, change: Callable[[Message], None]) -> None:
        message = build_message()
        change(message)
        with pytest.raises(Invalid) as refused:
            read_programme(message, KINDS)
        assert refused.value.reason == reason

    def test_name_the_rule_and_the_field(self) -> None:
        message = build_message()
        message.rules[1].bonus.bonus_points = 0
        with pytest.raises(Invalid) as refused:
            read_programme(message, KINDS)
        assert refused.value.metadata == {
            "rule_id": "gift",
            "field": "bonus_points",
            "value": "0",
        }
        assert refused.value.message == "rule gift: bonus_points must be 1 to 1000000"

    @pytest.mark.parametrize(
        ("change", "where"),
        [
            (_set("fen_per_point", 0), {"rule_id": "basic", "field": "fen_per_point"}),
            (_set("caps.day_points", -1), {"rule_id": "basic", "field": "day_points"}),
            (_set("version", 0), {"field": "version"}),
        ],
    )
    def test_name_the_base_rule_by_its_id(
        self, change: Callable[[Message], None], where: dict[str, str]
    ) -> None:
        message = build_message()
        change(message)
        with pytest.raises(Invalid) as refused:
            read_programme(message, KINDS)
        told = dict(refused.value.metadata)
        del told["value"]
        assert told == where

    def test_are_all_promised_by_the_docstring(self) -> None:
        promised = read_programme.__doc__ or ""
        assert {reason for reason, _ in WRONG if reason not in promised} == set()
