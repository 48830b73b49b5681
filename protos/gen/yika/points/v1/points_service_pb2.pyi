import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import code_pb2 as _code_pb2
from google.type import date_pb2 as _date_pb2
from yika.auth.v1 import auth_pb2 as _auth_pb2
from yika.points.v1 import ledger_pb2 as _ledger_pb2
from yika.points.v1 import sale_pb2 as _sale_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PostSaleRequest(_message.Message):
    __slots__ = ("sale",)
    SALE_FIELD_NUMBER: _ClassVar[int]
    sale: _sale_pb2.Sale
    def __init__(self, sale: _Optional[_Union[_sale_pb2.Sale, _Mapping]] = ...) -> None: ...

class PostSaleResponse(_message.Message):
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: PostedSaleResult
    def __init__(self, result: _Optional[_Union[PostedSaleResult, _Mapping]] = ...) -> None: ...

class PostedSaleResult(_message.Message):
    __slots__ = ("points_earned", "balance_points", "replayed", "principal_fen", "bonus_fen", "debt_points")
    POINTS_EARNED_FIELD_NUMBER: _ClassVar[int]
    BALANCE_POINTS_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_FEN_FIELD_NUMBER: _ClassVar[int]
    DEBT_POINTS_FIELD_NUMBER: _ClassVar[int]
    points_earned: int
    balance_points: int
    replayed: bool
    principal_fen: int
    bonus_fen: int
    debt_points: int
    def __init__(self, points_earned: _Optional[int] = ..., balance_points: _Optional[int] = ..., replayed: _Optional[bool] = ..., principal_fen: _Optional[int] = ..., bonus_fen: _Optional[int] = ..., debt_points: _Optional[int] = ...) -> None: ...

class PostSalesRequest(_message.Message):
    __slots__ = ("sales",)
    SALES_FIELD_NUMBER: _ClassVar[int]
    sales: _containers.RepeatedCompositeFieldContainer[_sale_pb2.Sale]
    def __init__(self, sales: _Optional[_Iterable[_Union[_sale_pb2.Sale, _Mapping]]] = ...) -> None: ...

class PostSalesResponse(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[SaleOutcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[SaleOutcome, _Mapping]]] = ...) -> None: ...

class SaleOutcome(_message.Message):
    __slots__ = ("sale_id", "posted", "refused")
    SALE_ID_FIELD_NUMBER: _ClassVar[int]
    POSTED_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    sale_id: str
    posted: PostedSaleResult
    refused: SaleRefusal
    def __init__(self, sale_id: _Optional[str] = ..., posted: _Optional[_Union[PostedSaleResult, _Mapping]] = ..., refused: _Optional[_Union[SaleRefusal, _Mapping]] = ...) -> None: ...

class SaleRefusal(_message.Message):
    __slots__ = ("reason", "message", "metadata", "code")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    reason: str
    message: str
    metadata: _containers.ScalarMap[str, str]
    code: _code_pb2.Code
    def __init__(self, reason: _Optional[str] = ..., message: _Optional[str] = ..., metadata: _Optional[_Mapping[str, str]] = ..., code: _Optional[_Union[_code_pb2.Code, str]] = ...) -> None: ...

