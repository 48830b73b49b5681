"""The verification of who was merged into whom, over a real database."""

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from services.points.domain.audit.breaks import BreakKind
from services.points.usecases.audit.list_breaks import BreakView, list_breaks
from tests.fixtures.audit import prove_books, verify_all
from tests.fixtures.builders_points import Chain, build_chain
from tests.fixtures.own_ledger import database
from tests.fixtures.wallet_commands import done, give, merge_command, stored_wallet, undo_command

__all__ = ["database"]


@pytest.fixture
async def chain(database: Database) -> Chain:
    """Two members, one of them with bonus to be merged."""
    chain, _ = await build_chain(database)
    await give(database, chain, chain.member_id, bonus=700)
    return chain


async def write_merged_into(database: Database, member_id: str, into: str | None) -> None:
    """Does what no service would do."""
    async with database.transaction() as tx:
        changed = await tx.connection.execute(
            text("UPDATE wallets SET merged_into = :into WHERE member_id = :m"),
            {"m": member_id, "into": into},
        )
        assert changed.rowcount == 1


async def only_break(database: Database) -> BreakView:
    """The one break that a verification finds."""
    await verify_all(database)
    page = await list_breaks(database, None, include_resolved=False, token="", limit=100)
    (view,) = page.breaks
    assert view.row.kind == BreakKind.WALLET_MERGED_INTO
    return view


class TestAMerge:
    async def test_undone_and_made_again_verifies_clean(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        merge = merge_command(chain, goes, stays)
        for command in (
            merge,
            undo_command(chain, goes, merge.bill_id),
            (other_way := merge_command(chain, stays, goes)),
            undo_command(chain, stays, other_way.bill_id),
            merge_command(chain, goes, stays),
        ):
            await done(database, command)
            await prove_books(database)

    async def test_that_the_row_forgot_is_found_and_freezes(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        await write_merged_into(database, goes, None)
        view = await only_break(database)
        assert (view.row.member_id, view.row.expected, view.row.found) == (goes, stays, "")
        assert [each.bill_id for each in view.proof] == [merge.bill_id]
        assert (await stored_wallet(database, goes)).frozen_reason
        await write_merged_into(database, goes, stays)
        await prove_books(database)

    async def test_into_somebody_else_is_found(self, database: Database, chain: Chain) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await done(database, merge_command(chain, goes, stays))
        await write_merged_into(database, goes, other := new_id())
        view = await only_break(database)
        assert (view.row.member_id, view.row.expected, view.row.found) == (goes, stays, other)

    async def test_that_was_undone_and_stands_in_the_row_is_found(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        merge = merge_command(chain, goes, stays)
        undoing = undo_command(chain, goes, merge.bill_id)
        await done(database, merge)
        await done(database, undoing)
        await write_merged_into(database, goes, stays)
        view = await only_break(database)
        assert (view.row.member_id, view.row.expected, view.row.found) == (goes, "", stays)
        assert [each.bill_id for each in view.proof] == [undoing.bill_id]

    async def test_that_never_was_is_found_and_freezes_nobody(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, stays, points=5)
        await write_merged_into(database, goes, stays)
        view = await only_break(database)
        assert (view.row.member_id, view.row.expected, view.row.found) == (goes, "", stays)
        for member_id in (goes, stays):
            assert (await stored_wallet(database, member_id)).frozen_reason is None
