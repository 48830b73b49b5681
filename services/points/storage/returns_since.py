"""Reads what returns gave back for merged members, for the undoing of their merges."""

from collections import Counter
from collections.abc import Iterable

from services.points.domain.assets import POINTS_WRITTEN_OFF, WALLET, Asset, BillKind
from services.points.domain.books import Books
from services.points.domain.lot import LotKey
from services.points.domain.member_move import counterpart_id
from services.points.domain.returns_since import (
    COUNTED_BACK,
    GIVE_BACK_TO_ACCOUNT,
    ReturnsSince,
)
from services.points.storage.bill_reader import load_lots_by_key, load_originals
from services.points.storage.driver import Driver
from services.points.storage.merges import load_merges_on

# While a merge stands nothing is booked on the family's own accounts. On the account that took it
# over the chain tells what came after the merge, on those that took that one over in turn the time.
_SINCE = f"""
    WITH about AS (
        SELECT bill_id, $4::smallint[] AS kinds FROM bills WHERE member_id = ANY($2::uuid[])
        UNION ALL
        SELECT unnest($3::uuid[]), ARRAY[{BillKind.PASS_REFUND:d}]::smallint[]
    ), since AS (
        SELECT r.member_id, r.bill_id, r.kind, r.original_bill_id
        FROM bills AS m CROSS JOIN about
        JOIN bills AS r ON r.original_bill_id = about.bill_id AND r.kind = ANY(about.kinds)
             AND r.member_id <> ALL ($2::uuid[])
             AND CASE WHEN r.member_id = m.member_id THEN r.sequence > m.sequence
                      ELSE r.posted_at >= m.posted_at END
        WHERE m.bill_id = $1::uuid
    )
    """  # noqa: S608
_BILLS = f"{_SINCE} SELECT bill_id, kind, original_bill_id FROM since"  # noqa: S608
_WRITTEN_OFF = f"""{_SINCE}
    SELECT coalesce(sum(
        CASE t.debit_account WHEN '{POINTS_WRITTEN_OFF}' THEN t.amount ELSE -t.amount END
    ), 0)::bigint AS points
    FROM since AS r
    JOIN transfers AS t ON t.member_id = r.member_id AND t.bill_id = r.bill_id
         AND '{POINTS_WRITTEN_OFF}' IN (t.debit_account, t.credit_account)
    """  # noqa: S608
_UNITS = f"""{_SINCE}
    SELECT t.lot_bill_id, t.lot_ordinal,
           sum(CASE t.credit_account WHEN '{WALLET}' THEN t.amount ELSE -t.amount END)::bigint
               AS units
    FROM since AS r
    JOIN transfers AS t ON t.member_id = r.member_id AND t.bill_id = r.bill_id
         AND t.lot_bill_id IS NOT NULL
         AND '{WALLET}' IN (t.debit_account, t.credit_account)
    GROUP BY t.lot_bill_id, t.lot_ordinal
    """  # noqa: S608


async def load_returns_since(driver: Driver, books: Books, merge_bill_ids: Iterable[str]) -> None:
    """Fills locked books with what was given back since the merges, with the lots of that, and with
    the bills that it is about.

    The merges must be among the originals. The lock on who answers for a merged member keeps out
    further returns.
    """
    for bill_id in sorted(set(merge_bill_ids)):
        merge = books.originals.get(bill_id)
        if merge is None or merge.bill.kind is not BillKind.MERGE:
            continue  # the command is refused
        member_id = merge.bill.member_id
        family = (await load_merges_on(driver, [member_id])).with_merged(member_id)
        passes = {
            each.lot.bill_id for each in merge.transfers if each.lot and each.asset is Asset.PASS
        }
        about = (
            counterpart_id(bill_id),
            sorted(family),
            sorted(passes),
            list(GIVE_BACK_TO_ACCOUNT),
        )
        rows = await driver.fetch(_UNITS, *about)
        units = Counter(
            {LotKey(str(row["lot_bill_id"]), row["lot_ordinal"]): row["units"] for row in rows}
        )
        bills = {
            str(row["bill_id"]): str(row["original_bill_id"])
            for row in await driver.fetch(_BILLS, *about)
            if row["kind"] in COUNTED_BACK
        }
        (counted,) = await driver.fetch(_WRITTEN_OFF, *about)
        books.returns_since[bill_id] = ReturnsSince(
            family, frozenset(passes), units, bills, counted["points"]
        )
        unread = {*bills.values()} - {*books.originals}
        if unread:  # they tell what these returns took from caps, limits and fractions
            books.originals |= await load_originals(driver, unread, books.wallets)
        for (owner, key), lot in (
            await load_lots_by_key(driver, sorted(books.wallets), units)
        ).items():
            books.wallets[owner].lots.setdefault(key, lot)