class GetWalletRequest(_message.Message):
    __slots__ = ("member_id", "business_date")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    business_date: _date_pb2.Date
    def __init__(self, member_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class GetWalletResponse(_message.Message):
    __slots__ = ("wallet",)
    WALLET_FIELD_NUMBER: _ClassVar[int]
    wallet: _ledger_pb2.Wallet
    def __init__(self, wallet: _Optional[_Union[_ledger_pb2.Wallet, _Mapping]] = ...) -> None: ...

class ListBalancesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class Balance(_message.Message):
    __slots__ = ("member_id", "points")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    points: int
    def __init__(self, member_id: _Optional[str] = ..., points: _Optional[int] = ...) -> None: ...

class ListBalancesResponse(_message.Message):
    __slots__ = ("balances", "next_page_token")
    BALANCES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    balances: _containers.RepeatedCompositeFieldContainer[Balance]
    next_page_token: str
    def __init__(self, balances: _Optional[_Iterable[_Union[Balance, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetBillRequest(_message.Message):
    __slots__ = ("bill_id",)
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    def __init__(self, bill_id: _Optional[str] = ...) -> None: ...

class GetBillResponse(_message.Message):
    __slots__ = ("bill", "transfers", "lots", "later_bills", "more_later_bill_count")
    BILL_FIELD_NUMBER: _ClassVar[int]
    TRANSFERS_FIELD_NUMBER: _ClassVar[int]
    LOTS_FIELD_NUMBER: _ClassVar[int]
    LATER_BILLS_FIELD_NUMBER: _ClassVar[int]
    MORE_LATER_BILL_COUNT_FIELD_NUMBER: _ClassVar[int]
    bill: _ledger_pb2.Bill
    transfers: _containers.RepeatedCompositeFieldContainer[_ledger_pb2.Transfer]
    lots: _containers.RepeatedCompositeFieldContainer[_ledger_pb2.Lot]
    later_bills: _containers.RepeatedCompositeFieldContainer[LaterBill]
    more_later_bill_count: int
    def __init__(self, bill: _Optional[_Union[_ledger_pb2.Bill, _Mapping]] = ..., transfers: _Optional[_Iterable[_Union[_ledger_pb2.Transfer, _Mapping]]] = ..., lots: _Optional[_Iterable[_Union[_ledger_pb2.Lot, _Mapping]]] = ..., later_bills: _Optional[_Iterable[_Union[LaterBill, _Mapping]]] = ..., more_later_bill_count: _Optional[int] = ...) -> None: ...

class LaterBill(_message.Message):
    __slots__ = ("bill_id", "kind", "store_id", "business_date", "posted_time", "total_fen")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    POSTED_TIME_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FEN_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    kind: _ledger_pb2.BillKind
    store_id: str
    business_date: _date_pb2.Date
    posted_time: _timestamp_pb2.Timestamp
    total_fen: int
    def __init__(self, bill_id: _Optional[str] = ..., kind: _Optional[_Union[_ledger_pb2.BillKind, str]] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., posted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., total_fen: _Optional[int] = ...) -> None: ...

class ListBillsRequest(_message.Message):
    __slots__ = ("member_id", "store_id", "business_date", "page_size", "page_token", "last_business_date", "register_id", "kind")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    LAST_BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    REGISTER_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    store_id: str
    business_date: _date_pb2.Date
    page_size: int
    page_token: str
    last_business_date: _date_pb2.Date
    register_id: str
    kind: _ledger_pb2.BillKind
    def __init__(self, member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., last_business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., register_id: _Optional[str] = ..., kind: _Optional[_Union[_ledger_pb2.BillKind, str]] = ...) -> None: ...

class ListBillsResponse(_message.Message):
    __slots__ = ("bills", "next_page_token")
    BILLS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    bills: _containers.RepeatedCompositeFieldContainer[_ledger_pb2.Bill]
    next_page_token: str
    def __init__(self, bills: _Optional[_Iterable[_Union[_ledger_pb2.Bill, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetStatementRequest(_message.Message):
    __slots__ = ("member_id", "asset", "page_size", "page_token", "pass_id")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    asset: _ledger_pb2.Asset
    page_size: int
    page_token: str
    pass_id: str
    def __init__(self, member_id: _Optional[str] = ..., asset: _Optional[_Union[_ledger_pb2.Asset, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., pass_id: _Optional[str] = ...) -> None: ...

class GetStatementResponse(_message.Message):
    __slots__ = ("next_page_token", "lines")
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    next_page_token: str
    lines: _containers.RepeatedCompositeFieldContainer[StatementLine]
    def __init__(self, next_page_token: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[StatementLine, _Mapping]]] = ...) -> None: ...

class StatementLine(_message.Message):
    __slots__ = ("transfer", "kind", "occurred_time", "change", "balance")
    TRANSFER_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    transfer: _ledger_pb2.Transfer
    kind: _ledger_pb2.BillKind
    occurred_time: _timestamp_pb2.Timestamp
    change: int
    balance: int
    def __init__(self, transfer: _Optional[_Union[_ledger_pb2.Transfer, _Mapping]] = ..., kind: _Optional[_Union[_ledger_pb2.BillKind, str]] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., change: _Optional[int] = ..., balance: _Optional[int] = ...) -> None: ...

class SummarizeBillsRequest(_message.Message):
    __slots__ = ("store_ids", "from_date", "to_date")
    STORE_IDS_FIELD_NUMBER: _ClassVar[int]
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    store_ids: _containers.RepeatedScalarFieldContainer[str]
    from_date: _date_pb2.Date
    to_date: _date_pb2.Date
    def __init__(self, store_ids: _Optional[_Iterable[str]] = ..., from_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., to_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class SummarizeBillsResponse(_message.Message):
    __slots__ = ("rows",)
    ROWS_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[BillSummary]
    def __init__(self, rows: _Optional[_Iterable[_Union[BillSummary, _Mapping]]] = ...) -> None: ...

class BillSummary(_message.Message):
    __slots__ = ("store_id", "kind", "bill_count", "total_fen", "points_earned")
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    BILL_COUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FEN_FIELD_NUMBER: _ClassVar[int]
    POINTS_EARNED_FIELD_NUMBER: _ClassVar[int]
    store_id: str
    kind: _ledger_pb2.BillKind
    bill_count: int
    total_fen: int
    points_earned: int
    def __init__(self, store_id: _Optional[str] = ..., kind: _Optional[_Union[_ledger_pb2.BillKind, str]] = ..., bill_count: _Optional[int] = ..., total_fen: _Optional[int] = ..., points_earned: _Optional[int] = ...) -> None: ...
