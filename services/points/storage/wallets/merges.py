"""The only SQL that follows merges both ways: whose value a member may use beside its own."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.wallets.merges import Merges
from services.points.storage.driver import Driver, fetch

# Up to who answers for them now, and from there down to everybody who was merged.
_FAMILIES = """
    WITH RECURSIVE heirs (member_id) AS (
        SELECT unnest($1::uuid[])
        UNION
        SELECT wallets.merged_into FROM wallets JOIN heirs USING (member_id)
        WHERE wallets.merged_into IS NOT NULL
    ), families (member_id) AS (
        SELECT member_id FROM heirs
        UNION
        SELECT wallets.member_id FROM wallets JOIN families
            ON wallets.merged_into = families.member_id
    )
    SELECT wallets.member_id, wallets.merged_into FROM wallets JOIN families USING (member_id)
    WHERE wallets.merged_into IS NOT NULL
    """


_HEIRS = """
    WITH RECURSIVE heirs (member_id, merged_into) AS (
        SELECT member_id, merged_into FROM wallets
        WHERE member_id = ANY($1::uuid[]) AND merged_into IS NOT NULL
        UNION
        SELECT wallets.member_id, wallets.merged_into FROM wallets JOIN heirs
            ON wallets.member_id = heirs.merged_into
        WHERE wallets.merged_into IS NOT NULL
    )
    SELECT member_id, merged_into FROM heirs
    """


async def load_merges(connection: AsyncConnection, member_ids: Iterable[str]) -> Merges:
    """The merges of the members' families; they stay while a wallet of the family is locked."""
    return _merges(await fetch(connection, _FAMILIES, sorted(set(member_ids))))


async def load_merges_on(driver: Driver, member_ids: Iterable[str]) -> Merges:
    """The same inside the door's transaction."""
    return _merges(await driver.fetch(_FAMILIES, sorted(set(member_ids))))


async def load_heirs(driver: Driver, member_ids: Iterable[str]) -> Merges:
    """Enough of the merges to tell who answers for these members; nothing is locked."""
    return _merges(await driver.fetch(_HEIRS, sorted(set(member_ids))))


async def heirs_of(driver: Driver, member_ids: Iterable[str]) -> set[str]:
    """Into whom the members were merged, and these in turn; nothing is locked."""
    return set((await load_heirs(driver, member_ids)).into.values())


def _merges(rows: Iterable[Any]) -> Merges:
    return Merges({str(row["member_id"]): str(row["merged_into"]) for row in rows})
