"""Stores, products and prices: what they are and which of them are refused. Pure."""

import re
import unicodedata
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from chassis.errors import AlreadyExists, Invalid

BATCH_MAX = 500
STORE_CODE_LENGTH_MAX = 32
STORE_NAME_LENGTH_MAX = 100
SKU_LENGTH_MAX = 64
PRODUCT_NAME_LENGTH_MAX = 200
BRAND_LENGTH_MAX = 64
UNIT_LENGTH_MAX = 16
BARCODES_MAX = 20
PRICE_FEN_MAX = 100_000_000

# GS1 codes are digits, codes made in the store may hold any visible ASCII character.
_BARCODE = re.compile(r"[!-~]{1,64}")


@dataclass(frozen=True, slots=True)
class Store:
    """A store of the chain."""

    store_id: str
    store_code: str
    name: str


@dataclass(frozen=True, slots=True)
class Product:
    """A product; barcodes in the order given."""

    product_id: str
    sku: str
    name: str
    category_id: str
    barcodes: tuple[str, ...]
    unit: str
    brand: str = ""  # empty for none


@dataclass(frozen=True, slots=True)
class Price:
    """The price of 1,000 milli of a product, in one store or, with store_id None, in the chain."""

    product_id: str
    store_id: str | None
    price_fen: int


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A product as a store sells it; price_fen is None when the store cannot sell it."""

    product: Product
    price_fen: int | None
    revision: int


def check_batch_size(size: int) -> None:
    """Invalid with EMPTY_BATCH or BATCH_TOO_LARGE unless a batch holds 1 to 500 things."""
    if size == 0:
        raise Invalid("EMPTY_BATCH", "the batch is empty")
    if size > BATCH_MAX:
        raise Invalid(
            "BATCH_TOO_LARGE",
            f"the batch holds {size}; at most {BATCH_MAX}",
            {"size": size, "size_max": BATCH_MAX},
        )


def check_text(text: str, field: str, length_max: int, *, required: bool = True) -> None:
    """Invalid with INVALID_TEXT for a text that is missing, too long or not for one line."""
    if not text and not required:
        return
    if not text.strip():
        problem = "must not be empty"
    elif len(text) > length_max:
        problem = f"must have at most {length_max} characters"
    elif any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text):
        problem = "must not hold control characters"
    else:
        return
    raise Invalid("INVALID_TEXT", f"{field} {problem}", {"field": field})


def first_repeated(keys: Iterable[Hashable]) -> Hashable | None:
    """The first key that comes a second time; None when all differ."""
    seen: set[Hashable] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return None


def check_distinct_ids(ids: Iterable[Hashable]) -> None:
    """Invalid with DUPLICATE_ID when a batch names one thing twice."""
    repeated = first_repeated(ids)
    if repeated is not None:
        raise Invalid(
            "DUPLICATE_ID", f"{repeated} stands twice in the batch", {"id": str(repeated)}
        )


def taken(reason: str, what: str, value: object) -> AlreadyExists:
    """The refusal for a code or name that something else holds."""
    return AlreadyExists(reason, f"{what} {value} is taken", {"value": str(value)[:200]})


def check_stores(stores: Sequence[Store]) -> None:
    """Refuses a batch of stores that is wrong in itself."""
    check_batch_size(len(stores))
    check_distinct_ids(store.store_id for store in stores)
    for store in stores:
        check_text(store.store_code, "store_code", STORE_CODE_LENGTH_MAX)
        check_text(store.name, "name", STORE_NAME_LENGTH_MAX)
    repeated = first_repeated(store.store_code for store in stores)
    if repeated is not None:
        raise taken("STORE_CODE_TAKEN", "store code", repeated)


def check_products(products: Sequence[Product]) -> None:
    """Refuses a batch of products that is wrong in itself."""
    check_batch_size(len(products))
    check_distinct_ids(product.product_id for product in products)
    for product in products:
        check_text(product.sku, "sku", SKU_LENGTH_MAX)
        check_text(product.name, "name", PRODUCT_NAME_LENGTH_MAX)
        check_text(product.unit, "unit", UNIT_LENGTH_MAX, required=False)
        check_text(product.brand, "brand", BRAND_LENGTH_MAX, required=False)
        _check_barcodes(product)
    repeated = first_repeated(product.sku for product in products)
    if repeated is not None:
        raise taken("SKU_TAKEN", "sku", repeated)
    repeated = first_repeated(code for product in products for code in product.barcodes)
    if repeated is not None:
        raise taken("BARCODE_TAKEN", "barcode", repeated)


def _check_barcodes(product: Product) -> None:
    if len(product.barcodes) > BARCODES_MAX:
        raise Invalid(
            "TOO_MANY_BARCODES",
            f"product {product.product_id} has over {BARCODES_MAX} barcodes",
            {"product_id": product.product_id},
        )
    for barcode in product.barcodes:
        if not _BARCODE.fullmatch(barcode):
            raise Invalid(
                "INVALID_BARCODE",
                "a barcode has 1 to 64 visible ASCII characters",
                {"product_id": product.product_id, "barcode": barcode[:100]},
            )


def check_prices(prices: Sequence[Price]) -> None:
    """Refuses a batch of prices that is wrong in itself."""
    check_batch_size(len(prices))
    check_distinct_ids(f"{price.product_id} in {price.store_id or 'the chain'}" for price in prices)
    for price in prices:
        if not 0 <= price.price_fen <= PRICE_FEN_MAX:
            raise Invalid(
                "INVALID_PRICE",
                f"price_fen must be 0 to {PRICE_FEN_MAX}",
                {"product_id": price.product_id, "price_fen": price.price_fen},
            )
