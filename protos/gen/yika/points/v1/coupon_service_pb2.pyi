import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from yika.auth.v1 import auth_pb2 as _auth_pb2
from yika.points.v1 import coupon_pb2 as _coupon_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class IssueCouponsRequest(_message.Message):
    __slots__ = ("order_id", "template_id", "member_ids", "valid_from_date", "valid_until_date", "reason")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_IDS_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_DATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    template_id: str
    member_ids: _containers.RepeatedScalarFieldContainer[str]
    valid_from_date: _date_pb2.Date
    valid_until_date: _date_pb2.Date
    reason: str
    def __init__(self, order_id: _Optional[str] = ..., template_id: _Optional[str] = ..., member_ids: _Optional[_Iterable[str]] = ..., valid_from_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., valid_until_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class IssueCouponsResponse(_message.Message):
    __slots__ = ("order", "coupons", "replayed")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    COUPONS_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    order: _coupon_pb2.CouponOrder
    coupons: _containers.RepeatedCompositeFieldContainer[MemberCoupon]
    replayed: bool
    def __init__(self, order: _Optional[_Union[_coupon_pb2.CouponOrder, _Mapping]] = ..., coupons: _Optional[_Iterable[_Union[MemberCoupon, _Mapping]]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class MemberCoupon(_message.Message):
    __slots__ = ("coupon_id", "member_id")
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    coupon_id: str
    member_id: str
    def __init__(self, coupon_id: _Optional[str] = ..., member_id: _Optional[str] = ...) -> None: ...

class CreateCouponOrderRequest(_message.Message):
    __slots__ = ("order_id", "template_id", "code_count", "code_prefix", "valid_from_date", "valid_until_date", "reason")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_COUNT_FIELD_NUMBER: _ClassVar[int]
    CODE_PREFIX_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_DATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    template_id: str
    code_count: int
    code_prefix: str
    valid_from_date: _date_pb2.Date
    valid_until_date: _date_pb2.Date
    reason: str
    def __init__(self, order_id: _Optional[str] = ..., template_id: _Optional[str] = ..., code_count: _Optional[int] = ..., code_prefix: _Optional[str] = ..., valid_from_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., valid_until_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class CreateCouponOrderResponse(_message.Message):
    __slots__ = ("order", "replayed")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    order: _coupon_pb2.CouponOrder
    replayed: bool
    def __init__(self, order: _Optional[_Union[_coupon_pb2.CouponOrder, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class CancelCouponOrderRequest(_message.Message):
    __slots__ = ("cancellation_id", "order_id", "reason")
    CANCELLATION_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    cancellation_id: str
    order_id: str
    reason: str
    def __init__(self, cancellation_id: _Optional[str] = ..., order_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class CancelCouponOrderResponse(_message.Message):
    __slots__ = ("order", "replayed")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    order: _coupon_pb2.CouponOrder
    replayed: bool
    def __init__(self, order: _Optional[_Union[_coupon_pb2.CouponOrder, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class RevokeCouponOrderRequest(_message.Message):
    __slots__ = ("revocation_id", "order_id", "reason")
    REVOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    revocation_id: str
    order_id: str
    reason: str
    def __init__(self, revocation_id: _Optional[str] = ..., order_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class RevokeCouponOrderResponse(_message.Message):
    __slots__ = ("order", "replayed")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    order: _coupon_pb2.CouponOrder
    replayed: bool
    def __init__(self, order: _Optional[_Union[_coupon_pb2.CouponOrder, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class GetCouponOrderRequest(_message.Message):
    __slots__ = ("order_id",)
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    def __init__(self, order_id: _Optional[str] = ...) -> None: ...

class GetCouponOrderResponse(_message.Message):
    __slots__ = ("order",)
    ORDER_FIELD_NUMBER: _ClassVar[int]
    order: _coupon_pb2.CouponOrder
    def __init__(self, order: _Optional[_Union[_coupon_pb2.CouponOrder, _Mapping]] = ...) -> None: ...

class ListCouponOrdersRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCouponOrdersResponse(_message.Message):
    __slots__ = ("orders", "next_page_token")
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    orders: _containers.RepeatedCompositeFieldContainer[_coupon_pb2.CouponOrder]
    next_page_token: str
    def __init__(self, orders: _Optional[_Iterable[_Union[_coupon_pb2.CouponOrder, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ExportCouponCodesRequest(_message.Message):
    __slots__ = ("order_id", "page_size", "page_token")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    page_size: int
    page_token: str
    def __init__(self, order_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ExportCouponCodesResponse(_message.Message):
    __slots__ = ("codes", "next_page_token")
    CODES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    codes: _containers.RepeatedCompositeFieldContainer[_coupon_pb2.CouponCode]
    next_page_token: str
    def __init__(self, codes: _Optional[_Iterable[_Union[_coupon_pb2.CouponCode, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class FindCouponRequest(_message.Message):
    __slots__ = ("code", "store_id", "business_date")
    CODE_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    code: str
    store_id: str
    business_date: _date_pb2.Date
    def __init__(self, code: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class FindCouponResponse(_message.Message):
    __slots__ = ("coupon",)
    COUPON_FIELD_NUMBER: _ClassVar[int]
    coupon: _coupon_pb2.Coupon
    def __init__(self, coupon: _Optional[_Union[_coupon_pb2.Coupon, _Mapping]] = ...) -> None: ...

class GetCouponRequest(_message.Message):
    __slots__ = ("coupon_id", "business_date")
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    coupon_id: str
    business_date: _date_pb2.Date
    def __init__(self, coupon_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class GetCouponResponse(_message.Message):
    __slots__ = ("coupon", "events")
    COUPON_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    coupon: _coupon_pb2.Coupon
    events: _containers.RepeatedCompositeFieldContainer[_coupon_pb2.CouponEvent]
    def __init__(self, coupon: _Optional[_Union[_coupon_pb2.Coupon, _Mapping]] = ..., events: _Optional[_Iterable[_Union[_coupon_pb2.CouponEvent, _Mapping]]] = ...) -> None: ...

class ListCouponsRequest(_message.Message):
    __slots__ = ("member_id", "state", "business_date", "page_size", "page_token")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    state: _coupon_pb2.CouponState
    business_date: _date_pb2.Date
    page_size: int
    page_token: str
    def __init__(self, member_id: _Optional[str] = ..., state: _Optional[_Union[_coupon_pb2.CouponState, str]] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCouponsResponse(_message.Message):
    __slots__ = ("coupons", "next_page_token")
    COUPONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    coupons: _containers.RepeatedCompositeFieldContainer[_coupon_pb2.Coupon]
    next_page_token: str
    def __init__(self, coupons: _Optional[_Iterable[_Union[_coupon_pb2.Coupon, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class BindCouponRequest(_message.Message):
    __slots__ = ("binding_id", "code", "member_id")
    BINDING_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    binding_id: str
    code: str
    member_id: str
    def __init__(self, binding_id: _Optional[str] = ..., code: _Optional[str] = ..., member_id: _Optional[str] = ...) -> None: ...

class BindCouponResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: CouponChange
    def __init__(self, change: _Optional[_Union[CouponChange, _Mapping]] = ...) -> None: ...

class ReserveCouponRequest(_message.Message):
    __slots__ = ("reservation_id", "coupon_id", "code", "sale_id", "member_id", "store_id", "business_date", "hold_seconds", "staff_id")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    SALE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    HOLD_SECONDS_FIELD_NUMBER: _ClassVar[int]
    STAFF_ID_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    coupon_id: str
    code: str
    sale_id: str
    member_id: str
    store_id: str
    business_date: _date_pb2.Date
    hold_seconds: int
    staff_id: str
    def __init__(self, reservation_id: _Optional[str] = ..., coupon_id: _Optional[str] = ..., code: _Optional[str] = ..., sale_id: _Optional[str] = ..., member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., hold_seconds: _Optional[int] = ..., staff_id: _Optional[str] = ...) -> None: ...

class ReserveCouponResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: CouponChange
    def __init__(self, change: _Optional[_Union[CouponChange, _Mapping]] = ...) -> None: ...

class CouponChange(_message.Message):
    __slots__ = ("coupon_id", "template_id", "state", "reserved_until_time", "replayed")
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    RESERVED_UNTIL_TIME_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    coupon_id: str
    template_id: str
    state: _coupon_pb2.CouponState
    reserved_until_time: _timestamp_pb2.Timestamp
    replayed: bool
    def __init__(self, coupon_id: _Optional[str] = ..., template_id: _Optional[str] = ..., state: _Optional[_Union[_coupon_pb2.CouponState, str]] = ..., reserved_until_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class ReleaseCouponRequest(_message.Message):
    __slots__ = ("reservation_id",)
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    def __init__(self, reservation_id: _Optional[str] = ...) -> None: ...

class ReleaseCouponResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: CouponChange
    def __init__(self, change: _Optional[_Union[CouponChange, _Mapping]] = ...) -> None: ...

class RedeemCouponRequest(_message.Message):
    __slots__ = ("bill_id", "coupon_id", "code", "member_id", "store_id", "business_date", "staff_id")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    STAFF_ID_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    coupon_id: str
    code: str
    member_id: str
    store_id: str
    business_date: _date_pb2.Date
    staff_id: str
    def __init__(self, bill_id: _Optional[str] = ..., coupon_id: _Optional[str] = ..., code: _Optional[str] = ..., member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., staff_id: _Optional[str] = ...) -> None: ...

class RedeemCouponResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: CouponChange
    def __init__(self, change: _Optional[_Union[CouponChange, _Mapping]] = ...) -> None: ...

class GiveBackCouponRequest(_message.Message):
    __slots__ = ("return_id", "coupon_id", "bill_id", "store_id", "business_date", "staff_id")
    RETURN_ID_FIELD_NUMBER: _ClassVar[int]
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    STAFF_ID_FIELD_NUMBER: _ClassVar[int]
    return_id: str
    coupon_id: str
    bill_id: str
    store_id: str
    business_date: _date_pb2.Date
    staff_id: str
    def __init__(self, return_id: _Optional[str] = ..., coupon_id: _Optional[str] = ..., bill_id: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., staff_id: _Optional[str] = ...) -> None: ...

class GiveBackCouponResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: CouponChange
    def __init__(self, change: _Optional[_Union[CouponChange, _Mapping]] = ...) -> None: ...

class RevokeCouponRequest(_message.Message):
    __slots__ = ("revocation_id", "coupon_id", "reason", "staff_id")
    REVOCATION_ID_FIELD_NUMBER: _ClassVar[int]
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    STAFF_ID_FIELD_NUMBER: _ClassVar[int]
    revocation_id: str
    coupon_id: str
    reason: str
    staff_id: str
    def __init__(self, revocation_id: _Optional[str] = ..., coupon_id: _Optional[str] = ..., reason: _Optional[str] = ..., staff_id: _Optional[str] = ...) -> None: ...

class RevokeCouponResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: CouponChange
    def __init__(self, change: _Optional[_Union[CouponChange, _Mapping]] = ...) -> None: ...
