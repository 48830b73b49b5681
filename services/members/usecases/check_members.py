"""Tells which ids are members."""

from collections.abc import Sequence

from chassis.database import Database
from chassis.errors import Invalid
from services.members.storage.repository import MembersRepository

MEMBER_IDS_MAX = 500


async def check_members(database: Database, member_ids: Sequence[str]) -> list[str]:
    """Those of the canonical ids that exist, in the order asked, each once.

    Invalid with BATCH_EMPTY or BATCH_TOO_LARGE unless there are 1 to 500.
    """
    if not member_ids:
        raise Invalid("BATCH_EMPTY", "member_ids is required", {"field": "member_ids"})
    if len(member_ids) > MEMBER_IDS_MAX:
        raise Invalid(
            "BATCH_TOO_LARGE",
            f"at most {MEMBER_IDS_MAX} member_ids at a time",
            {"field": "member_ids", "count": len(member_ids), "count_max": MEMBER_IDS_MAX},
        )
    asked = list(dict.fromkeys(member_ids))
    async with database.read() as connection:
        known = await MembersRepository(connection).known(asked)
    return [member_id for member_id in asked if member_id in known]
