"""Lists and sums walk along an index and never read a whole table of the ledger."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Database
from chassis.paging import encode_page_token
from services.points.domain.assets import Asset, BillKind
from services.points.domain.books import Books, Original, StoredBill
from services.points.domain.lot import Lot, LotKey
from services.points.domain.passes.passes import PassQuestion
from services.points.domain.programme import Programmes
from services.points.domain.wallet import Wallet
from services.points.storage.driver import Driver, fetch
from services.points.storage.passes.pass_facts import load_pass_facts
from services.points.storage.queries.bill_search import BillFilter
from services.points.storage.wallets.merges import load_heirs, load_merges
from services.points.storage.wallets.returns_since import load_returns_since
from services.points.usecases.queries.list_bills import list_member_bills, list_store_bills
from services.points.usecases.queries.list_ledger import summarize_bills
from services.points.usecases.queries.read_outstanding import (
    list_liability,
    list_settlement,
    summarize_settlement,
)
from services.points.usecases.queries.read_past_balances import (
    read_past_balances,
    summarize_past_balances,
)
from services.points.usecases.queries.read_statement import read_statement
from tests.fixtures.expired_lots import expiry_jobs
from tests.fixtures.servers import Servers, migrated_database

# 30 stores, 60 days, 2,000 members; one bill in 50 is a top-up, one a return.
_FILL = """
    INSERT INTO bills (member_id, bill_id, kind, store_id, register_id, staff_id, business_date,
        occurred_at, posted_at, total_fen, points_earned, programme_version, reason,
        original_bill_id, sequence, hash, document, allocation, receipt)
    SELECT uuid(n % 2000), uuid(1000000 + n), CASE n % 50 WHEN 0 THEN 3 WHEN 1 THEN 2 ELSE 1 END,
           uuid(5000000 + n % 30), 'R' || n % 7, '', date '2026-01-01' + n / 1000,
           moment(n), moment(n), 100, 1, 1, '', CASE n % 50 WHEN 1 THEN uuid(1000000 + n - 1) END,
           n / 2000 + 1, '', repeat('x', 300)::bytea, '', ''
    FROM generate_series(0, 59999) AS n;
    INSERT INTO transfers (member_id, bill_id, ordinal, asset, debit_account, credit_account,
        amount, lot_bill_id, lot_ordinal, store_id, business_date, posted_at)
    SELECT member_id, bill_id, 0, 2, 'points_issued', 'wallet', 1, bill_id, 0, store_id,
           business_date, posted_at FROM bills
    UNION ALL
    SELECT member_id, bill_id, 1, 2, 'wallet', 'points_redeemed', 1, bill_id, 0, store_id,
           business_date, posted_at FROM bills WHERE substr(bill_id::text, 36) = '7';
    INSERT INTO lots (member_id, bill_id, ordinal, asset, granted, remaining, expired, rule_version,
        store_id, earned_at, available_at, expiry_date)
    SELECT member_id, bill_id, 0, 2, 2, CASE WHEN sequence > 28 THEN 1 ELSE 0 END, 0, '', store_id,
           posted_at, posted_at, business_date + 365 FROM bills;
    INSERT INTO wallets (member_id, points, principal_fen, bonus_fen, debt_points, carry_numerator,
        carry_denominator, sale_count, open_holds, card_type, bill_count, last_hash, merged_into)
    SELECT uuid(n), 0, 0, 0, 0, 0, 1, 0, 0, '', 0, '', CASE n % 10 WHEN 3 THEN uuid(n - 1) END
    FROM generate_series(0, 19999) AS n;
    """
_FUNCTIONS = """
    CREATE FUNCTION uuid(n integer) RETURNS uuid IMMUTABLE LANGUAGE sql
        AS $$ SELECT lpad(to_hex(n), 32, '0')::uuid $$;
    CREATE FUNCTION moment(n integer) RETURNS timestamptz IMMUTABLE LANGUAGE sql
        AS $$ SELECT timestamptz '2026-01-01 00:00+00' + n * interval '1 minute' $$;
    """
MEMBER = "00000000-0000-0000-0000-000000000007"
STORE = f"00000000-0000-0000-0000-{5_000_003:012x}"
FIRST, LAST = date(2026, 1, 10), date(2026, 1, 20)
END = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=60_000)
Ask = Callable[[Database], Awaitable[Any]]


@pytest.fixture(scope="module")
async def database(servers: Servers) -> AsyncIterator[Database]:
    """A ledger large enough for plans to matter."""
    async with migrated_database(servers, "points") as database:
        async with database.transaction() as tx:
            for script in (_FUNCTIONS, _FILL):
                for statement in script.split(";\n"):
                    if statement.strip():
                        await tx.connection.execute(text(statement.replace(":", "\\:")))
        async with database.engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("VACUUM ANALYZE bills, transfers, lots, wallets"))
        yield database


@contextmanager
def recorded(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are executed meanwhile, with their parameters."""
    seen: list[tuple[str, Any]] = []

    def record(_: Connection, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if "FROM" in statement and "pg_catalog" not in statement:
            seen.append((statement, parameters))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", record)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", record)


