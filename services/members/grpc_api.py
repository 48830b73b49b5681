"""yika.members.v1.MemberService: message -> use case -> message."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import grpc

from chassis.auth import current_principal
from chassis.clock import (
    from_proto_date,
    from_timestamp,
    to_proto_date,
    to_timestamp,
    utc_now,
)
from chassis.database import Database
from chassis.errors import Invalid
from chassis.ids import canonical_id
from chassis.paging import page_size
from services.members.domain.member import Channel, Member
from services.members.domain.member_change import MemberChange, MemberChangeKind
from services.members.settings import Settings
from services.members.storage.changes import ChangeRecord
from services.members.usecases.change_member import change_member
from services.members.usecases.check_members import check_members
from services.members.usecases.find_member import find_member_by_card_number, find_member_by_phone
from services.members.usecases.get_contact import get_contact
from services.members.usecases.get_earning_facts import get_earning_facts
from services.members.usecases.get_member import get_member
from services.members.usecases.list_member_changes import list_member_changes
from services.members.usecases.register_member import RegisterMember, register_member
from services.members.usecases.stream_member_stubs import stream_member_stubs
from yika.members.v1 import member_pb2, member_service_pb2, member_service_pb2_grpc


class MemberServicer(member_service_pb2_grpc.MemberServiceServicer):
    """Each method checks the caller's stores, reads the message, and calls one use case."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database

    async def RegisterMember(
        self, request: member_service_pb2.RegisterMemberRequest, _: grpc.aio.ServicerContext
    ) -> member_service_pb2.RegisterMemberResponse:
        """Registers a member with a first card."""
        command = _command(request)
        if command.store_id is not None:
            current_principal().require_store(command.store_id)
        registered = await register_member(
            self._database,
            command,
            now=utc_now(),
            phone_region=self._settings.phone_region,
            card_number_prefix=self._settings.card_number_prefix,
        )
        return member_service_pb2.RegisterMemberResponse(
            member=_message(registered.member), replayed=registered.replayed
        )

    async def GetMember(
        self, request: member_service_pb2.GetMemberRequest, _: grpc.aio.ServicerContext
    ) -> member_service_pb2.GetMemberResponse:
        """Reads one member by id."""
        member = await get_member(self._database, canonical_id(request.member_id, "member_id"))
        return member_service_pb2.GetMemberResponse(member=_message(member))

    async def FindMember(
        self, request: member_service_pb2.FindMemberRequest, _: grpc.aio.ServicerContext
    ) -> member_service_pb2.FindMemberResponse:
        """Finds one member by card number or phone."""
        match request.WhichOneof("key"):
            case "card_number":
                member = await find_member_by_card_number(self._database, request.card_number)
            case "phone":
                member = await find_member_by_phone(
                    self._database, request.phone, phone_region=self._settings.phone_region
                )
            case _:
                raise Invalid("KEY_MISSING", "card_number or phone is required", {"field": "key"})
        return member_service_pb2.FindMemberResponse(member=_message(member))

    async def GetContact(
        self, request: member_service_pb2.GetContactRequest, _: grpc.aio.ServicerContext
    ) -> member_service_pb2.GetContactResponse:
        """Tells how to reach a member."""
        phone = await get_contact(self._database, canonical_id(request.member_id, "member_id"))
        return member_service_pb2.GetContactResponse(phone=phone or "")

    async def CheckMembers(
        self, request: member_service_pb2.CheckMembersRequest, _: grpc.aio.ServicerContext
    ) -> member_service_pb2.CheckMembersResponse:
        """Tells which of the given ids exist."""
        asked = [canonical_id(member_id, "member_ids") for member_id in request.member_ids]
        known = await check_members(self._database, asked)
        return member_service_pb2.CheckMembersResponse(known_member_ids=known)

    async def GetEarningFacts(
        self, request: member_service_pb2.GetEarningFactsRequest, _: grpc.aio.ServicerContext
    ) -> member_service_pb2.GetEarningFactsResponse:
        """Tells what rules of earning ask of members."""
        asked = [canonical_id(member_id, "member_ids") for member_id in request.member_ids]
        facts = await get_earning_facts(
            self._database, asked, with_birth_date=request.with_birth_date
        )
        return member_service_pb2.GetEarningFactsResponse(
            facts=[
                member_pb2.EarningFacts(
                    member_id=each.member_id,
                    tier_code=each.tier_code,
                    birth_month=each.birth_month,
                    birth_day=each.birth_day,
                )
                for each in facts
            ]
        )

    async def SetMemberTier(
        self, request: member_service_pb2.SetMemberTierRequest, _: grpc.aio.ServicerContext
    ) -> member_service_pb2.SetMemberTierResponse:
        """Gives a member a tier, or takes it away."""
        change = replace(_change(request, MemberChangeKind.TIER), tier_code=request.tier_code)
        replayed = await change_member(self._database, change)
        return member_service_pb2.SetMemberTierResponse(replayed=replayed)

    async def UpdateBirthDate(
        self, request: member_service_pb2.UpdateBirthDateRequest, _: grpc.aio.ServicerContext
    ) -> member_service_pb2.UpdateBirthDateResponse:
        """Sets or removes a member's date of birth."""
        change = replace(
            _change(request, MemberChangeKind.BIRTH_DATE), birth_date=_birth_date(request)
        )
        replayed = await change_member(self._database, change)
        return member_service_pb2.UpdateBirthDateResponse(replayed=replayed)

    async def ListMemberChanges(
        self, request: member_service_pb2.ListMemberChangesRequest, _: grpc.aio.ServicerContext
    ) -> member_service_pb2.ListMemberChangesResponse:
        """Lists what was changed about a member."""
        member_id = canonical_id(request.member_id, "member_id")
        limit = page_size(request.page_size, default=50, maximum=500)
        rows, next_page_token = await list_member_changes(
            self._database, member_id, request.page_token, limit
        )
        return member_service_pb2.ListMemberChangesResponse(
            changes=[_change_message(row) for row in rows], next_page_token=next_page_token
        )

    async def StreamMemberStubs(
        self, request: member_service_pb2.StreamMemberStubsRequest, _: grpc.aio.ServicerContext
    ) -> AsyncIterator[member_service_pb2.StreamMemberStubsResponse]:
        """Streams the stubs that changed after a revision."""
        async for stubs in stream_member_stubs(self._database, request.after_revision):
            piece = member_service_pb2.StreamMemberStubsResponse()
            for stub in stubs:
                piece.stubs.add(
                    member_id=stub.member_id,
                    card_numbers=stub.card_numbers,
                    revision=stub.revision,
                )
            yield piece


