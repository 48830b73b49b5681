"""Lists of the ledger, keyset-paged: balances, bills, statements, sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chassis.database import Database
from chassis.errors import Invalid, NotFound
from chassis.ids import canonical_id
from chassis.paging import decode_page_token, encode_page_token
from services.points.domain.assets import Asset
from services.points.storage.queries import NEWEST, LedgerQueries, Record

# At least any ordinal of a bill, and the most its column holds: the first page starts here.
_ORDINAL_ABOVE_ALL = 32_767


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the token of the next page; empty on the last one."""

    rows: Sequence[Record]
    next_page_token: str


def cut_page(rows: Sequence[Record], limit: int, *key: str) -> Page:
    """Cuts the one row too many that was read to learn whether there is a next page."""
    if len(rows) <= limit:
        return Page(rows, "")
    return Page(rows[:limit], encode_page_token(*(getattr(rows[limit - 1], k) for k in key)))


def id_in_token(token: str) -> str | None:
    """The id in a token of a list with one key; None for the first page."""
    key = decode_page_token(token, str)
    return None if key is None else _id_of(key[0])


def _id_of(part: str | int) -> str:
    try:
        return canonical_id(str(part), "page_token")
    except Invalid:
        raise _foreign_token() from None


def _foreign_token() -> Invalid:
    return Invalid("INVALID_PAGE_TOKEN", "page_token is not one that this list gave out")


async def list_balances(database: Database, token: str, limit: int) -> Page:
    """Points of all members with a wallet, in order of member_id."""
    after = id_in_token(token)
    async with database.read() as connection:
        rows = await LedgerQueries(connection).balances(after, limit + 1)
    return cut_page(rows, limit, "member_id")


async def list_member_bills(database: Database, member_id: str, token: str, limit: int) -> Page:
    """Bills of a member, newest first."""
    before = id_in_token(token) or NEWEST
    async with database.read() as connection:
        rows = await LedgerQueries(connection).bills_of_member(member_id, before, limit + 1)
    return cut_page(rows, limit, "bill_id")


async def list_store_bills(
    database: Database, store_id: str, business_date: date, token: str, limit: int
) -> Page:
    """Bills of a store's business date, newest first."""
    before = id_in_token(token) or NEWEST
    async with database.read() as connection:
        rows = await LedgerQueries(connection).bills_of_day(
            store_id, business_date, before, limit + 1
        )
    return cut_page(rows, limit, "bill_id")


async def read_statement(
    database: Database, member_id: str, asset: Asset, token: str, limit: int
) -> Page:
    """Transfers of one asset of a member, newest first."""
    start = (NEWEST, _ORDINAL_ABOVE_ALL)
    if (before := decode_page_token(token, str, int)) is not None:
        start = (_id_of(before[0]), int(before[1]))
        if not 0 <= start[1] <= _ORDINAL_ABOVE_ALL:
            raise _foreign_token()
    async with database.read() as connection:
        rows = await LedgerQueries(connection).statement(member_id, asset, start, limit + 1)
    return cut_page(rows, limit, "bill_id", "ordinal")


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
