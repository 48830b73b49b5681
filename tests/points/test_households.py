"""Linking households over a real database: services/points/usecases/wallets/change_wallets.py."""

import asyncio

from sqlalchemy import text

from chassis.database import Database, outbox_table
from chassis.errors import DomainError
from chassis.ids import new_id
from services.points.domain.wallets.wallet_change import HOUSEHOLD_MEMBERS_MAX
from services.points.usecases.wallets.change_wallets import change_wallets
from services.points.usecases.wallets.read_wallet_changes import read_household
from tests.fixtures.builders_points import build_chain
from tests.fixtures.wallet_changes import (
    LINKED,
    UNLINKED,
    build_change,
    history,
    why_refused,
)
from tests.fixtures.wallet_commands import (
    done,
    merge_command,
    stored_wallet,
)
from yika.points.v1 import wallet_events_pb2


async def rows(database: Database, table: str) -> int:
    """How many rows a table has."""
    async with database.read() as connection:
        return int(await connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608


class TestLinkHousehold:
    async def test_adds_and_takes_out_members(self, database: Database) -> None:
        _, members = await build_chain(database, 3)
        household = new_id()
        link = build_change(LINKED, *members[:2], household_id=household)
        assert not await change_wallets(database, link)
        assert await change_wallets(database, link)
        assert await read_household(database, household) == sorted(members[:2])
        await change_wallets(database, build_change(LINKED, *members[1:], household_id=household))
        assert await read_household(database, household) == sorted(members)
        out = build_change(UNLINKED, members[0], household_id=household)
        assert not await change_wallets(database, out)
        assert await change_wallets(database, out)
        assert await read_household(database, household) == sorted(members[1:])
        assert [kind for kind, _, _ in await history(database, members[0])] == [UNLINKED, LINKED]
        assert (await stored_wallet(database, members[1])).household_id == household

    async def test_refuses_what_cannot_be(self, database: Database) -> None:
        chain, members = await build_chain(database, 3)
        household = new_id()
        await change_wallets(database, build_change(LINKED, members[0], household_id=household))
        for change, expected in (
            (build_change(LINKED, members[0], household_id=new_id()), "IN_ANOTHER_HOUSEHOLD"),
            (build_change(UNLINKED, members[0], household_id=new_id()), "NOT_IN_HOUSEHOLD"),
            (
                build_change(UNLINKED, members[0], members[1], household_id=household),
                "NOT_IN_HOUSEHOLD",
            ),
        ):
            assert await why_refused(database, change) == expected
        await done(database, merge_command(chain, members[1], members[2]))
        change = build_change(LINKED, members[1], household_id=household)
        assert await why_refused(database, change) == "MEMBER_MERGED"
        assert await read_household(database, household) == [members[0]]

    async def test_refuses_an_id_with_other_members(self, database: Database) -> None:
        _, members = await build_chain(database, 3)
        first = build_change(LINKED, *members[:2], household_id=new_id())
        await change_wallets(database, first)
        for named in (members[:1], members, [members[1], members[0]]):
            other = build_change(
                LINKED,
                *named,
                change_id=first.change_id,
                household_id=first.household_id,
                store_id=first.store_id,
            )
            assert await why_refused(database, other) == "ID_REUSED"

    async def test_households_stay_small_however_many_join_at_once(
        self, database: Database
    ) -> None:
        _, members = await build_chain(database, HOUSEHOLD_MEMBERS_MAX + 8)
        household = new_id()
        answers = await asyncio.gather(
            *(
                change_wallets(database, build_change(LINKED, *pair, household_id=household))
                for pair in zip(members[::2], members[1::2], strict=True)
            ),
            return_exceptions=True,
        )
        reasons = [answer.reason for answer in answers if isinstance(answer, DomainError)]
        assert reasons == ["HOUSEHOLD_TOO_LARGE"] * 4
        assert len(await read_household(database, household)) == HOUSEHOLD_MEMBERS_MAX

    async def test_refusal_writes_nothing(self, database: Database) -> None:
        _, members = await build_chain(database, 2)
        before = {t: await rows(database, t) for t in ("wallets", "wallet_changes", "outbox")}
        change = build_change(UNLINKED, *members, household_id=new_id())
        assert await why_refused(database, change) == "NOT_IN_HOUSEHOLD"
        assert {t: await rows(database, t) for t in before} == before

    async def test_tells_others(self, database: Database) -> None:
        _, members = await build_chain(database, 2)
        change = build_change(LINKED, *members, household_id=new_id())
        await change_wallets(database, change)
        out = build_change(UNLINKED, members[0], household_id=change.household_id)
        await change_wallets(database, out)
        async with database.read() as connection:
            found = (await connection.execute(outbox_table.select())).all()
        joined, left = (
            [
                event_type.FromString(row.payload)
                for row in found
                if row.event_type == event_type.DESCRIPTOR.full_name
                and str(change.household_id).encode() in row.payload
            ]
            for event_type in (
                wallet_events_pb2.HouseholdLinked,
                wallet_events_pb2.HouseholdUnlinked,
            )
        )
        assert [list(event.member_ids) for event in joined] == [members]
        assert [list(event.member_ids) for event in left] == [members[:1]]
