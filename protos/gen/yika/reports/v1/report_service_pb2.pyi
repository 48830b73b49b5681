from google.type import date_pb2 as _date_pb2
from yika.auth.v1 import auth_pb2 as _auth_pb2
from yika.points.v1 import ledger_pb2 as _ledger_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Dimension(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIMENSION_UNSPECIFIED: _ClassVar[Dimension]
    DIMENSION_STORE: _ClassVar[Dimension]
    DIMENSION_DAY: _ClassVar[Dimension]
    DIMENSION_MONTH: _ClassVar[Dimension]
    DIMENSION_CATEGORY: _ClassVar[Dimension]
    DIMENSION_PRODUCT: _ClassVar[Dimension]
    DIMENSION_MEMBER: _ClassVar[Dimension]

class Order(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORDER_UNSPECIFIED: _ClassVar[Order]
    ORDER_REVENUE_DESCENDING: _ClassVar[Order]
DIMENSION_UNSPECIFIED: Dimension
DIMENSION_STORE: Dimension
DIMENSION_DAY: Dimension
DIMENSION_MONTH: Dimension
DIMENSION_CATEGORY: Dimension
DIMENSION_PRODUCT: Dimension
DIMENSION_MEMBER: Dimension
ORDER_UNSPECIFIED: Order
ORDER_REVENUE_DESCENDING: Order

class QuerySalesRequest(_message.Message):
    __slots__ = ("group_by", "from_date", "to_date", "store_ids", "category_depth", "order", "page_size", "page_token")
    GROUP_BY_FIELD_NUMBER: _ClassVar[int]
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    STORE_IDS_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_DEPTH_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    group_by: _containers.RepeatedScalarFieldContainer[Dimension]
    from_date: _date_pb2.Date
    to_date: _date_pb2.Date
    store_ids: _containers.RepeatedScalarFieldContainer[str]
    category_depth: int
    order: Order
    page_size: int
    page_token: str
    def __init__(self, group_by: _Optional[_Iterable[_Union[Dimension, str]]] = ..., from_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., to_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., store_ids: _Optional[_Iterable[str]] = ..., category_depth: _Optional[int] = ..., order: _Optional[_Union[Order, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class SalesRow(_message.Message):
    __slots__ = ("key", "label", "date", "revenue_fen", "discount_fen", "quantity_milli", "sale_count", "sold_fen", "returned_fen", "returned_quantity_milli", "return_count", "clawed_back_points")
    KEY_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    REVENUE_FEN_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_MILLI_FIELD_NUMBER: _ClassVar[int]
    SALE_COUNT_FIELD_NUMBER: _ClassVar[int]
    SOLD_FEN_FIELD_NUMBER: _ClassVar[int]
    RETURNED_FEN_FIELD_NUMBER: _ClassVar[int]
    RETURNED_QUANTITY_MILLI_FIELD_NUMBER: _ClassVar[int]
    RETURN_COUNT_FIELD_NUMBER: _ClassVar[int]
    CLAWED_BACK_POINTS_FIELD_NUMBER: _ClassVar[int]
    key: str
    label: str
    date: _date_pb2.Date
    revenue_fen: int
    discount_fen: int
    quantity_milli: int
    sale_count: int
    sold_fen: int
    returned_fen: int
    returned_quantity_milli: int
    return_count: int
    clawed_back_points: int
    def __init__(self, key: _Optional[str] = ..., label: _Optional[str] = ..., date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., revenue_fen: _Optional[int] = ..., discount_fen: _Optional[int] = ..., quantity_milli: _Optional[int] = ..., sale_count: _Optional[int] = ..., sold_fen: _Optional[int] = ..., returned_fen: _Optional[int] = ..., returned_quantity_milli: _Optional[int] = ..., return_count: _Optional[int] = ..., clawed_back_points: _Optional[int] = ...) -> None: ...

class QuerySalesResponse(_message.Message):
    __slots__ = ("rows", "next_page_token")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[SalesRow]
    next_page_token: str
    def __init__(self, rows: _Optional[_Iterable[_Union[SalesRow, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class QueryValueMovementsRequest(_message.Message):
    __slots__ = ("from_date", "to_date", "store_ids", "page_size", "page_token")
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    STORE_IDS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    from_date: _date_pb2.Date
    to_date: _date_pb2.Date
    store_ids: _containers.RepeatedScalarFieldContainer[str]
    page_size: int
    page_token: str
    def __init__(self, from_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., to_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., store_ids: _Optional[_Iterable[str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ValueMovementRow(_message.Message):
    __slots__ = ("date", "store_id", "label", "kind", "bill_count", "total_fen", "points_change", "principal_change_fen", "bonus_change_fen")
    DATE_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    BILL_COUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FEN_FIELD_NUMBER: _ClassVar[int]
    POINTS_CHANGE_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_CHANGE_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_CHANGE_FEN_FIELD_NUMBER: _ClassVar[int]
    date: _date_pb2.Date
    store_id: str
    label: str
    kind: _ledger_pb2.BillKind
    bill_count: int
    total_fen: int
    points_change: int
    principal_change_fen: int
    bonus_change_fen: int
    def __init__(self, date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., store_id: _Optional[str] = ..., label: _Optional[str] = ..., kind: _Optional[_Union[_ledger_pb2.BillKind, str]] = ..., bill_count: _Optional[int] = ..., total_fen: _Optional[int] = ..., points_change: _Optional[int] = ..., principal_change_fen: _Optional[int] = ..., bonus_change_fen: _Optional[int] = ...) -> None: ...

class QueryValueMovementsResponse(_message.Message):
    __slots__ = ("rows", "next_page_token")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[ValueMovementRow]
    next_page_token: str
    def __init__(self, rows: _Optional[_Iterable[_Union[ValueMovementRow, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
