"""The loop that sends what is queued: claim, ask for the phone, send, settle.

Claiming and settling are transactions of their own; nothing is open while the network is used.
A message is handed to the provider at least once and reaches the phone once, because its id is
the provider's idempotency key.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from traceback import extract_tb

from chassis.clock import utc_now
from chassis.database import Database
from chassis.errors import DomainError, NotFound, Unavailable
from chassis.logs import get_logger
from services.messaging.domain.message import (
    ClaimedMessage,
    MessageState,
    Settlement,
    retry_pause,
)
from services.messaging.member_contacts import MemberContacts
from services.messaging.metrics import BACKLOG, BACKLOG_AGE_SECONDS, RETRIES
from services.messaging.providers.provider import (
    OutgoingSms,
    ProviderRefused,
    ProviderUnavailable,
    SmsProvider,
)
from services.messaging.settings import Settings
from services.messaging.storage.repository import MessagesRepository
from services.messaging.usecases.claim_messages import claim_messages
from services.messaging.usecases.settle_messages import settle_messages

log = get_logger(__name__)

_GAUGES_EVERY_SECONDS = 15.0


class Sender:
    """One of any number of senders; PostgreSQL shares the messages out among them."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        contacts: MemberContacts,
        provider: SmsProvider,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._settings = settings
        self._database = database
        self._contacts = contacts
        self._provider = provider
        self._clock = clock

    async def run(self) -> None:
        """Runs until cancelled; survives a lost database, members service or provider."""
        next_gauges = 0.0
        while True:
            claimed = 0
            try:
                claimed = await self.send_batch()
                if (now := asyncio.get_running_loop().time()) >= next_gauges:
                    await self._set_gauges()
                    next_gauges = now + _GAUGES_EVERY_SECONDS
            except Unavailable as error:
                log.warning("sender_waits_for_database", error=str(error))
            if claimed < self._settings.sms_batch_max:
                await asyncio.sleep(self._settings.sms_poll_seconds)

    async def send_batch(self) -> int:
        """Handles the messages that are due, at most a batch; returns how many they were."""
        claimed = await claim_messages(
            self._database,
            now=self._clock(),
            claim=timedelta(seconds=self._settings.sms_claim_seconds),
            count_max=self._settings.sms_batch_max,
        )
        if not claimed:
            return 0
        settlements = await asyncio.gather(*(self._deliver(message) for message in claimed))
        waiting = Counter(s.reason for s in settlements if s.state is MessageState.QUEUED)
        for reason, count in waiting.items():
            RETRIES.labels(reason).inc(count)
            log.warning("messages_wait", reason=reason, count=count)
        await settle_messages(self._database, settlements)
        return len(claimed)

    async def _deliver(self, message: ClaimedMessage) -> Settlement:
        """What became of one message; whatever fails must not hold up the others."""
        try:
            async with asyncio.timeout(self._settings.sms_delivery_timeout_seconds):
                phone = await self._contacts.phone(message.member_id)
                if not phone:
                    return _final(message, MessageState.SKIPPED, "NO_PHONE")
                provider_message_id = await self._provider.send(
                    OutgoingSms(message.message_id, phone, message.text)
                )
        except NotFound as error:
            return _final(message, MessageState.SKIPPED, error.reason)
        except ProviderRefused as error:
            return _final(message, MessageState.FAILED, error.reason)
        except ProviderUnavailable:
            return self._later(message, "PROVIDER_UNAVAILABLE")
        except TimeoutError:
            return self._later(message, "DELIVERY_TIMEOUT")
        except DomainError as error:
            # A lost peer, or one that refuses our token: nothing is wrong with the message.
            return self._later(message, error.reason)
        except Exception as error:
            # Its text may hold a phone number, so only its kind and place are logged.
            place = extract_tb(error.__traceback__)[-1]
            log.error(
                "delivery_broken",
                message_id=message.message_id,
                error=type(error).__name__,
                place=f"{place.filename}:{place.lineno}",
            )
            return self._later(message, "DELIVERY_BROKEN")
        return Settlement(
            message.message_id,
            message.attempt,
            MessageState.SENT,
            sent_at=self._clock(),
            provider_message_id=provider_message_id,
        )

    def _later(self, message: ClaimedMessage, reason: str) -> Settlement:
        pause_max = timedelta(seconds=self._settings.sms_retry_max_seconds)
        return Settlement(
            message.message_id,
            message.attempt,
            MessageState.QUEUED,
            reason,
            due_at=self._clock() + retry_pause(message.attempt, pause_max),
        )

    async def _set_gauges(self) -> None:
        async with self._database.read() as connection:
            backlog = await MessagesRepository(connection).backlog()
        oldest = backlog.oldest_queued_at
        BACKLOG.set(backlog.count)
        BACKLOG_AGE_SECONDS.set((self._clock() - oldest).total_seconds() if oldest else 0)


def _final(message: ClaimedMessage, state: MessageState, reason: str) -> Settlement:
    return Settlement(message.message_id, message.attempt, state, reason)
