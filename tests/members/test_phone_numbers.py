"""Phones in any usual writing become one number, or are refused without being repeated."""

import pytest

from chassis.errors import Invalid
from services.members.phone_numbers import parse_phone


class TestParsePhone:
    @pytest.mark.parametrize(
        ("text", "e164", "takes_sms"),
        [
            ("13800138000", "+8613800138000", True),
            ("138-0013-8000", "+8613800138000", True),
            ("+86 138 0013 8000", "+8613800138000", True),
            ("008613800138000", "+8613800138000", True),
            ("１３８００１３８０００", "+8613800138000", True),
            ("19212345678", "+8619212345678", True),
            ("010-62345678", "+861062345678", False),
            ("+852 5123 4567", "+85251234567", True),
            ("+1 202-555-0123", "+12025550123", True),
        ],
    )
    def test_reads_it(self, text: str, e164: str, takes_sms: bool) -> None:
        phone = parse_phone(text, "CN")
        assert (phone.e164, phone.takes_sms) == (e164, takes_sms)

    def test_reads_a_number_without_country_code_as_one_of_the_region(self) -> None:
        assert parse_phone("07911 123456", "GB").e164 == "+447911123456"

    @pytest.mark.parametrize(
        "text", ["", "1", "abc", "\x00", "138001380", "1380013800000", "+999 123", "9" * 300, "+"]
    )
    def test_refuses_the_rest_without_repeating_it(self, text: str) -> None:
        with pytest.raises(Invalid) as refused:
            parse_phone(text, "CN")
        assert refused.value.reason == "INVALID_PHONE"
        assert refused.value.message == "phone is not a phone number"
        assert refused.value.metadata == {"field": "phone"}
