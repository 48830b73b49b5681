"""Card numbers: their form, and the ones that the service makes itself."""

import re

from chassis.errors import Invalid

_FORM = re.compile(r"[0-9A-Z]{4,32}")
_SERIAL_DIGITS = 9  # a thousand million cards; a longer serial makes a longer number, no failure


def canonical_card_number(text: str) -> str:
    """The form in which a card number is stored: upper case, without blanks around it.

    Readers differ in the case of hexadecimal chip numbers and in the line end they add.
    Raises Invalid unless it is 4 to 32 letters and digits of ASCII.
    """
    number = text.strip().upper()
    if not _FORM.fullmatch(number):
        raise Invalid(
            "INVALID_CARD_NUMBER",
            "a card number has 4 to 32 letters and digits",
            {"field": "card_number"},
        )
    return number


def luhn_check_digit(digits: str) -> str:
    """The digit that makes `digits` plus itself pass the Luhn check (ISO/IEC 7812-1)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def make_card_number(prefix: str, serial: int) -> str:
    """The service's own number for a serial: prefix, serial, check digit.

    The check digit catches each single wrong digit that is keyed in at a till.
    """
    digits = f"{prefix}{serial:0{_SERIAL_DIGITS}d}"
    return digits + luhn_check_digit(digits)
