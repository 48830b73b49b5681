"""Hands out the stubs that changed after a revision."""

from collections.abc import AsyncIterator

from chassis.database import Database
from chassis.errors import Invalid
from services.members.domain.member import MemberStub
from services.members.storage.repository import MembersRepository

STUBS_PER_PIECE_MAX = 1000
# A transaction holds this many row locks at most; an import leaves hundreds of thousands.
NUMBERED_AT_ONCE_MAX = 10_000


async def stream_member_stubs(
    database: Database, after_revision: int
) -> AsyncIterator[list[MemberStub]]:
    """Pieces of up to 1,000 stubs in order of revision, to the newest at the time of asking.

    What has changed since somebody last asked is numbered first. Each piece is a read of its
    own, so that a slow caller keeps no transaction open; a stub that changes meanwhile moves to
    a higher revision and comes again.
    Invalid with INVALID_REVISION when `after_revision` is negative.
    """
    if after_revision < 0:
        raise Invalid(
            "INVALID_REVISION", "after_revision must not be negative", {"field": "after_revision"}
        )
    await _number_changes(database)
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


async def _number_changes(database: Database) -> None:
    while True:
        async with database.transaction() as tx:
            numbered = await MembersRepository(tx.connection).number_stub_changes(
                NUMBERED_AT_ONCE_MAX
            )
        if numbered < NUMBERED_AT_ONCE_MAX:
            return
