"""What came back of a merged member's own goods and gifts, read from the bills of the books."""

from services.points.domain.assets import BillKind
from services.points.domain.books import Books, Original
from services.points.domain.returns.return_request import returned_before
from services.points.domain.rewards.gift_return import returned_pieces
from services.points.domain.wallets.overpaid_since import spent_on
from services.points.domain.wallets.remembered import CameBack, GoodsBack
from services.points.messages.returns.return_documents import read_returned, read_sold
from services.points.messages.rewards.reward_messages import read_handed_out, read_returned_gifts


def read_came_back(books: Books, merge_bill_id: str) -> CameBack:
    """What came back since a merge that stands, when the books were loaded for its undoing."""
    since = books.returns_since.get(merge_bill_id)
    bills = since.bills if since else {}
    goods: list[GoodsBack] = []
    gifts: list[tuple[str, int]] = []
    for bill_id in sorted({*bills.values()}):
        original = books.originals[bill_id]
        if original.bill.kind is BillKind.SALE:
            goods += _goods_back(original, {*bills})
        else:
            gifts += _gifts_back(original, {*bills})
    originals = [books.originals[bill_id] for bill_id in sorted({*bills.values()})]
    written_off = since.written_off if since else 0
    return CameBack(tuple(goods), tuple(gifts), written_off, tuple(spent_on(originals)))


def _goods_back(original: Original, since: set[str]) -> list[GoodsBack]:
    sold = read_sold(original.bill)
    if sold.allocation.earned is None:
        return []
    every = [bill for bill in original.later if bill.kind is BillKind.SALE_RETURN]
    milli = [line.quantity_milli for line in sold.sale.lines]
    before, after = (
        returned_before(sold.sale, [read_returned(bill) for bill in bills])
        for bills in ([bill for bill in every if bill.bill_id not in since], every)
    )
    return [
        GoodsBack(
            sold.allocation.earned.basis,
            milli,
            [whole - back for whole, back in zip(milli, before, strict=True)],
            [whole - back for whole, back in zip(milli, after, strict=True)],
        )
    ]


def _gifts_back(original: Original, since: set[str]) -> list[tuple[str, int]]:
    every = [bill for bill in original.later if bill.kind is BillKind.GIFT_RETURN]
    redemption = read_handed_out(original.bill).redemption
    had = {line.gift_id: line.pieces for line in redemption.lines}
    before, after = (
        returned_pieces(had, [read_returned_gifts(bill) for bill in bills])
        for bills in ([bill for bill in every if bill.bill_id not in since], every)
    )
    return [(gift_id, after[gift_id] - before[gift_id]) for gift_id in had]
