from google.type import date_pb2 as _date_pb2
from yika.points.v1 import ledger_pb2 as _ledger_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExpiryDocument(_message.Message):
    __slots__ = ("header", "expired_before_date")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    EXPIRED_BEFORE_DATE_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    expired_before_date: _date_pb2.Date
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., expired_before_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...
