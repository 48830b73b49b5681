"""Hands out the stubs that changed after a revision."""

from collections.abc import AsyncIterator

from chassis.database import Database
from chassis.errors import Invalid
from services.members.domain.member import MemberStub
from services.members.storage.repository import MembersRepository

STUBS_PER_PIECE_MAX = 1000


async def stream_member_stubs(
    database: Database, after_revision: int
) -> AsyncIterator[list[MemberStub]]:
    """Pieces of up to 1,000 stubs in order of revision, to the newest at the time of reading.

    Each piece is a read of its own, so that a slow caller keeps no transaction open; a stub that
    changes meanwhile moves to a higher revision and comes later, at most once more.
    Invalid with INVALID_REVISION when `after_revision` is negative.
    """
    if after_revision < 0:
        raise Invalid(
            "INVALID_REVISION", "after_revision must not be negative", {"field": "after_revision"}
        )
    while True:
        async with database.read() as connection:
            stubs = await MembersRepository(connection).stubs_after(
                after_revision, STUBS_PER_PIECE_MAX
            )
        if stubs:
            yield stubs
            after_revision = stubs[-1].revision
        if len(stubs) < STUBS_PER_PIECE_MAX:
            return
