"""yika.messaging.v1.MessagingService: message -> use case -> message."""

import grpc

from chassis.clock import to_timestamp
from chassis.database import Database
from chassis.errors import Invalid
from chassis.ids import canonical_id
from chassis.paging import decode_page_token, encode_page_token, page_size
from services.messaging.domain.message import Message
from services.messaging.usecases.list_messages import list_messages
from yika.messaging.v1 import messaging_service_pb2, messaging_service_pb2_grpc

_PAGE_SIZE_DEFAULT = 50
_PAGE_SIZE_MAX = 500


class MessagingServicer(messaging_service_pb2_grpc.MessagingServiceServicer):
    """Each method reads the message and calls one use case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ListMessages(
        self, request: messaging_service_pb2.ListMessagesRequest, _: grpc.aio.ServicerContext
    ) -> messaging_service_pb2.ListMessagesResponse:
        """Lists messages, newest first."""
        messages, last_message_id = await list_messages(
            self._database,
            member_id=canonical_id(request.member_id, "member_id") if request.member_id else None,
            before_message_id=_before(request.page_token),
            count_max=page_size(
                request.page_size, default=_PAGE_SIZE_DEFAULT, maximum=_PAGE_SIZE_MAX
            ),
        )
        return messaging_service_pb2.ListMessagesResponse(
            messages=[_message(message) for message in messages],
            next_page_token=encode_page_token(last_message_id) if last_message_id else "",
        )


def _before(page_token: str) -> str | None:
    key = decode_page_token(page_token, str)
    if key is None:
        return None
    try:
        return canonical_id(str(key[0]), "page_token")
    except Invalid:
        raise Invalid(
            "INVALID_PAGE_TOKEN", "page_token is not one that this list gave out"
        ) from None


def _message(message: Message) -> messaging_service_pb2.Message:
    return messaging_service_pb2.Message(
        message_id=message.message_id,
        member_id=message.member_id,
        template=message.template,
        text=message.text,
        state=f"MESSAGE_STATE_{message.state.name}",
        reason=message.reason,
        queued_time=to_timestamp(message.queued_at),
        sent_time=to_timestamp(message.sent_at) if message.sent_at else None,
    )
