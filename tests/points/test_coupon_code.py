"""Codes: readable, checkable, reproducible, and hashed under a key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid, Unavailable
from chassis.ids import canonical_id
from services.points.domain.coupons.coupon_code import (
    ALPHABET,
    PREFIX_LENGTH_MAX,
    RANDOM_LENGTH,
    CodeKey,
    CodeKeys,
    check_character,
    print_code,
    read_code,
    read_keys,
    read_prefix,
)

KEY = CodeKey.of(b"a secret of the tests, 32 bytes or more")
ORDER = "0198c0de-0000-7000-8000-000000000001"

prefixes = st.text(alphabet=ALPHABET, max_size=PREFIX_LENGTH_MAX)
serials = st.integers(1, 5_000_000)
codes = st.builds(lambda serial, prefix: KEY.code(ORDER, serial, prefix), serials, prefixes)


def refused(text: str) -> bool:
    """Whether this is refused; anything but the one reason fails."""
    try:
        read_code(text)
    except Invalid as error:
        return error.reason == "INVALID_COUPON_CODE"
    return False


class TestAlphabet:
    def test_holds_no_two_characters_that_look_alike(self) -> None:
        for group in ("0OQ", "1IL", "2Z", "5S", "6G", "8B", "UV"):
            assert len(set(group) & set(ALPHABET)) <= 1, group
        assert not set("AEIOU") & set(ALPHABET)

    def test_makes_guessing_hopeless(self) -> None:
        assert len(set(ALPHABET)) ** RANDOM_LENGTH >= 2**60

    def test_has_a_prime_size_on_which_the_check_character_rests(self) -> None:
        assert all(len(ALPHABET) % divisor for divisor in range(2, len(ALPHABET)))


class TestReadCode:
    @given(code=codes)
    def test_takes_what_is_printed(self, code: str) -> None:
        assert read_code(print_code(code)) == code

    @given(code=codes, data=st.data())
    def test_takes_it_in_any_writing(self, code: str, data: st.DataObject) -> None:
        fullwidth = data.draw(st.booleans())
        typed = ""
        for character in code:
            character = character.lower() if data.draw(st.booleans()) else character
            typed += chr(ord(character) + 0xFEE0) if fullwidth else character
            typed += data.draw(st.sampled_from(["", "", "", " ", "-", "–", "\u3000"]))
        assert read_code(typed[:64]) == code

    @given(code=codes, data=st.data())
    def test_refuses_every_single_wrong_character(self, code: str, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(code) - 1))
        wrong = data.draw(st.sampled_from([each for each in ALPHABET if each != code[place]]))
        assert refused(code[:place] + wrong + code[place + 1 :])

    @given(code=codes)
    def test_refuses_every_swap_of_two_different_characters(self, code: str) -> None:
        for first in range(len(code)):
            for second in range(first + 1, len(code)):
                if code[first] != code[second]:
                    swapped = list(code)
                    swapped[first], swapped[second] = code[second], code[first]
                    assert refused("".join(swapped))

    @given(code=codes, data=st.data())
    def test_refuses_characters_outside_the_alphabet(self, code: str, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(code) - 1))
        other = data.draw(st.sampled_from("01OQILZSGBUAE"))
        assert refused(code[:place] + other + code[place + 1 :])

    @given(text=st.text(max_size=80))
    def test_never_breaks(self, text: str) -> None:
        assert refused(text) or read_code(text)

    @given(code=codes)
    def test_never_repeats_the_code_in_the_error(self, code: str) -> None:
        wrong = code[:-1] + ALPHABET[ALPHABET.index(code[-1]) - 1]
        with pytest.raises(Invalid) as caught:
            read_code(wrong)
        assert wrong not in f"{caught.value} {caught.value.metadata}"

    @pytest.mark.parametrize(
        "text", ["", " ", "\x00", "2" * 14, "2" * 22, "2" * 10_000, "不是券码"]
    )
    def test_refuses_what_is_no_code(self, text: str) -> None:
        assert refused(text)

    def test_without_its_check_character_is_refused_or_another(self) -> None:
        assert read_code("2" * 14 + check_character("2" * 14)) == "2" * 15


class TestCode:
    @given(serial=serials, prefix=prefixes)
    def test_is_the_same_at_every_making(self, serial: int, prefix: str) -> None:
        again = CodeKey.of(b"a secret of the tests, 32 bytes or more")
        assert KEY.code(ORDER, serial, prefix) == again.code(ORDER, serial, prefix)
        assert KEY.code(ORDER, serial, prefix).startswith(prefix)

    def test_differs_by_serial_order_and_key(self) -> None:
        other_order = "0198c0de-0000-7000-8000-000000000002"
        other_key = CodeKey.of(b"another secret of the tests, as long")
        made = {KEY.code(ORDER, serial) for serial in range(20_000)}
        made |= {KEY.code(other_order, serial) for serial in range(20_000)}
        made |= {other_key.code(ORDER, serial) for serial in range(20_000)}
        assert len(made) == 60_000

    def test_uses_every_character_in_every_place_about_equally_often(self) -> None:
        made = [KEY.code(ORDER, serial) for serial in range(23_000)]
        for place in range(RANDOM_LENGTH):
            for character in ALPHABET:
                count = sum(code[place] == character for code in made)
                assert 800 < count < 1200  # 1,000 expected, six standard deviations are 186

    def test_is_what_this_key_has_always_made(self) -> None:
        # Printed codes live for years: a change of the scheme must not pass unnoticed.
        assert KEY.code(ORDER, 1, "CC") == "CCX7JJJVVDYNHXPXP"
        assert KEY.coupon_id("CCX7JJJVVDYNHXPXP") == "6ae6ac7f-5d32-8781-8ebb-eabb8ac2ecf0"


class TestCouponId:
    @given(code=codes)
    def test_is_a_canonical_uuid(self, code: str) -> None:
        assert canonical_id(KEY.coupon_id(code), "coupon_id") == KEY.coupon_id(code)

    @given(code=codes)
    def test_tells_nothing_without_the_key(self, code: str) -> None:
        other = CodeKey.of(b"another secret of the tests, as long")
        assert other.coupon_id(code) != KEY.coupon_id(code)


class TestReadKeys:
    @pytest.mark.parametrize(("first", "second"), [(1, 7), (7, 1)])
    def test_the_first_line_makes_new_codes_and_all_find_old_ones(
        self, first: int, second: int
    ) -> None:
        keys = read_keys(f"{first}:{'a' * 32}\n\n {second}: {'b' * 32} \n")
        assert keys.for_new_orders == first
        assert keys.candidates("X") == [
            keys.key(first).coupon_id("X"),
            keys.key(second).coupon_id("X"),
        ]

    @pytest.mark.parametrize(
        "text",
        [
            *("", "\n", "secret", "1:short", "1:" + " " * 40),
            *(f"{number}:{'a' * 32}" for number in ("0", "32768", "x", "²", "-1")),
            f"1:{'a' * 32}\n1:{'b' * 32}",
        ],
    )
    def test_refuses_what_is_no_key(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"key|secret|number"):
            read_keys(text)

    def test_a_key_that_is_not_there_is_named(self) -> None:
        keys = CodeKeys({})
        for ask in (lambda: keys.for_new_orders, lambda: keys.key(3), lambda: keys.candidates("X")):
            with pytest.raises(Unavailable) as caught:
                ask()
            assert caught.value.reason == "COUPON_KEY_MISSING"


class TestReadPrefix:
    @given(prefix=prefixes)
    def test_takes_the_alphabet(self, prefix: str) -> None:
        assert read_prefix(prefix) == prefix

    @pytest.mark.parametrize("text", ["SALE", "2222222", "cc", "\x00", "券"])
    def test_refuses_anything_else(self, text: str) -> None:
        with pytest.raises(Invalid) as caught:
            read_prefix(text)
        assert caught.value.reason == "INVALID_CODE_PREFIX"
