"""Asks the members service for phone numbers. They are used at once and never stored."""

import grpc

from chassis.error_mapping import from_grpc
from yika.members.v1 import member_service_pb2, member_service_pb2_grpc


class MemberContacts:
    """yika.members.v1.MemberService.GetContact over a channel."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = member_service_pb2_grpc.MemberServiceStub(channel)

    async def phone(self, member_id: str) -> str:
        """The phone in E.164, empty when the member gave none.

        Raises what members answers as a DomainError: NotFound for an unknown member.
        """
        try:
            contact = await self._stub.GetContact(
                member_service_pb2.GetContactRequest(member_id=member_id)
            )
        except grpc.RpcError as error:
            raise from_grpc(error) from error
        return str(contact.phone)
