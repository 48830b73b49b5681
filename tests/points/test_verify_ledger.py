"""The verification over a real database: a clean history is clean, every corruption is found."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from services.points.domain.audit.breaks import WHOLE_BOOKS, BreakKind
from services.points.usecases.audit.list_breaks import BreakView, list_breaks
from services.points.verifier import Verifier
from tests.fixtures.audit import corrupt, restore, save_books, verify_all
from tests.fixtures.builders_audit import History, build_history
from tests.fixtures.corruptions import CORRUPTIONS, Corruption
from tests.fixtures.servers import Servers, migrated_database

K = BreakKind


@dataclass(frozen=True, slots=True)
class Books:
    """A clean history in a database of its own."""

    database: Database
    history: History
    hold_ids: Mapping[str, str]


@pytest.fixture(scope="module")
async def clean_books(servers: Servers) -> AsyncIterator[Books]:
    """Three members alike, each with a hold; what they are is saved."""
    async with migrated_database(servers, "points") as database:
        history = await build_history(database)
        holds = {who: await history.hold(database, who, 50) for who in history.members}
        await save_books(database)
        yield Books(database, history, holds)


@pytest.fixture
async def books(clean_books: Books) -> AsyncIterator[Books]:
    """The clean history, whatever a test does to it."""
    yield clean_books
    await restore(clean_books.database)


async def open_breaks(database: Database) -> dict[str, list[BreakView]]:
    """Open breaks by account."""
    page = await list_breaks(database, None, include_resolved=False, token="", limit=500)
    found: dict[str, list[BreakView]] = {}
    for view in page.breaks:
        found.setdefault(view.row.member_id, []).append(view)
    return found


async def frozen(database: Database) -> dict[str, str]:
    """Members whose wallets are frozen, and why."""
    async with database.read() as connection:
        rows = await connection.execute(
            text("SELECT member_id::text, frozen_reason FROM wallets WHERE frozen_reason <> ''")
        )
        return {row[0]: row[1] for row in rows}


async def rows(database: Database, query: str, **values: Any) -> list[Any]:
    async with database.read() as connection:
        return list((await connection.execute(text(query), values)).all())


class TestACleanHistory:
    async def test_verifies_clean(self, books: Books) -> None:
        run = await verify_all(books.database)
        assert await open_breaks(books.database) == {}
        assert await frozen(books.database) == {}
        assert run.account_count == len(books.history.members) + 1  # and the walk-in account
        assert run.bill_count == sum(map(len, books.history.bills.values()))
        assert run.break_count == 0


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda each: each.name)
class TestACorruption:
    async def test_is_found_exactly_and_freezes_that_wallet_alone(
        self, books: Books, corruption: Corruption
    ) -> None:
        member_id = books.history.members[1]
        await corrupt(books.database, corruption, books.history, member_id)
        await verify_all(books.database)
        found = await open_breaks(books.database)
        found.pop(WHOLE_BOOKS, None)  # sums of the whole books may differ as well
        account = books.history.chain.store_id if corruption.walk_in else member_id
        kinds = {who: {BreakKind(view.row.kind) for view in views} for who, views in found.items()}
        assert kinds == {account: set(corruption.found)}
        expected = {}
        if not corruption.walk_in and BreakKind.WALLET_MISSING not in corruption.found:
            reason = ", ".join(sorted(kind.name for kind in corruption.found))
            expected[member_id] = f"LEDGER_BREAK {reason}"
        assert await frozen(books.database) == expected


class TestTheProof:
    async def test_of_a_lot_is_every_transfer_of_the_lot_and_no_other(self, books: Books) -> None:
        member_id = books.history.members[0]
        (lot,) = await rows(
            books.database,
            "SELECT bill_id::text, ordinal, remaining FROM lots WHERE member_id = :m AND asset = 3",
            m=member_id,
        )
        await corrupt(books.database, by_name("lot_remaining"), books.history, member_id)
        await verify_all(books.database)
        (view,) = (await open_breaks(books.database))[member_id]
        assert view.row.subject == f"{lot.bill_id}:{lot.ordinal}"
        assert (view.row.expected, view.row.found) == (str(lot.remaining), str(lot.remaining + 5))
        of_the_lot = await rows(
            books.database,
            "SELECT bill_id::text, ordinal FROM transfers WHERE member_id = :m "
            "AND lot_bill_id = CAST(:bill AS uuid) AND lot_ordinal = :n ORDER BY 1, 2",
            m=member_id,
            bill=lot.bill_id,
            n=lot.ordinal,
        )
        shown = sorted((each.bill_id, each.ordinal) for each in view.proof)
        assert shown == [tuple(row) for row in of_the_lot]
        signed = sum(
            each.amount if each.credit_account == "wallet" else -each.amount for each in view.proof
        )
        assert signed == lot.remaining
        assert view.row.proof_count == len(view.proof) == 2

    async def test_of_a_balance_is_the_newest_bill_whose_receipt_states_it(
        self, books: Books
    ) -> None:
        member_id = books.history.members[0]
        await corrupt(books.database, by_name("wallet_points"), books.history, member_id)
        await verify_all(books.database)
        (view,) = (await open_breaks(books.database))[member_id]
        assert int(view.row.found) == int(view.row.expected) + 7
        assert {each.bill_id for each in view.proof} == {books.history.bills[member_id][-1]}

    async def test_of_a_forged_hash_is_that_bill_and_not_the_next(self, books: Books) -> None:
        member_id = books.history.members[0]
        await corrupt(books.database, by_name("forged_hash"), books.history, member_id)
        await verify_all(books.database)
        (view,) = (await open_breaks(books.database))[member_id]
        assert view.row.subject == books.history.bills[member_id][3]

    async def test_of_value_on_two_wallets_names_both(self, books: Books) -> None:
        first, second, third = books.history.members
        async with books.database.transaction() as tx:
            await tx.connection.execute(
                text("UPDATE lots SET member_id = :to WHERE member_id = :m AND asset = 3"),
                {"m": first, "to": second},
            )
        await verify_all(books.database)
        found = await open_breaks(books.database)
        kinds = {who: [view.row.kind for view in views] for who, views in found.items()}
        assert kinds == {first: [K.LOT_MISSING], second: [K.LOT_ORPHAN]}
        assert set(await frozen(books.database)) == {first, second}
        assert third not in found


class TestTheWholeBooks:
    async def test_a_lost_liability_is_found_and_freezes_nobody_for_it(self, books: Books) -> None:
        async with books.database.transaction() as tx:
            await tx.connection.execute(
                text(
                    "INSERT INTO transfers SELECT m.member_id, :bill, 0, 1, NULL, 'suspense', "
                    "'stored_value_liability', 99, NULL, NULL, store_id, business_date, posted_at "
                    "FROM transfers, (SELECT CAST(:m AS uuid) AS member_id) AS m LIMIT 1"
                ),
                {"bill": new_id(), "m": new_id()},
            )
        await verify_all(books.database)
        found = await open_breaks(books.database)
        (view,) = found.pop(WHOLE_BOOKS)
        assert view.row.kind == K.BOOKS_LIABILITY
        assert int(view.row.found) == int(view.row.expected) + 99
        (orphan,) = found.values()  # of an account that nothing else knows
        assert [view.row.kind for view in orphan] == [K.BILL_STORED_VALUE, K.BILL_MISSING][1:]
        assert await frozen(books.database) == {}

    async def test_value_that_never_arrived_is_found(self, books: Books) -> None:
        member_id = books.history.members[0]
        async with books.database.transaction() as tx:
            await tx.connection.execute(
                text(
                    "UPDATE transfers SET debit_account = 'member_transfer' "
                    "WHERE member_id = :m AND debit_account = 'bonus_issued'"
                ),
                {"m": member_id},
            )
        await verify_all(books.database)
        (view,) = (await open_breaks(books.database))[WHOLE_BOOKS]
        assert view.row.kind == K.BOOKS_MEMBER_TRANSFERS
        assert (view.row.subject, view.row.found) == ("BONUS", "-3000")


class TestABreakThatWasPutRight:
    async def test_is_resolved_by_the_next_run_and_found_again_later(self, books: Books) -> None:
        member_id = books.history.members[0]
        await corrupt(books.database, by_name("wallet_points"), books.history, member_id)
        first = await verify_all(books.database)
        await corrupt(books.database, by_name("wallet_points"), books.history, member_id, -7)
        await verify_all(books.database)
        assert await open_breaks(books.database) == {}
        page = await list_breaks(
            books.database, member_id, include_resolved=True, token="", limit=10
        )
        (view,) = page.breaks
        assert view.row.resolved_at is not None
        # Only a person thaws a wallet.
        assert set(await frozen(books.database)) == {member_id}
        await corrupt(books.database, by_name("wallet_points"), books.history, member_id)
        last = await verify_all(books.database)
        (view,) = (await open_breaks(books.database))[member_id]
        assert (view.row.first_run_id, view.row.last_run_id) == (first.run_id, last.run_id)

    async def test_freezes_a_wallet_again_that_was_thawed_while_it_lasts(
        self, books: Books
    ) -> None:
        member_id = books.history.members[0]
        await corrupt(books.database, by_name("wallet_points"), books.history, member_id)
        await verify_all(books.database)
        async with books.database.transaction() as tx:
            await tx.connection.execute(text("UPDATE wallets SET frozen_reason = NULL"))
        await verify_all(books.database)
        assert await frozen(books.database) == {member_id: "LEDGER_BREAK WALLET_BALANCE"}

    async def test_leaves_a_reason_of_staff_as_it_is(self, books: Books) -> None:
        member_id = books.history.members[0]
        await corrupt(books.database, by_name("wallet_points"), books.history, member_id)
        async with books.database.transaction() as tx:
            await tx.connection.execute(
                text("UPDATE wallets SET frozen_reason = '挂失' WHERE member_id = :m"),
                {"m": member_id},
            )
        await verify_all(books.database)
        assert await frozen(books.database) == {member_id: "挂失"}
        assert member_id in await open_breaks(books.database)


class TestTheVerifier:
    async def test_counts_each_account_once_however_often_a_step_is_done(
        self, books: Books
    ) -> None:
        verifier = Verifier(books.database, interval=timedelta(hours=1), rest=0)
        position = await verifier.step("")
        assert position is not None
        # Killed before the job noted where it was: the run itself knows.
        while position is not None:
            position = await verifier.step(position)
        run = await verify_all(books.database)
        again = await rows(
            books.database,
            "SELECT account_count, bill_count FROM ledger_runs ORDER BY requested_at",
        )
        assert {tuple(row) for row in again} == {(run.account_count, run.bill_count)}


def by_name(name: str) -> Corruption:
    (found,) = [each for each in CORRUPTIONS if each.name == name]
    return found
