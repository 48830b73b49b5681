"""The only SQL of the verification's runs and breaks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.audit.breaks import WHOLE_BOOKS, Break
from services.points.storage.audit.audit_tables import ledger_breaks, ledger_runs
from services.points.storage.tables import transfers

# What one break may show; its count tells how many there are.
PROOF_MAX = 200
# Of texts; with four bytes each they still fit into the key.
_CHARACTERS_MAX = 500

# Before anything is read, so that the snapshot begins when it is the only writer's.
_SNAPSHOT_OF_ONE_WRITER = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "LOCK TABLE ledger_breaks IN SHARE ROW EXCLUSIVE MODE",
)
_IN_BOOKS = " OR ".join(
    f"EXISTS (SELECT FROM {table} AS t WHERE t.member_id = ledger_breaks.member_id)"
    for table in ("wallets", "bills", "transfers", "lots", "holds")
)
_RESOLVE_GONE = text(
    f"""
    UPDATE ledger_breaks SET resolved_at = :now
    WHERE resolved_at IS NULL AND last_run_id <> :run_id AND member_id <> :whole_books
      AND NOT ({_IN_BOOKS})
    """  # noqa: S608 - names of tables
)

_PROOFS = text(
    f"""
    SELECT {", ".join(f"t.{column.name}" for column in transfers.columns)} FROM transfers AS t
    JOIN unnest(CAST(:member_ids AS uuid[]), CAST(:bill_ids AS uuid[]),
                CAST(:ordinals AS smallint[])) AS given (member_id, bill_id, ordinal)
      USING (member_id, bill_id, ordinal)
    """  # noqa: S608 - names of columns
).columns(*transfers.columns)


@dataclass(frozen=True, slots=True)
class Run:
    """A verification; `position` is where it goes on."""

    run_id: str
    member_id: str | None
    requested_by: str
    requested_at: datetime
    completed_at: datetime | None
    position: str
    account_count: int
    bill_count: int
    break_count: int


async def begin_keeping(connection: AsyncConnection) -> None:
    """Begins a transaction whose one snapshot nobody's breaks come after; it must come first.

    Who keeps breaks takes turns with all others, and then looks at the books: what is written is
    never older than what stands there already. It ends with Unavailable when a row that it
    changes was changed since.
    """
    for statement in _SNAPSHOT_OF_ONE_WRITER:
        await connection.exec_driver_sql(statement)


class RunRepository:
    """Verifications that were asked for."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, run: Run) -> bool:
        """False when the id is taken."""
        values = {column.name: getattr(run, column.name) for column in ledger_runs.columns}
        added = insert(ledger_runs).values(**values).on_conflict_do_nothing()
        return bool((await self._connection.execute(added.returning(ledger_runs.c.run_id))).all())

    async def find(self, run_id: str) -> Run | None:
        """One of them."""
        return await self._one(select(ledger_runs).where(ledger_runs.c.run_id == run_id))

    async def open_run(self) -> Run | None:
        """The one of the whole ledger that waits longest."""
        waiting = select(ledger_runs).where(
            ledger_runs.c.completed_at.is_(None), ledger_runs.c.member_id.is_(None)
        )
        order = (ledger_runs.c.requested_at, ledger_runs.c.run_id)
        return await self._one(waiting.order_by(*order).limit(1))

    async def newest_run(self) -> Run | None:
        """The newest one of the whole ledger."""
        whole = select(ledger_runs).where(ledger_runs.c.member_id.is_(None))
        order = (ledger_runs.c.requested_at.desc(), ledger_runs.c.run_id.desc())
        return await self._one(whole.order_by(*order).limit(1))

    async def advance(
        self, run: Run, position: str, accounts: int, bills: int, breaks: int
    ) -> None:
        """Counts a step, unless another replica did that step meanwhile."""
        await self._connection.execute(
            update(ledger_runs)
            .where(ledger_runs.c.run_id == run.run_id, ledger_runs.c.position == run.position)
            .values(
                position=position,
                account_count=ledger_runs.c.account_count + accounts,
                bill_count=ledger_runs.c.bill_count + bills,
                break_count=ledger_runs.c.break_count + breaks,
            )
        )

    async def complete(self, run_id: str, now: datetime) -> None:
        """It has reached its end."""
        await self._connection.execute(
            update(ledger_runs).where(ledger_runs.c.run_id == run_id).values(completed_at=now)
        )

    async def _one(self, query: Select[Any]) -> Run | None:
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return None if row is None else Run(**row)


