"""What a pass is worth: services/points/domain/passes/passes.py."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.points.domain.passes.passes import PassValidity
from tests.fixtures.passes import DAY, build_definition

UNITS = st.integers(1, 100_000)
PRICE = st.integers(0, 1_000_000_000)


class TestOwed:
    def test_is_the_share_of_the_price_rounded_up(self) -> None:
        definition = build_definition(units=3, price_fen=100)
        assert [definition.owed_fen(left) for left in (3, 2, 1, 0)] == [100, 67, 34, 0]

    @given(UNITS, PRICE, st.data())
    def test_leaves_the_rounded_down_share_of_what_was_used(
        self, units: int, price_fen: int, data: st.DataObject
    ) -> None:
        used = data.draw(st.integers(0, units))
        definition = build_definition(units=units, price_fen=price_fen)
        turnover = price_fen - definition.owed_fen(units - used)
        assert turnover == price_fen * used // units

    @given(UNITS, PRICE, st.data())
    def test_never_rises_when_units_go(
        self, units: int, price_fen: int, data: st.DataObject
    ) -> None:
        left = data.draw(st.integers(1, units))
        definition = build_definition(units=units, price_fen=price_fen)
        assert 0 <= definition.owed_fen(left - 1) <= definition.owed_fen(left) <= price_fen


class TestFee:
    @pytest.mark.parametrize(
        ("rule", "owed_fen", "fee_fen"),
        [
            ({}, 1000, 0),
            ({"refund_fee_bp": 500}, 1000, 50),
            ({"refund_fee_bp": 500}, 999, 49),
            ({"refund_fee_bp": 10_000}, 999, 999),
            ({"refund_fee_fen": 300}, 1000, 300),
            ({"refund_fee_fen": 300}, 299, 299),
            ({"refund_fee_fen": 300}, 0, 0),
        ],
    )
    def test_is_never_more_than_the_remainder(
        self, rule: dict[str, int], owed_fen: int, fee_fen: int
    ) -> None:
        assert build_definition(**rule).fee_fen(owed_fen) == fee_fen


class TestExpiry:
    @pytest.mark.parametrize(
        ("validity", "days", "from_sale", "from_use"),
        [
            (PassValidity.FROM_SALE, 30, DAY + timedelta(days=30), None),
            (PassValidity.FROM_SALE, 0, None, None),
            (PassValidity.FROM_FIRST_USE, 30, None, DAY + timedelta(days=30)),
            (PassValidity.FROM_FIRST_USE, 0, None, None),
        ],
    )
    def test_counts_from_the_day_that_the_rule_names(
        self, validity: PassValidity, days: int, from_sale: date | None, from_use: date | None
    ) -> None:
        definition = build_definition(validity=validity, validity_days=days)
        assert definition.expiry_from_sale(DAY) == from_sale
        assert definition.expiry_from_use(DAY) == from_use
