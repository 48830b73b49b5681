import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from yika.points.v1 import ledger_pb2 as _ledger_pb2
from yika.points.v1 import sale_pb2 as _sale_pb2
from yika.points.v1 import sale_return_pb2 as _sale_return_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SalesPosted(_message.Message):
    __slots__ = ("sales",)
    SALES_FIELD_NUMBER: _ClassVar[int]
    sales: _containers.RepeatedCompositeFieldContainer[PostedSale]
    def __init__(self, sales: _Optional[_Iterable[_Union[PostedSale, _Mapping]]] = ...) -> None: ...

class PostedSale(_message.Message):
    __slots__ = ("sale", "points_earned", "posted_time")
    SALE_FIELD_NUMBER: _ClassVar[int]
    POINTS_EARNED_FIELD_NUMBER: _ClassVar[int]
    POSTED_TIME_FIELD_NUMBER: _ClassVar[int]
    sale: _sale_pb2.Sale
    points_earned: int
    posted_time: _timestamp_pb2.Timestamp
    def __init__(self, sale: _Optional[_Union[_sale_pb2.Sale, _Mapping]] = ..., points_earned: _Optional[int] = ..., posted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SalesReturned(_message.Message):
    __slots__ = ("returns",)
    RETURNS_FIELD_NUMBER: _ClassVar[int]
    returns: _containers.RepeatedCompositeFieldContainer[_sale_return_pb2.ReturnedSale]
    def __init__(self, returns: _Optional[_Iterable[_Union[_sale_return_pb2.ReturnedSale, _Mapping]]] = ...) -> None: ...

class BillsPosted(_message.Message):
    __slots__ = ("bills",)
    BILLS_FIELD_NUMBER: _ClassVar[int]
    bills: _containers.RepeatedCompositeFieldContainer[PostedBill]
    def __init__(self, bills: _Optional[_Iterable[_Union[PostedBill, _Mapping]]] = ...) -> None: ...

class PostedBill(_message.Message):
    __slots__ = ("bill_id", "kind", "member_id", "store_id", "business_date", "occurred_time", "posted_time", "total_fen", "original_bill_id", "transfers", "receipt")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    POSTED_TIME_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FEN_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    TRANSFERS_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    kind: _ledger_pb2.BillKind
    member_id: str
    store_id: str
    business_date: _date_pb2.Date
    occurred_time: _timestamp_pb2.Timestamp
    posted_time: _timestamp_pb2.Timestamp
    total_fen: int
    original_bill_id: str
    transfers: _containers.RepeatedCompositeFieldContainer[_ledger_pb2.Transfer]
    receipt: _ledger_pb2.BillReceipt
    def __init__(self, bill_id: _Optional[str] = ..., kind: _Optional[_Union[_ledger_pb2.BillKind, str]] = ..., member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., posted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., total_fen: _Optional[int] = ..., original_bill_id: _Optional[str] = ..., transfers: _Optional[_Iterable[_Union[_ledger_pb2.Transfer, _Mapping]]] = ..., receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ...) -> None: ...

class LotsExpiring(_message.Message):
    __slots__ = ("notice_days", "values")
    NOTICE_DAYS_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    notice_days: int
    values: _containers.RepeatedCompositeFieldContainer[ExpiringValue]
    def __init__(self, notice_days: _Optional[int] = ..., values: _Optional[_Iterable[_Union[ExpiringValue, _Mapping]]] = ...) -> None: ...

class ExpiringValue(_message.Message):
    __slots__ = ("member_id", "asset", "pass_id", "amount", "expiry_date")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_DATE_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    asset: _ledger_pb2.Asset
    pass_id: str
    amount: int
    expiry_date: _date_pb2.Date
    def __init__(self, member_id: _Optional[str] = ..., asset: _Optional[_Union[_ledger_pb2.Asset, str]] = ..., pass_id: _Optional[str] = ..., amount: _Optional[int] = ..., expiry_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...
