"""Lists messages, newest first."""

from chassis.database import Database
from services.messaging.domain.message import Message
from services.messaging.storage.repository import MessagesRepository


async def list_messages(
    database: Database, *, member_id: str | None, before_message_id: str | None, count_max: int
) -> tuple[list[Message], str | None]:
    """One page, of one member or of all, and the last message's id when more follow."""
    async with database.read() as connection:
        messages = await MessagesRepository(connection).newest(
            member_id=member_id, before_message_id=before_message_id, limit=count_max + 1
        )
    page = messages[:count_max]
    return page, page[-1].message_id if len(messages) > count_max else None
