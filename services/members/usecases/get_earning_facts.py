"""Tells what rules of earning ask of members: tiers, and month and day of birth when asked for."""

from collections.abc import Sequence

from chassis.database import Database
from services.members.domain.member import EarningFacts
from services.members.domain.member_ids import distinct_ids
from services.members.storage.repository import MembersRepository


async def get_earning_facts(
    database: Database, member_ids: Sequence[str], *, with_birth_date: bool
) -> list[EarningFacts]:
    """The facts of those of the canonical ids that are members, in the order asked, each once.

    Invalid with BATCH_EMPTY or BATCH_TOO_LARGE unless there are 1 to 500.
    """
    asked = distinct_ids(member_ids)
    async with database.read() as connection:
        facts = await MembersRepository(connection).earning_facts(
            asked, with_birth_date=with_birth_date
        )
    return [facts[member_id] for member_id in asked if member_id in facts]
