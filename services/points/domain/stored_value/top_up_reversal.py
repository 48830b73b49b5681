"""A top-up undone whole (充值冲正). Pure."""

from chassis.errors import PreconditionFailed
from services.points.domain.assets import (
    BONUS_ISSUED,
    PRINCIPAL_ISSUED,
    STORED_VALUE_LIABILITY,
    BillKind,
    tender_account,
)
from services.points.domain.books import Books
from services.points.domain.draft import Draft, receipt_of
from services.points.domain.header import Header
from services.points.domain.posting import Posting
from services.points.domain.stored_value.stored_balance import require_nothing_held
from services.points.domain.stored_value.top_up_record import TopUpRecord, top_up_of


def decide_top_up_reversal(books: Books, header: Header, top_up_id: str) -> list[Draft]:
    """Principal and bonus out of the wallet as they came, the money back to the same tenders.

    Invalid REASON_REQUIRED; NotFound UNKNOWN_BILL; PreconditionFailed WRONG_BILL_KIND,
    MEMBER_MISMATCH, BEFORE_ORIGINAL, ALREADY_REVERSED, WALLET_FROZEN, HOLDS_OPEN, and TOP_UP_SPENT
    with the amounts when some of it was spent or paid out. Bonus that expired unspent is nobody's
    gain.
    """
    header.require_reason()
    posting = header.posting(books, BillKind.TOP_UP_REVERSAL)
    record = top_up_of(books.top_ups, posting.wallet, header.member_id, top_up_id)
    header.require_not_before(record.business_date)
    if record.principal_reversed_fen:
        raise PreconditionFailed(
            "ALREADY_REVERSED", "the top-up was reversed before", {"bill_id": top_up_id}
        )
    posting.wallet.require_usable()
    require_nothing_held(posting.wallet, books.now)
    _take_back(posting, record)
    for kind, amount_fen in record.paid:
        posting.money(STORED_VALUE_LIABILITY, tender_account(kind), amount_fen)
    return [
        header.draft(
            posting,
            books,
            total_fen=record.principal_granted_fen,
            receipt=receipt_of(posting, refunds=record.paid),
            original_bill_id=top_up_id,
        )
    ]


def _take_back(posting: Posting, record: TopUpRecord) -> None:
    principal = posting.wallet.lots.get(record.principal)
    bonus = record.bonus_lots(posting.wallet)
    principal_fen = principal.remaining if principal else 0
    bonus_fen = sum(lot.remaining for lot in bonus)
    principal_gone_fen = record.principal_granted_fen - principal_fen
    bonus_gone_fen = record.bonus_granted_fen - bonus_fen - record.bonus_expired_fen
    if principal is None or principal_gone_fen or bonus_gone_fen:
        raise PreconditionFailed(
            "TOP_UP_SPENT",
            "some of the top-up was spent or paid out: what is left can be cashed out",
            {
                "principal_fen": record.principal_granted_fen,
                "principal_gone_fen": principal_gone_fen,
                "bonus_fen": record.bonus_granted_fen,
                "bonus_gone_fen": bonus_gone_fen,
            },
        )
    posting.take_from(principal, principal_fen, PRINCIPAL_ISSUED)
    for lot in bonus:
        if lot.remaining:
            posting.take_from(lot, lot.remaining, BONUS_ISSUED)
