"""The only SQL of the ledger's writes. One statement a table, whatever the size of the batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.ledger import Asset, BillKind, Posting
from services.points.domain.sale import Sale


@dataclass(frozen=True, slots=True)
class StoredBill:
    """What the door needs to know of a bill that is already in the books."""

    document: bytes
    points_earned: int
    points_after: int


@dataclass(frozen=True, slots=True)
class NewBill:
    """A bill to write, with its bookings."""

    sale: Sale
    posting: Posting
    points_after: int
    document: bytes


_LOCK_WALLETS = text(
    """
    SELECT member_id, balance FROM wallets
    WHERE asset = :asset AND member_id = ANY(CAST(:member_ids AS uuid[]))
    ORDER BY member_id FOR UPDATE
    """
)
_CREATE_WALLETS = text(
    """
    INSERT INTO wallets (member_id, asset, balance)
    SELECT member_id, :asset, 0 FROM unnest(CAST(:member_ids AS uuid[])) AS given (member_id)
    ORDER BY member_id
    ON CONFLICT DO NOTHING
    """
)
_FIND_BILLS = text(
    """
    SELECT bill_id, document, points_earned, points_after FROM bills
    WHERE bill_id = ANY(CAST(:bill_ids AS uuid[]))
    """
)
_INSERT_BILLS = text(
    """
    INSERT INTO bills (member_id, bill_id, kind, store_id, business_date, occurred_at, posted_at,
                       total_fen, points_earned, points_after, document)
    SELECT member_id, bill_id, :kind, store_id, business_date, occurred_at, :posted_at,
           total_fen, points_earned, points_after, document
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:bill_ids AS uuid[]), CAST(:store_ids AS uuid[]),
                CAST(:business_dates AS date[]), CAST(:occurred_at AS timestamptz[]),
                CAST(:total_fen AS bigint[]), CAST(:points_earned AS bigint[]),
                CAST(:points_after AS bigint[]), CAST(:documents AS bytea[]))
        AS given (member_id, bill_id, store_id, business_date, occurred_at, total_fen,
                  points_earned, points_after, document)
    ORDER BY bill_id
    ON CONFLICT DO NOTHING
    """
)
_INSERT_TRANSFERS = text(
    """
    INSERT INTO transfers (member_id, bill_id, ordinal, asset, debit_account, credit_account,
                           amount, store_id, business_date, posted_at)
    SELECT member_id, bill_id, ordinal, asset, debit_account, credit_account, amount, store_id,
           business_date, :posted_at
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:bill_ids AS uuid[]),
                CAST(:ordinals AS smallint[]), CAST(:assets AS smallint[]),
                CAST(:debit_accounts AS text[]), CAST(:credit_accounts AS text[]),
                CAST(:amounts AS bigint[]), CAST(:store_ids AS uuid[]),
                CAST(:business_dates AS date[]))
        AS given (member_id, bill_id, ordinal, asset, debit_account, credit_account, amount,
                  store_id, business_date)
    """
)
_INSERT_LOTS = text(
    """
    INSERT INTO lots (member_id, bill_id, ordinal, asset, granted, remaining, rule_version,
                      store_id, earned_at, available_at, expiry_date)
    SELECT member_id, bill_id, ordinal, asset, granted, granted, rule_version, store_id,
           earned_at, available_at, expiry_date
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:bill_ids AS uuid[]),
                CAST(:ordinals AS smallint[]), CAST(:assets AS smallint[]),
                CAST(:granted AS bigint[]), CAST(:rule_versions AS text[]),
                CAST(:store_ids AS uuid[]), CAST(:earned_at AS timestamptz[]),
                CAST(:available_at AS timestamptz[]), CAST(:expiry_dates AS date[]))
        AS given (member_id, bill_id, ordinal, asset, granted, rule_version, store_id, earned_at,
                  available_at, expiry_date)
    """
)
_SET_BALANCES = text(
    """
    UPDATE wallets SET balance = given.balance
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:balances AS bigint[]))
        AS given (member_id, balance)
    WHERE wallets.member_id = given.member_id AND wallets.asset = :asset
    """
)


class LedgerRepository:
    """Writes of the ledger inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock_points(self, member_ids: Iterable[str]) -> dict[str, int]:
        """Locks the members' points wallets in sorted order, making those that lack.

        Returns member_id -> balance. Sorted, so that two batches never wait for each other in a
        circle; made first, because a row that does not exist cannot be locked.
        """
        wanted = sorted(set(member_ids))
        if not wanted:
            return {}
        balances = await self._lock(wanted)
        missing = [member_id for member_id in wanted if member_id not in balances]
        if missing:
            await self._connection.execute(
                _CREATE_WALLETS, {"member_ids": missing, "asset": Asset.POINTS}
            )
            balances.update(await self._lock(missing))
        return balances

    async def _lock(self, member_ids: Sequence[str]) -> dict[str, int]:
        rows = await self._connection.execute(
            _LOCK_WALLETS, {"member_ids": member_ids, "asset": Asset.POINTS}
        )
        return {str(row.member_id): row.balance for row in rows}

    async def find_bills(self, bill_ids: Iterable[str]) -> dict[str, StoredBill]:
        """Those of the given bills that are in the books, whoever's they are."""
        rows = await self._connection.execute(_FIND_BILLS, {"bill_ids": list(bill_ids)})
        return {
            str(row.bill_id): StoredBill(row.document, row.points_earned, row.points_after)
            for row in rows
        }

    async def insert_bills(self, bills: Sequence[NewBill], posted_at: datetime) -> int:
        """Writes bills; returns how many were new, fewer when another writer came first.

        Written in the order of the ids: no wallet's lock keeps two batches apart that share the
        ids of walk-in sales, or of different members, and they must not wait in a circle.
        """
        sales = [bill.sale for bill in bills]
        result = await self._connection.execute(
            _INSERT_BILLS,
            {
                "kind": BillKind.SALE,
                "posted_at": posted_at,
                "member_ids": [sale.account_id for sale in sales],
                "bill_ids": [sale.sale_id for sale in sales],
                "store_ids": [sale.store_id for sale in sales],
                "business_dates": [sale.business_date for sale in sales],
                "occurred_at": [sale.sold_at for sale in sales],
                "total_fen": [sale.total_fen for sale in sales],
                "points_earned": [bill.posting.points_earned for bill in bills],
                "points_after": [bill.points_after for bill in bills],
                "documents": [bill.document for bill in bills],
            },
        )
        return int(result.rowcount)

    async def insert_transfers(self, bills: Sequence[NewBill], posted_at: datetime) -> None:
        """Writes the transfers of new bills."""
        rows = [
            (bill.sale, ordinal, transfer)
            for bill in bills
            for ordinal, transfer in enumerate(bill.posting.transfers)
        ]
        if rows:
            await self._connection.execute(
                _INSERT_TRANSFERS,
                {
                    "posted_at": posted_at,
                    **_key_columns((sale, ordinal) for sale, ordinal, _ in rows),
                    "assets": [transfer.asset for _, _, transfer in rows],
                    "debit_accounts": [transfer.debit_account for _, _, transfer in rows],
                    "credit_accounts": [transfer.credit_account for _, _, transfer in rows],
                    "amounts": [transfer.amount for _, _, transfer in rows],
                    "business_dates": [sale.business_date for sale, _, _ in rows],
                },
            )

    async def insert_lots(self, bills: Sequence[NewBill]) -> None:
        """Writes the lots that new bills grant."""
        rows = [
            (bill.sale, ordinal, lot)
            for bill in bills
            for ordinal, lot in enumerate(bill.posting.lots)
        ]
        if rows:
            await self._connection.execute(
                _INSERT_LOTS,
                {
                    **_key_columns((sale, ordinal) for sale, ordinal, _ in rows),
                    "assets": [lot.asset for _, _, lot in rows],
                    "granted": [lot.amount for _, _, lot in rows],
                    "rule_versions": [lot.rule_version for _, _, lot in rows],
                    "earned_at": [lot.earned_at for _, _, lot in rows],
                    "available_at": [lot.available_at for _, _, lot in rows],
                    "expiry_dates": [lot.expiry_date for _, _, lot in rows],
                },
            )

    async def set_points(self, balances: dict[str, int]) -> None:
        """Writes the balances of wallets that this transaction has locked."""
        if balances:
            await self._connection.execute(
                _SET_BALANCES,
                {
                    "asset": Asset.POINTS,
                    "member_ids": list(balances),
                    "balances": list(balances.values()),
                },
            )


def _key_columns(rows: Iterable[tuple[Sale, int]]) -> dict[str, list[Any]]:
    """The columns that transfers and lots share: whose, which bill, which of it, which store."""
    columns: dict[str, list[Any]] = {
        "member_ids": [],
        "bill_ids": [],
        "ordinals": [],
        "store_ids": [],
    }
    for sale, ordinal in rows:
        columns["member_ids"].append(sale.account_id)
        columns["bill_ids"].append(sale.sale_id)
        columns["ordinals"].append(ordinal)
        columns["store_ids"].append(sale.store_id)
    return columns
