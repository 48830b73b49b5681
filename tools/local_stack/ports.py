"""Which port each part of the local stack listens on: an offset from one base.

YIKA_PORT_BASE moves all of them at once.
"""

import random
from dataclasses import dataclass

from tools.local_stack.servers import port_is_taken

SERVICES = ("members", "points", "inventory", "messaging", "reports", "devices", "portal")
SERVICES_WITH_DATABASE = ("members", "points", "inventory", "messaging", "reports")
SERVERS = ("postgres", "nats", "valkey")
DEFAULT_PORT_BASE = 7100

_OFFSETS = {
    "portal http": 0,
    "postgres": 1,
    "nats": 2,
    "valkey": 3,
    "issuer": 4,
    "devices http": 5,
    "supervisor": 6,
    "members grpc": 11,
    "points grpc": 12,
    "inventory grpc": 13,
    "messaging grpc": 14,
    "reports grpc": 15,
    "members ops": 21,
    "points ops": 22,
    "inventory ops": 23,
    "messaging ops": 24,
    "reports ops": 25,
    "devices ops": 26,
    "portal ops": 27,
}
_SPAN = max(_OFFSETS.values()) + 1
# Below the range from which the system hands out ports for outgoing connections.
_RANDOM_BASES = range(10_000, 32_000, 100)


@dataclass(frozen=True, slots=True)
class Ports:
    """Every port of one stack."""

    base: int

    def __post_init__(self) -> None:
        if not 1024 <= self.base <= 65_535 - _SPAN:
            raise ValueError(f"YIKA_PORT_BASE must be 1024 to {65_535 - _SPAN}, not {self.base}")

    def __getitem__(self, name: str) -> int:
        return self.base + _OFFSETS[name]

    def get(self, name: str) -> int:
        """The port of a name, 0 for a name that has none."""
        return self[name] if name in _OFFSETS else 0

    def busy(self, without: frozenset[str] = frozenset()) -> dict[str, int]:
        """Name -> port of those that something listens on already; `without` are not asked."""
        return {
            name: self[name]
            for name in _OFFSETS
            if name not in without and port_is_taken(self[name])
        }


def free_ports() -> Ports:
    """Ports at a base where nothing listens at all."""
    for base in random.sample(_RANDOM_BASES, len(_RANDOM_BASES)):
        ports = Ports(base)
        if not ports.busy():
            return ports
    raise RuntimeError("no free range of ports")
