"""Ids of the demo chain: the same in every run, so that seeding twice changes nothing."""

import hashlib
import uuid
from datetime import UTC, datetime

from tools.dev_issuer.people import FIRST_DEMO_STORE_ID

_FIRST_MOMENT = datetime(2025, 1, 1, tzinfo=UTC)


def stable_id(kind: str, key: str, moment: datetime = _FIRST_MOMENT) -> str:
    """A UUIDv7-shaped id: the moment in its first 48 bits, a hash of kind and key in the rest."""
    digest = int.from_bytes(hashlib.sha256(f"yika-demo/{kind}/{key}".encode()).digest()[:16], "big")
    milliseconds = int(moment.timestamp() * 1000) & (2**48 - 1)
    value = (milliseconds << 80) | (digest & (2**80 - 1))
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def store_id(store_code: str) -> str:
    """The id of a demo store: S001 is the store that the demo people of the issuer work in."""
    first = uuid.UUID(FIRST_DEMO_STORE_ID).int
    return str(uuid.UUID(int=first + int(store_code[1:]) - 1))


# The store whose gateway the local stack runs.
GATEWAY_STORE_CODE = "S001"
GATEWAY_STORE_NAME = "一卡超市（滨江店）"
