"""Card numbers: their form, and a check digit that catches what people type wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from services.members.domain.card_number import (
    canonical_card_number,
    luhn_check_digit,
    make_card_number,
)

prefixes = st.text("0123456789", min_size=1, max_size=12)
serials = st.integers(min_value=1, max_value=2**63 - 1)


class TestLuhnCheckDigit:
    @pytest.mark.parametrize(
        # The first is the example of ISO/IEC 7812-1, the others are test cards of payment schemes.
        ("digits", "check"),
        [("7992739871", "3"), ("411111111111111", "1"), ("37828224631000", "5"), ("0", "0")],
    )
    def test_agrees_with_known_numbers(self, digits: str, check: str) -> None:
        assert luhn_check_digit(digits) == check


class TestMakeCardNumber:
    def test_has_prefix_serial_and_check_digit(self) -> None:
        assert make_card_number("88", 1) == "880000000013"

    @given(prefixes, serials)
    def test_makes_a_number_of_the_form(self, prefix: str, serial: int) -> None:
        number = make_card_number(prefix, serial)
        assert canonical_card_number(number) == number

    @given(prefixes, serials, serials)
    def test_makes_different_numbers_for_different_serials(
        self, prefix: str, one: int, other: int
    ) -> None:
        same = make_card_number(prefix, one) == make_card_number(prefix, other)
        assert same == (one == other)

    @given(prefixes, serials, st.data())
    def test_catches_a_wrong_digit(self, prefix: str, serial: int, data: st.DataObject) -> None:
        number = make_card_number(prefix, serial)
        place = data.draw(st.integers(0, len(number) - 1))
        wrong = data.draw(st.sampled_from(sorted(set("0123456789") - {number[place]})))
        mistyped = number[:place] + wrong + number[place + 1 :]
        assert luhn_check_digit(mistyped[:-1]) != mistyped[-1]


class TestCanonicalCardNumber:
    @pytest.mark.parametrize(
        ("given_", "canonical"),
        [("04a2c9", "04A2C9"), (" 1234 ", "1234"), ("1234\r\n", "1234"), ("Z" * 32, "Z" * 32)],
    )
    def test_ignores_case_and_blanks_around(self, given_: str, canonical: str) -> None:
        assert canonical_card_number(given_) == canonical

    @pytest.mark.parametrize(
        "given_", ["", "123", "1" * 33, "12 34", "一二三四", "１２３４", "ſſſſ1-"]
    )
    def test_refuses_anything_else(self, given_: str) -> None:
        with pytest.raises(Invalid) as refused:
            canonical_card_number(given_)
        assert refused.value.reason == "INVALID_CARD_NUMBER"

    @given(st.text(max_size=40))
    def test_is_stable(self, text: str) -> None:
        try:
            canonical = canonical_card_number(text)
        except Invalid:
            return
        assert canonical_card_number(canonical) == canonical