class BreakRepository:
    """What verifications found."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def save(
        self, member_id: str, breaks: Iterable[Break], run_id: str, now: datetime
    ) -> None:
        """Keeps what a run found on an account: new ones, and those that are still there."""
        for each in breaks:
            proof = each.proof[:PROOF_MAX]
            changing = {
                "expected": _storable(each.expected),
                "found": _storable(each.found),
                "proof_bill_ids": [ref.bill_id for ref in proof],
                "proof_ordinals": [ref.ordinal for ref in proof],
                "proof_count": len(each.proof),
                "last_run_id": run_id,
                "seen_at": now,
                "resolved_at": None,
            }
            given = insert(ledger_breaks).values(
                member_id=member_id,
                kind=each.kind,
                subject=_storable(each.subject),
                first_run_id=run_id,
                found_at=now,
                **changing,
            )
            key = ledger_breaks.primary_key
            await self._connection.execute(given.on_conflict_do_update(key, set_=changing))

    async def resolve(self, member_id: str, run_id: str, now: datetime) -> None:
        """Closes the account's breaks that a run, which is through with it, did not find."""
        await self._connection.execute(
            update(ledger_breaks)
            .where(
                ledger_breaks.c.member_id == member_id,
                ledger_breaks.c.resolved_at.is_(None),
                ledger_breaks.c.last_run_id != run_id,
            )
            .values(resolved_at=now)
        )

    async def resolve_gone(self, run_id: str, now: datetime) -> None:
        """Closes, at the end of a whole run, what accounts had that are no longer in the books."""
        given = {"run_id": run_id, "now": now, "whole_books": WHOLE_BOOKS}
        await self._connection.execute(_RESOLVE_GONE, given)

    async def accounts_with_open_breaks(self, first: str, last: str) -> set[str]:
        """Those of a range of accounts that have breaks."""
        found = await self._connection.execute(
            select(ledger_breaks.c.member_id)
            .where(
                ledger_breaks.c.member_id.between(first, last),
                ledger_breaks.c.resolved_at.is_(None),
            )
            .distinct()
        )
        return {str(member_id) for member_id in found.scalars()}

    async def open_count(self) -> int:
        """How many breaks are open."""
        counted = select(func.count()).where(ledger_breaks.c.resolved_at.is_(None))
        return int((await self._connection.execute(counted)).scalar_one())

    async def breaks(
        self,
        member_id: str | None,
        include_resolved: bool,
        after: tuple[str, int, str] | None,
        limit: int,
    ) -> Sequence[Row[Any]]:
        """Breaks in order of member, kind and subject."""
        table = ledger_breaks.c
        query = select(ledger_breaks).order_by(table.member_id, table.kind, table.subject)
        if member_id is not None:
            query = query.where(table.member_id == member_id)
        if not include_resolved:
            query = query.where(table.resolved_at.is_(None))
        if after is not None:
            key = (table.member_id, table.kind, table.subject)
            place = tuple_(*after, types=[column.type for column in key])
            query = query.where(tuple_(*key) > place)
        return (await self._connection.execute(query.limit(limit))).all()

    async def proofs(self, breaks: Sequence[Row[Any]]) -> dict[tuple[str, str, int], Row[Any]]:
        """(member, bill, ordinal) -> transfer of all that prove these breaks, where they exist."""
        refs = sorted(
            {
                (row.member_id, bill_id, ordinal)
                for row in breaks
                for bill_id, ordinal in zip(row.proof_bill_ids, row.proof_ordinals, strict=True)
            }
        )
        given = {
            "member_ids": [ref[0] for ref in refs],
            "bill_ids": [ref[1] for ref in refs],
            "ordinals": [ref[2] for ref in refs],
        }
        found = (await self._connection.execute(_PROOFS, given)).all()
        return {(row.member_id, row.bill_id, row.ordinal): row for row in found}


def _storable(part: str) -> str:
    """A text as the database takes it: any bytes may have stood in a bill."""
    shown = part.replace("\0", "\\0")
    return shown if len(shown) <= _CHARACTERS_MAX else shown[: _CHARACTERS_MAX - 1] + "…"
