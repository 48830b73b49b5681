"""InventoryService: message -> command -> use case -> message."""

from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

import grpc

from chassis.auth import current_principal
from chassis.clock import from_proto_date, from_timestamp, utc_now
from chassis.database import Database
from chassis.ids import canonical_id
from services.inventory import presenters
from services.inventory.domain.catalogue import Price, Product, Store, check_batch_size
from services.inventory.domain.category_tree import Category
from services.inventory.domain.stock import MovementLine, StockDocument
from services.inventory.usecases import read_catalogue
from services.inventory.usecases.list_stock import ListStock, list_stock
from services.inventory.usecases.record_movements import RecordMovements, record_movements
from services.inventory.usecases.set_prices import SetPrices, set_prices
from services.inventory.usecases.upsert_categories import UpsertCategories, upsert_categories
from services.inventory.usecases.upsert_products import UpsertProducts, upsert_products
from services.inventory.usecases.upsert_stores import UpsertStores, upsert_stores
from yika.inventory.v1 import catalogue_pb2
from yika.inventory.v1 import inventory_service_pb2 as pb2
from yika.inventory.v1.inventory_service_pb2_grpc import InventoryServiceServicer

# What a token must reach for what concerns the whole chain.
EVERY_STORE = "*"

MessageT = TypeVar("MessageT")


class InventoryServicer(InventoryServiceServicer):
    """Goods, prices, stores and stock. Rules live below; here is only translation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def UpsertStores(
        self, request: pb2.UpsertStoresRequest, _: grpc.aio.ServicerContext
    ) -> pb2.UpsertStoresResponse:
        """Creates or changes stores."""
        stores = tuple(_store(message) for message in _batch(request.stores))
        for store in stores:
            current_principal().require_store(store.store_id)
        await upsert_stores(self._database, UpsertStores(stores))
        return pb2.UpsertStoresResponse()

    async def ListStores(
        self, _request: pb2.ListStoresRequest, _: grpc.aio.ServicerContext
    ) -> pb2.ListStoresResponse:
        """Lists all stores; their names are no secret inside the chain."""
        stores = await read_catalogue.list_stores(self._database)
        return pb2.ListStoresResponse(stores=map(presenters.store_message, stores))

    async def UpsertCategories(
        self, request: pb2.UpsertCategoriesRequest, _: grpc.aio.ServicerContext
    ) -> pb2.UpsertCategoriesResponse:
        """Creates, renames or moves categories."""
        current_principal().require_store(EVERY_STORE)
        categories = tuple(_category(message) for message in _batch(request.categories))
        await upsert_categories(self._database, UpsertCategories(categories))
        return pb2.UpsertCategoriesResponse()

    async def ListCategories(
        self, _request: pb2.ListCategoriesRequest, _: grpc.aio.ServicerContext
    ) -> pb2.ListCategoriesResponse:
        """Lists the tree."""
        placed = await read_catalogue.list_categories(self._database)
        return pb2.ListCategoriesResponse(categories=map(presenters.category_message, placed))

    async def UpsertProducts(
        self, request: pb2.UpsertProductsRequest, _: grpc.aio.ServicerContext
    ) -> pb2.UpsertProductsResponse:
        """Creates or changes products."""
        current_principal().require_store(EVERY_STORE)
        products = tuple(_product(message) for message in _batch(request.products))
        await upsert_products(self._database, UpsertProducts(products))
        return pb2.UpsertProductsResponse()

    async def BatchGetProducts(
        self, request: pb2.BatchGetProductsRequest, _: grpc.aio.ServicerContext
    ) -> pb2.BatchGetProductsResponse:
        """Reads products by id."""
        ids = [canonical_id(text, "product_ids") for text in _batch(request.product_ids)]
        products = await read_catalogue.get_products(self._database, ids)
        return pb2.BatchGetProductsResponse(products=map(presenters.product_message, products))

    async def SetPrices(
        self, request: pb2.SetPricesRequest, _: grpc.aio.ServicerContext
    ) -> pb2.SetPricesResponse:
        """Sets prices."""
        prices = tuple(_price(message) for message in _batch(request.prices))
        for price in prices:
            current_principal().require_store(price.store_id or EVERY_STORE)
        await set_prices(self._database, SetPrices(prices))
        return pb2.SetPricesResponse()

    async def StreamCatalogue(
        self, request: pb2.StreamCatalogueRequest, _: grpc.aio.ServicerContext
    ) -> AsyncIterator[pb2.StreamCatalogueResponse]:
        """Streams what changed in a store's catalogue."""
        store_id = canonical_id(request.store_id, "store_id")
        current_principal().require_store(store_id)
        async for entries in read_catalogue.stream_catalogue(
            self._database, store_id, request.after_revision
        ):
            yield pb2.StreamCatalogueResponse(entries=map(presenters.entry_message, entries))

    async def RecordMovements(
        self, request: pb2.RecordMovementsRequest, _: grpc.aio.ServicerContext
    ) -> pb2.RecordMovementsResponse:
        """Books a stock document."""
        document = _document(request)
        principal = current_principal()
        principal.require_store(document.store_id)
        recorded = await record_movements(
            self._database, RecordMovements(document, principal.subject), now=utc_now()
        )
        return pb2.RecordMovementsResponse(
            levels=map(presenters.level_message, recorded.levels), replayed=recorded.replayed
        )

    async def ListStock(
        self, request: pb2.ListStockRequest, _: grpc.aio.ServicerContext
    ) -> pb2.ListStockResponse:
        """Lists stock of a store, or summed over all."""
        store_id = canonical_id(request.store_id, "store_id") if request.store_id else None
        current_principal().require_store(store_id or EVERY_STORE)
        page = await list_stock(
            self._database,
            ListStock(
                store_id=store_id,
                page_size=request.page_size,
                page_token=request.page_token,
                product_ids=tuple(_ids(request.product_ids, "product_ids")),
            ),
        )
        return pb2.ListStockResponse(
            levels=map(presenters.level_message, page.levels), next_page_token=page.next_page_token
        )


