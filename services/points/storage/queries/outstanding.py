"""The only SQL of what the chain owes, and of who sold and who redeemed it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Row, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.assets import (
    BONUS_COST,
    BONUS_REDEEMED,
    PASS_LIABILITY,
    PASS_REDEEMED,
    PASS_REFUNDED,
    POINTS_COST,
    POINTS_REDEEMED,
    PRINCIPAL_CASHED_OUT,
    PRINCIPAL_ISSUED,
    PRINCIPAL_REDEEMED,
    STORED_VALUE_LIABILITY,
    WALLET,
    Asset,
    BillKind,
)
from services.points.domain.draft import Source
from services.points.domain.lot import LotKey
from services.points.domain.settlement import LotPart, Redeemed, SharedBill
from services.points.storage.queries.query_indexes import NOT_A_SALE, NOT_EARNED

Record = Row[Any]
ReadSources = Callable[[bytes], tuple[Source, ...]]

# Where value goes that a store gave goods or money for. A top-up is reversed into the account it
# came from; that account's other direction is the top-up itself.
_SPENT_TO = (
    *(POINTS_REDEEMED, PRINCIPAL_REDEEMED, BONUS_REDEEMED, PASS_REDEEMED),
    *(PRINCIPAL_CASHED_OUT, PASS_REFUNDED, PRINCIPAL_ISSUED),
)
_BACK_FROM = (POINTS_REDEEMED, PRINCIPAL_REDEEMED, BONUS_REDEEMED, PASS_REDEEMED)


def _names(accounts: Sequence[str]) -> str:
    return ", ".join(f"'{account}'" for account in accounts)


def _stores(*places: tuple[str, str]) -> str:
    """The next stores that are in any of the places, by one probe each of every one.

    A place is a table with the condition of an index of it that leads to store_id.
    """

    def following(after: str) -> str:
        probes = " UNION ALL ".join(
            f"""(SELECT x.store_id FROM {table} AS x
                 WHERE x.store_id > {after} AND {condition} ORDER BY x.store_id LIMIT 1)"""  # noqa: S608 - constants of this file
            for table, condition in places
        )
        return f"SELECT store_id FROM ({probes}) AS probed ORDER BY store_id LIMIT 1"  # noqa: S608

    return f"""
        WITH RECURSIVE found (store_id, number) AS (
            SELECT first.store_id, 1 FROM ({following(":after")}) AS first
            UNION ALL
            SELECT following.store_id, found.number + 1 FROM found CROSS JOIN LATERAL (
                {following("found.store_id")}
            ) AS following WHERE found.number < :limit
        )
        SELECT store_id FROM found ORDER BY store_id
        """  # noqa: S608


_OWING = ("lots", "is_open")
_VALUE_MOVED = ("transfers", NOT_EARNED)
# Goods or gifts came back: whatever became of the points that had paid for them.
_COME_BACK = (BillKind.SALE_RETURN, BillKind.GIFT_RETURN)
_BACK = tuple(("bills", f"kind = {kind:d} AND {NOT_A_SALE}") for kind in _COME_BACK)
_IS_BACK = f"IN ({', '.join(f'{kind:d}' for kind in _COME_BACK)})"
_LIABILITY = text(
    """
    SELECT l.store_id, l.asset, date_trunc('month', l.expiry_date)::date AS month,
           sum(l.remaining) AS amount, count(*) AS lot_count
    FROM lots AS l WHERE l.store_id = ANY(:store_ids) AND l.is_open
    GROUP BY l.store_id, l.asset, month ORDER BY l.store_id, month NULLS LAST, l.asset
    """
)
# Value of a lot that is redeemed or comes back.
_IS_REDEMPTION = f"""
    t.lot_bill_id IS NOT NULL AND t.debit_account <> 'points_issued'
    AND (t.debit_account = '{WALLET}' AND t.credit_account IN ({_names(_SPENT_TO)})
         OR t.credit_account = '{WALLET}' AND t.debit_account IN ({_names(_BACK_FROM)}))"""
# Principal and bonus are money themselves, but a cash-out counts what was handed out: what it kept
# for spent bonus goes to BONUS_COST. Points and passes are worth what their bill booked for them.
# Points of goods and gifts that came back are not told by lots, which may get none of them, but by
# the bill: they are those sellers' whom the sale or redemption took them from. Bills with value of
# several sellers come lot by lot, with what they say of each.
_REDEEMED = text(
    f"""
    WITH moves AS (
        SELECT t.store_id AS redeemer, l.store_id AS seller, t.asset, t.member_id, t.bill_id,
               t.debit_account = '{WALLET}' AS spent, sum(t.amount) AS units,
               CASE WHEN t.asset = {Asset.POINTS:d} THEN '{POINTS_COST}'
                    WHEN t.asset = {Asset.PASS:d} THEN '{PASS_LIABILITY}'
                    WHEN t.credit_account = '{PRINCIPAL_CASHED_OUT}' THEN '{STORED_VALUE_LIABILITY}'
               END AS paid_by
        FROM transfers AS t
        JOIN lots AS l ON l.member_id = t.member_id AND l.bill_id = t.lot_bill_id
                      AND l.ordinal = t.lot_ordinal
        WHERE t.store_id = ANY(:store_ids)
          AND t.business_date BETWEEN :first_date AND :last_date AND {_IS_REDEMPTION}
          AND CASE WHEN t.asset = {Asset.POINTS:d} AND t.credit_account = '{WALLET}' THEN (
                  SELECT b.kind FROM bills AS b
                  WHERE b.member_id = t.member_id AND b.bill_id = t.bill_id
              ) NOT {_IS_BACK} ELSE true END
        GROUP BY 1, 2, 3, 4, 5, 6, paid_by
    ), returned AS (
        SELECT r.store_id AS redeemer, r.member_id, r.bill_id, r.original_bill_id, back.*
        FROM bills AS r CROSS JOIN LATERAL (
            SELECT coalesce(sum(m.amount) FILTER (WHERE m.asset = {Asset.POINTS:d}
                            AND m.debit_account = '{POINTS_REDEEMED}'), 0) AS units,
                   coalesce(sum(m.amount) FILTER (WHERE m.asset = {Asset.MONEY:d}
                            AND m.credit_account = '{POINTS_COST}'), 0) AS amount_fen
            FROM transfers AS m WHERE m.member_id = r.member_id AND m.bill_id = r.bill_id
        ) AS back
        WHERE r.kind {_IS_BACK} AND r.{NOT_A_SALE} AND r.store_id = ANY(:store_ids)
          AND r.business_date BETWEEN :first_date AND :last_date
          AND r.member_id <> r.store_id AND (back.units > 0 OR back.amount_fen > 0)
    ), worth AS (
        SELECT redeemer, seller, asset, spent, units,
               CASE WHEN paid_by IS NULL THEN units ELSE (
                   SELECT coalesce(sum(m.amount), 0) FROM transfers AS m
                   WHERE m.member_id = moves.member_id AND m.bill_id = moves.bill_id
                     AND m.asset = {Asset.MONEY:d}
                     AND CASE WHEN spent THEN m.debit_account ELSE m.credit_account END = paid_by
                     AND (m.debit_account, m.credit_account)
                         <> ('{STORED_VALUE_LIABILITY}', '{BONUS_COST}')
               ) END AS amount_fen,
               CASE WHEN paid_by IS NULL THEN 1
               ELSE count(*) OVER (PARTITION BY bill_id, asset, spent) END AS sellers,
               member_id, bill_id, member_id AS taker_id, bill_id AS taking_id
        FROM moves
        UNION ALL
        SELECT returned.redeemer, l.store_id, {Asset.POINTS:d}, false, returned.units,
               returned.amount_fen, count(*) OVER (PARTITION BY returned.bill_id),
               returned.member_id, returned.bill_id, o.member_id, o.bill_id
        FROM returned JOIN bills AS o ON o.bill_id = returned.original_bill_id
        CROSS JOIN LATERAL (
            SELECT DISTINCT l.store_id FROM transfers AS t
            JOIN lots AS l ON l.member_id = t.member_id AND l.bill_id = t.lot_bill_id
                          AND l.ordinal = t.lot_ordinal
            WHERE t.member_id = o.member_id AND t.bill_id = o.bill_id
              AND t.asset = {Asset.POINTS:d} AND {_IS_REDEMPTION}
        ) AS l
    ), shared AS (
        SELECT DISTINCT redeemer, asset, spent, amount_fen, member_id, bill_id, taker_id, taking_id
        FROM worth WHERE sellers > 1
    )
    SELECT redeemer, seller, asset, spent, sum(units) AS units, sum(amount_fen) AS amount_fen,
           NULL::uuid AS bill_id, NULL::uuid AS lot_bill_id, NULL::smallint AS lot_ordinal,
           NULL::bytea AS allocation
    FROM worth WHERE sellers = 1 GROUP BY redeemer, seller, asset, spent
    UNION ALL
    SELECT s.redeemer, l.store_id, s.asset, s.spent, t.amount, s.amount_fen,
           s.bill_id, t.lot_bill_id, t.lot_ordinal, b.allocation
    FROM shared AS s
    JOIN bills AS b ON b.member_id = s.member_id AND b.bill_id = s.bill_id
    JOIN transfers AS t ON t.member_id = s.taker_id AND t.bill_id = s.taking_id
                       AND t.asset = s.asset AND {_IS_REDEMPTION}
    JOIN lots AS l ON l.member_id = t.member_id AND l.bill_id = t.lot_bill_id
                  AND l.ordinal = t.lot_ordinal
    """  # noqa: S608 - constants of this program
)


class OutstandingQueries:
    """Reads of value by the stores that stand for it and that took it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def stores_that_owe(self, after: str, limit: int) -> list[str]:
        """The next stores with lots that have something left, in order."""
        return await self._store_ids(_stores(_OWING), after, limit)

    async def stores_that_redeemed(self, after: str, limit: int) -> list[str]:
        """The next stores in which value ever left a wallet, or any came back, in order."""
        return await self._store_ids(_stores(_VALUE_MOVED, *_BACK), after, limit)

    async def _store_ids(self, query: str, after: str, limit: int) -> list[str]:
        given = text(query).bindparams(bindparam("after", type_=Uuid(as_uuid=False)))
        found = await self._connection.execute(given, {"after": after, "limit": limit})
        return [str(row.store_id) for row in found]

    async def liability(self, store_ids: Sequence[str]) -> Sequence[Record]:
        """(store_id, asset, month, amount, lot_count) that is left now; month None: never."""
        return (await self._connection.execute(_of(_LIABILITY), {"store_ids": store_ids})).all()

    async def redeemed(
        self,
        store_ids: Sequence[str],
        first_date: date,
        last_date: date,
        read_sources: ReadSources,
    ) -> tuple[list[Redeemed], list[SharedBill]]:
        """What the stores redeemed in a range of business dates, and what came back to them.

        Summed where a bill has value of one seller; the others as they are to be shared.
        """
        found = await self._connection.execute(
            _of(_REDEEMED),
            {"store_ids": store_ids, "first_date": first_date, "last_date": last_date},
        )
        summed, shared = [], defaultdict(list)
        for row in found:
            if row.bill_id is None:
                summed.append(_redeemed(row))
            else:
                shared[row.bill_id, row.asset, row.spent].append(row)
        return summed, [_shared(lots, read_sources) for lots in shared.values()]


def _redeemed(row: Record) -> Redeemed:
    return Redeemed(
        str(row.redeemer),
        str(row.seller),
        Asset(row.asset),
        row.spent,
        int(row.units),
        int(row.amount_fen),
    )


def _shared(rows: Sequence[Record], read_sources: ReadSources) -> SharedBill:
    bill = rows[0]
    return SharedBill(
        str(bill.redeemer),
        Asset(bill.asset),
        bill.spent,
        int(bill.amount_fen),
        tuple(
            LotPart(LotKey(str(row.lot_bill_id), row.lot_ordinal), str(row.seller), int(row.units))
            for row in rows
        ),
        read_sources(bill.allocation),
    )


def _of(query: Any) -> Any:
    return query.bindparams(bindparam("store_ids", type_=ARRAY(Uuid(as_uuid=False))))
