"""Points earned: one point per whole yuan, rounded down once per sale."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.earning import BASE_RULE, EarningRule, points_earned
from pricing.errors import PricingError


class TestPointsEarned:
    @pytest.mark.parametrize(
        ("net_fen", "points"), [(0, 0), (99, 0), (100, 1), (199, 1), (10**12, 10**10)]
    )
    def test_rounds_down(self, net_fen: int, points: int) -> None:
        assert points_earned(BASE_RULE, net_fen) == points

    def test_names_its_version(self) -> None:
        assert EarningRule(rule_version="base@1", fen_per_point=100) == BASE_RULE

    def test_refuses_a_negative_sale(self) -> None:
        with pytest.raises(PricingError) as refused:
            points_earned(BASE_RULE, -1)
        assert refused.value.reason == "NEGATIVE_AMOUNT"

    @given(st.lists(st.integers(0, 10**9), max_size=10))
    def test_never_gains_from_splitting_a_sale(self, parts: list[int]) -> None:
        split = sum(points_earned(BASE_RULE, part) for part in parts)
        assert split <= points_earned(BASE_RULE, sum(parts))


class TestEarningRule:
    @pytest.mark.parametrize("fen_per_point", [0, -1])
    def test_refuses_a_rate_that_divides_by_nothing(self, fen_per_point: int) -> None:
        with pytest.raises(ValueError, match="positive"):
            EarningRule("broken@1", fen_per_point)