def _command(request: member_service_pb2.RegisterMemberRequest) -> RegisterMember:
    registered_at = None
    if request.HasField("registered_time"):
        registered_at = from_timestamp(request.registered_time, "registered_time")
    return RegisterMember(
        member_id=canonical_id(request.member_id, "member_id"),
        name=request.name,
        phone=request.phone,
        card_number=request.card_number,
        store_id=canonical_id(request.store_id, "store_id") if request.store_id else None,
        channel=_channel(request.channel),
        registered_at=registered_at,
        birth_date=_birth_date(request),
    )


def _birth_date(
    request: member_service_pb2.RegisterMemberRequest | member_service_pb2.UpdateBirthDateRequest,
) -> date | None:
    if not request.HasField("birth_date"):
        return None
    return from_proto_date(request.birth_date, "birth_date")


def _change(
    request: member_service_pb2.SetMemberTierRequest | member_service_pb2.UpdateBirthDateRequest,
    kind: MemberChangeKind,
) -> MemberChange:
    return MemberChange(
        change_id=canonical_id(request.change_id, "change_id"),
        member_id=canonical_id(request.member_id, "member_id"),
        kind=kind,
        reason=request.reason,
        changed_by=current_principal().subject,
        changed_at=utc_now(),
    )


def _change_message(row: ChangeRecord) -> member_pb2.MemberChange:
    return member_pb2.MemberChange(
        change_id=row.change_id,
        member_id=row.member_id,
        kind=f"MEMBER_CHANGE_KIND_{row.kind.upper()}",
        tier_code=row.tier_code,
        previous_tier_code=row.previous_tier_code if row.kind == MemberChangeKind.TIER else "",
        reason=row.reason,
        changed_by=row.changed_by,
        changed_time=to_timestamp(row.changed_at),
    )


def _channel(number: int) -> Channel:
    """The channel of an enum value; proto3 lets any number through."""
    if number not in member_pb2.Channel.values():
        raise Invalid(
            "UNKNOWN_CHANNEL", f"{number} is no channel", {"field": "channel", "value": number}
        )
    return Channel[member_pb2.Channel.Name(number).removeprefix("CHANNEL_")]


def _message(member: Member) -> member_pb2.Member:
    message = member_pb2.Member(
        member_id=member.member_id,
        name=member.name,
        phone=member.phone or "",
        store_id=member.store_id or "",
        channel=f"CHANNEL_{member.channel.name}",
        registered_time=to_timestamp(member.registered_at),
        tier_code=member.tier_code,
        birth_date=to_proto_date(member.birth_date) if member.birth_date else None,
    )
    for card in member.cards:
        message.cards.add(card_number=card.card_number, issued_time=to_timestamp(card.issued_at))
    return message
