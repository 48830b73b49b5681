"""The `log` provider: sends nothing and writes what it would have sent to its own table."""

from chassis.clock import utc_now
from chassis.database import Database
from chassis.errors import Unavailable
from services.messaging.providers.provider import OutgoingSms, ProviderUnavailable
from services.messaging.storage.provider_log_repository import ProviderLogRepository


class LogProvider:
    """An SmsProvider for development, tests and shops without a contract for SMS."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def send(self, message: OutgoingSms) -> str:
        """Writes text and time once for each message_id; no digit of the phone is kept."""
        try:
            async with self._database.transaction() as tx:
                await ProviderLogRepository(tx.connection).add(
                    message.message_id, message.text, logged_at=utc_now()
                )
        except Unavailable as error:
            raise ProviderUnavailable(error.reason) from error
        return f"log-{message.message_id}"
