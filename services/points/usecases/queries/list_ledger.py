"""Lists and sums over all members: balances, and bills by store and kind."""

from collections.abc import Sequence
from datetime import date

from chassis.database import Database
from services.points.pages import Page, check_range, cut_page, id_in_token
from services.points.storage.queries.bill_search import BillSearch
from services.points.storage.queries.ledger_queries import LedgerQueries, Record


async def list_balances(database: Database, token: str, limit: int) -> Page:
    """Points of all members with a wallet, in order of member_id."""
    question = ("balances",)
    after = id_in_token(token, question)
    async with database.slow_turn(), database.read() as connection:
        rows = await LedgerQueries(connection).balances(after, limit + 1)
    return cut_page(rows, limit, "member_id", question=question)


async def summarize_bills(
    database: Database, store_ids: Sequence[str], first_date: date, last_date: date
) -> Sequence[Record]:
    """Counts and sums of bills per store and kind; Invalid INVALID_RANGE or RANGE_TOO_LONG."""
    check_range(first_date, last_date)
    async with database.slow_turn(), database.read() as connection:
        return await BillSearch(connection).summary(store_ids, first_date, last_date)
