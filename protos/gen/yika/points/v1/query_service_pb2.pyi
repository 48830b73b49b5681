import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from yika.auth.v1 import auth_pb2 as _auth_pb2
from yika.points.v1 import ledger_pb2 as _ledger_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetHoldingsRequest(_message.Message):
    __slots__ = ("member_id", "business_date", "expiring_within_days")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    EXPIRING_WITHIN_DAYS_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    business_date: _date_pb2.Date
    expiring_within_days: int
    def __init__(self, member_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., expiring_within_days: _Optional[int] = ...) -> None: ...

class GetHoldingsResponse(_message.Message):
    __slots__ = ("holdings", "debt_points", "frozen_reason", "merged_into", "card_type")
    HOLDINGS_FIELD_NUMBER: _ClassVar[int]
    DEBT_POINTS_FIELD_NUMBER: _ClassVar[int]
    FROZEN_REASON_FIELD_NUMBER: _ClassVar[int]
    MERGED_INTO_FIELD_NUMBER: _ClassVar[int]
    CARD_TYPE_FIELD_NUMBER: _ClassVar[int]
    holdings: _containers.RepeatedCompositeFieldContainer[Holding]
    debt_points: int
    frozen_reason: str
    merged_into: str
    card_type: str
    def __init__(self, holdings: _Optional[_Iterable[_Union[Holding, _Mapping]]] = ..., debt_points: _Optional[int] = ..., frozen_reason: _Optional[str] = ..., merged_into: _Optional[str] = ..., card_type: _Optional[str] = ...) -> None: ...

class Holding(_message.Message):
    __slots__ = ("asset", "pass_id", "free_amount", "pending_amount", "held_amount", "expired_amount", "expiring_amount", "next_expiry_date", "lot_count")
    ASSET_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    FREE_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    PENDING_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    HELD_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    EXPIRED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    EXPIRING_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    NEXT_EXPIRY_DATE_FIELD_NUMBER: _ClassVar[int]
    LOT_COUNT_FIELD_NUMBER: _ClassVar[int]
    asset: _ledger_pb2.Asset
    pass_id: str
    free_amount: int
    pending_amount: int
    held_amount: int
    expired_amount: int
    expiring_amount: int
    next_expiry_date: _date_pb2.Date
    lot_count: int
    def __init__(self, asset: _Optional[_Union[_ledger_pb2.Asset, str]] = ..., pass_id: _Optional[str] = ..., free_amount: _Optional[int] = ..., pending_amount: _Optional[int] = ..., held_amount: _Optional[int] = ..., expired_amount: _Optional[int] = ..., expiring_amount: _Optional[int] = ..., next_expiry_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., lot_count: _Optional[int] = ...) -> None: ...

