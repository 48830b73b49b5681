"""Reads one member by id."""

from chassis.database import Database
from chassis.errors import NotFound
from services.members.domain.member import Member
from services.members.storage.repository import MembersRepository


async def get_member(database: Database, member_id: str) -> Member:
    """The member; NotFound with MEMBER_NOT_FOUND."""
    async with database.read() as connection:
        member = await MembersRepository(connection).get(member_id)
    if member is None:
        raise NotFound("MEMBER_NOT_FOUND", "there is no such member", {"member_id": member_id})
    return member
