"""Reads what returns gave back for merged members, for the undoing of their merges."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from services.points.domain.assets import Asset, BillKind
from services.points.domain.books import Books
from services.points.domain.wallets.returns_since import (
    GIVE_BACK_TO_ACCOUNT,
    BookedReturn,
    ReturnsSince,
)
from services.points.storage.bill_reader import load_lots_by_key, load_originals, transfer_of
from services.points.storage.driver import Driver
from services.points.storage.wallets.merged_times import MERGED_TIMES, in_times
from services.points.storage.wallets.merges import load_merges_on

# Every refund of a pass: what came before it tells whose the pass was. Refunds come last, since
# they close a pass. And the undoings that end the times beyond the merge, on both accounts.
_RETURNS = f"""{MERGED_TIMES}
    SELECT r.member_id AS booked_on, r.bill_id, r.kind AS bill_kind, r.original_bill_id,
           about.member_id AS account, t.asset, t.debit_account, t.credit_account, t.amount,
           t.lot_bill_id, t.lot_ordinal, t.pass_id
    FROM times
    JOIN bills AS r ON r.kind = ANY($2::smallint[]) AND {in_times("r")}
    JOIN bills AS about ON about.bill_id = r.original_bill_id
    LEFT JOIN transfers AS t ON t.member_id = r.member_id AND t.bill_id = r.bill_id
    WHERE about.member_id = ANY($3::uuid[]) OR r.kind = {BillKind.PASS_REFUND:d}
       OR (r.kind = {BillKind.MERGE_REVERSAL:d}
           AND (r.sequence = times.until OR about.member_id = r.member_id))
    ORDER BY r.kind = {BillKind.PASS_REFUND:d}, r.member_id, r.sequence, t.ordinal
    """  # noqa: S608


async def load_returns_since(driver: Driver, books: Books, merge_bill_ids: Iterable[str]) -> None:
    """Fills locked books with what was given back since the merges, with the lots of that, and with
    the bills that it is about.

    The merges must be among the originals. The lock on who answers for a merged member keeps out
    further returns.
    """
    kinds = [*GIVE_BACK_TO_ACCOUNT, BillKind.PASS_REFUND, BillKind.MERGE_REVERSAL]
    for bill_id in sorted(set(merge_bill_ids)):
        merge = books.originals.get(bill_id)
        if merge is None or merge.bill.kind is not BillKind.MERGE:
            continue  # the command is refused
        member_id = merge.bill.member_id
        merges = await load_merges_on(driver, [member_id])
        family = merges.with_merged(member_id)
        passes = {
            each.lot.bill_id for each in merge.transfers if each.lot and each.asset is Asset.PASS
        }
        heirs = frozenset(merges.heirs(member_id))
        since = ReturnsSince(family, heirs, frozenset(passes), Counter())
        rows = await driver.fetch(_RETURNS, [bill_id], kinds, sorted(family))
        for _, booked in groupby(rows, key=lambda row: row["bill_id"]):
            moves = list(booked)
            bill = _booked(moves)
            if bill.kind is BillKind.MERGE_REVERSAL:
                since = since.with_undoing(bill.transfers)
            else:
                since = since.with_return(bill)
        books.returns_since[bill_id] = since
        unread = {*since.bills.values()} - {*books.originals}
        if unread:  # they tell what these returns took from caps, limits and fractions
            books.originals |= await load_originals(driver, unread, books.wallets)
        keys = {*since.units, *since.paid, *since.refilled}
        for (owner, key), lot in (
            await load_lots_by_key(driver, sorted(books.wallets), keys)
        ).items():
            books.wallets[owner].lots.setdefault(key, lot)


def _booked(rows: Sequence[Any]) -> BookedReturn:
    """A return, of whose transfers there is a row each; one of none has a row without."""
    bill = rows[0]
    return BookedReturn(
        str(bill["bill_id"]),
        BillKind(bill["bill_kind"]),
        str(bill["booked_on"]),
        str(bill["original_bill_id"]),
        str(bill["account"]),
        [transfer_of(row) for row in rows if row["asset"] is not None],
    )
