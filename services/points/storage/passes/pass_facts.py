"""Reads what deciding on passes needs beside lots, under the locks of their owners' wallets."""

from collections.abc import Iterable, Sequence

from services.points.domain.assets import Asset, BillKind
from services.points.domain.books import Books, SharedPass
from services.points.domain.lot import LotKey
from services.points.domain.passes.pass_uses import StandingUse
from services.points.domain.passes.passes import PassQuestion
from services.points.domain.wallets.merges import Merges
from services.points.storage.driver import Driver
from services.points.storage.locked_books import Row
from services.points.storage.wallets.merges import load_merges_on

# One use is one bill, whatever number of units; one that was reversed does not count.
_USES = f"""
    SELECT t.member_id, t.bill_id, t.pass_id, t.business_date, t.lot_bill_id, t.lot_ordinal
    FROM transfers AS t JOIN bills AS b USING (member_id, bill_id)
    WHERE t.member_id = ANY($1::uuid[]) AND t.pass_id = ANY($2::uuid[])
      AND t.business_date = ANY($3::date[]) AND t.asset = {Asset.PASS:d}
      AND b.kind = {BillKind.PASS_USE:d}
      AND NOT EXISTS (SELECT FROM bills AS r WHERE r.original_bill_id = b.bill_id
                        AND r.kind = {BillKind.PASS_USE_REVERSAL:d})
    """  # noqa: S608 - numbers of this program
_SHARES = """
    SELECT member_id, pass_id, user_member_id FROM pass_shares
    WHERE member_id = ANY($1::uuid[]) AND user_member_id = ANY($2::uuid[]) AND ended_at IS NULL
    """
_HOLDERS = """
    SELECT bill_id, member_id FROM lots
    WHERE bill_id = ANY($1::uuid[]) AND pass_id IS NOT NULL AND remaining > 0
    """
# On whose accounts a pass may have been used: a row of a lot stays where it once was.
_HOLDERS_EVER = """
    SELECT DISTINCT member_id FROM lots WHERE bill_id = ANY($1::uuid[]) AND pass_id IS NOT NULL
    """


async def load_pass_facts(
    driver: Driver, books: Books, asked: Sequence[PassQuestion], sold: Sequence[str]
) -> None:
    """Fills the books with the uses of days and the shares that are asked about.

    Both count for the whole family of the member who is named, see Merges, and of all whose wallets
    are here: the batch may merge them. Uses count also on accounts that had their passes before.
    The owners' wallets must be locked: while they have a pass, it is used and its uses are undone
    nowhere else. A user's need not be: a use and an undone merge do not look at each other.
    Also with those who hold the passes that the bills in `sold` sold. These bills must be locked:
    that keeps two who put units back into one pass in a row.
    """
    if asked:
        await _load_uses(driver, books, asked)
    for row in await driver.fetch(_HOLDERS, list(sold)) if sold else ():
        wallet = books.wallets.get(str(row["member_id"]))
        if wallet is None or not wallet.lots_loaded:
            books.pass_holders.setdefault(str(row["bill_id"]), set()).add(str(row["member_id"]))


async def _load_uses(driver: Driver, books: Books, asked: Sequence[PassQuestion]) -> None:
    named = {each for q in asked for each in (q.owner_member_id, q.user_member_id)}
    books.merges = await load_merges_on(driver, named | {*books.wallets})
    members = _families(books.merges, named | {*books.wallets})
    pass_ids = {question.pass_id for question in asked}
    dates = {question.business_date for question in asked}
    # Of all wallets that are here, and also where nothing is left: within the batch a pass may
    # still come to one who uses it, and units may come back.
    sold = {
        lot.bill_id
        for wallet in books.wallets.values()
        for lot in wallet.lots.values()
        if lot.pass_id in pass_ids
    }
    holders = await driver.fetch(_HOLDERS_EVER, list(sold)) if sold else ()
    accounts = {*members, *(str(row["member_id"]) for row in holders)}
    for row in await driver.fetch(_USES, list(accounts), list(pass_ids), list(dates)):
        _add_use(books.pass_uses, row)
    if any(question.user_member_id != question.owner_member_id for question in asked):
        for row in await driver.fetch(_SHARES, members, members):
            books.pass_shares.add(SharedPass(*(str(each) for each in row)))


def _add_use(uses: dict[str, StandingUse], row: Row) -> None:
    """Takes in what a use took of one lot."""
    use = uses.get(str(row["bill_id"])) or StandingUse(
        str(row["member_id"]), str(row["pass_id"]), row["business_date"], frozenset()
    )
    lot = LotKey(str(row["lot_bill_id"]), row["lot_ordinal"])
    uses[str(row["bill_id"])] = use._replace(lots=use.lots | {lot})


def _families(merges: Merges, member_ids: Iterable[str]) -> list[str]:
    return sorted({each for member_id in member_ids for each in merges.family(member_id)})
