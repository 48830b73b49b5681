"""What the messaging service does when others publish."""

from collections.abc import Sequence
from datetime import timedelta

from chassis.clock import from_timestamp, utc_now
from chassis.database import Transaction
from chassis.ids import canonical_id
from chassis.inbox import Subscription
from services.messaging.settings import Settings
from services.messaging.usecases.queue_welcome_messages import NewMember, queue_welcome_messages
from yika.members.v1 import events_pb2


def subscriptions(settings: Settings) -> Sequence[Subscription]:
    """Everything this service listens to."""

    async def on_members_registered(tx: Transaction, event: events_pb2.MembersRegistered) -> None:
        new_members = [
            NewMember(
                member_id=canonical_id(member.member_id, "member_id"),
                has_phone=member.has_phone,
                registered_at=from_timestamp(member.registered_time, "registered_time"),
            )
            for member in event.members
        ]
        await queue_welcome_messages(
            tx,
            new_members,
            signature=settings.sms_signature,
            age_max=timedelta(days=settings.welcome_max_age_days),
            now=utc_now(),
        )

    return [Subscription(events_pb2.MembersRegistered, on_members_registered)]
