"""Booking value that expired: until then it is unusable, but still stands in the wallet. Pure.

Expiry is judged when a wallet is read; this only brings the books to it. Principal is never
booked: named cards do not expire, and of unnamed ones the balance stays owed and is activated on
demand (国办发〔2011〕25号 二（五）, docs/legal.md), so it is no profit of the chain's.
"""

from datetime import UTC, date, datetime, time
from uuid import UUID, uuid5

from chassis.errors import PreconditionFailed
from services.points.domain.assets import BREAKAGE, EXPIRED, PASS_LIABILITY, Asset, BillKind
from services.points.domain.books import Books
from services.points.domain.draft import Draft
from services.points.domain.header import Header
from services.points.domain.limits import STORE_TIME_OFFSET
from services.points.domain.lot import has_expired, spending_order
from services.points.domain.passes.pass_lots import definition_of

# What becomes the chain's when it expires.
BOOKED_ASSETS = (Asset.POINTS, Asset.BONUS, Asset.PASS)
# Lots on one bill; its event must fit. Those beyond are booked by the next day's bill.
LOTS_MAX = 1_000
_BILL_IDS = UUID("6e1b5e37-4a5c-5b0e-9a43-3f0f8a1f7d52")


def expiry_header(member_id: str, store_id: str, business_date: date) -> Header:
    """The header of a member's expiry bill of a day: the same whoever makes it, however often."""
    return Header(
        bill_id=str(uuid5(_BILL_IDS, f"{member_id}|{business_date.isoformat()}")),
        member_id=member_id,
        store_id=store_id,
        register_id="",
        staff_id="",
        business_date=business_date,
        occurred_at=datetime.combine(business_date, time(), UTC) - STORE_TIME_OFFSET,
        reason="",
    )


def decide_expiry(books: Books, header: Header, expired_before: date) -> list[Draft]:
    """Books what is left of lots whose last day lies before a date, but for what is on hold.

    Of a pass, what was still owed becomes breakage. PreconditionFailed NOTHING_EXPIRED, or
    WALLET_FROZEN: nobody's books change while they are in dispute; Unavailable PROGRAMME_NOT_READ.
    """
    posting = header.posting(books, BillKind.EXPIRY)
    wallet = posting.wallet
    wallet.require_usable()
    held = wallet.held(books.now)
    lots = [
        (lot, lot.remaining - held.get(lot.key, 0))
        for lot in spending_order(wallet.lots.values())
        if lot.asset in BOOKED_ASSETS and has_expired(lot, expired_before)
    ]
    breakage_fen = 0
    for lot, amount in [each for each in lots if each[1] > 0][:LOTS_MAX]:
        if lot.asset is Asset.PASS:
            definition = definition_of(books.programmes, lot)
            kept_fen = definition.owed_fen(lot.remaining - amount)
            breakage_fen += definition.owed_fen(lot.remaining) - kept_fen
        posting.expire(lot, amount, EXPIRED[lot.asset])
    if not posting.transfers:
        raise PreconditionFailed(
            "NOTHING_EXPIRED", "nothing is left to book", {"member_id": wallet.member_id}
        )
    posting.money(PASS_LIABILITY, BREAKAGE, breakage_fen)
    return [header.draft(posting, books)]
