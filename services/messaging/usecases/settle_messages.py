"""Stores what became of claimed messages."""

from collections.abc import Sequence

from chassis.database import Database
from services.messaging.domain.message import MessageState, Settlement
from services.messaging.metrics import MESSAGES
from services.messaging.storage.repository import MessagesRepository


async def settle_messages(database: Database, settlements: Sequence[Settlement]) -> None:
    """Makes sent, skipped and failed messages final, and others due again later."""
    async with database.transaction() as tx:
        for state in await MessagesRepository(tx.connection).settle(settlements):
            if state is not MessageState.QUEUED:
                tx.after_commit(MESSAGES.labels(state.value).inc)