def scans(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(table, how it is read) for every node of a plan."""
    if "Index Name" in plan:
        yield plan.get("Relation Name", ""), plan["Index Name"]
    elif "Relation Name" in plan and plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"], "Seq Scan"
    for child in plan.get("Plans", []):
        yield from scans(child)


async def plans_of(database: Database, ask: Ask) -> set[tuple[str, str]]:
    """How the statements of a question read their tables."""
    with recorded(database) as statements:
        await ask(database)
    assert statements
    found: set[tuple[str, str]] = set()
    async with database.read() as connection:
        for statement, parameters in statements:
            rows = await connection.exec_driver_sql(
                f"EXPLAIN (FORMAT JSON) {statement}", parameters
            )
            answer = rows.scalar_one()
            plan = json.loads(answer) if isinstance(answer, str) else answer
            found |= set(scans(plan[0]["Plan"]))
    return found


def by_store(**asked: Any) -> Ask:
    given = {"store_id": STORE, "first_date": FIRST, "last_date": LAST, **asked}
    return lambda database: list_store_bills(database, BillFilter(**given), "", 50)


async def families(database: Database) -> None:
    async with database.read() as connection:
        await load_merges(connection, [MEMBER])


class Recorded:
    """The driver as the door has it, each statement through SQLAlchemy."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def fetch(self, statement: str, *parameters: Any) -> Any:
        return await fetch(self._connection, statement, *parameters)


async def heirs(database: Database) -> None:
    async with database.read() as connection:
        await load_heirs(cast(Driver, Recorded(connection)), [MEMBER])


async def pass_uses(database: Database) -> None:
    key = LotKey(STORE, 0)
    lot = Lot(*key, Asset.PASS, STORE, 1, 1, 0, "", STORE, END, END, None)
    books = Books(Programmes([]), END, {MEMBER: Wallet(MEMBER, lots={key: lot})})
    question = PassQuestion(MEMBER, STORE, FIRST, MEMBER)
    async with database.read() as connection:
        await load_pass_facts(cast(Driver, Recorded(connection)), books, [question], [])


async def returns_since_a_merge(database: Database) -> None:
    merge = StoredBill(
        MEMBER, STORE, BillKind.MERGE, STORE, FIRST, END, 0, 0, 1, None, b"", b"", b""
    )
    books = Books(Programmes([]), END, originals={STORE: Original(merge, (), {}, ())})
    async with database.read() as connection:
        await load_returns_since(cast(Driver, Recorded(connection)), books, [STORE])


LATER = encode_page_token(3, 1, question=("statement", MEMBER, Asset.POINTS, None))

QUESTIONS: list[tuple[str, Ask, str]] = [
    ("a store's days", by_store(), "ix_bills_store_id_business_date_bill_id"),
    ("a till", by_store(register_id="R3"), "ix_bills_store_id_business_date_bill_id"),
    (
        "a kind in a store",
        by_store(kind=BillKind.TOP_UP),
        "ix_bills_kind_store_id_business_date_bill_id",
    ),
    (
        "a kind in all stores",
        by_store(store_id=None, kind=BillKind.TOP_UP),
        "ix_bills_kind_store_id_business_date_bill_id",
    ),
    ("all stores' days", by_store(store_id=None), "ix_bills_store_id_business_date_bill_id"),
    (
        "a member",
        lambda database: list_member_bills(database, MEMBER, BillFilter(), "", 10),
        "uq_bills_member_id_sequence",
    ),
    (
        "a member's statement",
        lambda database: read_statement(database, MEMBER, Asset.POINTS, None, "", 10),
        "pk_transfers",
    ),
    (
        "a later page of a member's statement",
        lambda database: read_statement(database, MEMBER, Asset.POINTS, None, LATER, 10),
        "pk_transfers",
    ),
    (
        "sums of stores",
        lambda database: summarize_bills(database, [STORE], FIRST, LAST),
        "ix_bills_store_id_business_date_bill_id",
    ),
    (
        "sums of all stores",
        lambda database: summarize_bills(database, [], FIRST, LAST),
        "ix_bills_store_id_business_date_bill_id",
    ),
    (
        "a member's past",
        lambda database: read_past_balances(database, MEMBER, END, "", 100),
        "pk_transfers",
    ),
    (
        "the chain's past",
        lambda database: summarize_past_balances(database, END - timedelta(minutes=900)),
        "ix_transfers_posted_at",
    ),
    (
        "what a store owes",
        lambda database: list_liability(database, [STORE], "", 50),
        "ix_lots_store_id_expiry_date",
    ),
    (
        "what a store redeemed",
        lambda database: list_settlement(database, [], [STORE], FIRST, FIRST, "", 20),
        "ix_transfers_store_id_business_date",
    ),
    (
        "goods that came back to a store",
        lambda database: list_settlement(database, [], [STORE], FIRST, FIRST, "", 20),
        "ix_bills_kind_store_id_business_date_bill_id",
    ),
    (
        "the settlement of all stores",
        lambda database: summarize_settlement(database, [], FIRST, FIRST),
        "ix_transfers_store_id_business_date",
    ),
    ("who is one since merges", families, "ix_wallets_merged_into"),
    ("who answers for a member", heirs, "pk_wallets"),
    ("the uses of a pass", pass_uses, "ix_transfers_member_id_pass_id_business_date"),
    ("what returns gave back", returns_since_a_merge, "ix_bills_original_bill_id"),
    ("who had a pass", pass_uses, "ix_lots_passes"),
    (
        "what expired",
        lambda database: expiry_jobs(database, END).book("2026-01-01/" + MEMBER, END),
        "ix_lots_expiring",
    ),
]


class TestPlans:
    @pytest.mark.parametrize(
        ("ask", "index"), [each[1:] for each in QUESTIONS], ids=[each[0] for each in QUESTIONS]
    )
    async def test_walk_along_an_index(self, database: Database, ask: Ask, index: str) -> None:
        found = await plans_of(database, ask)
        assert index in {how for _, how in found}
        whole = {table for table, how in found if how == "Seq Scan"}
        # All that is left anywhere is summed over all lots that hold something.
        assert whole & {"bills", "transfers", "lots", "wallets"} <= (
            {"lots"} if index == "ix_transfers_posted_at" else set()
        )
