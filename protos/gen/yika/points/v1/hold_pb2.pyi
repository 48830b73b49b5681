import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from yika.points.v1 import ledger_pb2 as _ledger_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class HoldAsset(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HOLD_ASSET_UNSPECIFIED: _ClassVar[HoldAsset]
    HOLD_ASSET_POINTS: _ClassVar[HoldAsset]
    HOLD_ASSET_STORED_VALUE: _ClassVar[HoldAsset]
    HOLD_ASSET_PASS: _ClassVar[HoldAsset]

class HoldState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HOLD_STATE_UNSPECIFIED: _ClassVar[HoldState]
    HOLD_STATE_OPEN: _ClassVar[HoldState]
    HOLD_STATE_POSTED: _ClassVar[HoldState]
    HOLD_STATE_RELEASED: _ClassVar[HoldState]
    HOLD_STATE_VOIDED: _ClassVar[HoldState]
    HOLD_STATE_TIMED_OUT: _ClassVar[HoldState]
HOLD_ASSET_UNSPECIFIED: HoldAsset
HOLD_ASSET_POINTS: HoldAsset
HOLD_ASSET_STORED_VALUE: HoldAsset
HOLD_ASSET_PASS: HoldAsset
HOLD_STATE_UNSPECIFIED: HoldState
HOLD_STATE_OPEN: HoldState
HOLD_STATE_POSTED: HoldState
HOLD_STATE_RELEASED: HoldState
HOLD_STATE_VOIDED: HoldState
HOLD_STATE_TIMED_OUT: HoldState

class Hold(_message.Message):
    __slots__ = ("hold_id", "member_id", "asset", "pass_id", "amount", "posted_amount", "held_amount", "principal_fen", "bonus_fen", "state", "store_id", "register_id", "staff_id", "created_time", "expires_time", "closed_time", "voided_by", "reason", "lots")
    HOLD_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    POSTED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    HELD_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_FEN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    REGISTER_ID_FIELD_NUMBER: _ClassVar[int]
    STAFF_ID_FIELD_NUMBER: _ClassVar[int]
    CREATED_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_TIME_FIELD_NUMBER: _ClassVar[int]
    CLOSED_TIME_FIELD_NUMBER: _ClassVar[int]
    VOIDED_BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LOTS_FIELD_NUMBER: _ClassVar[int]
    hold_id: str
    member_id: str
    asset: HoldAsset
    pass_id: str
    amount: int
    posted_amount: int
    held_amount: int
    principal_fen: int
    bonus_fen: int
    state: HoldState
    store_id: str
    register_id: str
    staff_id: str
    created_time: _timestamp_pb2.Timestamp
    expires_time: _timestamp_pb2.Timestamp
    closed_time: _timestamp_pb2.Timestamp
    voided_by: str
    reason: str
    lots: _containers.RepeatedCompositeFieldContainer[HeldLot]
    def __init__(self, hold_id: _Optional[str] = ..., member_id: _Optional[str] = ..., asset: _Optional[_Union[HoldAsset, str]] = ..., pass_id: _Optional[str] = ..., amount: _Optional[int] = ..., posted_amount: _Optional[int] = ..., held_amount: _Optional[int] = ..., principal_fen: _Optional[int] = ..., bonus_fen: _Optional[int] = ..., state: _Optional[_Union[HoldState, str]] = ..., store_id: _Optional[str] = ..., register_id: _Optional[str] = ..., staff_id: _Optional[str] = ..., created_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expires_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., closed_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., voided_by: _Optional[str] = ..., reason: _Optional[str] = ..., lots: _Optional[_Iterable[_Union[HeldLot, _Mapping]]] = ...) -> None: ...

class HeldLot(_message.Message):
    __slots__ = ("lot_bill_id", "lot_ordinal", "asset", "amount", "posted_amount")
    LOT_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    LOT_ORDINAL_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    POSTED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    lot_bill_id: str
    lot_ordinal: int
    asset: _ledger_pb2.Asset
    amount: int
    posted_amount: int
    def __init__(self, lot_bill_id: _Optional[str] = ..., lot_ordinal: _Optional[int] = ..., asset: _Optional[_Union[_ledger_pb2.Asset, str]] = ..., amount: _Optional[int] = ..., posted_amount: _Optional[int] = ...) -> None: ...
