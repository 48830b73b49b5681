import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from yika.auth.v1 import auth_pb2 as _auth_pb2
from yika.points.v1 import ledger_pb2 as _ledger_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WalletChangeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WALLET_CHANGE_KIND_UNSPECIFIED: _ClassVar[WalletChangeKind]
    WALLET_CHANGE_KIND_FROZEN: _ClassVar[WalletChangeKind]
    WALLET_CHANGE_KIND_UNFROZEN: _ClassVar[WalletChangeKind]
    WALLET_CHANGE_KIND_LINKED: _ClassVar[WalletChangeKind]
    WALLET_CHANGE_KIND_UNLINKED: _ClassVar[WalletChangeKind]
WALLET_CHANGE_KIND_UNSPECIFIED: WalletChangeKind
WALLET_CHANGE_KIND_FROZEN: WalletChangeKind
WALLET_CHANGE_KIND_UNFROZEN: WalletChangeKind
WALLET_CHANGE_KIND_LINKED: WalletChangeKind
WALLET_CHANGE_KIND_UNLINKED: WalletChangeKind

class ChangeHeader(_message.Message):
    __slots__ = ("change_id", "store_id", "staff_id", "reason")
    CHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    STAFF_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    change_id: str
    store_id: str
    staff_id: str
    reason: str
    def __init__(self, change_id: _Optional[str] = ..., store_id: _Optional[str] = ..., staff_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class WalletChange(_message.Message):
    __slots__ = ("change_id", "member_id", "kind", "household_id", "store_id", "staff_id", "reason", "happened_time")
    CHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    HOUSEHOLD_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    STAFF_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    HAPPENED_TIME_FIELD_NUMBER: _ClassVar[int]
    change_id: str
    member_id: str
    kind: WalletChangeKind
    household_id: str
    store_id: str
    staff_id: str
    reason: str
    happened_time: _timestamp_pb2.Timestamp
    def __init__(self, change_id: _Optional[str] = ..., member_id: _Optional[str] = ..., kind: _Optional[_Union[WalletChangeKind, str]] = ..., household_id: _Optional[str] = ..., store_id: _Optional[str] = ..., staff_id: _Optional[str] = ..., reason: _Optional[str] = ..., happened_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class FreezeWalletRequest(_message.Message):
    __slots__ = ("header", "member_id")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    header: ChangeHeader
    member_id: str
    def __init__(self, header: _Optional[_Union[ChangeHeader, _Mapping]] = ..., member_id: _Optional[str] = ...) -> None: ...

class FreezeWalletResponse(_message.Message):
    __slots__ = ("replayed",)
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    replayed: bool
    def __init__(self, replayed: _Optional[bool] = ...) -> None: ...

class UnfreezeWalletRequest(_message.Message):
    __slots__ = ("header", "member_id")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    header: ChangeHeader
    member_id: str
    def __init__(self, header: _Optional[_Union[ChangeHeader, _Mapping]] = ..., member_id: _Optional[str] = ...) -> None: ...

class UnfreezeWalletResponse(_message.Message):
    __slots__ = ("replayed",)
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    replayed: bool
    def __init__(self, replayed: _Optional[bool] = ...) -> None: ...

class ListWalletChangesRequest(_message.Message):
    __slots__ = ("member_id", "page_size", "page_token")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    page_size: int
    page_token: str
    def __init__(self, member_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListWalletChangesResponse(_message.Message):
    __slots__ = ("changes", "next_page_token")
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    changes: _containers.RepeatedCompositeFieldContainer[WalletChange]
    next_page_token: str
    def __init__(self, changes: _Optional[_Iterable[_Union[WalletChange, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class MergeMembersRequest(_message.Message):
    __slots__ = ("header", "into_member_id")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    INTO_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    into_member_id: str
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., into_member_id: _Optional[str] = ...) -> None: ...

class MergeMembersResponse(_message.Message):
    __slots__ = ("receipt", "counterpart_bill_id")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    COUNTERPART_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    counterpart_bill_id: str
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ..., counterpart_bill_id: _Optional[str] = ...) -> None: ...

class UndoMergeRequest(_message.Message):
    __slots__ = ("header", "merge_bill_id")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    MERGE_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    merge_bill_id: str
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., merge_bill_id: _Optional[str] = ...) -> None: ...

class UndoMergeResponse(_message.Message):
    __slots__ = ("receipt", "counterpart_bill_id")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    COUNTERPART_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    counterpart_bill_id: str
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ..., counterpart_bill_id: _Optional[str] = ...) -> None: ...

class TransferCardRequest(_message.Message):
    __slots__ = ("header", "to_member_id", "points_too", "passes_too")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    TO_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    POINTS_TOO_FIELD_NUMBER: _ClassVar[int]
    PASSES_TOO_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    to_member_id: str
    points_too: bool
    passes_too: bool
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., to_member_id: _Optional[str] = ..., points_too: _Optional[bool] = ..., passes_too: _Optional[bool] = ...) -> None: ...

class TransferCardResponse(_message.Message):
    __slots__ = ("receipt", "counterpart_bill_id")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    COUNTERPART_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    counterpart_bill_id: str
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ..., counterpart_bill_id: _Optional[str] = ...) -> None: ...

class TransferPointsRequest(_message.Message):
    __slots__ = ("header", "to_member_id", "household_id", "points")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    TO_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    HOUSEHOLD_ID_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    to_member_id: str
    household_id: str
    points: int
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., to_member_id: _Optional[str] = ..., household_id: _Optional[str] = ..., points: _Optional[int] = ...) -> None: ...

class TransferPointsResponse(_message.Message):
    __slots__ = ("receipt", "counterpart_bill_id")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    COUNTERPART_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    counterpart_bill_id: str
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ..., counterpart_bill_id: _Optional[str] = ...) -> None: ...

class LinkHouseholdRequest(_message.Message):
    __slots__ = ("header", "household_id", "member_ids")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    HOUSEHOLD_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_IDS_FIELD_NUMBER: _ClassVar[int]
    header: ChangeHeader
    household_id: str
    member_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, header: _Optional[_Union[ChangeHeader, _Mapping]] = ..., household_id: _Optional[str] = ..., member_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class LinkHouseholdResponse(_message.Message):
    __slots__ = ("replayed",)
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    replayed: bool
    def __init__(self, replayed: _Optional[bool] = ...) -> None: ...

class UnlinkHouseholdRequest(_message.Message):
    __slots__ = ("header", "household_id", "member_ids")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    HOUSEHOLD_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_IDS_FIELD_NUMBER: _ClassVar[int]
    header: ChangeHeader
    household_id: str
    member_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, header: _Optional[_Union[ChangeHeader, _Mapping]] = ..., household_id: _Optional[str] = ..., member_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class UnlinkHouseholdResponse(_message.Message):
    __slots__ = ("replayed",)
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    replayed: bool
    def __init__(self, replayed: _Optional[bool] = ...) -> None: ...

class GetHouseholdRequest(_message.Message):
    __slots__ = ("household_id",)
    HOUSEHOLD_ID_FIELD_NUMBER: _ClassVar[int]
    household_id: str
    def __init__(self, household_id: _Optional[str] = ...) -> None: ...

class GetHouseholdResponse(_message.Message):
    __slots__ = ("member_ids",)
    MEMBER_IDS_FIELD_NUMBER: _ClassVar[int]
    member_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, member_ids: _Optional[_Iterable[str]] = ...) -> None: ...
