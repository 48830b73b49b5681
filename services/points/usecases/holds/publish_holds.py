"""Tells others of holds that were made and of those that came to an end."""

from collections.abc import Sequence
from datetime import datetime

from prometheus_client import Counter

from chassis.database import Transaction
from services.points.domain.holds.hold import Hold, HoldState
from services.points.messages.holds.hold_messages import closed_hold_message, first_hold_message
from services.points.storage.holds import HoldRecord
from yika.points.v1 import hold_events_pb2

# At most 300 bytes each: far below what an event may have.
_HOLDS_PER_EVENT = 1_000

HOLDS = Counter(
    "yika_points_holds_total",
    "Holds by what happened: created, posted, released, voided, timed_out.",
    ["outcome"],
)


def publish_created_hold(tx: Transaction, record: HoldRecord) -> None:
    """Adds the event of a new hold to its commit."""
    message = first_hold_message(record)
    message.ClearField("lots")  # a hold of very many small lots would fit no event
    tx.publish(hold_events_pb2.HoldsCreated(holds=[message]), member_id=record.member_id)
    tx.after_commit(HOLDS.labels("created").inc)


def publish_closed_holds(tx: Transaction, holds: Sequence[tuple[str, Hold]], now: datetime) -> None:
    """Adds the events of those (member_id, hold) that have ended to their commit."""
    ended = [(owner, hold) for owner, hold in holds if hold.state is not HoldState.OPEN]
    for start in range(0, len(ended), _HOLDS_PER_EVENT):
        some = ended[start : start + _HOLDS_PER_EVENT]
        tx.publish(
            hold_events_pb2.HoldsClosed(
                holds=[closed_hold_message(owner, hold, now) for owner, hold in some]
            ),
            member_id=some[0][0],
        )
    for _, hold in ended:
        tx.after_commit(HOLDS.labels(hold.state.name.lower()).inc)
