"""Migration 0017 on a database that holds what the release before it let in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.migrations import migrate
from tests.fixtures.servers import Servers, create_database

NOON = datetime(2026, 5, 2, 12, tzinfo=UTC)
_SHARE = text(
    """
    INSERT INTO pass_shares (member_id, share_id, pass_id, user_member_id, shared_at, document,
                             ended_at, unshare_id, end_document)
    VALUES (:owner, :share, :pass, :user, :at, '', :at, :unshare, '')
    """
)
_SHARES = text(
    """
    SELECT member_id::text, share_id::text, unshare_id::text FROM pass_shares
    ORDER BY shared_at, member_id
    """
)


async def shares_after(servers: Servers, shares: Sequence[tuple[str, str, str]]) -> list[Any]:
    """Owner, id and id of the end of what was shared in this order, as the migration leaves it."""
    async with create_database(servers, "points") as url:
        database = Database(url, service="points")
        try:
            await migrate("points", database, "0016")
            async with database.transaction() as tx:
                for hours, (owner, share, unshare) in enumerate(shares):
                    values = {"owner": owner, "share": share, "unshare": unshare}
                    values |= {"pass": new_id(), "user": new_id()}
                    await tx.connection.execute(
                        _SHARE, values | {"at": NOON + timedelta(hours=hours)}
                    )
            await migrate("points", database)
            async with database.read() as connection:
                return [tuple(row) for row in await connection.execute(_SHARES)]
        finally:
            await database.dispose()


async def test_the_later_of_two_owners_with_one_id_gets_another(servers: Servers) -> None:
    owners = [new_id() for _ in range(4)]
    share, unshare = new_id(), new_id()
    given = [
        (owners[0], share, unshare),
        (owners[1], share, new_id()),
        (owners[2], new_id(), unshare),
        (owners[3], share, unshare),
    ]
    left = await shares_after(servers, given)
    assert [owner for owner, _, _ in left] == owners
    assert left[0] == given[0]
    assert left[1][2] == given[1][2]
    assert left[2][1] == given[2][1]
    assert len({share_id for _, share_id, _ in left}) == 4
    assert len({unshare_id for _, _, unshare_id in left}) == 4
