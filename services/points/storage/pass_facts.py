"""Reads what deciding on passes needs beside lots, under the locks of their owners' wallets."""

from collections.abc import Iterable, Sequence

from services.points.domain.assets import Asset, BillKind
from services.points.domain.books import Books, SharedPass
from services.points.domain.merges import Merges
from services.points.domain.passes import PassQuestion
from services.points.storage.driver import Driver
from services.points.storage.merges import load_merges_on

# One use is one bill, whatever number of units; one that was reversed does not count.
_USES = f"""
    SELECT t.member_id, t.pass_id, t.business_date, count(DISTINCT t.bill_id) AS uses
    FROM transfers AS t JOIN bills AS b USING (member_id, bill_id)
    WHERE t.member_id = ANY($1::uuid[]) AND t.pass_id = ANY($2::uuid[])
      AND t.business_date = ANY($3::date[]) AND t.asset = {Asset.PASS:d}
      AND b.kind = {BillKind.PASS_USE:d}
      AND NOT EXISTS (SELECT FROM bills AS r WHERE r.original_bill_id = b.bill_id
                        AND r.kind = {BillKind.PASS_USE_REVERSAL:d})
    GROUP BY t.member_id, t.pass_id, t.business_date
    """  # noqa: S608 - numbers of this program
_SHARES = """
    SELECT member_id, pass_id, user_member_id FROM pass_shares
    WHERE member_id = ANY($1::uuid[]) AND user_member_id = ANY($2::uuid[]) AND ended_at IS NULL
    """


_HOLDERS = """
    SELECT bill_id, member_id FROM lots
    WHERE bill_id = ANY($1::uuid[]) AND pass_id IS NOT NULL AND remaining > 0
    """


async def load_pass_facts(
    driver: Driver, books: Books, asked: Sequence[PassQuestion], sold: Sequence[str]
) -> None:
    """Fills the books with the uses of days and the shares that are asked about.

    Both count for the whole family of the member who is named, see Merges. The owners' wallets
    must be locked; a user's need not be: a use and an undone merge do not look at each other.
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
    owners = {question.owner_member_id for question in asked}
    users = {q.user_member_id for q in asked if q.user_member_id != q.owner_member_id}
    books.merges = await load_merges_on(driver, owners | users)
    members = _families(books.merges, owners)
    wallets = {wallet.member_id: wallet for wallet in map(books.wallet, owners)}
    uses = await driver.fetch(
        _USES,
        members,
        list({question.pass_id for question in asked}),
        list({question.business_date for question in asked}),
    )
    for row in uses:
        wallet = wallets[books.merges.heir(str(row["member_id"]))]
        key = (str(row["pass_id"]), row["business_date"])
        wallet.pass_uses[key] = wallet.pass_uses.get(key, 0) + row["uses"]
    if users:
        for row in await driver.fetch(_SHARES, members, _families(books.merges, users)):
            books.pass_shares.add(SharedPass(*(str(each) for each in row)))


def _families(merges: Merges, member_ids: Iterable[str]) -> list[str]:
    return sorted({each for member_id in member_ids for each in merges.family(member_id)})
