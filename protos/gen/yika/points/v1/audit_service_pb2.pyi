import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from yika.auth.v1 import auth_pb2 as _auth_pb2
from yika.points.v1 import ledger_pb2 as _ledger_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BreakKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BREAK_KIND_UNSPECIFIED: _ClassVar[BreakKind]
    BREAK_KIND_WALLET_BALANCE: _ClassVar[BreakKind]
    BREAK_KIND_WALLET_MISSING: _ClassVar[BreakKind]
    BREAK_KIND_WALLET_DEBT: _ClassVar[BreakKind]
    BREAK_KIND_LOT_REMAINING: _ClassVar[BreakKind]
    BREAK_KIND_LOT_EXPIRED: _ClassVar[BreakKind]
    BREAK_KIND_LOT_GRANTED: _ClassVar[BreakKind]
    BREAK_KIND_LOT_ORPHAN: _ClassVar[BreakKind]
    BREAK_KIND_LOT_MISSING: _ClassVar[BreakKind]
    BREAK_KIND_BILL_TOTAL: _ClassVar[BreakKind]
    BREAK_KIND_BILL_STORED_VALUE: _ClassVar[BreakKind]
    BREAK_KIND_BILL_ROW: _ClassVar[BreakKind]
    BREAK_KIND_BILL_MISSING: _ClassVar[BreakKind]
    BREAK_KIND_CHAIN_SEQUENCE: _ClassVar[BreakKind]
    BREAK_KIND_CHAIN_HASH: _ClassVar[BreakKind]
    BREAK_KIND_CHAIN_HEAD: _ClassVar[BreakKind]
    BREAK_KIND_HOLD_EXCEEDS_LOT: _ClassVar[BreakKind]
    BREAK_KIND_HOLD_COUNT: _ClassVar[BreakKind]
    BREAK_KIND_BOOKS_LIABILITY: _ClassVar[BreakKind]
    BREAK_KIND_BOOKS_WALLETS: _ClassVar[BreakKind]
    BREAK_KIND_BOOKS_MEMBER_TRANSFERS: _ClassVar[BreakKind]
    BREAK_KIND_BILL_PASS_LIABILITY: _ClassVar[BreakKind]
    BREAK_KIND_WALLET_CARRY: _ClassVar[BreakKind]
    BREAK_KIND_EARNING_COUNTER: _ClassVar[BreakKind]
    BREAK_KIND_LOT_TERMS: _ClassVar[BreakKind]
    BREAK_KIND_ACCOUNT_UNREADABLE: _ClassVar[BreakKind]
    BREAK_KIND_WALLET_MERGED_INTO: _ClassVar[BreakKind]
    BREAK_KIND_HOLD_TERMS: _ClassVar[BreakKind]
BREAK_KIND_UNSPECIFIED: BreakKind
BREAK_KIND_WALLET_BALANCE: BreakKind
BREAK_KIND_WALLET_MISSING: BreakKind
BREAK_KIND_WALLET_DEBT: BreakKind
BREAK_KIND_LOT_REMAINING: BreakKind
BREAK_KIND_LOT_EXPIRED: BreakKind
BREAK_KIND_LOT_GRANTED: BreakKind
BREAK_KIND_LOT_ORPHAN: BreakKind
BREAK_KIND_LOT_MISSING: BreakKind
BREAK_KIND_BILL_TOTAL: BreakKind
BREAK_KIND_BILL_STORED_VALUE: BreakKind
BREAK_KIND_BILL_ROW: BreakKind
BREAK_KIND_BILL_MISSING: BreakKind
BREAK_KIND_CHAIN_SEQUENCE: BreakKind
BREAK_KIND_CHAIN_HASH: BreakKind
BREAK_KIND_CHAIN_HEAD: BreakKind
BREAK_KIND_HOLD_EXCEEDS_LOT: BreakKind
BREAK_KIND_HOLD_COUNT: BreakKind
BREAK_KIND_BOOKS_LIABILITY: BreakKind
BREAK_KIND_BOOKS_WALLETS: BreakKind
BREAK_KIND_BOOKS_MEMBER_TRANSFERS: BreakKind
BREAK_KIND_BILL_PASS_LIABILITY: BreakKind
BREAK_KIND_WALLET_CARRY: BreakKind
BREAK_KIND_EARNING_COUNTER: BreakKind
BREAK_KIND_LOT_TERMS: BreakKind
BREAK_KIND_ACCOUNT_UNREADABLE: BreakKind
BREAK_KIND_WALLET_MERGED_INTO: BreakKind
BREAK_KIND_HOLD_TERMS: BreakKind

