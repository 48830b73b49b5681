"""Fractions over another denominator: the carry never grows, a counted cap never shrinks."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pricing.earning import Carry, Tally
from tests.fixtures.builders_earning import carries

DENOMINATORS = st.integers(1, 10**10)


class TestCarry:
    @given(DENOMINATORS.flatmap(carries), DENOMINATORS)
    def test_is_rounded_down_by_less_than_a_unit(self, carry: Carry, denominator: int) -> None:
        converted = carry.at(denominator)
        lost = Fraction(*carry) - Fraction(*converted)
        assert 0 <= lost < Fraction(1, denominator)
        assert 0 <= converted.numerator < denominator == converted.denominator


class TestTally:
    @given(st.integers(0, 10**18), DENOMINATORS, DENOMINATORS)
    def test_is_rounded_up_by_less_than_a_unit(self, weight: int, old: int, new: int) -> None:
        gained = Fraction(*Tally(weight, old).at(new)) - Fraction(weight, old)
        assert 0 <= gained < Fraction(1, new)
