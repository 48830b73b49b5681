from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Store(_message.Message):
    __slots__ = ("store_id", "store_code", "name")
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_CODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    store_id: str
    store_code: str
    name: str
    def __init__(self, store_id: _Optional[str] = ..., store_code: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class Category(_message.Message):
    __slots__ = ("category_id", "parent_category_id", "name", "path_names")
    CATEGORY_ID_FIELD_NUMBER: _ClassVar[int]
    PARENT_CATEGORY_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PATH_NAMES_FIELD_NUMBER: _ClassVar[int]
    category_id: str
    parent_category_id: str
    name: str
    path_names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, category_id: _Optional[str] = ..., parent_category_id: _Optional[str] = ..., name: _Optional[str] = ..., path_names: _Optional[_Iterable[str]] = ...) -> None: ...

class Product(_message.Message):
    __slots__ = ("product_id", "sku", "name", "category_id", "barcodes", "unit", "brand")
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_ID_FIELD_NUMBER: _ClassVar[int]
    BARCODES_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    BRAND_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    sku: str
    name: str
    category_id: str
    barcodes: _containers.RepeatedScalarFieldContainer[str]
    unit: str
    brand: str
    def __init__(self, product_id: _Optional[str] = ..., sku: _Optional[str] = ..., name: _Optional[str] = ..., category_id: _Optional[str] = ..., barcodes: _Optional[_Iterable[str]] = ..., unit: _Optional[str] = ..., brand: _Optional[str] = ...) -> None: ...

class Price(_message.Message):
    __slots__ = ("product_id", "store_id", "price_fen")
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    PRICE_FEN_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    store_id: str
    price_fen: int
    def __init__(self, product_id: _Optional[str] = ..., store_id: _Optional[str] = ..., price_fen: _Optional[int] = ...) -> None: ...

class CatalogueEntry(_message.Message):
    __slots__ = ("product", "price_fen", "revision")
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    PRICE_FEN_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    product: Product
    price_fen: int
    revision: int
    def __init__(self, product: _Optional[_Union[Product, _Mapping]] = ..., price_fen: _Optional[int] = ..., revision: _Optional[int] = ...) -> None: ...
