"""Tells which ids are members."""

from collections.abc import Sequence

from chassis.database import Database
from services.members.domain.member_ids import distinct_ids
from services.members.storage.repository import MembersRepository


async def check_members(database: Database, member_ids: Sequence[str]) -> list[str]:
    """Those of the canonical ids that exist, in the order asked, each once.

    Invalid with BATCH_EMPTY or BATCH_TOO_LARGE unless there are 1 to 500.
    """
    asked = distinct_ids(member_ids)
    async with database.read() as connection:
        known = await MembersRepository(connection).known(asked)
    return [member_id for member_id in asked if member_id in known]
