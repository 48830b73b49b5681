"""The SQL of the message queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.messaging.domain.message import ClaimedMessage, Message, MessageState, Settlement
from services.messaging.storage.tables import messages_table

_ADD = text(
    """
    INSERT INTO messages (
        message_id, member_id, template, text, state, reason, queued_at, due_at, attempts
    )
    SELECT message_id, member_id, template, text, state, reason, queued_at, queued_at, 0
    FROM unnest(
        CAST(:message_ids AS uuid[]), CAST(:member_ids AS uuid[]), CAST(:templates AS text[]),
        CAST(:texts AS text[]), CAST(:states AS text[]), CAST(:reasons AS text[]),
        CAST(:queued_ats AS timestamptz[])
    ) AS given (message_id, member_id, template, text, state, reason, queued_at)
    ON CONFLICT DO NOTHING
    RETURNING state
    """
)
_SETTLE = text(
    """
    UPDATE messages
    SET state = given.state, reason = given.reason, sent_at = given.sent_at,
        provider_message_id = given.provider_message_id,
        due_at = coalesce(given.due_at, messages.due_at)
    FROM unnest(
        CAST(:message_ids AS uuid[]), CAST(:attempts AS integer[]), CAST(:states AS text[]),
        CAST(:reasons AS text[]), CAST(:sent_ats AS timestamptz[]),
        CAST(:provider_message_ids AS text[]), CAST(:due_ats AS timestamptz[])
    ) AS given (message_id, attempt, state, reason, sent_at, provider_message_id, due_at)
    WHERE messages.message_id = given.message_id
        AND messages.attempts = given.attempt
        AND messages.state = 'queued'
    RETURNING messages.state
    """
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits to be sent."""

    count: int
    oldest_queued_at: datetime | None


class MessagesRepository:
    """Messages over one connection; the caller owns the transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, messages: Sequence[Message]) -> list[MessageState]:
        """Adds messages; a member's second welcome is left out. Returns the states added."""
        rows = await self._connection.execute(
            _ADD,
            {
                "message_ids": [message.message_id for message in messages],
                "member_ids": [message.member_id for message in messages],
                "templates": [message.template for message in messages],
                "texts": [message.text for message in messages],
                "states": [message.state.value for message in messages],
                "reasons": [message.reason for message in messages],
                "queued_ats": [message.queued_at for message in messages],
            },
        )
        return [MessageState(state) for state in rows.scalars()]

    async def claim(
        self, *, now: datetime, claimed_until: datetime, count_max: int
    ) -> list[ClaimedMessage]:
        """Takes messages that are due, longest waiting first, so that no other sender does.

        SKIP LOCKED lets senders work side by side; moving due_at hands a message on when this
        sender dies before it settles.
        """
        due = (
            select(messages_table.c.message_id)
            .where(messages_table.c.state == MessageState.QUEUED.value)
            .where(messages_table.c.due_at <= now)
            .order_by(messages_table.c.due_at)
            .limit(count_max)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        rows = await self._connection.execute(
            update(messages_table)
            .where(messages_table.c.message_id == due.c.message_id)
            .values(due_at=claimed_until, attempts=messages_table.c.attempts + 1)
            .returning(
                messages_table.c.message_id,
                messages_table.c.member_id,
                messages_table.c.text,
                messages_table.c.attempts,
            )
        )
        return [ClaimedMessage(*row) for row in rows]

    async def settle(self, settlements: Sequence[Settlement]) -> list[MessageState]:
        """Stores what became of claimed messages, and returns the states stored.

        A message that was taken over since keeps what its newer claim makes of it.
        """
        waits = MessageState.QUEUED
        rows = await self._connection.execute(
            _SETTLE,
            {
                "message_ids": [s.message_id for s in settlements],
                "attempts": [s.attempt for s in settlements],
                "states": [s.state.value for s in settlements],
                "reasons": ["" if s.state is waits else s.reason for s in settlements],
                "sent_ats": [s.sent_at for s in settlements],
                "provider_message_ids": [s.provider_message_id for s in settlements],
                "due_ats": [s.due_at for s in settlements],
            },
        )
        return [MessageState(state) for state in rows.scalars()]

    async def backlog(self) -> Backlog:
        """How much waits to be sent, and since when."""
        rows = await self._connection.execute(
            select(func.count(), func.min(messages_table.c.queued_at)).where(
                messages_table.c.state == MessageState.QUEUED.value
            )
        )
        count, oldest = rows.one()
        return Backlog(count, oldest)

    async def newest(
        self, *, member_id: str | None, before_message_id: str | None, limit: int
    ) -> list[Message]:
        """Messages, newest first, older than the given one; of one member or of all."""
        query = select(messages_table).order_by(messages_table.c.message_id.desc()).limit(limit)
        if member_id is not None:
            query = query.where(messages_table.c.member_id == member_id)
        if before_message_id is not None:
            query = query.where(messages_table.c.message_id < before_message_id)
        return [_message(row) for row in await self._connection.execute(query)]


def _message(row: Any) -> Message:
    return Message(
        message_id=row.message_id,
        member_id=row.member_id,
        template=row.template,
        text=row.text,
        state=MessageState(row.state),
        reason=row.reason,
        queued_at=row.queued_at,
        sent_at=row.sent_at,
    )
