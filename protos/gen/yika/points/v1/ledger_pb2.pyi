import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from yika.points.v1 import sale_pb2 as _sale_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BillKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BILL_KIND_UNSPECIFIED: _ClassVar[BillKind]
    BILL_KIND_SALE: _ClassVar[BillKind]

class Asset(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ASSET_UNSPECIFIED: _ClassVar[Asset]
    ASSET_MONEY: _ClassVar[Asset]
    ASSET_POINTS: _ClassVar[Asset]
BILL_KIND_UNSPECIFIED: BillKind
BILL_KIND_SALE: BillKind
ASSET_UNSPECIFIED: Asset
ASSET_MONEY: Asset
ASSET_POINTS: Asset

class Lot(_message.Message):
    __slots__ = ("bill_id", "asset", "granted_amount", "remaining_amount", "rule_version", "store_id", "earned_time", "expiry_date")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    GRANTED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    REMAINING_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    RULE_VERSION_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    EARNED_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_DATE_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    asset: Asset
    granted_amount: int
    remaining_amount: int
    rule_version: str
    store_id: str
    earned_time: _timestamp_pb2.Timestamp
    expiry_date: _date_pb2.Date
    def __init__(self, bill_id: _Optional[str] = ..., asset: _Optional[_Union[Asset, str]] = ..., granted_amount: _Optional[int] = ..., remaining_amount: _Optional[int] = ..., rule_version: _Optional[str] = ..., store_id: _Optional[str] = ..., earned_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expiry_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class Transfer(_message.Message):
    __slots__ = ("bill_id", "asset", "debit_account", "credit_account", "amount", "business_date", "posted_time", "store_id")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    DEBIT_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    CREDIT_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    POSTED_TIME_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    asset: Asset
    debit_account: str
    credit_account: str
    amount: int
    business_date: _date_pb2.Date
    posted_time: _timestamp_pb2.Timestamp
    store_id: str
    def __init__(self, bill_id: _Optional[str] = ..., asset: _Optional[_Union[Asset, str]] = ..., debit_account: _Optional[str] = ..., credit_account: _Optional[str] = ..., amount: _Optional[int] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., posted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., store_id: _Optional[str] = ...) -> None: ...

class Bill(_message.Message):
    __slots__ = ("bill_id", "kind", "member_id", "store_id", "business_date", "occurred_time", "posted_time", "total_fen", "points_earned", "sale")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    POSTED_TIME_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FEN_FIELD_NUMBER: _ClassVar[int]
    POINTS_EARNED_FIELD_NUMBER: _ClassVar[int]
    SALE_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    kind: BillKind
    member_id: str
    store_id: str
    business_date: _date_pb2.Date
    occurred_time: _timestamp_pb2.Timestamp
    posted_time: _timestamp_pb2.Timestamp
    total_fen: int
    points_earned: int
    sale: _sale_pb2.Sale
    def __init__(self, bill_id: _Optional[str] = ..., kind: _Optional[_Union[BillKind, str]] = ..., member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., posted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., total_fen: _Optional[int] = ..., points_earned: _Optional[int] = ..., sale: _Optional[_Union[_sale_pb2.Sale, _Mapping]] = ...) -> None: ...

class Wallet(_message.Message):
    __slots__ = ("member_id", "points", "lots")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    LOTS_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    points: int
    lots: _containers.RepeatedCompositeFieldContainer[Lot]
    def __init__(self, member_id: _Optional[str] = ..., points: _Optional[int] = ..., lots: _Optional[_Iterable[_Union[Lot, _Mapping]]] = ...) -> None: ...
