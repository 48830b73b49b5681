"""Lists bills that have something in common, keyset-paged."""

from datetime import date

from chassis.database import Database
from chassis.paging import decode_page_token, encode_page_token
from services.points.pages import (
    Page,
    cut_page,
    date_of_token,
    id_of_token,
    number_of_token,
    rows_that_fit,
)
from services.points.storage.queries.bill_search import BillFilter, BillSearch, Record
from services.points.storage.queries.ledger_queries import LAST_ID

# More than any member's bills, and the most its column holds.
SEQUENCE_MAX = 2**63 - 1
# Of a bill, all but what grows with its lines: ids, moments, figures, a reason of 256 characters.
_BYTES_BESIDE = 2 * 1024


async def list_member_bills(
    database: Database, member_id: str, asked: BillFilter, token: str, limit: int
) -> Page:
    """Bills of a member in the order in which they were posted, newest first."""
    question = ("bills of a member", member_id, asked)
    key = decode_page_token(token, int, question=question)
    before = SEQUENCE_MAX if key is None else number_of_token(key[0], SEQUENCE_MAX)
    async with database.slow_turn(), database.read() as connection:
        rows = await BillSearch(connection).of_member(member_id, asked, before, limit + 1)
    limit = rows_that_fit(rows, limit, _bytes_of)
    return cut_page(rows, limit, "sequence", question=question)


async def list_store_bills(database: Database, asked: BillFilter, token: str, limit: int) -> Page:
    """Bills of a range of business dates, newest date and id first."""
    question = ("bills of stores", asked)
    before = (asked.last_date or date.max, LAST_ID)
    if (key := decode_page_token(token, str, str, question=question)) is not None:
        before = (date_of_token(key[0]), id_of_token(key[1]))
    async with database.slow_turn(), database.read() as connection:
        rows = await BillSearch(connection).of_stores(asked, before, limit + 1)
    limit = rows_that_fit(rows, limit, _bytes_of)
    if len(rows) <= limit:
        return Page(rows, "")
    last = rows[limit - 1]
    end = (last.business_date.isoformat(), last.bill_id)
    return Page(rows[:limit], encode_page_token(*end, question=question))


def _bytes_of(row: Record) -> int:
    return _BYTES_BESIDE + len(row.document) + len(row.allocation or b"") + len(row.receipt)
