import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from yika.points.v1 import ledger_pb2 as _ledger_pb2
from yika.points.v1 import sale_pb2 as _sale_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReturnedSale(_message.Message):
    __slots__ = ("bill_id", "original_sale_id", "store_id", "member_id", "business_date", "occurred_time", "posted_time", "lines", "total_fen", "refunds", "clawed_back_points", "given_back_points", "given_back_principal_fen", "given_back_bonus_fen", "is_complete")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_SALE_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    POSTED_TIME_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FEN_FIELD_NUMBER: _ClassVar[int]
    REFUNDS_FIELD_NUMBER: _ClassVar[int]
    CLAWED_BACK_POINTS_FIELD_NUMBER: _ClassVar[int]
    GIVEN_BACK_POINTS_FIELD_NUMBER: _ClassVar[int]
    GIVEN_BACK_PRINCIPAL_FEN_FIELD_NUMBER: _ClassVar[int]
    GIVEN_BACK_BONUS_FEN_FIELD_NUMBER: _ClassVar[int]
    IS_COMPLETE_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    original_sale_id: str
    store_id: str
    member_id: str
    business_date: _date_pb2.Date
    occurred_time: _timestamp_pb2.Timestamp
    posted_time: _timestamp_pb2.Timestamp
    lines: _containers.RepeatedCompositeFieldContainer[ReturnedLine]
    total_fen: int
    refunds: _containers.RepeatedCompositeFieldContainer[_sale_pb2.Tender]
    clawed_back_points: int
    given_back_points: int
    given_back_principal_fen: int
    given_back_bonus_fen: int
    is_complete: bool
    def __init__(self, bill_id: _Optional[str] = ..., original_sale_id: _Optional[str] = ..., store_id: _Optional[str] = ..., member_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., posted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[ReturnedLine, _Mapping]]] = ..., total_fen: _Optional[int] = ..., refunds: _Optional[_Iterable[_Union[_sale_pb2.Tender, _Mapping]]] = ..., clawed_back_points: _Optional[int] = ..., given_back_points: _Optional[int] = ..., given_back_principal_fen: _Optional[int] = ..., given_back_bonus_fen: _Optional[int] = ..., is_complete: _Optional[bool] = ...) -> None: ...

class ReturnedLine(_message.Message):
    __slots__ = ("line_number", "product_id", "category_id", "quantity_milli", "amount_fen", "shares")
    LINE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_MILLI_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    line_number: int
    product_id: str
    category_id: str
    quantity_milli: int
    amount_fen: int
    shares: _containers.RepeatedCompositeFieldContainer[ReturnedShare]
    def __init__(self, line_number: _Optional[int] = ..., product_id: _Optional[str] = ..., category_id: _Optional[str] = ..., quantity_milli: _Optional[int] = ..., amount_fen: _Optional[int] = ..., shares: _Optional[_Iterable[_Union[ReturnedShare, _Mapping]]] = ...) -> None: ...

class ReturnedShare(_message.Message):
    __slots__ = ("tender_kind", "asset", "amount_fen")
    TENDER_KIND_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    tender_kind: str
    asset: _ledger_pb2.Asset
    amount_fen: int
    def __init__(self, tender_kind: _Optional[str] = ..., asset: _Optional[_Union[_ledger_pb2.Asset, str]] = ..., amount_fen: _Optional[int] = ...) -> None: ...
