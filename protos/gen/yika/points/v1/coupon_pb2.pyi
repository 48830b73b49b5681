import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CouponState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COUPON_STATE_UNSPECIFIED: _ClassVar[CouponState]
    COUPON_STATE_ISSUED: _ClassVar[CouponState]
    COUPON_STATE_RESERVED: _ClassVar[CouponState]
    COUPON_STATE_REDEEMED: _ClassVar[CouponState]
    COUPON_STATE_REVOKED: _ClassVar[CouponState]
    COUPON_STATE_EXPIRED: _ClassVar[CouponState]

class CouponEventKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COUPON_EVENT_KIND_UNSPECIFIED: _ClassVar[CouponEventKind]
    COUPON_EVENT_KIND_ISSUED: _ClassVar[CouponEventKind]
    COUPON_EVENT_KIND_BOUND: _ClassVar[CouponEventKind]
    COUPON_EVENT_KIND_RESERVED: _ClassVar[CouponEventKind]
    COUPON_EVENT_KIND_RELEASED: _ClassVar[CouponEventKind]
    COUPON_EVENT_KIND_REDEEMED: _ClassVar[CouponEventKind]
    COUPON_EVENT_KIND_GIVEN_BACK: _ClassVar[CouponEventKind]
    COUPON_EVENT_KIND_KEPT: _ClassVar[CouponEventKind]
    COUPON_EVENT_KIND_REVOKED: _ClassVar[CouponEventKind]

class CouponOrderState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COUPON_ORDER_STATE_UNSPECIFIED: _ClassVar[CouponOrderState]
    COUPON_ORDER_STATE_ISSUING: _ClassVar[CouponOrderState]
    COUPON_ORDER_STATE_DONE: _ClassVar[CouponOrderState]
    COUPON_ORDER_STATE_CANCELLED: _ClassVar[CouponOrderState]
COUPON_STATE_UNSPECIFIED: CouponState
COUPON_STATE_ISSUED: CouponState
COUPON_STATE_RESERVED: CouponState
COUPON_STATE_REDEEMED: CouponState
COUPON_STATE_REVOKED: CouponState
COUPON_STATE_EXPIRED: CouponState
COUPON_EVENT_KIND_UNSPECIFIED: CouponEventKind
COUPON_EVENT_KIND_ISSUED: CouponEventKind
COUPON_EVENT_KIND_BOUND: CouponEventKind
COUPON_EVENT_KIND_RESERVED: CouponEventKind
COUPON_EVENT_KIND_RELEASED: CouponEventKind
COUPON_EVENT_KIND_REDEEMED: CouponEventKind
COUPON_EVENT_KIND_GIVEN_BACK: CouponEventKind
COUPON_EVENT_KIND_KEPT: CouponEventKind
COUPON_EVENT_KIND_REVOKED: CouponEventKind
COUPON_ORDER_STATE_UNSPECIFIED: CouponOrderState
COUPON_ORDER_STATE_ISSUING: CouponOrderState
COUPON_ORDER_STATE_DONE: CouponOrderState
COUPON_ORDER_STATE_CANCELLED: CouponOrderState

class Coupon(_message.Message):
    __slots__ = ("coupon_id", "member_id", "order_id", "template_id", "state", "valid_from_date", "valid_until_date", "issued_time", "sale_id", "reserved_until_time", "bill_id")
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_DATE_FIELD_NUMBER: _ClassVar[int]
    ISSUED_TIME_FIELD_NUMBER: _ClassVar[int]
    SALE_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVED_UNTIL_TIME_FIELD_NUMBER: _ClassVar[int]
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    coupon_id: str
    member_id: str
    order_id: str
    template_id: str
    state: CouponState
    valid_from_date: _date_pb2.Date
    valid_until_date: _date_pb2.Date
    issued_time: _timestamp_pb2.Timestamp
    sale_id: str
    reserved_until_time: _timestamp_pb2.Timestamp
    bill_id: str
    def __init__(self, coupon_id: _Optional[str] = ..., member_id: _Optional[str] = ..., order_id: _Optional[str] = ..., template_id: _Optional[str] = ..., state: _Optional[_Union[CouponState, str]] = ..., valid_from_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., valid_until_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., issued_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., sale_id: _Optional[str] = ..., reserved_until_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., bill_id: _Optional[str] = ...) -> None: ...

class CouponEvent(_message.Message):
    __slots__ = ("kind", "state", "happened_time", "caller", "staff_id", "reason", "store_id", "business_date", "document_id", "member_id")
    KIND_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    HAPPENED_TIME_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    STAFF_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    kind: CouponEventKind
    state: CouponState
    happened_time: _timestamp_pb2.Timestamp
    caller: str
    staff_id: str
    reason: str
    store_id: str
    business_date: _date_pb2.Date
    document_id: str
    member_id: str
    def __init__(self, kind: _Optional[_Union[CouponEventKind, str]] = ..., state: _Optional[_Union[CouponState, str]] = ..., happened_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., caller: _Optional[str] = ..., staff_id: _Optional[str] = ..., reason: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., document_id: _Optional[str] = ..., member_id: _Optional[str] = ...) -> None: ...

class CouponOrder(_message.Message):
    __slots__ = ("order_id", "template_id", "wanted_count", "issued_count", "state", "anonymous", "code_prefix", "valid_from_date", "valid_until_date", "created_time", "finished_time", "revoked_time", "caller", "reason")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    WANTED_COUNT_FIELD_NUMBER: _ClassVar[int]
    ISSUED_COUNT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ANONYMOUS_FIELD_NUMBER: _ClassVar[int]
    CODE_PREFIX_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_DATE_FIELD_NUMBER: _ClassVar[int]
    CREATED_TIME_FIELD_NUMBER: _ClassVar[int]
    FINISHED_TIME_FIELD_NUMBER: _ClassVar[int]
    REVOKED_TIME_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    template_id: str
    wanted_count: int
    issued_count: int
    state: CouponOrderState
    anonymous: bool
    code_prefix: str
    valid_from_date: _date_pb2.Date
    valid_until_date: _date_pb2.Date
    created_time: _timestamp_pb2.Timestamp
    finished_time: _timestamp_pb2.Timestamp
    revoked_time: _timestamp_pb2.Timestamp
    caller: str
    reason: str
    def __init__(self, order_id: _Optional[str] = ..., template_id: _Optional[str] = ..., wanted_count: _Optional[int] = ..., issued_count: _Optional[int] = ..., state: _Optional[_Union[CouponOrderState, str]] = ..., anonymous: _Optional[bool] = ..., code_prefix: _Optional[str] = ..., valid_from_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., valid_until_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., created_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., finished_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., revoked_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., caller: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class CouponCode(_message.Message):
    __slots__ = ("serial", "code", "coupon_id")
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    serial: int
    code: str
    coupon_id: str
    def __init__(self, serial: _Optional[int] = ..., code: _Optional[str] = ..., coupon_id: _Optional[str] = ...) -> None: ...
