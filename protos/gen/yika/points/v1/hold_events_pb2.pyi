import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from yika.points.v1 import hold_pb2 as _hold_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class HoldsCreated(_message.Message):
    __slots__ = ("holds",)
    HOLDS_FIELD_NUMBER: _ClassVar[int]
    holds: _containers.RepeatedCompositeFieldContainer[_hold_pb2.Hold]
    def __init__(self, holds: _Optional[_Iterable[_Union[_hold_pb2.Hold, _Mapping]]] = ...) -> None: ...

class HoldsClosed(_message.Message):
    __slots__ = ("holds",)
    HOLDS_FIELD_NUMBER: _ClassVar[int]
    holds: _containers.RepeatedCompositeFieldContainer[ClosedHold]
    def __init__(self, holds: _Optional[_Iterable[_Union[ClosedHold, _Mapping]]] = ...) -> None: ...

class ClosedHold(_message.Message):
    __slots__ = ("hold_id", "member_id", "store_id", "asset", "pass_id", "amount", "posted_amount", "state", "closed_time")
    HOLD_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    POSTED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CLOSED_TIME_FIELD_NUMBER: _ClassVar[int]
    hold_id: str
    member_id: str
    store_id: str
    asset: _hold_pb2.HoldAsset
    pass_id: str
    amount: int
    posted_amount: int
    state: _hold_pb2.HoldState
    closed_time: _timestamp_pb2.Timestamp
    def __init__(self, hold_id: _Optional[str] = ..., member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., asset: _Optional[_Union[_hold_pb2.HoldAsset, str]] = ..., pass_id: _Optional[str] = ..., amount: _Optional[int] = ..., posted_amount: _Optional[int] = ..., state: _Optional[_Union[_hold_pb2.HoldState, str]] = ..., closed_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
