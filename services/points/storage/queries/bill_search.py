"""The only SQL that looks for bills: by member, store, till, business date and kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Date, Row, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.assets import BillKind
from services.points.storage.queries.query_indexes import NOT_A_SALE
from services.points.storage.tables import bills

Record = Row[Any]

_COLUMNS = ", ".join(f"b.{column.name}" for column in bills.c)
# Distinct stores by one probe of the index each: there are hundreds, and millions of bills.
STORES_WITH_BILLS = """
    WITH RECURSIVE found (store_id) AS (
        (SELECT store_id FROM bills ORDER BY store_id LIMIT 1)
        UNION ALL
        SELECT following.store_id FROM found CROSS JOIN LATERAL (
            SELECT b.store_id FROM bills AS b WHERE b.store_id > found.store_id
            ORDER BY b.store_id LIMIT 1
        ) AS following
    )
    SELECT store_id FROM found
    """


@dataclass(frozen=True, slots=True)
class BillFilter:
    """What all bills of a list have in common; None and "" leave it open."""

    store_id: str | None = None
    register_id: str = ""
    kind: BillKind | None = None
    first_date: date | None = None
    last_date: date | None = None

    @property
    def conditions(self) -> str:
        """The SQL of what is asked, but for the store."""
        asked = []
        if self.register_id:
            asked.append("b.register_id = :register_id")
        if self.kind is not None:
            asked.append("b.kind = :kind")
            if self.kind is not BillKind.SALE:
                asked.append(f"b.{NOT_A_SALE}")
        if self.first_date is not None:
            asked.append("b.business_date >= :first_date")
        if self.last_date is not None:
            asked.append("b.business_date <= :last_date")
        return "".join(f" AND {each}" for each in asked)

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of what is asked."""
        given = {
            "register_id": self.register_id or None,
            "kind": self.kind,
            "first_date": self.first_date,
            "last_date": self.last_date,
        }
        return {name: value for name, value in given.items() if value is not None}


class BillSearch:
    """Finds bills; every list is walked along an index."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_member(
        self, member_id: str, asked: BillFilter, before_sequence: int, limit: int
    ) -> Sequence[Record]:
        """Bills of a member's chain, newest first."""
        of_store = " AND b.store_id = :store_id" if asked.store_id else ""
        query = f"""
            SELECT {_COLUMNS} FROM bills AS b
            WHERE b.member_id = :member_id AND b.sequence > 0 AND b.sequence < :before
                  {of_store}{asked.conditions}
            ORDER BY b.sequence DESC LIMIT :limit
            """  # noqa: S608 - conditions of this file
        store = {"store_id": asked.store_id} if asked.store_id else {}
        return await self._bills(
            query,
            ["member_id", *store],
            member_id=member_id,
            before=before_sequence,
            limit=limit,
            **store,
            **asked.parameters,
        )

    async def of_stores(
        self, asked: BillFilter, before: tuple[date, str], limit: int
    ) -> Sequence[Record]:
        """Bills of a store, or of all, newest (business_date, bill_id) first."""
        stores = "SELECT :store_id AS store_id" if asked.store_id else STORES_WITH_BILLS
        query = f"""
            WITH keys AS (
                SELECT found.* FROM ({stores}) AS s CROSS JOIN LATERAL (
                    SELECT b.member_id, b.bill_id, b.business_date FROM bills AS b
                    WHERE b.store_id = s.store_id
                      AND (b.business_date, b.bill_id) < (:before_date, :before_id)
                      {asked.conditions}
                    ORDER BY b.business_date DESC, b.bill_id DESC LIMIT :limit
                ) AS found
                ORDER BY found.business_date DESC, found.bill_id DESC LIMIT :limit
            )
            SELECT {_COLUMNS} FROM keys JOIN bills AS b USING (member_id, bill_id)
            ORDER BY b.business_date DESC, b.bill_id DESC
            """  # noqa: S608 - conditions of this file
        store = {"store_id": asked.store_id} if asked.store_id else {}
        return await self._bills(
            query,
            ["before_id", *store],
            before_date=before[0],
            before_id=before[1],
            limit=limit,
            **store,
            **asked.parameters,
        )

    async def _bills(self, query: str, ids: Sequence[str], **parameters: Any) -> Sequence[Record]:
        named = text(query).bindparams(
            *(bindparam(name, type_=Uuid(as_uuid=False)) for name in ids)
        )
        rows = await self._connection.execute(named.columns(*bills.c), parameters)
        return rows.all()

    async def summary(
        self, store_ids: Sequence[str], first_date: date, last_date: date
    ) -> Sequence[Record]:
        """(store_id, kind, bill_count, total_fen, points_earned) per store and kind."""
        stores = "SELECT unnest(:store_ids) AS store_id" if store_ids else STORES_WITH_BILLS
        query = text(
            f"""
            SELECT s.store_id::text, summed.* FROM ({stores}) AS s CROSS JOIN LATERAL (
                SELECT b.kind, count(*) AS bill_count, sum(b.total_fen) AS total_fen,
                       sum(b.points_earned) AS points_earned
                FROM bills AS b
                WHERE b.store_id = s.store_id AND b.business_date >= :first_date
                  AND b.business_date <= :last_date
                GROUP BY b.kind
            ) AS summed
            ORDER BY s.store_id, summed.kind
            """  # noqa: S608 - conditions of this file
        )
        parameters: dict[str, Any] = {"first_date": first_date, "last_date": last_date}
        if store_ids:
            query = query.bindparams(bindparam("store_ids", type_=ARRAY(Uuid(as_uuid=False))))
            parameters["store_ids"] = sorted(set(store_ids))
        rows = await self._connection.execute(
            query.bindparams(
                bindparam("first_date", type_=Date), bindparam("last_date", type_=Date)
            ),
            parameters,
        )
        return rows.all()
