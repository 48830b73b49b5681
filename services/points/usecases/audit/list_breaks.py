"""Lists breaks with the transfers that prove them, keyset-paged."""

from collections.abc import Sequence
from typing import NamedTuple

from chassis.database import Database
from chassis.paging import decode_page_token, encode_page_token
from services.points.domain.audit.breaks import WHOLE_BOOKS, BreakKind
from services.points.pages import foreign_token, id_of_token, rows_that_fit
from services.points.storage.audit.breaks import BreakRepository
from services.points.storage.queries.ledger_queries import Record

# More than a transfer has as a message, and than a break has beside its texts and its proof.
_TRANSFER_BYTES_MAX = 512


class BreakView(NamedTuple):
    """A break's row, and its proof as far as it still exists."""

    row: Record
    proof: Sequence[Record]


class BreakPage(NamedTuple):
    """Breaks, and the token of the next page; empty on the last one."""

    breaks: Sequence[BreakView]
    next_page_token: str


async def list_breaks(
    database: Database, member_id: str | None, *, include_resolved: bool, token: str, limit: int
) -> BreakPage:
    """Breaks in order of member, kind and subject; Invalid for a token of another list."""
    question = ("breaks", member_id, include_resolved)
    key = decode_page_token(token, str, int, str, question=question)
    after = None if key is None else (_account_of(key[0]), _kind_of(key[1]), str(key[2]))
    async with database.slow_turn(), database.read() as connection:
        repository = BreakRepository(connection)
        rows = await repository.breaks(member_id, include_resolved, after, limit + 1)
        limit = rows_that_fit(rows, limit, _bytes_of)
        shown = rows[:limit]
        proofs = await repository.proofs(shown)
    last = shown[-1] if len(rows) > limit else None
    return BreakPage(
        [
            BreakView(
                row,
                [
                    proofs[row.member_id, bill_id, ordinal]
                    for bill_id, ordinal in zip(row.proof_bill_ids, row.proof_ordinals, strict=True)
                    if (row.member_id, bill_id, ordinal) in proofs
                ],
            )
            for row in shown
        ],
        encode_page_token(last.member_id, last.kind, last.subject, question=question)
        if last
        else "",
    )


def _bytes_of(row: Record) -> int:
    characters = len(row.subject) + len(row.expected) + len(row.found)
    return 4 * characters + _TRANSFER_BYTES_MAX * (1 + len(row.proof_bill_ids))


def _account_of(part: str | int) -> str:
    return WHOLE_BOOKS if part == WHOLE_BOOKS else id_of_token(part)  # that is no id of anybody's


def _kind_of(part: str | int) -> int:
    if int(part) not in set(BreakKind):
        raise foreign_token()
    return int(part)
