import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PassValidity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PASS_VALIDITY_UNSPECIFIED: _ClassVar[PassValidity]
    PASS_VALIDITY_FROM_SALE: _ClassVar[PassValidity]
    PASS_VALIDITY_FROM_FIRST_USE: _ClassVar[PassValidity]
PASS_VALIDITY_UNSPECIFIED: PassValidity
PASS_VALIDITY_FROM_SALE: PassValidity
PASS_VALIDITY_FROM_FIRST_USE: PassValidity

class PassDefinition(_message.Message):
    __slots__ = ("pass_id", "name", "units", "price_fen", "store_ids", "product_ids", "validity", "validity_days", "refund_fee_bp", "refund_fee_fen", "shareable", "units_per_use_max", "uses_per_day_max", "name_en")
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    PRICE_FEN_FIELD_NUMBER: _ClassVar[int]
    STORE_IDS_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_IDS_FIELD_NUMBER: _ClassVar[int]
    VALIDITY_FIELD_NUMBER: _ClassVar[int]
    VALIDITY_DAYS_FIELD_NUMBER: _ClassVar[int]
    REFUND_FEE_BP_FIELD_NUMBER: _ClassVar[int]
    REFUND_FEE_FEN_FIELD_NUMBER: _ClassVar[int]
    SHAREABLE_FIELD_NUMBER: _ClassVar[int]
    UNITS_PER_USE_MAX_FIELD_NUMBER: _ClassVar[int]
    USES_PER_DAY_MAX_FIELD_NUMBER: _ClassVar[int]
    NAME_EN_FIELD_NUMBER: _ClassVar[int]
    pass_id: str
    name: str
    units: int
    price_fen: int
    store_ids: _containers.RepeatedScalarFieldContainer[str]
    product_ids: _containers.RepeatedScalarFieldContainer[str]
    validity: PassValidity
    validity_days: int
    refund_fee_bp: int
    refund_fee_fen: int
    shareable: bool
    units_per_use_max: int
    uses_per_day_max: int
    name_en: str
    def __init__(self, pass_id: _Optional[str] = ..., name: _Optional[str] = ..., units: _Optional[int] = ..., price_fen: _Optional[int] = ..., store_ids: _Optional[_Iterable[str]] = ..., product_ids: _Optional[_Iterable[str]] = ..., validity: _Optional[_Union[PassValidity, str]] = ..., validity_days: _Optional[int] = ..., refund_fee_bp: _Optional[int] = ..., refund_fee_fen: _Optional[int] = ..., shareable: _Optional[bool] = ..., units_per_use_max: _Optional[int] = ..., uses_per_day_max: _Optional[int] = ..., name_en: _Optional[str] = ...) -> None: ...

class Pass(_message.Message):
    __slots__ = ("sale_bill_id", "owner_member_id", "definition", "programme_version", "units_left", "held_units", "sold_time", "expiry_date", "refund_fen")
    SALE_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    PROGRAMME_VERSION_FIELD_NUMBER: _ClassVar[int]
    UNITS_LEFT_FIELD_NUMBER: _ClassVar[int]
    HELD_UNITS_FIELD_NUMBER: _ClassVar[int]
    SOLD_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_DATE_FIELD_NUMBER: _ClassVar[int]
    REFUND_FEN_FIELD_NUMBER: _ClassVar[int]
    sale_bill_id: str
    owner_member_id: str
    definition: PassDefinition
    programme_version: int
    units_left: int
    held_units: int
    sold_time: _timestamp_pb2.Timestamp
    expiry_date: _date_pb2.Date
    refund_fen: int
    def __init__(self, sale_bill_id: _Optional[str] = ..., owner_member_id: _Optional[str] = ..., definition: _Optional[_Union[PassDefinition, _Mapping]] = ..., programme_version: _Optional[int] = ..., units_left: _Optional[int] = ..., held_units: _Optional[int] = ..., sold_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expiry_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., refund_fen: _Optional[int] = ...) -> None: ...

class PassShare(_message.Message):
    __slots__ = ("share_id", "owner_member_id", "pass_id", "user_member_id", "shared_time", "ended_time")
    SHARE_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    USER_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    SHARED_TIME_FIELD_NUMBER: _ClassVar[int]
    ENDED_TIME_FIELD_NUMBER: _ClassVar[int]
    share_id: str
    owner_member_id: str
    pass_id: str
    user_member_id: str
    shared_time: _timestamp_pb2.Timestamp
    ended_time: _timestamp_pb2.Timestamp
    def __init__(self, share_id: _Optional[str] = ..., owner_member_id: _Optional[str] = ..., pass_id: _Optional[str] = ..., user_member_id: _Optional[str] = ..., shared_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ended_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