class GetTrialBalanceRequest(_message.Message):
    __slots__ = ("store_id", "from_date", "to_date", "asset", "page_size", "page_token")
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    store_id: str
    from_date: _date_pb2.Date
    to_date: _date_pb2.Date
    asset: _ledger_pb2.Asset
    page_size: int
    page_token: str
    def __init__(self, store_id: _Optional[str] = ..., from_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., to_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., asset: _Optional[_Union[_ledger_pb2.Asset, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class GetTrialBalanceResponse(_message.Message):
    __slots__ = ("accounts", "proofs", "next_page_token")
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    PROOFS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    accounts: _containers.RepeatedCompositeFieldContainer[AccountBalance]
    proofs: _containers.RepeatedCompositeFieldContainer[BalanceProof]
    next_page_token: str
    def __init__(self, accounts: _Optional[_Iterable[_Union[AccountBalance, _Mapping]]] = ..., proofs: _Optional[_Iterable[_Union[BalanceProof, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class AccountBalance(_message.Message):
    __slots__ = ("store_id", "asset", "pass_id", "account", "debit_amount", "credit_amount", "balance_amount")
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    DEBIT_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    CREDIT_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    BALANCE_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    store_id: str
    asset: _ledger_pb2.Asset
    pass_id: str
    account: str
    debit_amount: int
    credit_amount: int
    balance_amount: int
    def __init__(self, store_id: _Optional[str] = ..., asset: _Optional[_Union[_ledger_pb2.Asset, str]] = ..., pass_id: _Optional[str] = ..., account: _Optional[str] = ..., debit_amount: _Optional[int] = ..., credit_amount: _Optional[int] = ..., balance_amount: _Optional[int] = ...) -> None: ...

class BalanceProof(_message.Message):
    __slots__ = ("asset", "pass_id", "debit_amount", "credit_amount", "balance_amount")
    ASSET_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    DEBIT_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    CREDIT_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    BALANCE_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    asset: _ledger_pb2.Asset
    pass_id: str
    debit_amount: int
    credit_amount: int
    balance_amount: int
    def __init__(self, asset: _Optional[_Union[_ledger_pb2.Asset, str]] = ..., pass_id: _Optional[str] = ..., debit_amount: _Optional[int] = ..., credit_amount: _Optional[int] = ..., balance_amount: _Optional[int] = ...) -> None: ...

class VerifyLedgerRequest(_message.Message):
    __slots__ = ("run_id", "member_id")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    member_id: str
    def __init__(self, run_id: _Optional[str] = ..., member_id: _Optional[str] = ...) -> None: ...

class VerifyLedgerResponse(_message.Message):
    __slots__ = ("verification", "breaks")
    VERIFICATION_FIELD_NUMBER: _ClassVar[int]
    BREAKS_FIELD_NUMBER: _ClassVar[int]
    verification: Verification
    breaks: _containers.RepeatedCompositeFieldContainer[LedgerBreak]
    def __init__(self, verification: _Optional[_Union[Verification, _Mapping]] = ..., breaks: _Optional[_Iterable[_Union[LedgerBreak, _Mapping]]] = ...) -> None: ...

class GetVerificationRequest(_message.Message):
    __slots__ = ("run_id",)
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    def __init__(self, run_id: _Optional[str] = ...) -> None: ...

class GetVerificationResponse(_message.Message):
    __slots__ = ("verification",)
    VERIFICATION_FIELD_NUMBER: _ClassVar[int]
    verification: Verification
    def __init__(self, verification: _Optional[_Union[Verification, _Mapping]] = ...) -> None: ...

class Verification(_message.Message):
    __slots__ = ("run_id", "member_id", "requested_by", "requested_time", "completed_time", "account_count", "bill_count", "break_count")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_BY_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_TIME_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_TIME_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_COUNT_FIELD_NUMBER: _ClassVar[int]
    BILL_COUNT_FIELD_NUMBER: _ClassVar[int]
    BREAK_COUNT_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    member_id: str
    requested_by: str
    requested_time: _timestamp_pb2.Timestamp
    completed_time: _timestamp_pb2.Timestamp
    account_count: int
    bill_count: int
    break_count: int
    def __init__(self, run_id: _Optional[str] = ..., member_id: _Optional[str] = ..., requested_by: _Optional[str] = ..., requested_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., completed_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., account_count: _Optional[int] = ..., bill_count: _Optional[int] = ..., break_count: _Optional[int] = ...) -> None: ...

class LedgerBreak(_message.Message):
    __slots__ = ("member_id", "kind", "subject", "expected", "found", "proof", "proof_count", "first_run_id", "last_run_id", "found_time", "seen_time", "resolved_time")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    FOUND_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    PROOF_COUNT_FIELD_NUMBER: _ClassVar[int]
    FIRST_RUN_ID_FIELD_NUMBER: _ClassVar[int]
    LAST_RUN_ID_FIELD_NUMBER: _ClassVar[int]
    FOUND_TIME_FIELD_NUMBER: _ClassVar[int]
    SEEN_TIME_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_TIME_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    kind: BreakKind
    subject: str
    expected: str
    found: str
    proof: _containers.RepeatedCompositeFieldContainer[_ledger_pb2.Transfer]
    proof_count: int
    first_run_id: str
    last_run_id: str
    found_time: _timestamp_pb2.Timestamp
    seen_time: _timestamp_pb2.Timestamp
    resolved_time: _timestamp_pb2.Timestamp
    def __init__(self, member_id: _Optional[str] = ..., kind: _Optional[_Union[BreakKind, str]] = ..., subject: _Optional[str] = ..., expected: _Optional[str] = ..., found: _Optional[str] = ..., proof: _Optional[_Iterable[_Union[_ledger_pb2.Transfer, _Mapping]]] = ..., proof_count: _Optional[int] = ..., first_run_id: _Optional[str] = ..., last_run_id: _Optional[str] = ..., found_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., seen_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., resolved_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListBreaksRequest(_message.Message):
    __slots__ = ("member_id", "include_resolved", "page_size", "page_token")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_RESOLVED_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    include_resolved: bool
    page_size: int
    page_token: str
    def __init__(self, member_id: _Optional[str] = ..., include_resolved: _Optional[bool] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListBreaksResponse(_message.Message):
    __slots__ = ("breaks", "next_page_token")
    BREAKS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    breaks: _containers.RepeatedCompositeFieldContainer[LedgerBreak]
    next_page_token: str
    def __init__(self, breaks: _Optional[_Iterable[_Union[LedgerBreak, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
