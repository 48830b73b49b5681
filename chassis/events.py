"""Events on the wire: CloudEvents 1.0 in binary mode on NATS JetStream, protobuf bodies.

Type = full proto name, subject = yika.<service>.<fact>.v1, one stream per producing service.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import nats
from google.protobuf.message import Message
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from chassis.logs import get_logger

EVENT_BYTES_MAX = 512 * 1024
# A second copy with the same id within this window never enters the stream; later ones are
# stopped by the inbox.
DUPLICATE_WINDOW_SECONDS = 600.0
_COPIES_SECONDS = 2.0  # to ask for more of a stream: less than the relay waits for the stream
STREAM_MAX_AGE_SECONDS = 30 * 86_400.0

log = get_logger(__name__)
_REQUIRED_HEADERS = ("ce-id", "ce-type", "ce-source", "ce-time", "ce-specversion")
_TYPE_PATTERN = re.compile(r"^yika\.([a-z]+)\.(v[0-9]+)\.([A-Za-z]+)$")


def subject_of(event_type: str) -> str:
    """The subject of an event type: yika.points.v1.SalesPosted -> yika.points.sales_posted.v1."""
    match = _TYPE_PATTERN.match(event_type)
    if match is None:
        raise ValueError(f"{event_type} is not yika.<service>.<version>.<Fact>")
    service, version, fact = match.groups()
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", fact).lower()
    return f"yika.{service}.{snake}.{version}"


def producer_of(event_type: str) -> str:
    """The service that publishes an event type."""
    return event_type.split(".")[1]


def stream_of(service: str) -> str:
    """The stream that holds a service's events."""
    return f"YIKA_{service.upper()}"


@dataclass(frozen=True, slots=True)
class EventHeaders:
    """What an event says about itself."""

    event_id: str
    event_type: str
    source: str
    occurred_at: datetime
    member_id: str  # lane of the event; empty for none
    traceparent: str

    def encode(self) -> dict[str, str]:
        """The NATS headers, CloudEvents attributes with their ce- prefix."""
        headers = {
            "ce-specversion": "1.0",
            "ce-id": self.event_id,
            "ce-type": self.event_type,
            "ce-source": self.source,
            "ce-time": self.occurred_at.astimezone(UTC).isoformat(),
            "ce-subject": subject_of(self.event_type),
            "content-type": "application/protobuf",
            "Nats-Msg-Id": self.event_id,
        }
        if self.member_id:
            headers["ce-memberid"] = self.member_id
        if self.traceparent:
            headers["traceparent"] = self.traceparent
        return headers

    @classmethod
    def decode(cls, headers: Mapping[str, str] | None) -> "EventHeaders":
        """Reads the headers of a message; ValueError when it is no CloudEvent of version 1.0."""
        given = {key.lower(): value for key, value in (headers or {}).items()}
        missing = [name for name in _REQUIRED_HEADERS if not given.get(name)]
        if missing:
            raise ValueError(f"not a CloudEvent: no {', '.join(missing)}")
        if (version := given["ce-specversion"]) != "1.0":
            raise ValueError(f"not a CloudEvent of version 1.0: specversion {version}")
        return cls(
            event_id=given["ce-id"],
            event_type=given["ce-type"],
            source=given["ce-source"],
            occurred_at=datetime.fromisoformat(given["ce-time"]),
            member_id=given.get("ce-memberid", ""),
            traceparent=given.get("traceparent", ""),
        )


def decode_event(
    subject: str, headers: EventHeaders, payload: bytes, message_class: type[Message]
) -> Message:
    """The message of an event; ValueError when subject, type and body do not belong together."""
    expected = message_class.DESCRIPTOR.full_name
    if headers.event_type != expected or subject != subject_of(expected):
        raise ValueError(f"type {headers.event_type} on subject {subject}; expected {expected}")
    message = message_class()
    try:
        message.ParseFromString(payload)
    except Exception as error:
        raise ValueError(f"the body is no {expected}: {error}") from error
    return message


class EventBus:
    """The connection to NATS, made at first use; it goes on trying for ever, so that the parts of
    a stack may start in any order."""

    def __init__(self, url: str, *, service: str, replicas: int = 1) -> None:
        self._url = url
        self._service = service
        self._replicas = replicas
        self._client: Client | None = None
        self._connecting = asyncio.Lock()
        self._ensured: set[str] = set()

    async def jetstream(self) -> JetStreamContext:
        """The JetStream context; waits for the first connection, not for a lost one."""
        async with self._connecting:
            # A server may end a connection for good (too many of them, other credentials), and
            # the client takes that as final; whoever asks again gets a new one.
            if self._client is None or self._client.is_closed:
                self.forget_streams()
                self._client = await nats.connect(
                    self._url,
                    name=f"yika-{self._service}",
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=0.5,
                    connect_timeout=2,
                    ping_interval=5,
                    max_outstanding_pings=2,
                    pending_size=16 * 1024 * 1024,
                    reconnected_cb=self._reconnected,
                    error_cb=self._failed,
                )
        return self._client.jetstream(timeout=5)

    def forget_streams(self) -> None:
        """Looks at every stream again before its next use: one may be gone from the server."""
        self._ensured.clear()

    async def _reconnected(self) -> None:
        self.forget_streams()  # the server may have lost its disk with its process
        log.info("nats_reconnected")

    async def _failed(self, error: Exception) -> None:
        log.warning("nats_error", error=repr(error))

    async def ensure_stream(self, service: str) -> str:
        """Makes sure that a service's stream exists, whoever comes first; returns its name."""
        name = stream_of(service)
        if name in self._ensured:
            return name
        config = StreamConfig(
            name=name,
            subjects=[f"yika.{service}.>"],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=DiscardPolicy.OLD,
            max_age=STREAM_MAX_AGE_SECONDS,
            duplicate_window=DUPLICATE_WINDOW_SECONDS,
            num_replicas=self._replicas,
        )
        jetstream = await self.jetstream()
        try:
            found = (await jetstream.stream_info(name)).config
        except NotFoundError:
            found = (await jetstream.add_stream(config)).config
        if (found.num_replicas or 1) < self._replicas:
            await self._add_copies(jetstream, found)
        self._ensured.add(name)
        return name

    async def _add_copies(self, jetstream: JetStreamContext, found: StreamConfig) -> None:
        """Asks for more copies of a stream. Never for fewer: pods with another setting may run.

        A stream with too few goes on: that its servers are too few, or that this client may not
        change it, must not stop the events.
        """
        copies = {"stream": found.name, "found": found.num_replicas, "wanted": self._replicas}
        try:
            async with asyncio.timeout(_COPIES_SECONDS):
                await jetstream.update_stream(found, num_replicas=self._replicas)
            log.info("stream_copies_added", **copies)
        except (NatsError, TimeoutError) as error:
            log.error("stream_copies_not_added", **copies, error=repr(error))

    async def close(self) -> None:
        """Closes the connection."""
        if self._client is not None:
            await self._client.close()
