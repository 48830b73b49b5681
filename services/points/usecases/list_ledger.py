"""Lists of the ledger, keyset-paged: balances, bills, statements, sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chassis.database import Database
from chassis.errors import NotFound
from chassis.paging import decode_page_token, encode_page_token
from services.points.domain.ledger import Asset
from services.points.storage.queries import NEWEST, LedgerQueries, Record

# Larger than any ordinal of a bill: the first page starts after everything.
_ORDINAL_ABOVE_ALL = 32_767


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the token of the next page; empty on the last one."""

    rows: Sequence[Record]
    next_page_token: str


def _page(rows: Sequence[Record], limit: int, *key: str) -> Page:
    """Cuts the one row too many that was read to learn whether there is a next page."""
    if len(rows) <= limit:
        return Page(rows, "")
    return Page(rows[:limit], encode_page_token(*(getattr(rows[limit - 1], k) for k in key)))


async def list_balances(database: Database, token: str, limit: int) -> Page:
    """Points of all members with a wallet, in order of member_id."""
    after = decode_page_token(token, str)
    async with database.read() as connection:
        rows = await LedgerQueries(connection).balances(
            Asset.POINTS, str(after[0]) if after else None, limit + 1
        )
    return _page(rows, limit, "member_id")


async def list_member_bills(database: Database, member_id: str, token: str, limit: int) -> Page:
    """Bills of a member, newest first."""
    before = decode_page_token(token, str)
    async with database.read() as connection:
        rows = await LedgerQueries(connection).bills_of_member(
            member_id, str(before[0]) if before else NEWEST, limit + 1
        )
    return _page(rows, limit, "bill_id")


async def list_store_bills(
    database: Database, store_id: str, business_date: date, token: str, limit: int
) -> Page:
    """Bills of a store's business date, newest first."""
    before = decode_page_token(token, str)
    async with database.read() as connection:
        rows = await LedgerQueries(connection).bills_of_day(
            store_id, business_date, str(before[0]) if before else NEWEST, limit + 1
        )
    return _page(rows, limit, "bill_id")


async def read_statement(
    database: Database, member_id: str, asset: Asset, token: str, limit: int
) -> Page:
    """Transfers of one asset of a member, newest first."""
    before = decode_page_token(token, str, int)
    start = (str(before[0]), int(before[1])) if before else (NEWEST, _ORDINAL_ABOVE_ALL)
    async with database.read() as connection:
        rows = await LedgerQueries(connection).statement(member_id, asset, start, limit + 1)
    return _page(rows, limit, "bill_id", "ordinal")


async def read_bill(database: Database, bill_id: str) -> tuple[Record, Sequence[Record]]:
    """A bill and its transfers; NotFound UNKNOWN_BILL."""
    async with database.read() as connection:
        queries = LedgerQueries(connection)
        bill = await queries.bill(bill_id)
        if bill is None:
            raise NotFound("UNKNOWN_BILL", f"no bill {bill_id}", {"bill_id": bill_id})
        return bill, await queries.transfers_of_bill(bill.member_id, bill_id)


async def summarize_bills(
    database: Database, store_ids: Sequence[str], from_date: date | None, to_date: date | None
) -> Sequence[Record]:
    """Counts and sums of bills per store and kind."""
    async with database.read() as connection:
        return await LedgerQueries(connection).summary(store_ids, from_date, to_date)
