from google.type import date_pb2 as _date_pb2
from yika.auth.v1 import auth_pb2 as _auth_pb2
from yika.points.v1 import ledger_pb2 as _ledger_pb2
from yika.points.v1 import pass_pb2 as _pass_pb2
from yika.points.v1 import sale_pb2 as _sale_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SellPassRequest(_message.Message):
    __slots__ = ("header", "pass_id", "tenders")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    TENDERS_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    pass_id: str
    tenders: _containers.RepeatedCompositeFieldContainer[_sale_pb2.Tender]
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., pass_id: _Optional[str] = ..., tenders: _Optional[_Iterable[_Union[_sale_pb2.Tender, _Mapping]]] = ...) -> None: ...

class SellPassResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ...) -> None: ...

class UsePassRequest(_message.Message):
    __slots__ = ("header", "pass_id", "units", "product_id", "owner_member_id", "hold_id", "keep_rest")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLD_ID_FIELD_NUMBER: _ClassVar[int]
    KEEP_REST_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    pass_id: str
    units: int
    product_id: str
    owner_member_id: str
    hold_id: str
    keep_rest: bool
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., pass_id: _Optional[str] = ..., units: _Optional[int] = ..., product_id: _Optional[str] = ..., owner_member_id: _Optional[str] = ..., hold_id: _Optional[str] = ..., keep_rest: _Optional[bool] = ...) -> None: ...

class UsePassResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ...) -> None: ...

class ReversePassUseRequest(_message.Message):
    __slots__ = ("header", "use_bill_id")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    USE_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    use_bill_id: str
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., use_bill_id: _Optional[str] = ...) -> None: ...

class ReversePassUseResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ...) -> None: ...

class RefundPassRequest(_message.Message):
    __slots__ = ("header", "sale_bill_id", "waive_fee")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    SALE_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    WAIVE_FEE_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    sale_bill_id: str
    waive_fee: bool
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., sale_bill_id: _Optional[str] = ..., waive_fee: _Optional[bool] = ...) -> None: ...

class RefundPassResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ...) -> None: ...

class SharePassRequest(_message.Message):
    __slots__ = ("share_id", "owner_member_id", "pass_id", "user_member_id", "store_id", "staff_id")
    SHARE_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    USER_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    STAFF_ID_FIELD_NUMBER: _ClassVar[int]
    share_id: str
    owner_member_id: str
    pass_id: str
    user_member_id: str
    store_id: str
    staff_id: str
    def __init__(self, share_id: _Optional[str] = ..., owner_member_id: _Optional[str] = ..., pass_id: _Optional[str] = ..., user_member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., staff_id: _Optional[str] = ...) -> None: ...

class SharePassResponse(_message.Message):
    __slots__ = ("share", "replayed")
    SHARE_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    share: _pass_pb2.PassShare
    replayed: bool
    def __init__(self, share: _Optional[_Union[_pass_pb2.PassShare, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class UnsharePassRequest(_message.Message):
    __slots__ = ("unshare_id", "owner_member_id", "share_id", "store_id", "staff_id", "reason")
    UNSHARE_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    SHARE_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    STAFF_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    unshare_id: str
    owner_member_id: str
    share_id: str
    store_id: str
    staff_id: str
    reason: str
    def __init__(self, unshare_id: _Optional[str] = ..., owner_member_id: _Optional[str] = ..., share_id: _Optional[str] = ..., store_id: _Optional[str] = ..., staff_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class UnsharePassResponse(_message.Message):
    __slots__ = ("share", "replayed")
    SHARE_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    share: _pass_pb2.PassShare
    replayed: bool
    def __init__(self, share: _Optional[_Union[_pass_pb2.PassShare, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class GetPassesRequest(_message.Message):
    __slots__ = ("member_id", "business_date")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    business_date: _date_pb2.Date
    def __init__(self, member_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class GetPassesResponse(_message.Message):
    __slots__ = ("passes",)
    PASSES_FIELD_NUMBER: _ClassVar[int]
    passes: _containers.RepeatedCompositeFieldContainer[_pass_pb2.Pass]
    def __init__(self, passes: _Optional[_Iterable[_Union[_pass_pb2.Pass, _Mapping]]] = ...) -> None: ...

class ListPassSharesRequest(_message.Message):
    __slots__ = ("owner_member_id", "page_size", "page_token")
    OWNER_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    owner_member_id: str
    page_size: int
    page_token: str
    def __init__(self, owner_member_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPassSharesResponse(_message.Message):
    __slots__ = ("shares", "next_page_token")
    SHARES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    shares: _containers.RepeatedCompositeFieldContainer[_pass_pb2.PassShare]
    next_page_token: str
    def __init__(self, shares: _Optional[_Iterable[_Union[_pass_pb2.PassShare, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
