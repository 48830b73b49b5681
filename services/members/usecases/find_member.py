"""Finds the member behind a card or a phone."""

from chassis.database import Database
from chassis.errors import NotFound
from services.members.domain.card_number import canonical_card_number
from services.members.domain.member import Member
from services.members.phone_numbers import parse_phone
from services.members.storage.repository import MembersRepository


async def find_member_by_card_number(database: Database, card_number: str) -> Member:
    """The member who holds the card; NotFound with MEMBER_NOT_FOUND."""
    number = canonical_card_number(card_number)
    async with database.read() as connection:
        return _found(await MembersRepository(connection).find_by_card_number(number))


async def find_member_by_phone(database: Database, phone: str, *, phone_region: str) -> Member:
    """The member with the phone, in any usual writing; NotFound with MEMBER_NOT_FOUND."""
    e164 = parse_phone(phone, phone_region).e164
    async with database.read() as connection:
        return _found(await MembersRepository(connection).find_by_phone(e164))


def _found(member: Member | None) -> Member:
    # What was looked for is personal, so the refusal does not repeat it.
    if member is None:
        raise NotFound("MEMBER_NOT_FOUND", "no member has this card or phone")
    return member
