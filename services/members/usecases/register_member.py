"""Registers a member with a first card: the house example of a write."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from prometheus_client import Counter

from chassis.clock import to_timestamp
from chassis.database import Database, Transaction
from chassis.errors import AlreadyExists, Exhausted, id_reused
from services.members.domain.card_number import make_card_number
from services.members.domain.member import Card, Channel, Member
from services.members.domain.registration import Registration, canonical_registration
from services.members.phone_numbers import parse_phone
from services.members.storage.repository import MembersRepository
from yika.members.v1 import events_pb2

REGISTERED = Counter("yika_members_registered_total", "Members registered.", ["channel"])

# Numbers that the service would make can have been given to cards by hand before; so many in a
# row mean that the prefix is another card scheme's.
_CARD_NUMBER_ATTEMPTS_MAX = 100


@dataclass(frozen=True, slots=True)
class RegisterMember:
    """What a caller sends; ids are canonical, the rest is as it was typed."""

    member_id: str
    name: str
    phone: str  # any usual writing; empty for none
    card_number: str  # empty: the service makes one
    store_id: str | None
    channel: Channel
    registered_at: datetime | None  # None: now
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """The member as stored, and whether an earlier request had stored it."""

    member: Member
    replayed: bool


async def register_member(
    database: Database,
    command: RegisterMember,
    *,
    now: datetime,
    phone_region: str,
    card_number_prefix: str,
) -> Registered:
    """Stores member, card, stub and event in one commit, or nothing.

    The same id with the same content returns the stored member. Refuses with Invalid and the
    reason of the broken rule, or AlreadyExists: ID_REUSED, PHONE_TAKEN, CARD_NUMBER_TAKEN.
    """
    phone = parse_phone(command.phone, phone_region) if command.phone.strip() else None
    registration = canonical_registration(
        member_id=command.member_id,
        name=command.name,
        phone=phone.e164 if phone else None,
        card_number=command.card_number,
        store_id=command.store_id,
        channel=command.channel,
        registered_at=command.registered_at,
        birth_date=command.birth_date,
        now=now,
    )
    member = Member(
        member_id=registration.member_id,
        name=registration.name,
        phone=registration.phone,
        cards=(),
        store_id=registration.store_id,
        channel=registration.channel,
        registered_at=registration.registered_at or now,
        birth_date=registration.birth_date,
    )
    async with database.transaction() as tx:
        members = MembersRepository(tx.connection)
        if not await members.add(member, registration.content_hash()):
            return await _answer_again(members, registration)
        card = await _issue_card(members, member, registration.card_number, card_number_prefix)
        _publish(tx, member, has_phone=phone is not None and phone.takes_sms)
        await members.mark_stub_changed(member.member_id)
        tx.after_commit(REGISTERED.labels(member.channel.value).inc)
    return Registered(replace(member, cards=(card,)), replayed=False)


async def _answer_again(members: MembersRepository, registration: Registration) -> Registered:
    """The answer to an id or a phone that is there already."""
    earlier = await members.registration_hash(registration.member_id)
    if earlier is None:
        raise AlreadyExists(
            "PHONE_TAKEN", "another member has this phone number", {"field": "phone"}
        )
    stored = await members.get(registration.member_id)
    if earlier != registration.content_hash() or stored is None:
        raise id_reused("member_id", registration.member_id)
    return Registered(stored, replayed=True)


async def _issue_card(
    members: MembersRepository, member: Member, card_number: str | None, prefix: str
) -> Card:
    """Gives the member the card that was asked for, or one with a number of our own."""
    if card_number is not None:
        card = Card(card_number, issued_at=member.registered_at)
        if not await members.add_card(member.member_id, card):
            raise AlreadyExists(
                "CARD_NUMBER_TAKEN", "another card has this number", {"field": "card_number"}
            )
        return card
    for _ in range(_CARD_NUMBER_ATTEMPTS_MAX):
        serial = await members.next_card_serial()
        card = Card(make_card_number(prefix, serial), issued_at=member.registered_at)
        if await members.add_card(member.member_id, card):
            return card
    raise Exhausted(
        "CARD_NUMBERS_EXHAUSTED",
        "the numbers that this service makes are taken; set another card number prefix",
        {"prefix": prefix},
    )


def _publish(tx: Transaction, member: Member, *, has_phone: bool) -> None:
    event = events_pb2.MembersRegistered()
    event.members.add(
        member_id=member.member_id,
        store_id=member.store_id or "",
        channel=f"CHANNEL_{member.channel.name}",
        registered_time=to_timestamp(member.registered_at),
        has_phone=has_phone,
    )
    tx.publish(event, member_id=member.member_id)
