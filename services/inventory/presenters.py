"""Values of the domain as messages of the contract."""

from services.inventory.domain.catalogue import CatalogueEntry, Price, Product, Store
from services.inventory.domain.category_tree import PlacedCategory
from services.inventory.domain.stock import StockLevel
from yika.inventory.v1 import catalogue_pb2, stock_pb2


def store_message(store: Store) -> catalogue_pb2.Store:
    """A store as a message."""
    return catalogue_pb2.Store(
        store_id=store.store_id, store_code=store.store_code, name=store.name
    )


def category_message(placed: PlacedCategory) -> catalogue_pb2.Category:
    """A node of the tree as a message, with its path."""
    return catalogue_pb2.Category(
        category_id=placed.category.category_id,
        parent_category_id=placed.category.parent_category_id or "",
        name=placed.category.name,
        path_names=placed.path_names,
    )


def product_message(product: Product) -> catalogue_pb2.Product:
    """A product as a message."""
    return catalogue_pb2.Product(
        product_id=product.product_id,
        sku=product.sku,
        name=product.name,
        category_id=product.category_id,
        barcodes=product.barcodes,
        unit=product.unit,
        brand=product.brand,
    )


def price_message(price: Price) -> catalogue_pb2.Price:
    """A price as a message."""
    return catalogue_pb2.Price(
        product_id=price.product_id, store_id=price.store_id or "", price_fen=price.price_fen
    )


def entry_message(entry: CatalogueEntry) -> catalogue_pb2.CatalogueEntry:
    """A line of a store's catalogue as a message."""
    return catalogue_pb2.CatalogueEntry(
        product=product_message(entry.product),
        price_fen=entry.price_fen,
        revision=entry.revision,
    )


def level_message(level: StockLevel) -> stock_pb2.StockLevel:
    """A level of stock as a message."""
    return stock_pb2.StockLevel(
        store_id=level.store_id or "",
        product_id=level.product_id,
        on_hand_milli=level.on_hand_milli,
        sold_milli=level.sold_milli,
    )
