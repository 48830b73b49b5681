"""What an event is made of, shared out over as few events as their size allows."""

from collections.abc import Iterable
from typing import TypeVar

from google.protobuf.message import Message

from chassis.events import EVENT_BYTES_MAX

# The rest is room for what each part needs beside its own bytes.
PARTS_BYTES_MAX = EVENT_BYTES_MAX - 64 * 1024
Part = TypeVar("Part", bound=Message)


def parts_by_event(parts: Iterable[Part]) -> list[list[Part]]:
    """The parts of each event, in their order; none of them is larger than an event."""
    events: list[list[Part]] = []
    filled = 0
    for part in parts:
        size = part.ByteSize()
        if not events or filled + size > PARTS_BYTES_MAX:
            events.append([])
            filled = 0
        events[-1].append(part)
        filled += size
    return events
