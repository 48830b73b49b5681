from yika.inventory.v1 import catalogue_pb2 as _catalogue_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StoresUpserted(_message.Message):
    __slots__ = ("stores", "revision")
    STORES_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    stores: _containers.RepeatedCompositeFieldContainer[_catalogue_pb2.Store]
    revision: int
    def __init__(self, stores: _Optional[_Iterable[_Union[_catalogue_pb2.Store, _Mapping]]] = ..., revision: _Optional[int] = ...) -> None: ...

class CategoriesUpserted(_message.Message):
    __slots__ = ("categories", "revision")
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    categories: _containers.RepeatedCompositeFieldContainer[_catalogue_pb2.Category]
    revision: int
    def __init__(self, categories: _Optional[_Iterable[_Union[_catalogue_pb2.Category, _Mapping]]] = ..., revision: _Optional[int] = ...) -> None: ...

class ProductsUpserted(_message.Message):
    __slots__ = ("products", "revision")
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    products: _containers.RepeatedCompositeFieldContainer[_catalogue_pb2.Product]
    revision: int
    def __init__(self, products: _Optional[_Iterable[_Union[_catalogue_pb2.Product, _Mapping]]] = ..., revision: _Optional[int] = ...) -> None: ...

class PricesSet(_message.Message):
    __slots__ = ("prices", "revision")
    PRICES_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    prices: _containers.RepeatedCompositeFieldContainer[_catalogue_pb2.Price]
    revision: int
    def __init__(self, prices: _Optional[_Iterable[_Union[_catalogue_pb2.Price, _Mapping]]] = ..., revision: _Optional[int] = ...) -> None: ...
