"""The SQL of the `log` provider."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.messaging.storage.tables import provider_log_table


class ProviderLogRepository:
    """The provider's log over one connection; the caller owns the transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, message_id: str, text: str, *, logged_at: datetime) -> None:
        """Adds a message; does nothing when its id is there already."""
        await self._connection.execute(
            insert(provider_log_table)
            .values(message_id=message_id, text=text, logged_at=logged_at)
            .on_conflict_do_nothing()
        )
