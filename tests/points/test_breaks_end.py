"""Breaks end when their cause does, and no verification that is late brings them back."""

import asyncio

import pytest
from sqlalchemy import text

from chassis.clock import utc_now
from chassis.database import Database
from chassis.ids import new_id
from services.points.domain.audit.breaks import BreakKind
from services.points.storage.audit.breaks import BreakRepository, begin_keeping
from services.points.usecases.audit import verify_ledger
from services.points.usecases.audit.list_breaks import list_breaks
from services.points.usecases.audit.verify_ledger import request_run
from tests.fixtures.audit import prove_books, verify_all
from tests.fixtures.corruptible_books import Books


async def change_points(database: Database, member_id: str, by: int) -> None:
    async with database.transaction() as tx:
        await tx.connection.execute(
            text("UPDATE wallets SET points = points + :by WHERE member_id = :m"),
            {"m": member_id, "by": by},
        )


async def verify_one(database: Database, member_id: str) -> int:
    """What somebody finds who asks about a member."""
    run = await request_run(database, new_id(), member_id, requested_by="s", now=utc_now())
    return run.break_count


async def frozen_reason(database: Database, member_id: str) -> str | None:
    async with database.read() as connection:
        reason: str | None = await connection.scalar(
            text("SELECT frozen_reason FROM wallets WHERE member_id = :m"), {"m": member_id}
        )
        return reason


async def open_count(database: Database) -> int:
    async with database.read() as connection:
        return await BreakRepository(connection).open_count()


class TestAVerificationThatIsLate:
    @pytest.mark.parametrize("was_found_before", [False, True])
    async def test_reopens_nothing_and_freezes_nobody(
        self, books: Books, was_found_before: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        database, history = books
        member_id = history.members[0]
        await change_points(database, member_id, 7)
        if was_found_before:
            assert await verify_one(database, member_id) == 1
        keep = verify_ledger._keep

        async def keep_late(*given: object) -> object:
            """Between looking and writing staff does what the runbook says."""
            await change_points(database, member_id, -7)
            assert await verify_one(database, member_id) == 0
            async with database.transaction() as tx:
                await tx.connection.execute(text("UPDATE wallets SET frozen_reason = NULL"))
            monkeypatch.setattr(verify_ledger, "_keep", keep)
            return await keep(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(verify_ledger, "_keep", keep_late)
        run = await verify_all(database)
        assert run.break_count == 0
        assert await open_count(database) == 0
        assert await frozen_reason(database, member_id) is None

    async def test_resolves_nothing_that_was_found_since(
        self, books: Books, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        database, history = books
        member_id = history.members[0]
        keep = verify_ledger._keep

        async def keep_late(*given: object) -> object:
            await change_points(database, member_id, 7)
            assert await verify_one(database, member_id) == 1
            monkeypatch.setattr(verify_ledger, "_keep", keep)
            return await keep(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(verify_ledger, "_keep", keep_late)
        await verify_all(database)
        page = await list_breaks(database, member_id, include_resolved=False, token="", limit=9)
        assert [view.row.kind for view in page.breaks] == [BreakKind.WALLET_BALANCE]
        assert await frozen_reason(database, member_id) == "LEDGER_BREAK WALLET_BALANCE"


class TestKeeping:
    async def test_sees_what_was_committed_while_another_one_kept(self, books: Books) -> None:
        database, history = books
        member_id = history.members[0]
        points = text("SELECT points FROM wallets WHERE member_id = :m")
        async with database.read() as connection:
            before = await connection.scalar(points, {"m": member_id})

        async def seen() -> int:
            async with database.transaction() as tx:
                await begin_keeping(tx.connection)
                return int(await tx.connection.scalar(points, {"m": member_id}))

        async with database.transaction() as tx:
            await begin_keeping(tx.connection)
            second = asyncio.create_task(seen())
            await asyncio.sleep(0.3)
            await change_points(database, member_id, 7)
            assert not second.done()
        assert await second == before + 7


class TestAnAccountThatIsGone:
    async def test_has_no_open_breaks_after_the_next_run(self, books: Books) -> None:
        """Transfers were written under an id that is nobody's, and taken away again."""
        database, history = books
        nobody = new_id()
        async with database.transaction() as tx:
            await tx.connection.execute(
                text(
                    "INSERT INTO transfers SELECT CAST(:m AS uuid), :bill, 0, 1, NULL, 'suspense', "
                    "'revenue', 99, NULL, NULL, store_id, business_date, posted_at "
                    "FROM transfers LIMIT 1"
                ),
                {"bill": new_id(), "m": nobody},
            )
        await verify_all(database)
        assert await open_count(database) == 1
        async with database.transaction() as tx:
            await tx.connection.execute(
                text("DELETE FROM transfers WHERE member_id = :m"), {"m": nobody}
            )
        await verify_one(database, history.members[0])  # which tells nothing of others
        assert await open_count(database) == 1
        await prove_books(database)
