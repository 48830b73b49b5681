"""Ids of the replay: the same in every run, so that whatever is sent again is known already.

Sales and members get ids shaped like UUIDv7 (the moment in front, hashed bits behind), the rest
UUIDv5 below one namespace.
"""

import hashlib
import uuid

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "yika:replay:completejourney")


def name_id(kind: str, name: object) -> str:
    """The id of a store, a product or a category: always the same for the same name."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{name}"))


def moment_id(kind: str, name: object, unix_milliseconds: int) -> str:
    """An id in the shape of UUIDv7: the moment, then 74 bits hashed from the name."""
    digest = hashlib.sha256(f"{_NAMESPACE}/{kind}/{name}".encode()).digest()
    random_bits = int.from_bytes(digest[:10], "big")
    value = (unix_milliseconds & (2**48 - 1)) << 80
    value |= 0x7 << 76
    value |= (random_bits >> 62 & 0xFFF) << 64
    value |= 0b10 << 62
    value |= random_bits & (2**62 - 1)
    return str(uuid.UUID(int=value))
