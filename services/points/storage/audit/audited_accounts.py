"""Reads accounts for the verification: each batch in one short snapshot that locks nothing."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from pricing.earning import CounterKey, Tally
from services.points.domain.assets import Asset, BillKind
from services.points.domain.audit.audited import AuditedBill, BookedTransfer, ChainLink
from services.points.domain.audit.breaks import AccountSum
from services.points.domain.lot import Lot, LotKey
from services.points.domain.transfer import Transfer
from services.points.domain.wallet import Wallet
from services.points.storage.driver import Driver, driver_of, fetch, text_of
from services.points.storage.locked_books import lot_of, wallet_of
from services.points.storage.queries.ledger_queries import LAST_ID
from services.points.storage.wallets.merged_times import MERGED_TIMES, in_times

Record = Any  # a row with the columns of its query by name

# A hundred bills take a few milliseconds of the process that the door is in as well.
_BILLS_AT_ONCE = 100
# Sums over everything take as long as they take; nobody waits for them.
_TOTALS_TIMEOUT_SECONDS = 3600.0

_KNOWN_ASSETS = {int(asset): asset for asset in Asset}


def _next_accounts(table: str) -> str:
    """The next account ids of a table, from one entry of its key to the next: never a scan."""
    return f"""
        WITH RECURSIVE next (member_id) AS (
            (SELECT member_id FROM {table} WHERE member_id > $1 ORDER BY member_id LIMIT 1)
            UNION ALL
            SELECT (SELECT t.member_id FROM {table} AS t WHERE t.member_id > next.member_id
                    ORDER BY t.member_id LIMIT 1)
            FROM next WHERE next.member_id IS NOT NULL
        )
        SELECT member_id FROM next WHERE member_id IS NOT NULL LIMIT $2
        """  # noqa: S608 - constants of this file


_ACCOUNTS = f"""
    WITH accounts AS (
        (SELECT member_id FROM wallets WHERE member_id > $1 ORDER BY member_id LIMIT $2)
        UNION ({_next_accounts("bills")})
        UNION ({_next_accounts("transfers")})
        UNION ({_next_accounts("lots")})
        UNION ({_next_accounts("holds")})
    )
    SELECT a.member_id, w.bill_count,
           CASE WHEN w.member_id IS NULL THEN EXISTS (
               SELECT FROM bills AS b WHERE b.member_id = a.member_id AND b.sequence = 0
                 AND b.store_id = a.member_id LIMIT 1) END AS is_store
    FROM (SELECT member_id FROM accounts ORDER BY member_id LIMIT $2) AS a
    LEFT JOIN wallets AS w USING (member_id)
    ORDER BY a.member_id
    """  # noqa: S608
_RANGE = "member_id BETWEEN $1::uuid AND $2::uuid"
_WALLETS = f"SELECT * FROM wallets WHERE {_RANGE}"  # noqa: S608
_COUNTERS = f"SELECT * FROM earning_counters WHERE {_RANGE}"  # noqa: S608
_LOTS = f"SELECT * FROM lots WHERE {_RANGE}"  # noqa: S608
_LINKS = f"SELECT member_id, sequence, bill_id, hash FROM bills WHERE {_RANGE}"  # noqa: S608
_BILLS = """
    SELECT member_id, bill_id, kind, store_id, register_id, staff_id, business_date, reason,
           total_fen, points_earned, occurred_at, original_bill_id, posted_at, sequence, hash,
           document, allocation, receipt
    FROM bills
    WHERE (member_id, bill_id) > ($1::uuid, $2::uuid) AND member_id <= $3::uuid
    ORDER BY member_id, bill_id LIMIT $4
    """
_RETURNS_ELSEWHERE = f"""{MERGED_TIMES}
    SELECT r.bill_id, r.document, times.merge_bill_id
    FROM bills AS r LEFT JOIN times ON {in_times("r")}
    WHERE r.original_bill_id = ANY($2::uuid[]) AND r.member_id <> $3::uuid
      AND r.kind = {BillKind.SALE_RETURN:d}
    """  # noqa: S608
_TRANSFERS = """
    SELECT member_id, bill_id, ordinal, asset, pass_id, debit_account, credit_account, amount,
           lot_bill_id, lot_ordinal, store_id, business_date, posted_at
    FROM transfers
    WHERE (member_id, bill_id) > ($1::uuid, $2::uuid)
      AND (member_id, bill_id) <= ($3::uuid, $4::uuid)
    ORDER BY member_id, bill_id, ordinal
    """
_SUMS = """
    SELECT asset, pass_id, account, sum(debit)::numeric AS debit, sum(credit)::numeric AS credit
    FROM (
        SELECT asset, pass_id, debit_account, credit_account, sum(amount) AS amount
        FROM transfers GROUP BY asset, pass_id, debit_account, credit_account
    ) AS moved
    CROSS JOIN LATERAL (
        VALUES (debit_account, amount, 0), (credit_account, 0, amount)
    ) AS sides (account, debit, credit)
    GROUP BY asset, pass_id, account
    """
_HELD = """
    SELECT coalesce(sum(points), 0) AS points, coalesce(sum(principal_fen), 0) AS principal_fen,
           coalesce(sum(bonus_fen), 0) AS bonus_fen
    FROM wallets
    """


class Account(NamedTuple):
    """An account that has something in the books; a member's, or a store's walk-in account."""

    member_id: str
    bill_count: int
    is_walk_in: bool


class Span(NamedTuple):
    """Bills to read: those of the accounts from `first` to `last`, after one bill of the first."""

    first: str
    last: str
    after_bill_id: str = ""
    bills_max: int | None = None


class BookedBill(NamedTuple):
    """A bill with its transfers; None for transfers whose bill is not there."""

    member_id: str
    bill_id: str
    bill: AuditedBill | None
    transfers: list[BookedTransfer]


class AuditQueries:
    """Reads on a connection that cannot write, all in the snapshot that the first one begins."""

    def __init__(
        self, connection: AsyncConnection, audited_bill: Callable[[Record], AuditedBill]
    ) -> None:
        self._connection = connection
        self._audited_bill = audited_bill

    async def accounts(self, after: str, limit: int) -> list[Account]:
        """The next accounts in order, whatever table knows them."""
        rows = await fetch(self._connection, _ACCOUNTS, after, limit)
        return [
            Account(
                str(row["member_id"]),
                row["bill_count"] or 0,
                bool(row["is_store"]),
            )
            for row in rows
        ]

    async def wallets(self, span: Span) -> dict[str, Wallet]:
        """Wallets by member, with their counts, and without lots and holds."""
        found = await fetch(self._connection, _WALLETS, span.first, span.last)
        wallets = {wallet.member_id: wallet for wallet in map(wallet_of, found)}
        for row in await (await self._driver()).fetch(_COUNTERS, span.first, span.last):
            if (wallet := wallets.get(str(row["member_id"]))) is not None:
                key = CounterKey(row["rule_id"], row["period"])
                wallet.counters[key] = Tally(row["weight"], row["denominator"])
        return wallets

    async def lots(self, span: Span) -> dict[str, list[Lot]]:
        """All lots by member, those with nothing left included."""
        lots: dict[str, list[Lot]] = {}
        for row in await (await self._driver()).fetch(_LOTS, span.first, span.last):
            lots.setdefault(str(row["member_id"]), []).append(_lot(row))
        return lots

    async def links(self, span: Span) -> dict[str, list[ChainLink]]:
        """The chain of each member."""
        links: dict[str, list[ChainLink]] = {}
        for row in await (await self._driver()).fetch(_LINKS, span.first, span.last):
            link = ChainLink(row["sequence"], str(row["bill_id"]), row["hash"])
            links.setdefault(str(row["member_id"]), []).append(link)
        return links

    async def returns_elsewhere(
        self, member_id: str, merge_bill_ids: Sequence[str], sale_ids: Sequence[str]
    ) -> list[Record]:
        """Returns of an account's sales that are booked on others, each with the merge then."""
        driver = await self._driver()
        asked = merge_bill_ids, sale_ids, member_id
        return list(await driver.fetch(_RETURNS_ELSEWHERE, *asked))

    async def bills(self, span: Span, take: Callable[[BookedBill], None]) -> str | None:
        """Hands over bills with their transfers, in order of member and bill.

        Stops after `bills_max` of them; returns the last one's id when there are more.
        """
        driver = await self._driver()
        after = (span.first, span.after_bill_id)
        if not span.after_bill_id:
            after = (str(UUID(int=UUID(span.first).int - 1)), LAST_ID)
        left = span.bills_max
        while True:
            limit = _BILLS_AT_ONCE if left is None else min(left, _BILLS_AT_ONCE)
            rows = await driver.fetch(_BILLS, *after, span.last, limit)
            is_end = len(rows) < limit
            last = (span.last, LAST_ID) if is_end else _key(rows[-1])
            transfers = await driver.fetch(_TRANSFERS, *after, *last)
            for booked in self._joined(rows, transfers):
                take(booked)
            if is_end:
                return None
            after = last
            if left is not None and (left := left - len(rows)) <= 0:
                return last[1]

    def _joined(self, rows: Sequence[Record], transfers: Sequence[Record]) -> list[BookedBill]:
        bills = {_key(row): self._audited_bill(row) for row in rows}
        moves: dict[tuple[str, str], list[BookedTransfer]] = {key: [] for key in bills}
        for row in transfers:
            moves.setdefault(_key(row), []).append(_booked(row))
        return [BookedBill(*key, bills.get(key), moves[key]) for key in sorted(moves)]

    async def totals(self) -> tuple[list[AccountSum], dict[Asset, int]]:
        """The sums of all accounts of all the books, and what all wallets hold."""
        (held,) = await fetch(self._connection, _HELD)
        driver = await self._driver()
        # One process of the server at a time: the door needs the others.
        await driver.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        rows = await driver.fetch(_SUMS, timeout=_TOTALS_TIMEOUT_SECONDS)
        sums = [
            AccountSum(
                any_asset(row["asset"]),
                text_of(row["pass_id"]),
                row["account"],
                int(row["debit"]),
                int(row["credit"]),
            )
            for row in rows
        ]
        return sums, {
            Asset.POINTS: int(held["points"]),
            Asset.PRINCIPAL: int(held["principal_fen"]),
            Asset.BONUS: int(held["bonus_fen"]),
        }

    async def _driver(self) -> Driver:
        return await driver_of(self._connection)


def _key(row: Record) -> tuple[str, str]:
    return str(row["member_id"]), str(row["bill_id"])


def _lot(row: Record) -> Lot:
    if row["asset"] in _KNOWN_ASSETS:
        return lot_of(row)
    return lot_of({**row, "asset": Asset.MONEY})._replace(asset=any_asset(row["asset"]))


def _booked(row: Record) -> BookedTransfer:
    lot = row["lot_bill_id"]
    transfer = Transfer(
        any_asset(row["asset"]),
        row["debit_account"],
        row["credit_account"],
        row["amount"],
        None if lot is None else LotKey(str(lot), row["lot_ordinal"]),
        text_of(row["pass_id"]),
    )
    day: date = row["business_date"]
    return BookedTransfer(row["ordinal"], transfer, str(row["store_id"]), day, row["posted_at"])


def any_asset(number: int) -> Asset:
    """The asset; a number that is none is kept as it is, for the hash and for the break."""
    return _KNOWN_ASSETS.get(number) or cast(Asset, number)
