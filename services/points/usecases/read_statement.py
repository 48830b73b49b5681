"""Reads a member's statement: every movement of one kind of value with the balance after it."""

from dataclasses import dataclass

from chassis.database import Database
from chassis.paging import decode_page_token, encode_page_token
from services.points.domain.assets import Asset
from services.points.pages import Page, foreign_token, number_of_token
from services.points.storage.statements import Record, StatementQueries
from services.points.usecases.list_bills import SEQUENCE_MAX

# At least any ordinal of a bill, and the most its column holds: the first page starts here.
_ORDINAL_MAX = 32_767
_BALANCE_MAX = 2**62


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A transfer, and what was left in the wallet right after it."""

    row: Record
    balance: int


async def read_statement(
    database: Database, member_id: str, asset: Asset, pass_id: str | None, token: str, limit: int
) -> Page:
    """Transfers of one asset of a member in the order in which they were posted, newest first.

    The first page starts from what is left now, and each page hands on to the next what was left
    before it, so that a page costs the same however far back it lies.
    """
    key = decode_page_token(token, int, int, int)
    before = (SEQUENCE_MAX, _ORDINAL_MAX)
    if key is not None:
        sequence = number_of_token(key[0], SEQUENCE_MAX)
        before = (sequence, number_of_token(key[1], _ORDINAL_MAX))
    async with database.read() as connection:
        queries = StatementQueries(connection)
        rows = await queries.lines(member_id, asset, pass_id, before, limit + 1)
        if key is None:
            balance = await queries.left(member_id, asset, pass_id)
        else:
            balance = _balance_of(key[2])
    lines = []
    for row in rows[:limit]:
        lines.append(StatementLine(row, balance))
        balance -= row.change
    if len(rows) <= limit:
        return Page(lines, "")
    last = rows[limit - 1]
    return Page(lines, encode_page_token(last.sequence, last.ordinal, balance))


def _balance_of(part: str | int) -> int:
    """The balance in a token; one that somebody made up must not lead out of 64 bits."""
    if abs(int(part)) > _BALANCE_MAX:
        raise foreign_token()
    return int(part)
