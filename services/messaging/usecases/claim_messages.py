"""Takes messages that are due, for one sender alone."""

from datetime import datetime, timedelta

from chassis.database import Database
from services.messaging.domain.message import ClaimedMessage
from services.messaging.storage.repository import MessagesRepository


async def claim_messages(
    database: Database, *, now: datetime, claim: timedelta, count_max: int
) -> list[ClaimedMessage]:
    """Up to `count_max` messages; unless settled within `claim`, another sender gets them."""
    async with database.transaction() as tx:
        return await MessagesRepository(tx.connection).claim(
            now=now, claimed_until=now + claim, count_max=count_max
        )
