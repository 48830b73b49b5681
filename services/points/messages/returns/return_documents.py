"""Returns between the wire, the ledger and the table."""

from chassis.clock import to_proto_date, to_timestamp
from chassis.ids import canonical_id
from services.points.domain.assets import Asset
from services.points.domain.books import StoredBill
from services.points.domain.header import Header
from services.points.domain.returns.return_request import ReturnLine, SaleReturn, check_return
from services.points.domain.returns.sale_return import ReturnDraft, ReturnedLine, SoldGoods
from services.points.messages.documents import read_allocation, read_sale
from services.points.messages.reading_books import reads_books
from yika.points.v1 import ledger_pb2, return_service_pb2, sale_pb2, sale_return_pb2


def read_return(message: return_service_pb2.ReturnSaleRequest, header: Header) -> SaleReturn:
    """The return of a message; Invalid when it is not well formed.

    Ids in the message are brought to canonical form in place, as for a sale.
    """
    message.original_sale_id = canonical_id(message.original_sale_id, "original_sale_id")
    request = SaleReturn(
        header=header,
        sale_id=message.original_sale_id,
        lines=_lines(message),
        refund_tender_kind=message.refund_tender_kind,
    )
    check_return(request, whole=message.whole)
    return request


@reads_books
def read_returned(bill: StoredBill) -> tuple[ReturnLine, ...]:
    """What a posted return took back; no lines when it took back all that was left."""
    return _lines(return_service_pb2.ReturnSaleRequest.FromString(bill.document))


@reads_books
def read_sold(bill: StoredBill) -> SoldGoods:
    """The sale of its bill, each line with its category."""
    message = sale_pb2.Sale.FromString(bill.document)
    categories = tuple(line.category_id for line in message.lines)
    return SoldGoods(read_sale(message), categories, read_allocation(bill.allocation))


def returned_sale_message(draft: ReturnDraft) -> sale_return_pb2.ReturnedSale:
    """What a return did; the one who publishes it adds when it was posted."""
    posting = draft.posting
    given_back = draft.given_back.get
    return sale_return_pb2.ReturnedSale(
        bill_id=posting.bill_id,
        original_sale_id=draft.sold.sale.sale_id,
        store_id=posting.store_id,
        # Of the sale, as its own event names it, whoever has the wallet since: who sums up by
        # member what was sold, less what came back, arrives at what the member kept.
        member_id=draft.sold.sale.member_id or "",
        business_date=to_proto_date(posting.business_date),
        occurred_time=to_timestamp(posting.occurred_at),
        lines=[_line_message(draft.sold, line) for line in draft.lines],
        total_fen=draft.total_fen,
        refunds=[
            sale_pb2.Tender(kind=kind, amount_fen=amount_fen)
            for kind, amount_fen in draft.receipt.refunds
        ],
        clawed_back_points=draft.clawed_back_points,
        given_back_points=given_back(Asset.POINTS, 0),
        given_back_principal_fen=given_back(Asset.PRINCIPAL, 0),
        given_back_bonus_fen=given_back(Asset.BONUS, 0),
        is_complete=draft.is_complete,
    )


def _lines(message: return_service_pb2.ReturnSaleRequest) -> tuple[ReturnLine, ...]:
    return tuple(ReturnLine(line.line_number, line.quantity_milli) for line in message.lines)


def _line_message(sold: SoldGoods, line: ReturnedLine) -> sale_return_pb2.ReturnedLine:
    shares: dict[tuple[str, Asset], int] = {}
    for source, fen in zip(sold.allocation.sources, line.shares_fen, strict=True):
        key = (source.tender_kind, source.asset)
        shares[key] = shares.get(key, 0) + fen
    return sale_return_pb2.ReturnedLine(
        line_number=line.number,
        product_id=sold.sale.lines[line.number - 1].product_id,
        category_id=sold.category_ids[line.number - 1],
        quantity_milli=line.quantity_milli,
        amount_fen=line.amount_fen,
        shares=[
            sale_return_pb2.ReturnedShare(
                tender_kind=kind, asset=ledger_pb2.Asset.Name(asset), amount_fen=fen
            )
            for (kind, asset), fen in shares.items()
            if fen
        ],
    )
