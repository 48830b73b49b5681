from google.type import date_pb2 as _date_pb2
from yika.points.v1 import ledger_pb2 as _ledger_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExpiryDocument(_message.Message):
    __slots__ = ("header", "expired_before_date")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    EXPIRED_BEFORE_DATE_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    expired_before_date: _date_pb2.Date
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., expired_before_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

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
