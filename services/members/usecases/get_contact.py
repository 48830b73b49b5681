"""Tells how to reach a member."""

from chassis.database import Database
from chassis.errors import NotFound
from services.members.storage.repository import MembersRepository


async def get_contact(database: Database, member_id: str) -> str | None:
    """The phone in E.164, None when the member gave none; NotFound with MEMBER_NOT_FOUND."""
    async with database.read() as connection:
        exists, phone = await MembersRepository(connection).phone(member_id)
    if not exists:
        raise NotFound("MEMBER_NOT_FOUND", "there is no such member", {"member_id": member_id})
    return phone
