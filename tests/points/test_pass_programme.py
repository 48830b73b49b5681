"""Passes of a programme: services/points/messages/programmes/pass_programme.py."""

from collections.abc import Callable

import pytest

from chassis.errors import Invalid
from chassis.ids import new_id
from services.points.domain.limits import AMOUNT_FEN_MAX
from services.points.domain.passes.passes import PassDefinition, PassValidity
from services.points.messages.programmes.pass_programme import (
    pass_definition_message,
    read_pass_definitions,
)
from yika.points.v1 import pass_pb2

STORE, PRODUCT = new_id(), new_id()


def build_message(**changes: object) -> pass_pb2.PassDefinition:
    """A definition with every field set, all of it valid."""
    given = {
        "pass_id": new_id(),
        "name": "洗车10次",
        "units": 10,
        "price_fen": 9_990,
        "store_ids": [STORE],
        "product_ids": [PRODUCT],
        "validity": pass_pb2.PASS_VALIDITY_FROM_FIRST_USE,
        "validity_days": 365,
        "refund_fee_bp": 500,
        "shareable": True,
        "units_per_use_max": 2,
        "uses_per_day_max": 1,
        "name_en": "Ten washes",
        **changes,
    }
    return pass_pb2.PassDefinition(**given)


class TestReadPassDefinitions:
    def test_reads_every_field(self) -> None:
        message = build_message()
        (found,) = read_pass_definitions([message], version=7).values()
        assert found == PassDefinition(
            pass_id=message.pass_id,
            version=7,
            name="洗车10次",
            units=10,
            price_fen=9_990,
            validity=PassValidity.FROM_FIRST_USE,
            validity_days=365,
            store_ids=frozenset({STORE}),
            product_ids=frozenset({PRODUCT}),
            refund_fee_bp=500,
            shareable=True,
            units_per_use_max=2,
            uses_per_day_max=1,
            name_en="Ten washes",
        )
        assert found.rule_version == f"{message.pass_id}@7"

    def test_upper_case_ids_are_the_same_ids(self) -> None:
        lower = build_message()
        upper = build_message(
            pass_id=lower.pass_id.upper(),
            store_ids=[STORE.upper()],
            product_ids=[PRODUCT.upper()],
        )
        assert read_pass_definitions([upper], version=2) == read_pass_definitions(
            [lower], version=2
        )

    @pytest.mark.parametrize("fee", [{"refund_fee_bp": 500}, {"refund_fee_fen": 100}, {}])
    def test_is_told_again_as_it_was_given(self, fee: dict[str, int]) -> None:
        message = build_message()
        message.ClearField("refund_fee_bp")
        message.MergeFrom(pass_pb2.PassDefinition(**fee))
        (found,) = read_pass_definitions([message], version=2).values()
        assert pass_definition_message(found) == message

    @pytest.mark.parametrize(
        "changes",
        [
            {"units": 1, "units_per_use_max": 1},
            {"units": 100_000},
            {"price_fen": 0, "refund_fee_bp": 10_000},
            {"price_fen": AMOUNT_FEN_MAX},
            {"validity_days": 0},
            {"validity_days": 36_500},
            {"units_per_use_max": 10},
            {"uses_per_day_max": 100_000},
        ],
    )
    def test_takes_the_edges(self, changes: dict[str, object]) -> None:
        message = build_message(**changes)
        (found,) = read_pass_definitions([message], version=2).values()
        assert pass_definition_message(found) == message

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"pass_id": "17"}, "INVALID_ID"),
            ({"name": " "}, "INVALID_NAME"),
            ({"name": "次" * 65}, "INVALID_NAME"),
            ({"name": "洗\n车"}, "INVALID_NAME"),
            ({"name_en": "x" * 65}, "INVALID_NAME"),
            ({"units": 0}, "INVALID_AMOUNT"),
            ({"units": -1}, "INVALID_AMOUNT"),
            ({"units": 100_001}, "INVALID_AMOUNT"),
            ({"price_fen": -1}, "INVALID_AMOUNT"),
            ({"price_fen": AMOUNT_FEN_MAX + 1}, "INVALID_AMOUNT"),
            ({"validity": 0}, "INVALID_VALIDITY"),
            ({"validity": 3}, "INVALID_VALIDITY"),
            ({"validity_days": -1}, "INVALID_VALIDITY"),
            ({"validity_days": 36_501}, "INVALID_VALIDITY"),
            ({"refund_fee_bp": -1}, "INVALID_FEE"),
            ({"refund_fee_bp": 10_001}, "INVALID_FEE"),
            ({"units_per_use_max": 11}, "INVALID_LIMIT"),
            ({"units_per_use_max": -1}, "INVALID_LIMIT"),
            ({"uses_per_day_max": -1}, "INVALID_LIMIT"),
            ({"uses_per_day_max": 100_001}, "INVALID_LIMIT"),
            ({"store_ids": ["nowhere"]}, "INVALID_ID"),
            ({"store_ids": [STORE] * 10_001}, "LIST_TOO_LONG"),
            ({"product_ids": [PRODUCT] * 10_001}, "LIST_TOO_LONG"),
        ],
    )
    def test_refuses_with_a_reason(self, changes: dict[str, object], reason: str) -> None:
        with pytest.raises(Invalid) as refused:
            read_pass_definitions([build_message(**changes)], version=2)
        assert refused.value.reason == reason

    @pytest.mark.parametrize(("fee_fen", "price_fen"), [(-1, 100), (101, 100), (1, 0)])
    def test_refuses_a_fee_above_the_price(self, fee_fen: int, price_fen: int) -> None:
        message = build_message(price_fen=price_fen)
        message.refund_fee_fen = fee_fen
        with pytest.raises(Invalid) as refused:
            read_pass_definitions([message], version=2)
        assert refused.value.reason == "INVALID_FEE"

    @pytest.mark.parametrize(
        ("build", "reason"),
        [
            (lambda: [build_message()] * 2, "DUPLICATE_CODE"),
            (lambda: [build_message() for _ in range(501)], "LIST_TOO_LONG"),
        ],
    )
    def test_refuses_a_list(
        self, build: Callable[[], list[pass_pb2.PassDefinition]], reason: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            read_pass_definitions(build(), version=2)
        assert refused.value.reason == reason
