import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SaleLine(_message.Message):
    __slots__ = ("product_id", "quantity_milli", "list_fen", "discount_fen", "category_id", "discounts", "brand")
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_MILLI_FIELD_NUMBER: _ClassVar[int]
    LIST_FEN_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_ID_FIELD_NUMBER: _ClassVar[int]
    DISCOUNTS_FIELD_NUMBER: _ClassVar[int]
    BRAND_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    quantity_milli: int
    list_fen: int
    discount_fen: int
    category_id: str
    discounts: _containers.RepeatedCompositeFieldContainer[LineDiscount]
    brand: str
    def __init__(self, product_id: _Optional[str] = ..., quantity_milli: _Optional[int] = ..., list_fen: _Optional[int] = ..., discount_fen: _Optional[int] = ..., category_id: _Optional[str] = ..., discounts: _Optional[_Iterable[_Union[LineDiscount, _Mapping]]] = ..., brand: _Optional[str] = ...) -> None: ...

class LineDiscount(_message.Message):
    __slots__ = ("source", "amount_fen")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    source: str
    amount_fen: int
    def __init__(self, source: _Optional[str] = ..., amount_fen: _Optional[int] = ...) -> None: ...

class Tender(_message.Message):
    __slots__ = ("kind", "amount_fen", "points", "hold_id", "keep_rest")
    KIND_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    HOLD_ID_FIELD_NUMBER: _ClassVar[int]
    KEEP_REST_FIELD_NUMBER: _ClassVar[int]
    kind: str
    amount_fen: int
    points: int
    hold_id: str
    keep_rest: bool
    def __init__(self, kind: _Optional[str] = ..., amount_fen: _Optional[int] = ..., points: _Optional[int] = ..., hold_id: _Optional[str] = ..., keep_rest: _Optional[bool] = ...) -> None: ...

class Sale(_message.Message):
    __slots__ = ("sale_id", "member_id", "store_id", "register_id", "staff_id", "business_date", "sold_time", "lines", "tenders", "total_fen", "coupon_ids")
    SALE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    REGISTER_ID_FIELD_NUMBER: _ClassVar[int]
    STAFF_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    SOLD_TIME_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    TENDERS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FEN_FIELD_NUMBER: _ClassVar[int]
    COUPON_IDS_FIELD_NUMBER: _ClassVar[int]
    sale_id: str
    member_id: str
    store_id: str
    register_id: str
    staff_id: str
    business_date: _date_pb2.Date
    sold_time: _timestamp_pb2.Timestamp
    lines: _containers.RepeatedCompositeFieldContainer[SaleLine]
    tenders: _containers.RepeatedCompositeFieldContainer[Tender]
    total_fen: int
    coupon_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, sale_id: _Optional[str] = ..., member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., register_id: _Optional[str] = ..., staff_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., sold_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[SaleLine, _Mapping]]] = ..., tenders: _Optional[_Iterable[_Union[Tender, _Mapping]]] = ..., total_fen: _Optional[int] = ..., coupon_ids: _Optional[_Iterable[str]] = ...) -> None: ...
