"""Phone numbers in any usual writing, by the phonenumbers library: the only file that knows it."""

from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from chassis.errors import Invalid

_TAKES_SMS = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number that can exist."""

    e164: str  # for example +8613800138000
    takes_sms: bool  # false for a landline


def parse_phone(text: str, region: str) -> Phone:
    """The number behind `text`; without a country code it is read as one of `region` (ISO 3166).

    Raises Invalid with INVALID_PHONE, and never repeats the number in the error.
    """
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise Invalid("INVALID_PHONE", "phone is not a phone number", {"field": "phone"})
    return Phone(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        takes_sms=phonenumbers.number_type(number) in _TAKES_SMS,
    )
