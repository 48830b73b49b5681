"""Paying back what is left of a pass, to where the payment came from. Pure."""

from collections.abc import Callable

from chassis.errors import PreconditionFailed
from pricing.allocation import allocate
from services.points.domain.assets import (
    BONUS_COST,
    PASS_LIABILITY,
    PASS_REFUNDED,
    REVENUE,
    STORED_VALUE_LIABILITY,
    Asset,
    BillKind,
    tender_account,
)
from services.points.domain.books import Books, Original
from services.points.domain.draft import Draft, SaleAllocation, Source, receipt_of
from services.points.domain.header import Header
from services.points.domain.lot import Lot, has_expired
from services.points.domain.passes.pass_lots import definition_of, sold_key, units_left
from services.points.domain.posting import Posting
from services.points.domain.programme import Programme
from services.points.domain.returns.giving_back import give_back
from services.points.domain.stored_value.wallet_kind import take_kind_of_value


def decide_pass_refund(
    books: Books,
    header: Header,
    sale_bill_id: str,
    *,
    waive_fee: bool,
    read_allocation: Callable[[bytes], SaleAllocation],
) -> list[Draft]:
    """The units left out of the wallet, their part of the price back less the fee.

    What was paid with money goes back in money, by kind of tender; what the wallet paid goes back
    to the lots it came from. Invalid REASON_REQUIRED for a fee that is waived; NotFound
    UNKNOWN_BILL; PreconditionFailed WRONG_BILL_KIND, WALLET_FROZEN, BEFORE_ORIGINAL, and
    what `_lot_to_refund` tells.
    """
    if waive_fee:
        header.require_reason()
    sale = books.original(sale_bill_id, BillKind.PASS_SALE)
    posting = header.posting(books, BillKind.PASS_REFUND)
    posting.wallet.require_usable()
    lot = _lot_to_refund(posting, header, sale)
    header.require_not_before(sale.bill.business_date)
    definition = definition_of(books.programmes, lot)
    owed_fen = definition.owed_fen(lot.remaining)
    fee_fen = 0 if waive_fee else definition.fee_fen(owed_fen)
    posting.take_from(lot, lot.remaining, PASS_REFUNDED)
    posting.money(PASS_LIABILITY, REVENUE, fee_fen)
    allocation = read_allocation(sale.bill.allocation)
    programme = books.programmes.at(header.occurred_at)
    refunds = _pay_back(posting, programme, sale, allocation.sources, owed_fen - fee_fen)
    take_kind_of_value(posting, books.card_types)
    return [
        header.draft(
            posting,
            books,
            total_fen=owed_fen - fee_fen,
            receipt=receipt_of(
                posting,
                refunds=refunds,
                pass_units_left=units_left(posting, definition.pass_id),
            ),
            original_bill_id=sale_bill_id,
        )
    ]


def _lot_to_refund(posting: Posting, header: Header, sale: Original) -> Lot:
    """The sold pass; PASS_OF_ANOTHER_MEMBER, PASS_REFUNDED, PASS_EXPIRED, PASS_USED_UP, or
    PASS_ON_HOLD while a part of it is set aside.
    """
    wallet = posting.wallet
    details = {"sale_bill_id": sale.bill.bill_id}
    lot = wallet.lots.get(sold_key(sale.bill.bill_id))
    if lot is None:
        raise PreconditionFailed("PASS_OF_ANOTHER_MEMBER", "the pass is not this member's", details)
    if any(bill.kind is BillKind.PASS_REFUND for bill in sale.later):
        raise PreconditionFailed("PASS_REFUNDED", "the pass was paid back before", details)
    if lot.expired or has_expired(lot, posting.business_date):
        raise PreconditionFailed("PASS_EXPIRED", "the pass has expired", details)
    if not lot.remaining:
        if sale.bill.member_id not in (header.member_id, wallet.member_id):
            raise PreconditionFailed(
                "PASS_OF_ANOTHER_MEMBER", "the pass is not this member's", details
            )
        raise PreconditionFailed("PASS_USED_UP", "no unit of the pass is left", details)
    held = wallet.held(posting.now).get(lot.key, 0)
    if held:
        raise PreconditionFailed(
            "PASS_ON_HOLD", "units of the pass are on hold", {**details, "held": held}
        )
    return lot


def _pay_back(
    posting: Posting,
    programme: Programme,
    sale: Original,
    sources: tuple[Source, ...],
    payout_fen: int,
) -> tuple[tuple[str, int], ...]:
    """Shares the payout over what the pass was paid with; money to hand out by kind of tender."""
    parts = allocate(payout_fen, [source.amount_fen for source in sources])
    money: dict[str, int] = {}
    for source, part_fen in zip(sources, parts, strict=True):
        if source.lot is None:
            posting.money(PASS_LIABILITY, tender_account(source.tender_kind), part_fen)
            money[source.tender_kind] = money.get(source.tender_kind, 0) + part_fen
        elif part_fen:
            give_back(posting, programme, sale.lots[source.lot], part_fen)
            to = BONUS_COST if source.asset is Asset.BONUS else STORED_VALUE_LIABILITY
            posting.money(PASS_LIABILITY, to, part_fen)
    return tuple((kind, amount_fen) for kind, amount_fen in money.items() if amount_fen)
