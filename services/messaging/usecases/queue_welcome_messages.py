"""Queues a welcome SMS for each new member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.database import Transaction
from chassis.ids import new_id
from services.messaging.domain.welcome import welcome_message
from services.messaging.metrics import MESSAGES
from services.messaging.storage.repository import MessagesRepository


@dataclass(frozen=True, slots=True)
class NewMember:
    """What a welcome depends on."""

    member_id: str
    has_phone: bool
    registered_at: datetime


async def queue_welcome_messages(
    tx: Transaction,
    new_members: Sequence[NewMember],
    *,
    signature: str,
    age_max: timedelta,
    now: datetime,
) -> None:
    """Adds one message a member in the caller's transaction: queued, or skipped with the reason.

    A member who has a welcome already gets no second one.
    """
    messages = [
        welcome_message(
            message_id=new_id(),
            member_id=member.member_id,
            has_phone=member.has_phone,
            registered_at=member.registered_at,
            signature=signature,
            age_max=age_max,
            now=now,
        )
        for member in new_members
    ]
    for state in await MessagesRepository(tx.connection).add(messages):
        tx.after_commit(MESSAGES.labels(state.value).inc)
