"""Codes of coupons: how they are made from a secret key, read as people type them, and hashed.

A code is `[prefix]` + 14 characters from the key + 1 check character, in an alphabet of 23: no
digit or letter that is mistaken for another (out are 0 O Q, 1 I L, S, Z, G, B, U) and
no vowel, so that no word appears. 23 is prime, which is what lets one check character catch every
single wrong character and every swap of two. 23 ** 14 is 63 bits. Pure.
"""

import hmac
import re
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.errors import Invalid, Unavailable

ALPHABET = "23456789CDFHJKMNPRTVWXY"
RANDOM_LENGTH = 14
PREFIX_LENGTH_MAX = 6
SECRET_BYTES_MIN = 32

_BASE = len(ALPHABET)
_SPACE = _BASE**RANDOM_LENGTH
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_LENGTH_MAX = PREFIX_LENGTH_MAX + RANDOM_LENGTH + 1
# From the right: 1, 5, 25, ... modulo 23. All different from each other and from 0 up to 22
# places, for 5 generates the multiplicative group; so a wrong character and a swap both show.
_WEIGHTS = [pow(5, place, _BASE) for place in range(_LENGTH_MAX)]
_TYPED_LENGTH_MAX = 64
_SEPARATORS = re.compile(r"[\s\-_.‐-―−]+")


def check_character(characters: str) -> str:
    """The character that makes the weighted sum of `characters` + it divisible by 23."""
    total = 0
    for weight, character in zip(_WEIGHTS[1:], reversed(characters), strict=False):
        total += weight * _VALUES[character]
    return ALPHABET[-total % _BASE]


def read_prefix(text: str) -> str:
    """The prefix of an order's codes; Invalid unless it is short and of the alphabet."""
    if len(text) > PREFIX_LENGTH_MAX or any(character not in _VALUES for character in text):
        raise Invalid(
            "INVALID_CODE_PREFIX",
            f"code_prefix has at most {PREFIX_LENGTH_MAX} characters of {ALPHABET}",
            {"alphabet": ALPHABET},
        )
    return text


def read_code(text: str) -> str:
    """The code somebody typed or scanned, without separators, in upper case.

    Invalid INVALID_COUPON_CODE when it cannot be a code, told by its length, its characters and
    its check character. The error never repeats the code.
    """
    if len(text) <= _TYPED_LENGTH_MAX:
        code = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
        if (
            RANDOM_LENGTH + 1 <= len(code) <= _LENGTH_MAX
            and all(character in _VALUES for character in code)
            and check_character(code[:-1]) == code[-1]
        ):
            return code
    raise Invalid("INVALID_COUPON_CODE", "this is no coupon code; is a character wrong?")


def print_code(code: str) -> str:
    """A code as it is printed: the prefix, then three groups of five characters."""
    start = len(code) - RANDOM_LENGTH - 1
    groups = [code[:start], code[start : start + 5], code[start + 5 : start + 10], code[-5:]]
    return "-".join(group for group in groups if group)


@dataclass(frozen=True, slots=True)
class CodeKey:
    """What codes are made with and looked up by; two independent keys from one secret."""

    making: bytes
    hashing: bytes

    @classmethod
    def of(cls, secret: bytes) -> "CodeKey":
        """The keys of a secret."""
        return cls(_hmac(secret, b"yika coupon code"), _hmac(secret, b"yika coupon id"))

    def code(self, order_id: str, serial: int, prefix: str = "") -> str:
        """The code with this serial number of an order: the same at every call."""
        message = uuid.UUID(order_id).bytes + serial.to_bytes(8, "big")
        number = int.from_bytes(_hmac(self.making, message), "big") % _SPACE
        pairs = []
        for _ in range(RANDOM_LENGTH // 2):
            number, pair = divmod(number, _BASE * _BASE)
            pairs.append(_PAIRS[pair])
        body = prefix + "".join(pairs)
        return body + check_character(body)

    def coupon_id(self, code: str) -> str:
        """The keyed hash of a code (HMAC-SHA256) in the form of a UUID: 122 bits of it."""
        digest = _hmac(self.hashing, code.encode()).hex()
        variant = "89ab"[int(digest[16], 16) & 3]
        return (
            f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"
        )

    def batch(self, order_id: str, serials: Sequence[int], prefix: str) -> list[str]:
        """The coupon ids of these serial numbers, in order."""
        return [self.coupon_id(self.code(order_id, serial, prefix)) for serial in serials]


@dataclass(frozen=True, slots=True)
class CodeKeys:
    """The keys of a deployment by number. New orders take the first, old ones keep theirs.

    The first and not the highest: a key can be made known to all replicas before one uses it.
    """

    by_number: Mapping[int, CodeKey]

    @property
    def for_new_orders(self) -> int:
        """The number of the key for new orders; Unavailable COUPON_KEY_MISSING without one."""
        if not self.by_number:
            raise _missing("no key for coupon codes is configured")
        return next(iter(self.by_number))

    def key(self, number: int) -> CodeKey:
        """The key with this number; Unavailable COUPON_KEY_MISSING when it is not configured."""
        if number not in self.by_number:
            raise _missing(f"the key {number} for coupon codes is not configured")
        return self.by_number[number]

    def candidates(self, code: str) -> list[str]:
        """The ids that a coupon with this code can have, one for each key."""
        if not self.by_number:
            raise _missing("no key for coupon codes is configured")
        return [key.coupon_id(code) for key in self.by_number.values()]


def _missing(message: str) -> Unavailable:
    return Unavailable("COUPON_KEY_MISSING", message)


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def read_keys(text: str) -> CodeKeys:
    """Keys from lines of `number:secret`, in order; ValueError with the number of a bad line."""
    found: dict[int, CodeKey] = {}
    for line_number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        number, _, secret = line.strip().partition(":")
        secret_bytes = secret.strip().encode()
        if not (number.isascii() and number.isdigit() and 0 < int(number) < 32_768):
            raise ValueError(f"line {line_number}: a key is number:secret, numbers are 1 to 32767")
        if len(secret_bytes) < SECRET_BYTES_MIN:
            raise ValueError(f"line {line_number}: a secret has at least {SECRET_BYTES_MIN} bytes")
        if int(number) in found:
            raise ValueError(f"line {line_number}: number {number} stands twice")
        found[int(number)] = CodeKey.of(secret_bytes)
    if not found:
        raise ValueError("no key in the file")
    return CodeKeys(found)
