"""What cannot be made sense of on one account stops the verification of nobody else."""

from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import Database
from services.points.domain.audit.breaks import WHOLE_BOOKS, BreakKind
from services.points.usecases.audit.list_breaks import list_breaks
from tests.fixtures.audit import verify_all
from tests.fixtures.builders_audit import History
from tests.fixtures.corruptible_books import Books, change
from yika.points.v1 import ledger_pb2


async def found_after_verifying(database: Database) -> dict[str, set[str]]:
    """Kinds of open breaks by account, of a run that came to its end."""
    run = await verify_all(database)
    assert run.completed_at is not None
    page = await list_breaks(database, None, include_resolved=False, token="", limit=100)
    found: dict[str, set[str]] = {}
    for view in page.breaks:
        found.setdefault(view.row.member_id, set()).add(BreakKind(view.row.kind).name)
    found.pop(WHOLE_BOOKS, None)
    return found


async def frozen(database: Database) -> dict[str, str]:
    """Members whose wallets are frozen, and why."""
    async with database.read() as connection:
        rows = await connection.execute(
            text("SELECT member_id::text, frozen_reason FROM wallets WHERE frozen_reason <> ''")
        )
        return {row[0]: row[1] for row in rows}


async def put_zero_byte(database: Database, history: History, member_id: str) -> None:
    """One byte of the till's code in the document of a sale."""
    await change(
        database,
        "UPDATE bills SET document = set_byte(document, "
        "position(convert_to(register_id, 'UTF8') IN document) - 1, 0) "
        "WHERE bill_id = :bill AND register_id <> ''",
        bill=history.bills[member_id][1],
    )


async def put_zero_denominator(database: Database, history: History, member_id: str) -> None:
    """What a point cost when a sale earned, which fractions of a point are counted by."""
    bill = history.bills[member_id][1]
    async with database.read() as connection:
        stored = await connection.scalar(
            text("SELECT allocation FROM bills WHERE bill_id = :bill"), {"bill": bill}
        )
    message = ledger_pb2.Allocation.FromString(stored)
    message.earning.basis.denominator = 0
    await change(
        database,
        "UPDATE bills SET allocation = :changed WHERE bill_id = :bill",
        changed=message.SerializeToString(),
        bill=bill,
    )


class TestBytesOfABill:
    @pytest.mark.parametrize("put", [put_zero_byte, put_zero_denominator])
    async def test_are_breaks_of_that_account_alone(self, books: Books, put: Any) -> None:
        database, history = books
        first, second, _ = sorted(history.members)
        await put(database, history, first)
        await change(
            database, "UPDATE wallets SET points = points + 7 WHERE member_id = :m", m=second
        )
        found = await found_after_verifying(database)
        assert "CHAIN_HASH" in found[first]
        assert found == {first: found[first], second: {"WALLET_BALANCE"}}
        assert set(await frozen(database)) == {first, second}

    async def test_that_no_rulecan_hold_are_shown_escaped(self, books: Books) -> None:
        database, history = books
        member_id = history.members[0]
        await put_zero_byte(database, history, member_id)
        await verify_all(database)
        page = await list_breaks(database, member_id, include_resolved=False, token="", limit=9)
        shown = {view.row.expected for view in page.breaks if view.row.kind == BreakKind.BILL_ROW}
        assert any(expected.startswith("\\0") for expected in shown)


class TestATextThatSaysNothing:
    async def test_is_cut_when_it_has_no_end(self, books: Books) -> None:
        database, history = books
        member_id = history.members[0]
        await change(
            database,
            "UPDATE bills SET staff_id = repeat('长', 9000) WHERE bill_id = :bill",
            bill=history.bills[member_id][1],
        )
        await change(
            database,
            "INSERT INTO earning_counters VALUES (:m, repeat('a', 2600), 'always', 5, 1)",
            m=member_id,
        )
        found = await found_after_verifying(database)
        assert found == {member_id: {"BILL_ROW", "EARNING_COUNTER"}}
        page = await list_breaks(database, member_id, include_resolved=False, token="", limit=9)
        assert {len(view.row.found) for view in page.breaks} == {3, 500}  # "5/1"

    @pytest.mark.parametrize("rule", ["repeat('9', 5000)", "rule_version || '@'"])
    async def test_is_no_version_of_a_pass(self, books: Books, rule: str) -> None:
        database, history = books
        member_id = history.members[0]
        await change(
            database,
            f"UPDATE lots SET rule_version = {rule} WHERE member_id = :m AND asset = 5",  # noqa: S608
            m=member_id,
        )
        assert await found_after_verifying(database) == {member_id: {"LOT_TERMS"}}
        (view,) = (
            await list_breaks(database, member_id, include_resolved=False, token="", limit=9)
        ).breaks
        assert {each.bill_id for each in view.proof} == {history.bills[member_id][5]}


class TestAnAccountThatCannotBeRead:
    BEFORE_CHRIST = "UPDATE transfers SET business_date = '0004-01-01 BC' WHERE bill_id = :bill"

    async def test_is_a_break_of_its_own_and_frozen_alone(self, books: Books) -> None:
        database, history = books
        first, second, third = sorted(history.members)
        await change(database, self.BEFORE_CHRIST, bill=history.bills[first][1])
        await change(
            database, "UPDATE wallets SET points = points + 7 WHERE member_id = :m", m=third
        )
        found = await found_after_verifying(database)
        assert found == {first: {"ACCOUNT_UNREADABLE"}, third: {"WALLET_BALANCE"}}
        assert await frozen(database) == {
            first: "LEDGER_BREAK ACCOUNT_UNREADABLE",
            third: "LEDGER_BREAK WALLET_BALANCE",
        }
        assert second not in found

    async def test_resolves_nothing_of_what_was_found_before(self, books: Books) -> None:
        database, history = books
        member_id = history.members[0]
        more = "UPDATE wallets SET points = points + 7 WHERE member_id = :m"
        await change(database, more, m=member_id)
        await verify_all(database)
        await change(database, self.BEFORE_CHRIST, bill=history.bills[member_id][1])
        found = await found_after_verifying(database)
        assert found == {member_id: {"WALLET_BALANCE", "ACCOUNT_UNREADABLE"}}

    async def test_may_be_a_stores_own(self, books: Books) -> None:
        database, history = books
        store_id = history.chain.store_id
        await change(database, self.BEFORE_CHRIST, bill=history.bills[store_id][0])
        assert await found_after_verifying(database) == {store_id: {"ACCOUNT_UNREADABLE"}}
        async with database.read() as connection:
            made = text("SELECT count(*) FROM wallets WHERE member_id = :s")
            assert await connection.scalar(made, {"s": store_id}) == 0
