"""Selling a pass: what was paid is owed until the pass is used. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chassis.errors import Invalid, NotFound
from services.points.domain.assets import (
    PASS_LIABILITY,
    POINTS_TENDER,
    STORED_VALUE_TENDER,
    Asset,
    BillKind,
    tender_account,
)
from services.points.domain.books import Books
from services.points.domain.draft import Draft, Source, receipt_of
from services.points.domain.header import Header
from services.points.domain.limits import CODE_LENGTH_MAX
from services.points.domain.passes.pass_lots import units_left
from services.points.domain.sales.sale import SaleTender, unknown_tender
from services.points.domain.sales.wallet_tenders import pay_stored_value, release_rest


@dataclass(frozen=True, slots=True)
class PassSale:
    """What is asked for: a pass of the programme, and what it is paid with."""

    pass_id: str
    tenders: tuple[SaleTender, ...]


def decide_pass_sale(
    books: Books, header: Header, sale: PassSale, tender_kinds: Collection[str]
) -> list[Draft]:
    """A pass of the programme in force to the wallet, its price to what the chain owes.

    NotFound UNKNOWN_PASS; Invalid UNKNOWN_TENDER, INVALID_AMOUNT, WRONG_ASSET for points,
    HOLD_REQUIRED, TENDERS_DO_NOT_ADD_UP; PreconditionFailed WALLET_FROZEN, and when the wallet
    cannot pay its part.
    """
    programme = books.programmes.at(header.occurred_at)
    definition = programme.passes.get(sale.pass_id)
    if definition is None:
        raise NotFound(
            "UNKNOWN_PASS",
            "the programme in force has no such pass",
            {"pass_id": sale.pass_id, "programme_version": programme.version},
        )
    _check_tenders(sale.tenders, definition.price_fen, tender_kinds)
    posting = header.posting(books, BillKind.PASS_SALE)
    # As for a top-up: no money is taken for what the member could not use.
    posting.wallet.require_usable()
    sources: list[Source] = []
    for number, tender in enumerate(sale.tenders, start=1):
        if tender.kind == STORED_VALUE_TENDER:
            sources += pay_stored_value(posting, books.programmes, tender, to=PASS_LIABILITY)
            release_rest(posting, sale.tenders, number)
        else:
            posting.money(tender_account(tender.kind), PASS_LIABILITY, tender.amount_fen)
            sources.append(Source(tender.kind, tender.amount_fen, Asset.MONEY))
    posting.grant(
        Asset.PASS,
        definition.units,
        rule_version=definition.rule_version,
        expiry_date=definition.expiry_from_sale(header.business_date),
        pass_id=definition.pass_id,
    )
    return [
        header.draft(
            posting,
            books,
            total_fen=definition.price_fen,
            receipt=receipt_of(posting, pass_units_left=units_left(posting, sale.pass_id)),
            sources=sources,
        )
    ]


def _check_tenders(
    tenders: Sequence[SaleTender], price_fen: int, tender_kinds: Collection[str]
) -> None:
    for tender in tenders:
        kind = tender.kind[:CODE_LENGTH_MAX]
        if tender.amount_fen <= 0:
            raise Invalid(
                "INVALID_AMOUNT",
                "a tender must be greater than 0",
                {"field": "amount_fen", "kind": kind, "value": tender.amount_fen},
            )
        money = tender.kind in tender_kinds
        on_hold = tender.hold_id or tender.keep_rest
        if tender.points or tender.kind == POINTS_TENDER or (money and on_hold):
            raise Invalid(
                "WRONG_ASSET", "a pass is paid with money or stored value", {"kind": kind}
            )
        if not money and tender.kind != STORED_VALUE_TENDER:
            raise unknown_tender(tender.kind, tender_kinds)
        if tender.keep_rest and not tender.hold_id:
            raise Invalid("HOLD_REQUIRED", "keep_rest is about a hold: name it", {"kind": kind})
    paid_fen = sum(tender.amount_fen for tender in tenders)
    if paid_fen != price_fen:
        raise Invalid(
            "TENDERS_DO_NOT_ADD_UP",
            "the tenders do not add up to the price of the pass",
            {"price_fen": price_fen, "tenders_fen": paid_fen},
        )