def _batch(messages: Sequence[MessageT]) -> Sequence[MessageT]:
    """The batch itself; refused by its size before anything is done for each of its parts."""
    check_batch_size(len(messages))
    return messages


def _ids(texts: Sequence[str], field: str) -> list[str]:
    """Canonical ids of a list that may be empty."""
    return [canonical_id(text, field) for text in (_batch(texts) if texts else ())]


def _store(message: catalogue_pb2.Store) -> Store:
    return Store(
        store_id=canonical_id(message.store_id, "store_id"),
        store_code=message.store_code.strip(),
        name=message.name.strip(),
    )


def _category(message: catalogue_pb2.Category) -> Category:
    parent = message.parent_category_id
    return Category(
        category_id=canonical_id(message.category_id, "category_id"),
        parent_category_id=canonical_id(parent, "parent_category_id") if parent else None,
        name=message.name.strip(),
    )


def _product(message: catalogue_pb2.Product) -> Product:
    return Product(
        product_id=canonical_id(message.product_id, "product_id"),
        sku=message.sku.strip(),
        name=message.name.strip(),
        category_id=canonical_id(message.category_id, "category_id"),
        barcodes=tuple(message.barcodes),
        unit=message.unit.strip(),
        brand=message.brand.strip(),
    )


def _price(message: catalogue_pb2.Price) -> Price:
    return Price(
        product_id=canonical_id(message.product_id, "product_id"),
        store_id=canonical_id(message.store_id, "store_id") if message.store_id else None,
        price_fen=message.price_fen,
    )


def _document(request: pb2.RecordMovementsRequest) -> StockDocument:
    return StockDocument(
        document_id=canonical_id(request.document_id, "document_id"),
        store_id=canonical_id(request.store_id, "store_id"),
        kind=request.kind,
        business_date=from_proto_date(request.business_date, "business_date"),
        occurred_at=from_timestamp(request.occurred_time, "occurred_time"),
        lines=tuple(
            MovementLine(canonical_id(line.product_id, "product_id"), line.quantity_milli)
            for line in _batch(request.lines)
        ),
        reason=request.reason.strip(),
    )
