"""Reads a member's statement: every movement of one kind of value with the balance after it."""

from dataclasses import dataclass

from chassis.database import Database
from chassis.paging import decode_page_token, encode_page_token
from services.points.domain.assets import Asset
from services.points.domain.lot_booking import ORDINAL_MAX
from services.points.pages import Page, number_of_token
from services.points.storage.queries.statements import Record, StatementQueries
from services.points.usecases.queries.list_bills import SEQUENCE_MAX


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A transfer, and what was left in the wallet right after it."""

    row: Record
    balance: int


async def read_statement(
    database: Database, member_id: str, asset: Asset, pass_id: str | None, token: str, limit: int
) -> Page:
    """Transfers of one asset of a member in the order in which they were posted, newest first.

    A balance is counted back from what is left now. A page further back reads what changed since
    from the books: a token comes from outside, and nothing in it is told as a balance.
    """
    question = ("statement", member_id, asset, pass_id)
    key = decode_page_token(token, int, int, question=question)
    before = (SEQUENCE_MAX, ORDINAL_MAX)
    if key is not None:
        sequence = number_of_token(key[0], SEQUENCE_MAX)
        before = (sequence, number_of_token(key[1], ORDINAL_MAX))
    async with database.slow_turn(), database.read() as connection:
        queries = StatementQueries(connection)
        rows = await queries.lines(member_id, asset, pass_id, before, limit + 1)
        balance = await queries.left(member_id, asset, pass_id)
        if key is not None:
            balance -= await queries.changed_since(member_id, asset, pass_id, before)
    lines = []
    for row in rows[:limit]:
        lines.append(StatementLine(row, balance))
        balance -= row.change
    if len(rows) <= limit:
        return Page(lines, "")
    last = rows[limit - 1]
    return Page(lines, encode_page_token(last.sequence, last.ordinal, question=question))
