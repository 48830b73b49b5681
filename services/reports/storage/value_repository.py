"""The SQL of value movements: one statement that adds, one that reads a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ARRAY, Uuid, func, literal, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reports.domain.value import ValueBill
from services.reports.storage.tables import stores, value_days

# In the order of the key, so that replicas wait for each other and never in a circle.
_ADD = text(
    """
    INSERT INTO value_days AS known
        (day, store_id, kind, bill_count, total_fen,
         points_change, principal_change_fen, bonus_change_fen)
    SELECT
        day, store_id, kind, count(*), CAST(sum(total) AS bigint),
        CAST(sum(points) AS bigint), CAST(sum(principal) AS bigint), CAST(sum(bonus) AS bigint)
    FROM unnest(
        CAST(:days AS date[]),
        CAST(:store_ids AS uuid[]),
        CAST(:kinds AS int[]),
        CAST(:totals AS bigint[]),
        CAST(:points AS bigint[]),
        CAST(:principals AS bigint[]),
        CAST(:bonuses AS bigint[])
    ) AS given (day, store_id, kind, total, points, principal, bonus)
    GROUP BY day, store_id, kind
    ORDER BY day, store_id, kind
    ON CONFLICT (day, store_id, kind) DO UPDATE SET
        bill_count = known.bill_count + excluded.bill_count,
        total_fen = known.total_fen + excluded.total_fen,
        points_change = known.points_change + excluded.points_change,
        principal_change_fen = known.principal_change_fen + excluded.principal_change_fen,
        bonus_change_fen = known.bonus_change_fen + excluded.bonus_change_fen
    """
)


class ValueKey(NamedTuple):
    """The place of a row among all."""

    day: date
    store_id: str
    kind: int


@dataclass(frozen=True, slots=True)
class ValueQuery:
    """Which rows to read. `stores` None means all."""

    first: date
    last: date
    stores: frozenset[str] | None
    after: ValueKey | None
    limit: int


@dataclass(frozen=True, slots=True)
class ValueRow:
    """The bills of a kind of a store's day; `label` is empty for a store whose name is unknown."""

    day: date
    store_id: str
    label: str
    kind: int
    bill_count: int
    total_fen: int
    points_change: int
    principal_change_fen: int
    bonus_change_fen: int


async def add_value_bills(connection: AsyncConnection, bills: Sequence[ValueBill]) -> None:
    """Adds bills to the read model; each counts as often as it is given."""
    if bills:
        await connection.execute(
            _ADD,
            {
                "days": [bill.day for bill in bills],
                "store_ids": [bill.store_id for bill in bills],
                "kinds": [bill.kind for bill in bills],
                "totals": [bill.total_fen for bill in bills],
                "points": [bill.points_change for bill in bills],
                "principals": [bill.principal_change_fen for bill in bills],
                "bonuses": [bill.bonus_change_fen for bill in bills],
            },
        )


async def read_value_rows(connection: AsyncConnection, query: ValueQuery) -> list[ValueRow]:
    """At most `query.limit` rows after `query.after`, by day, store and kind."""
    table = value_days.c
    key = (table.day, table.store_id, table.kind)
    statement = (
        select(
            table.day,
            table.store_id,
            func.coalesce(stores.c.name, ""),
            table.kind,
            table.bill_count,
            table.total_fen,
            table.points_change,
            table.principal_change_fen,
            table.bonus_change_fen,
        )
        .select_from(value_days.outerjoin(stores, stores.c.store_id == table.store_id))
        .where(table.day.between(query.first, query.last))
        .order_by(*key)
        .limit(query.limit)
    )
    if query.stores is not None:
        wanted = literal(sorted(query.stores), ARRAY(Uuid(as_uuid=False)))
        statement = statement.where(table.store_id == func.any(wanted))
    if query.after is not None:
        beyond = (literal(v, c.type) for v, c in zip(query.after, key, strict=True))
        statement = statement.where(tuple_(*key) > tuple_(*beyond))
    return [ValueRow(*row) for row in await connection.execute(statement)]
