"""The only SQL of what the chain owes, and of who sold and who redeemed it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Row, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.assets import (
    BONUS_REDEEMED,
    PASS_LIABILITY,
    PASS_REDEEMED,
    PASS_REFUNDED,
    POINTS_COST,
    POINTS_REDEEMED,
    PRINCIPAL_CASHED_OUT,
    PRINCIPAL_ISSUED,
    PRINCIPAL_REDEEMED,
    WALLET,
    Asset,
)
from services.points.domain.settlement import Redeemed

Record = Row[Any]

# Where value goes that a store gave goods or money for. A top-up is reversed into the account it
# came from; that account's other direction is the top-up itself.
_SPENT_TO = (
    *(POINTS_REDEEMED, PRINCIPAL_REDEEMED, BONUS_REDEEMED, PASS_REDEEMED),
    *(PRINCIPAL_CASHED_OUT, PASS_REFUNDED, PRINCIPAL_ISSUED),
)
_BACK_FROM = (POINTS_REDEEMED, PRINCIPAL_REDEEMED, BONUS_REDEEMED, PASS_REDEEMED)


def _names(accounts: Sequence[str]) -> str:
    return ", ".join(f"'{account}'" for account in accounts)


def _stores(table: str, condition: str) -> str:
    """The next stores of a partial index that begins with store_id, by one probe of it each."""
    return f"""
        WITH RECURSIVE found (store_id, number) AS (
            (SELECT x.store_id, 1 FROM {table} AS x
             WHERE x.store_id > :after AND {condition} ORDER BY x.store_id LIMIT 1)
            UNION ALL
            SELECT following.store_id, found.number + 1 FROM found CROSS JOIN LATERAL (
                SELECT x.store_id FROM {table} AS x
                WHERE x.store_id > found.store_id AND {condition}
                ORDER BY x.store_id LIMIT 1
            ) AS following WHERE found.number < :limit
        )
        SELECT store_id FROM found ORDER BY store_id
        """  # noqa: S608 - constants of this file


_LIABILITY = text(
    """
    SELECT l.store_id, l.asset, date_trunc('month', l.expiry_date)::date AS month,
           sum(l.remaining) AS amount, count(*) AS lot_count
    FROM lots AS l WHERE l.store_id = ANY(:store_ids) AND l.is_open
    GROUP BY l.store_id, l.asset, month ORDER BY l.store_id, month NULLS LAST, l.asset
    """
)
# Principal and bonus are money themselves. Points and passes are worth what their bill booked for
# them, which is shared later where the bill took value of several sellers.
_REDEEMED = text(
    f"""
    WITH moves AS (
        SELECT t.store_id AS redeemer, l.store_id AS seller, t.asset, t.member_id, t.bill_id,
               t.debit_account = '{WALLET}' AS spent, sum(t.amount) AS units
        FROM transfers AS t
        JOIN lots AS l ON l.member_id = t.member_id AND l.bill_id = t.lot_bill_id
                      AND l.ordinal = t.lot_ordinal
        WHERE t.store_id = ANY(:store_ids)
          AND t.business_date BETWEEN :first_date AND :last_date
          AND t.lot_bill_id IS NOT NULL AND t.debit_account <> 'points_issued'
          AND (t.debit_account = '{WALLET}' AND t.credit_account IN ({_names(_SPENT_TO)})
               OR t.credit_account = '{WALLET}' AND t.debit_account IN ({_names(_BACK_FROM)}))
        GROUP BY 1, 2, 3, 4, 5, 6
    ), worth AS (
        SELECT moves.*,
               CASE WHEN asset IN ({Asset.PRINCIPAL:d}, {Asset.BONUS:d}) THEN units
               ELSE (
                   SELECT coalesce(sum(m.amount), 0) FROM transfers AS m
                   WHERE m.member_id = moves.member_id AND m.bill_id = moves.bill_id
                     AND m.asset = {Asset.MONEY:d}
                     AND CASE WHEN moves.spent THEN m.debit_account ELSE m.credit_account END
                       = CASE moves.asset WHEN {Asset.POINTS:d} THEN '{POINTS_COST}'
                              ELSE '{PASS_LIABILITY}' END
               ) END AS amount_fen,
               CASE WHEN asset IN ({Asset.PRINCIPAL:d}, {Asset.BONUS:d}) THEN 1
               ELSE count(*) OVER (PARTITION BY bill_id, asset, spent) END AS sellers
        FROM moves
    )
    SELECT redeemer, seller, asset, spent, NULL::uuid AS bill_id, sum(units) AS units,
           sum(amount_fen) AS amount_fen
    FROM worth WHERE sellers = 1 GROUP BY redeemer, seller, asset, spent
    UNION ALL
    SELECT redeemer, seller, asset, spent, bill_id, units, amount_fen FROM worth WHERE sellers > 1
    """  # noqa: S608 - constants of this program
)


class OutstandingQueries:
    """Reads of value by the stores that stand for it and that took it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def stores_that_owe(self, after: str, limit: int) -> list[str]:
        """The next stores with lots that have something left, in order."""
        return await self._store_ids(_stores("lots", "x.is_open"), after, limit)

    async def stores_that_redeemed(self, after: str, limit: int) -> list[str]:
        """The next stores in which value ever left a wallet, in order."""
        condition = "x.lot_bill_id IS NOT NULL AND x.debit_account <> 'points_issued'"
        return await self._store_ids(_stores("transfers", condition), after, limit)

    async def _store_ids(self, query: str, after: str, limit: int) -> list[str]:
        given = text(query).bindparams(bindparam("after", type_=Uuid(as_uuid=False)))
        found = await self._connection.execute(given, {"after": after, "limit": limit})
        return [str(row.store_id) for row in found]

    async def liability(self, store_ids: Sequence[str]) -> Sequence[Record]:
        """(store_id, asset, month, amount, lot_count) that is left now; month None: never."""
        return (await self._connection.execute(_of(_LIABILITY), {"store_ids": store_ids})).all()

    async def redeemed(
        self, store_ids: Sequence[str], first_date: date, last_date: date
    ) -> list[Redeemed]:
        """What the stores redeemed in a range of business dates, and what came back to them."""
        found = await self._connection.execute(
            _of(_REDEEMED),
            {"store_ids": store_ids, "first_date": first_date, "last_date": last_date},
        )
        return [
            Redeemed(
                str(row.redeemer),
                str(row.seller),
                Asset(row.asset),
                row.spent,
                None if row.bill_id is None else str(row.bill_id),
                int(row.units),
                int(row.amount_fen),
            )
            for row in found
        ]


def _of(query: Any) -> Any:
    return query.bindparams(bindparam("store_ids", type_=ARRAY(Uuid(as_uuid=False))))