class GetBalancesAtRequest(_message.Message):
    __slots__ = ("member_id", "as_of_time", "page_size", "page_token")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    AS_OF_TIME_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    as_of_time: _timestamp_pb2.Timestamp
    page_size: int
    page_token: str
    def __init__(self, member_id: _Optional[str] = ..., as_of_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class GetBalancesAtResponse(_message.Message):
    __slots__ = ("balances", "debt_points", "lots", "next_page_token")
    BALANCES_FIELD_NUMBER: _ClassVar[int]
    DEBT_POINTS_FIELD_NUMBER: _ClassVar[int]
    LOTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    balances: _containers.RepeatedCompositeFieldContainer[AssetBalance]
    debt_points: int
    lots: _containers.RepeatedCompositeFieldContainer[LotBalance]
    next_page_token: str
    def __init__(self, balances: _Optional[_Iterable[_Union[AssetBalance, _Mapping]]] = ..., debt_points: _Optional[int] = ..., lots: _Optional[_Iterable[_Union[LotBalance, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class AssetBalance(_message.Message):
    __slots__ = ("asset", "pass_id", "amount")
    ASSET_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    asset: _ledger_pb2.Asset
    pass_id: str
    amount: int
    def __init__(self, asset: _Optional[_Union[_ledger_pb2.Asset, str]] = ..., pass_id: _Optional[str] = ..., amount: _Optional[int] = ...) -> None: ...

class LotBalance(_message.Message):
    __slots__ = ("bill_id", "ordinal", "asset", "pass_id", "amount", "store_id", "earned_time")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    ORDINAL_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    EARNED_TIME_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    ordinal: int
    asset: _ledger_pb2.Asset
    pass_id: str
    amount: int
    store_id: str
    earned_time: _timestamp_pb2.Timestamp
    def __init__(self, bill_id: _Optional[str] = ..., ordinal: _Optional[int] = ..., asset: _Optional[_Union[_ledger_pb2.Asset, str]] = ..., pass_id: _Optional[str] = ..., amount: _Optional[int] = ..., store_id: _Optional[str] = ..., earned_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SummarizeBalancesAtRequest(_message.Message):
    __slots__ = ("as_of_time",)
    AS_OF_TIME_FIELD_NUMBER: _ClassVar[int]
    as_of_time: _timestamp_pb2.Timestamp
    def __init__(self, as_of_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SummarizeBalancesAtResponse(_message.Message):
    __slots__ = ("balances",)
    BALANCES_FIELD_NUMBER: _ClassVar[int]
    balances: _containers.RepeatedCompositeFieldContainer[AssetBalance]
    def __init__(self, balances: _Optional[_Iterable[_Union[AssetBalance, _Mapping]]] = ...) -> None: ...

class ListLiabilityRequest(_message.Message):
    __slots__ = ("store_ids", "page_size", "page_token")
    STORE_IDS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    store_ids: _containers.RepeatedScalarFieldContainer[str]
    page_size: int
    page_token: str
    def __init__(self, store_ids: _Optional[_Iterable[str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListLiabilityResponse(_message.Message):
    __slots__ = ("rows", "next_page_token")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[LiabilityRow]
    next_page_token: str
    def __init__(self, rows: _Optional[_Iterable[_Union[LiabilityRow, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class LiabilityRow(_message.Message):
    __slots__ = ("store_id", "asset", "expiry_month_date", "amount", "lot_count")
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_MONTH_DATE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    LOT_COUNT_FIELD_NUMBER: _ClassVar[int]
    store_id: str
    asset: _ledger_pb2.Asset
    expiry_month_date: _date_pb2.Date
    amount: int
    lot_count: int
    def __init__(self, store_id: _Optional[str] = ..., asset: _Optional[_Union[_ledger_pb2.Asset, str]] = ..., expiry_month_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., amount: _Optional[int] = ..., lot_count: _Optional[int] = ...) -> None: ...

class ListSettlementRequest(_message.Message):
    __slots__ = ("from_date", "to_date", "seller_store_ids", "redeemer_store_ids", "page_size", "page_token")
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    SELLER_STORE_IDS_FIELD_NUMBER: _ClassVar[int]
    REDEEMER_STORE_IDS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    from_date: _date_pb2.Date
    to_date: _date_pb2.Date
    seller_store_ids: _containers.RepeatedScalarFieldContainer[str]
    redeemer_store_ids: _containers.RepeatedScalarFieldContainer[str]
    page_size: int
    page_token: str
    def __init__(self, from_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., to_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., seller_store_ids: _Optional[_Iterable[str]] = ..., redeemer_store_ids: _Optional[_Iterable[str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListSettlementResponse(_message.Message):
    __slots__ = ("rows", "next_page_token")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[SettlementRow]
    next_page_token: str
    def __init__(self, rows: _Optional[_Iterable[_Union[SettlementRow, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class SettlementRow(_message.Message):
    __slots__ = ("seller_store_id", "redeemer_store_id", "asset", "units", "amount_fen")
    SELLER_STORE_ID_FIELD_NUMBER: _ClassVar[int]
    REDEEMER_STORE_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    seller_store_id: str
    redeemer_store_id: str
    asset: _ledger_pb2.Asset
    units: int
    amount_fen: int
    def __init__(self, seller_store_id: _Optional[str] = ..., redeemer_store_id: _Optional[str] = ..., asset: _Optional[_Union[_ledger_pb2.Asset, str]] = ..., units: _Optional[int] = ..., amount_fen: _Optional[int] = ...) -> None: ...

class SummarizeSettlementRequest(_message.Message):
    __slots__ = ("from_date", "to_date", "store_ids")
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    STORE_IDS_FIELD_NUMBER: _ClassVar[int]
    from_date: _date_pb2.Date
    to_date: _date_pb2.Date
    store_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, from_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., to_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., store_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SummarizeSettlementResponse(_message.Message):
    __slots__ = ("positions",)
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    positions: _containers.RepeatedCompositeFieldContainer[SettlementPosition]
    def __init__(self, positions: _Optional[_Iterable[_Union[SettlementPosition, _Mapping]]] = ...) -> None: ...

class SettlementPosition(_message.Message):
    __slots__ = ("store_id", "asset", "owed_fen", "owing_fen", "net_fen")
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    OWED_FEN_FIELD_NUMBER: _ClassVar[int]
    OWING_FEN_FIELD_NUMBER: _ClassVar[int]
    NET_FEN_FIELD_NUMBER: _ClassVar[int]
    store_id: str
    asset: _ledger_pb2.Asset
    owed_fen: int
    owing_fen: int
    net_fen: int
    def __init__(self, store_id: _Optional[str] = ..., asset: _Optional[_Union[_ledger_pb2.Asset, str]] = ..., owed_fen: _Optional[int] = ..., owing_fen: _Optional[int] = ..., net_fen: _Optional[int] = ...) -> None: ...
