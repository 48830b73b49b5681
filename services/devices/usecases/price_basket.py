"""Prices a basket from the local catalogue, for a quote and for a sale alike."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from chassis.errors import DomainError, Invalid, NotFound, PreconditionFailed, Unavailable
from pricing.basket import Basket, BasketLine, Bundle, bundle_digest
from pricing.earning import BASE_RULE
from pricing.engine import quote
from pricing.errors import PricingError
from services.devices.domain.sale import PricedBasket, SoldLine, check_total
from services.devices.storage.catalogue_repository import CATALOGUE, CatalogueRepository, Product
from services.devices.storage.local_database import LocalDatabase


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A product by barcode or by id, one of the two; quantity in thousandths."""

    barcode: str
    product_id: str
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class AskedBasket:
    """What a customer wants to buy, and the card or the member, at most one of the two."""

    lines: Sequence[AskedLine]
    card_number: str = ""
    member_id: str = ""


async def quote_basket(database: LocalDatabase, basket: AskedBasket) -> PricedBasket:
    """Prices a basket without selling it; refuses as price_basket does."""
    return await database.read(lambda connection: price_basket(connection, basket))


async def find_product(database: LocalDatabase, barcode: str) -> Product:
    """The product that a barcode sells. CATALOGUE_EMPTY, UNKNOWN_BARCODE."""

    def work(connection: sqlite3.Connection) -> Product:
        catalogue = _catalogue(connection)
        return _find(catalogue, 0, AskedLine(barcode, "", 1000))

    return await database.read(work)


def price_basket(connection: sqlite3.Connection, basket: AskedBasket) -> PricedBasket:
    """A basket's priced lines, total and points.

    Refuses: CATALOGUE_EMPTY, UNKNOWN_BARCODE, UNKNOWN_PRODUCT, UNKNOWN_CARD, UNKNOWN_MEMBER,
    CARD_AND_MEMBER, BARCODE_OR_PRODUCT, TOTAL_TOO_LARGE, and what pricing refuses: EMPTY_BASKET,
    INVALID_QUANTITY, NO_PRICE, INVALID_PRICE.
    """
    catalogue = _catalogue(connection)
    products = [_find(catalogue, number, line) for number, line in enumerate(basket.lines)]
    member_id = _member(catalogue, basket)
    prices_fen = {product.product_id: product.price_fen for product in products}
    bundle = Bundle(
        revision=catalogue.position(CATALOGUE).revision,
        # Over what this basket was priced by: enough for headquarters to quote it again.
        digest=bundle_digest(prices_fen, BASE_RULE),
        prices_fen=prices_fen,
        earning_rule=BASE_RULE,
    )
    lines = tuple(
        BasketLine(product.product_id, line.quantity_milli)
        for product, line in zip(products, basket.lines, strict=True)
    )
    try:
        priced = quote(Basket(lines), bundle)
    except PricingError as error:
        raise _refusal(error) from error
    check_total(priced.total_fen)
    return PricedBasket(
        lines=tuple(
            SoldLine(
                product_id=line.product_id,
                barcode=asked.barcode,
                name=product.name,
                unit=product.unit,
                quantity_milli=line.quantity_milli,
                price_fen=line.price_fen,
                list_fen=line.list_fen,
                discount_fen=line.discount_fen,
            )
            for line, asked, product in zip(priced.lines, basket.lines, products, strict=True)
        ),
        total_fen=priced.total_fen,
        points_earned=priced.points_earned if member_id else 0,
        member_id=member_id,
        earning_rule=priced.earning_rule_version,
        catalogue_revision=priced.bundle_revision,
        bundle_digest=priced.bundle_digest,
    )


def _catalogue(connection: sqlite3.Connection) -> CatalogueRepository:
    catalogue = CatalogueRepository(connection)
    if not catalogue.has_products():
        raise Unavailable(
            "CATALOGUE_EMPTY", "no product has come from headquarters yet; nothing can be priced"
        )
    return catalogue


def _find(catalogue: CatalogueRepository, number: int, line: AskedLine) -> Product:
    if bool(line.barcode) == bool(line.product_id):
        raise Invalid(
            "BARCODE_OR_PRODUCT", f"line {number}: give a barcode or a product_id", {"line": number}
        )
    if line.barcode:
        product = catalogue.product_by_barcode(line.barcode)
        if product is None:
            raise NotFound(
                "UNKNOWN_BARCODE",
                f"no product has the barcode {line.barcode}",
                {"line": number, "barcode": line.barcode},
            )
        return product
    product = catalogue.product(line.product_id)
    if product is None:
        raise NotFound(
            "UNKNOWN_PRODUCT",
            f"the catalogue has no product {line.product_id}",
            {"line": number, "product_id": line.product_id},
        )
    return product


def _member(catalogue: CatalogueRepository, basket: AskedBasket) -> str:
    if basket.card_number and basket.member_id:
        raise Invalid("CARD_AND_MEMBER", "give a card_number or a member_id, not both")
    if basket.card_number:
        # As members writes card numbers, whatever a reader or a hand made of them.
        found = catalogue.member_by_card(basket.card_number.strip().upper())
        if found is None:
            raise NotFound("UNKNOWN_CARD", "no member has this card")
        return found
    if basket.member_id and not catalogue.has_member(basket.member_id):
        raise NotFound(
            "UNKNOWN_MEMBER",
            f"no member {basket.member_id} is known here",
            {"member_id": basket.member_id},
        )
    return basket.member_id


def _refusal(error: PricingError) -> DomainError:
    """Pricing's refusal in the words of this service: a price is the books' state, not a slip."""
    kind = PreconditionFailed if error.reason in ("NO_PRICE", "INVALID_PRICE") else Invalid
    return kind(error.reason, error.message, error.metadata)
