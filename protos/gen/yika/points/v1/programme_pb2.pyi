import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from yika.points.v1 import earning_pb2 as _earning_pb2
from yika.points.v1 import gift_pb2 as _gift_pb2
from yika.points.v1 import pass_pb2 as _pass_pb2
from yika.points.v1 import stored_value_pb2 as _stored_value_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ClawbackPolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLAWBACK_POLICY_UNSPECIFIED: _ClassVar[ClawbackPolicy]
    CLAWBACK_POLICY_DEBT: _ClassVar[ClawbackPolicy]
    CLAWBACK_POLICY_WITHIN_BALANCE: _ClassVar[ClawbackPolicy]
    CLAWBACK_POLICY_PENDING_FIRST: _ClassVar[ClawbackPolicy]
CLAWBACK_POLICY_UNSPECIFIED: ClawbackPolicy
CLAWBACK_POLICY_DEBT: ClawbackPolicy
CLAWBACK_POLICY_WITHIN_BALANCE: ClawbackPolicy
CLAWBACK_POLICY_PENDING_FIRST: ClawbackPolicy

class PointsTender(_message.Message):
    __slots__ = ("points", "fen", "points_min", "points_step", "share_max_bp")
    POINTS_FIELD_NUMBER: _ClassVar[int]
    FEN_FIELD_NUMBER: _ClassVar[int]
    POINTS_MIN_FIELD_NUMBER: _ClassVar[int]
    POINTS_STEP_FIELD_NUMBER: _ClassVar[int]
    SHARE_MAX_BP_FIELD_NUMBER: _ClassVar[int]
    points: int
    fen: int
    points_min: int
    points_step: int
    share_max_bp: int
    def __init__(self, points: _Optional[int] = ..., fen: _Optional[int] = ..., points_min: _Optional[int] = ..., points_step: _Optional[int] = ..., share_max_bp: _Optional[int] = ...) -> None: ...

class HouseholdTransfer(_message.Message):
    __slots__ = ("points_min", "day_points_max")
    POINTS_MIN_FIELD_NUMBER: _ClassVar[int]
    DAY_POINTS_MAX_FIELD_NUMBER: _ClassVar[int]
    points_min: int
    day_points_max: int
    def __init__(self, points_min: _Optional[int] = ..., day_points_max: _Optional[int] = ...) -> None: ...

class Programme(_message.Message):
    __slots__ = ("programme_id", "version", "effective_time", "earning", "stored_value", "points_tender", "clawback_policy", "return_grace_days", "passes", "household_transfer", "adjustment_limit_points", "gifts", "adjustment_day_limit_points")
    PROGRAMME_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_TIME_FIELD_NUMBER: _ClassVar[int]
    EARNING_FIELD_NUMBER: _ClassVar[int]
    STORED_VALUE_FIELD_NUMBER: _ClassVar[int]
    POINTS_TENDER_FIELD_NUMBER: _ClassVar[int]
    CLAWBACK_POLICY_FIELD_NUMBER: _ClassVar[int]
    RETURN_GRACE_DAYS_FIELD_NUMBER: _ClassVar[int]
    PASSES_FIELD_NUMBER: _ClassVar[int]
    HOUSEHOLD_TRANSFER_FIELD_NUMBER: _ClassVar[int]
    ADJUSTMENT_LIMIT_POINTS_FIELD_NUMBER: _ClassVar[int]
    GIFTS_FIELD_NUMBER: _ClassVar[int]
    ADJUSTMENT_DAY_LIMIT_POINTS_FIELD_NUMBER: _ClassVar[int]
    programme_id: str
    version: int
    effective_time: _timestamp_pb2.Timestamp
    earning: _earning_pb2.EarningProgramme
    stored_value: _stored_value_pb2.StoredValueProgramme
    points_tender: PointsTender
    clawback_policy: ClawbackPolicy
    return_grace_days: int
    passes: _containers.RepeatedCompositeFieldContainer[_pass_pb2.PassDefinition]
    household_transfer: HouseholdTransfer
    adjustment_limit_points: int
    gifts: _containers.RepeatedCompositeFieldContainer[_gift_pb2.Gift]
    adjustment_day_limit_points: int
    def __init__(self, programme_id: _Optional[str] = ..., version: _Optional[int] = ..., effective_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., earning: _Optional[_Union[_earning_pb2.EarningProgramme, _Mapping]] = ..., stored_value: _Optional[_Union[_stored_value_pb2.StoredValueProgramme, _Mapping]] = ..., points_tender: _Optional[_Union[PointsTender, _Mapping]] = ..., clawback_policy: _Optional[_Union[ClawbackPolicy, str]] = ..., return_grace_days: _Optional[int] = ..., passes: _Optional[_Iterable[_Union[_pass_pb2.PassDefinition, _Mapping]]] = ..., household_transfer: _Optional[_Union[HouseholdTransfer, _Mapping]] = ..., adjustment_limit_points: _Optional[int] = ..., gifts: _Optional[_Iterable[_Union[_gift_pb2.Gift, _Mapping]]] = ..., adjustment_day_limit_points: _Optional[int] = ...) -> None: ...
