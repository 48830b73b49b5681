"""What the journal and the catalogue hold, as registers get it."""

from typing import Any

from services.devices import http_messages as messages
from services.devices.domain.sale import PricedBasket, SoldLine, decode_sale
from services.devices.storage.catalogue_repository import Product
from services.devices.storage.journal_repository import JournalRow, PrintJob


def quote_answer(basket: PricedBasket) -> messages.QuoteAnswer:
    """A priced basket for a register."""
    return messages.QuoteAnswer(**_basket_fields(basket))


def sale_answer(row: JournalRow, *, replayed: bool = False) -> messages.SaleAnswer:
    """A journaled sale for a register: always from what the journal keeps."""
    return messages.SaleAnswer(**_sale_fields(row), replayed=replayed)


def sale_detail_answer(row: JournalRow, jobs: list[PrintJob]) -> messages.SaleDetailAnswer:
    """A journaled sale with its print jobs."""
    return messages.SaleDetailAnswer(
        **_sale_fields(row), print_jobs=[print_job_answer(job) for job in jobs]
    )


def print_job_answer(job: PrintJob, *, replayed: bool = False) -> messages.PrintJobAnswer:
    """A print job."""
    return messages.PrintJobAnswer(
        job_id=job.job_id,
        sale_id=job.sale_id,
        copy_number=job.copy_number,
        spooled=job.is_spooled,
        replayed=replayed,
    )


def product_answer(product: Product) -> messages.ProductAnswer:
    """A product."""
    return messages.ProductAnswer(
        product_id=product.product_id,
        sku=product.sku,
        name=product.name,
        unit=product.unit,
        barcodes=list(product.barcodes),
        price_fen=product.price_fen,
    )


def _basket_fields(basket: PricedBasket) -> dict[str, Any]:
    return {
        "lines": [_line(line) for line in basket.lines],
        "total_fen": basket.total_fen,
        "points_earned": basket.points_earned,
        "member_id": basket.member_id,
        "earning_rule": basket.earning_rule,
        "catalogue_revision": basket.catalogue_revision,
        "bundle_digest": basket.bundle_digest,
    }


def _sale_fields(row: JournalRow) -> dict[str, Any]:
    sale = decode_sale(row.entry.payload)
    granted = row.headquarters_points
    return {
        **_basket_fields(sale.basket),
        "sale_id": sale.sale_id,
        "receipt_number": row.entry.receipt_number,
        "register_id": sale.register_id,
        "sequence": row.entry.sequence,
        "staff_id": sale.staff_id,
        "business_date": sale.business_date,
        "sold_time": sale.sold_at,
        "tenders": [
            messages.TenderAnswer(kind=t.kind, amount_fen=t.amount_fen) for t in sale.tenders
        ],
        "change_fen": sale.change_fen,
        "receipt_text": row.entry.receipt_text,
        "entry_hash": row.entry.entry_hash,
        "state": row.state.value,
        "reason": row.reason,
        "reason_message": row.reason_message,
        "reason_metadata": dict(row.reason_metadata),
        "headquarters_points_earned": granted,
        "points_differ": granted is not None and granted != sale.basket.points_earned,
    }


def _line(line: SoldLine) -> messages.LineAnswer:
    return messages.LineAnswer(
        product_id=line.product_id,
        barcode=line.barcode,
        name=line.name,
        unit=line.unit,
        quantity_milli=line.quantity_milli,
        price_fen=line.price_fen,
        list_fen=line.list_fen,
        discount_fen=line.discount_fen,
        net_fen=line.net_fen,
    )
