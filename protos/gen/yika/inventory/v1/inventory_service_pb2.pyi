import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from yika.auth.v1 import auth_pb2 as _auth_pb2
from yika.inventory.v1 import catalogue_pb2 as _catalogue_pb2
from yika.inventory.v1 import stock_pb2 as _stock_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class UpsertStoresRequest(_message.Message):
    __slots__ = ("stores",)
    STORES_FIELD_NUMBER: _ClassVar[int]
    stores: _containers.RepeatedCompositeFieldContainer[_catalogue_pb2.Store]
    def __init__(self, stores: _Optional[_Iterable[_Union[_catalogue_pb2.Store, _Mapping]]] = ...) -> None: ...

class UpsertStoresResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListStoresRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListStoresResponse(_message.Message):
    __slots__ = ("stores",)
    STORES_FIELD_NUMBER: _ClassVar[int]
    stores: _containers.RepeatedCompositeFieldContainer[_catalogue_pb2.Store]
    def __init__(self, stores: _Optional[_Iterable[_Union[_catalogue_pb2.Store, _Mapping]]] = ...) -> None: ...

class UpsertCategoriesRequest(_message.Message):
    __slots__ = ("categories",)
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    categories: _containers.RepeatedCompositeFieldContainer[_catalogue_pb2.Category]
    def __init__(self, categories: _Optional[_Iterable[_Union[_catalogue_pb2.Category, _Mapping]]] = ...) -> None: ...

class UpsertCategoriesResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListCategoriesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListCategoriesResponse(_message.Message):
    __slots__ = ("categories",)
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    categories: _containers.RepeatedCompositeFieldContainer[_catalogue_pb2.Category]
    def __init__(self, categories: _Optional[_Iterable[_Union[_catalogue_pb2.Category, _Mapping]]] = ...) -> None: ...

class UpsertProductsRequest(_message.Message):
    __slots__ = ("products",)
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    products: _containers.RepeatedCompositeFieldContainer[_catalogue_pb2.Product]
    def __init__(self, products: _Optional[_Iterable[_Union[_catalogue_pb2.Product, _Mapping]]] = ...) -> None: ...

class UpsertProductsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class BatchGetProductsRequest(_message.Message):
    __slots__ = ("product_ids",)
    PRODUCT_IDS_FIELD_NUMBER: _ClassVar[int]
    product_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, product_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BatchGetProductsResponse(_message.Message):
    __slots__ = ("products",)
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    products: _containers.RepeatedCompositeFieldContainer[_catalogue_pb2.Product]
    def __init__(self, products: _Optional[_Iterable[_Union[_catalogue_pb2.Product, _Mapping]]] = ...) -> None: ...

class SetPricesRequest(_message.Message):
    __slots__ = ("prices",)
    PRICES_FIELD_NUMBER: _ClassVar[int]
    prices: _containers.RepeatedCompositeFieldContainer[_catalogue_pb2.Price]
    def __init__(self, prices: _Optional[_Iterable[_Union[_catalogue_pb2.Price, _Mapping]]] = ...) -> None: ...

class SetPricesResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class StreamCatalogueRequest(_message.Message):
    __slots__ = ("store_id", "after_revision")
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_REVISION_FIELD_NUMBER: _ClassVar[int]
    store_id: str
    after_revision: int
    def __init__(self, store_id: _Optional[str] = ..., after_revision: _Optional[int] = ...) -> None: ...

class StreamCatalogueResponse(_message.Message):
    __slots__ = ("entries",)
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[_catalogue_pb2.CatalogueEntry]
    def __init__(self, entries: _Optional[_Iterable[_Union[_catalogue_pb2.CatalogueEntry, _Mapping]]] = ...) -> None: ...

class RecordMovementsRequest(_message.Message):
    __slots__ = ("document_id", "store_id", "kind", "business_date", "occurred_time", "lines", "reason")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    store_id: str
    kind: _stock_pb2.MovementKind
    business_date: _date_pb2.Date
    occurred_time: _timestamp_pb2.Timestamp
    lines: _containers.RepeatedCompositeFieldContainer[_stock_pb2.MovementLine]
    reason: str
    def __init__(self, document_id: _Optional[str] = ..., store_id: _Optional[str] = ..., kind: _Optional[_Union[_stock_pb2.MovementKind, str]] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[_stock_pb2.MovementLine, _Mapping]]] = ..., reason: _Optional[str] = ...) -> None: ...

class RecordMovementsResponse(_message.Message):
    __slots__ = ("levels", "replayed")
    LEVELS_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    levels: _containers.RepeatedCompositeFieldContainer[_stock_pb2.StockLevel]
    replayed: bool
    def __init__(self, levels: _Optional[_Iterable[_Union[_stock_pb2.StockLevel, _Mapping]]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class ListStockRequest(_message.Message):
    __slots__ = ("store_id", "page_size", "page_token", "product_ids")
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_IDS_FIELD_NUMBER: _ClassVar[int]
    store_id: str
    page_size: int
    page_token: str
    product_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, store_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., product_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ListStockResponse(_message.Message):
    __slots__ = ("levels", "next_page_token")
    LEVELS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    levels: _containers.RepeatedCompositeFieldContainer[_stock_pb2.StockLevel]
    next_page_token: str
    def __init__(self, levels: _Optional[_Iterable[_Union[_stock_pb2.StockLevel, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
