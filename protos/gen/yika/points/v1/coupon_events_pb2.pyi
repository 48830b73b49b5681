import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CouponOrderCreated(_message.Message):
    __slots__ = ("order_id", "template_id", "code_count", "created_time")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_COUNT_FIELD_NUMBER: _ClassVar[int]
    CREATED_TIME_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    template_id: str
    code_count: int
    created_time: _timestamp_pb2.Timestamp
    def __init__(self, order_id: _Optional[str] = ..., template_id: _Optional[str] = ..., code_count: _Optional[int] = ..., created_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CouponOrderCancelled(_message.Message):
    __slots__ = ("order_id", "issued_count", "cancelled_time")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ISSUED_COUNT_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_TIME_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    issued_count: int
    cancelled_time: _timestamp_pb2.Timestamp
    def __init__(self, order_id: _Optional[str] = ..., issued_count: _Optional[int] = ..., cancelled_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CouponsIssued(_message.Message):
    __slots__ = ("order_id", "template_id", "coupons", "anonymous_count", "issued_time", "valid_from_date", "valid_until_date")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    COUPONS_FIELD_NUMBER: _ClassVar[int]
    ANONYMOUS_COUNT_FIELD_NUMBER: _ClassVar[int]
    ISSUED_TIME_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_DATE_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    template_id: str
    coupons: _containers.RepeatedCompositeFieldContainer[IssuedCoupon]
    anonymous_count: int
    issued_time: _timestamp_pb2.Timestamp
    valid_from_date: _date_pb2.Date
    valid_until_date: _date_pb2.Date
    def __init__(self, order_id: _Optional[str] = ..., template_id: _Optional[str] = ..., coupons: _Optional[_Iterable[_Union[IssuedCoupon, _Mapping]]] = ..., anonymous_count: _Optional[int] = ..., issued_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., valid_from_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., valid_until_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class IssuedCoupon(_message.Message):
    __slots__ = ("coupon_id", "member_id")
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    coupon_id: str
    member_id: str
    def __init__(self, coupon_id: _Optional[str] = ..., member_id: _Optional[str] = ...) -> None: ...

class CouponsBound(_message.Message):
    __slots__ = ("coupons",)
    COUPONS_FIELD_NUMBER: _ClassVar[int]
    coupons: _containers.RepeatedCompositeFieldContainer[BoundCoupon]
    def __init__(self, coupons: _Optional[_Iterable[_Union[BoundCoupon, _Mapping]]] = ...) -> None: ...

class BoundCoupon(_message.Message):
    __slots__ = ("coupon_id", "template_id", "member_id", "bound_time")
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    BOUND_TIME_FIELD_NUMBER: _ClassVar[int]
    coupon_id: str
    template_id: str
    member_id: str
    bound_time: _timestamp_pb2.Timestamp
    def __init__(self, coupon_id: _Optional[str] = ..., template_id: _Optional[str] = ..., member_id: _Optional[str] = ..., bound_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CouponsReserved(_message.Message):
    __slots__ = ("coupons",)
    COUPONS_FIELD_NUMBER: _ClassVar[int]
    coupons: _containers.RepeatedCompositeFieldContainer[ReservedCoupon]
    def __init__(self, coupons: _Optional[_Iterable[_Union[ReservedCoupon, _Mapping]]] = ...) -> None: ...

class ReservedCoupon(_message.Message):
    __slots__ = ("coupon_id", "template_id", "reservation_id", "sale_id", "store_id", "reserved_until_time", "reserved_time")
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    SALE_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVED_UNTIL_TIME_FIELD_NUMBER: _ClassVar[int]
    RESERVED_TIME_FIELD_NUMBER: _ClassVar[int]
    coupon_id: str
    template_id: str
    reservation_id: str
    sale_id: str
    store_id: str
    reserved_until_time: _timestamp_pb2.Timestamp
    reserved_time: _timestamp_pb2.Timestamp
    def __init__(self, coupon_id: _Optional[str] = ..., template_id: _Optional[str] = ..., reservation_id: _Optional[str] = ..., sale_id: _Optional[str] = ..., store_id: _Optional[str] = ..., reserved_until_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reserved_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CouponsReleased(_message.Message):
    __slots__ = ("coupons",)
    COUPONS_FIELD_NUMBER: _ClassVar[int]
    coupons: _containers.RepeatedCompositeFieldContainer[ReleasedCoupon]
    def __init__(self, coupons: _Optional[_Iterable[_Union[ReleasedCoupon, _Mapping]]] = ...) -> None: ...

class ReleasedCoupon(_message.Message):
    __slots__ = ("coupon_id", "template_id", "sale_id", "store_id", "released_time")
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    SALE_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    RELEASED_TIME_FIELD_NUMBER: _ClassVar[int]
    coupon_id: str
    template_id: str
    sale_id: str
    store_id: str
    released_time: _timestamp_pb2.Timestamp
    def __init__(self, coupon_id: _Optional[str] = ..., template_id: _Optional[str] = ..., sale_id: _Optional[str] = ..., store_id: _Optional[str] = ..., released_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CouponsRedeemed(_message.Message):
    __slots__ = ("coupons",)
    COUPONS_FIELD_NUMBER: _ClassVar[int]
    coupons: _containers.RepeatedCompositeFieldContainer[RedeemedCoupon]
    def __init__(self, coupons: _Optional[_Iterable[_Union[RedeemedCoupon, _Mapping]]] = ...) -> None: ...

class RedeemedCoupon(_message.Message):
    __slots__ = ("coupon_id", "template_id", "bill_id", "member_id", "store_id", "business_date", "redeemed_time")
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    REDEEMED_TIME_FIELD_NUMBER: _ClassVar[int]
    coupon_id: str
    template_id: str
    bill_id: str
    member_id: str
    store_id: str
    business_date: _date_pb2.Date
    redeemed_time: _timestamp_pb2.Timestamp
    def __init__(self, coupon_id: _Optional[str] = ..., template_id: _Optional[str] = ..., bill_id: _Optional[str] = ..., member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., redeemed_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CouponsGivenBack(_message.Message):
    __slots__ = ("coupons",)
    COUPONS_FIELD_NUMBER: _ClassVar[int]
    coupons: _containers.RepeatedCompositeFieldContainer[GivenBackCoupon]
    def __init__(self, coupons: _Optional[_Iterable[_Union[GivenBackCoupon, _Mapping]]] = ...) -> None: ...

class GivenBackCoupon(_message.Message):
    __slots__ = ("coupon_id", "template_id", "return_id", "store_id", "business_date", "given_back_time")
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    RETURN_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    GIVEN_BACK_TIME_FIELD_NUMBER: _ClassVar[int]
    coupon_id: str
    template_id: str
    return_id: str
    store_id: str
    business_date: _date_pb2.Date
    given_back_time: _timestamp_pb2.Timestamp
    def __init__(self, coupon_id: _Optional[str] = ..., template_id: _Optional[str] = ..., return_id: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., given_back_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CouponsRevoked(_message.Message):
    __slots__ = ("coupons", "order_id", "revoked_time")
    COUPONS_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REVOKED_TIME_FIELD_NUMBER: _ClassVar[int]
    coupons: _containers.RepeatedCompositeFieldContainer[RevokedCoupon]
    order_id: str
    revoked_time: _timestamp_pb2.Timestamp
    def __init__(self, coupons: _Optional[_Iterable[_Union[RevokedCoupon, _Mapping]]] = ..., order_id: _Optional[str] = ..., revoked_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RevokedCoupon(_message.Message):
    __slots__ = ("coupon_id", "template_id", "member_id")
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    coupon_id: str
    template_id: str
    member_id: str
    def __init__(self, coupon_id: _Optional[str] = ..., template_id: _Optional[str] = ..., member_id: _Optional[str] = ...) -> None: ...
