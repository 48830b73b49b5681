import datetime

from google.protobuf import any_pb2 as _any_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from yika.points.v1 import earning_pb2 as _earning_pb2
from yika.points.v1 import sale_pb2 as _sale_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BillKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BILL_KIND_UNSPECIFIED: _ClassVar[BillKind]
    BILL_KIND_SALE: _ClassVar[BillKind]
    BILL_KIND_SALE_RETURN: _ClassVar[BillKind]
    BILL_KIND_TOP_UP: _ClassVar[BillKind]
    BILL_KIND_TOP_UP_REVERSAL: _ClassVar[BillKind]
    BILL_KIND_CARD_CASH_OUT: _ClassVar[BillKind]
    BILL_KIND_PASS_SALE: _ClassVar[BillKind]
    BILL_KIND_PASS_USE: _ClassVar[BillKind]
    BILL_KIND_PASS_REFUND: _ClassVar[BillKind]
    BILL_KIND_GIFT_REDEMPTION: _ClassVar[BillKind]
    BILL_KIND_POINTS_ADJUSTMENT: _ClassVar[BillKind]
    BILL_KIND_EXPIRY: _ClassVar[BillKind]
    BILL_KIND_MERGE: _ClassVar[BillKind]
    BILL_KIND_CARD_TRANSFER: _ClassVar[BillKind]
    BILL_KIND_POINTS_TRANSFER: _ClassVar[BillKind]
    BILL_KIND_MERGE_REVERSAL: _ClassVar[BillKind]
    BILL_KIND_PASS_USE_REVERSAL: _ClassVar[BillKind]
    BILL_KIND_GIFT_RETURN: _ClassVar[BillKind]

class Asset(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ASSET_UNSPECIFIED: _ClassVar[Asset]
    ASSET_MONEY: _ClassVar[Asset]
    ASSET_POINTS: _ClassVar[Asset]
    ASSET_PRINCIPAL: _ClassVar[Asset]
    ASSET_BONUS: _ClassVar[Asset]
    ASSET_PASS: _ClassVar[Asset]
BILL_KIND_UNSPECIFIED: BillKind
BILL_KIND_SALE: BillKind
BILL_KIND_SALE_RETURN: BillKind
BILL_KIND_TOP_UP: BillKind
BILL_KIND_TOP_UP_REVERSAL: BillKind
BILL_KIND_CARD_CASH_OUT: BillKind
BILL_KIND_PASS_SALE: BillKind
BILL_KIND_PASS_USE: BillKind
BILL_KIND_PASS_REFUND: BillKind
BILL_KIND_GIFT_REDEMPTION: BillKind
BILL_KIND_POINTS_ADJUSTMENT: BillKind
BILL_KIND_EXPIRY: BillKind
BILL_KIND_MERGE: BillKind
BILL_KIND_CARD_TRANSFER: BillKind
BILL_KIND_POINTS_TRANSFER: BillKind
BILL_KIND_MERGE_REVERSAL: BillKind
BILL_KIND_PASS_USE_REVERSAL: BillKind
BILL_KIND_GIFT_RETURN: BillKind
ASSET_UNSPECIFIED: Asset
ASSET_MONEY: Asset
ASSET_POINTS: Asset
ASSET_PRINCIPAL: Asset
ASSET_BONUS: Asset
ASSET_PASS: Asset

class Lot(_message.Message):
    __slots__ = ("bill_id", "asset", "granted_amount", "remaining_amount", "rule_version", "store_id", "earned_time", "expiry_date", "pass_id", "available_time", "held_amount", "ordinal", "expired_amount")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    GRANTED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    REMAINING_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    RULE_VERSION_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    EARNED_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_DATE_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_TIME_FIELD_NUMBER: _ClassVar[int]
    HELD_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    ORDINAL_FIELD_NUMBER: _ClassVar[int]
    EXPIRED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    asset: Asset
    granted_amount: int
    remaining_amount: int
    rule_version: str
    store_id: str
    earned_time: _timestamp_pb2.Timestamp
    expiry_date: _date_pb2.Date
    pass_id: str
    available_time: _timestamp_pb2.Timestamp
    held_amount: int
    ordinal: int
    expired_amount: int
    def __init__(self, bill_id: _Optional[str] = ..., asset: _Optional[_Union[Asset, str]] = ..., granted_amount: _Optional[int] = ..., remaining_amount: _Optional[int] = ..., rule_version: _Optional[str] = ..., store_id: _Optional[str] = ..., earned_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expiry_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., pass_id: _Optional[str] = ..., available_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., held_amount: _Optional[int] = ..., ordinal: _Optional[int] = ..., expired_amount: _Optional[int] = ...) -> None: ...

class Transfer(_message.Message):
    __slots__ = ("bill_id", "asset", "debit_account", "credit_account", "amount", "business_date", "posted_time", "store_id", "pass_id", "lot_bill_id", "lot_ordinal")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    DEBIT_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    CREDIT_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    POSTED_TIME_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    PASS_ID_FIELD_NUMBER: _ClassVar[int]
    LOT_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    LOT_ORDINAL_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    asset: Asset
    debit_account: str
    credit_account: str
    amount: int
    business_date: _date_pb2.Date
    posted_time: _timestamp_pb2.Timestamp
    store_id: str
    pass_id: str
    lot_bill_id: str
    lot_ordinal: int
    def __init__(self, bill_id: _Optional[str] = ..., asset: _Optional[_Union[Asset, str]] = ..., debit_account: _Optional[str] = ..., credit_account: _Optional[str] = ..., amount: _Optional[int] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., posted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., store_id: _Optional[str] = ..., pass_id: _Optional[str] = ..., lot_bill_id: _Optional[str] = ..., lot_ordinal: _Optional[int] = ...) -> None: ...

class Bill(_message.Message):
    __slots__ = ("bill_id", "kind", "member_id", "store_id", "business_date", "occurred_time", "posted_time", "total_fen", "points_earned", "sale", "register_id", "staff_id", "reason", "original_bill_id", "programme_version", "sequence", "hash", "receipt", "allocation", "document")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    POSTED_TIME_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FEN_FIELD_NUMBER: _ClassVar[int]
    POINTS_EARNED_FIELD_NUMBER: _ClassVar[int]
    SALE_FIELD_NUMBER: _ClassVar[int]
    REGISTER_ID_FIELD_NUMBER: _ClassVar[int]
    STAFF_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    PROGRAMME_VERSION_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    ALLOCATION_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    kind: BillKind
    member_id: str
    store_id: str
    business_date: _date_pb2.Date
    occurred_time: _timestamp_pb2.Timestamp
    posted_time: _timestamp_pb2.Timestamp
    total_fen: int
    points_earned: int
    sale: _sale_pb2.Sale
    register_id: str
    staff_id: str
    reason: str
    original_bill_id: str
    programme_version: int
    sequence: int
    hash: bytes
    receipt: BillReceipt
    allocation: Allocation
    document: _any_pb2.Any
    def __init__(self, bill_id: _Optional[str] = ..., kind: _Optional[_Union[BillKind, str]] = ..., member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., posted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., total_fen: _Optional[int] = ..., points_earned: _Optional[int] = ..., sale: _Optional[_Union[_sale_pb2.Sale, _Mapping]] = ..., register_id: _Optional[str] = ..., staff_id: _Optional[str] = ..., reason: _Optional[str] = ..., original_bill_id: _Optional[str] = ..., programme_version: _Optional[int] = ..., sequence: _Optional[int] = ..., hash: _Optional[bytes] = ..., receipt: _Optional[_Union[BillReceipt, _Mapping]] = ..., allocation: _Optional[_Union[Allocation, _Mapping]] = ..., document: _Optional[_Union[_any_pb2.Any, _Mapping]] = ...) -> None: ...

class BillHeader(_message.Message):
    __slots__ = ("bill_id", "member_id", "store_id", "register_id", "staff_id", "business_date", "occurred_time", "reason")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    REGISTER_ID_FIELD_NUMBER: _ClassVar[int]
    STAFF_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    member_id: str
    store_id: str
    register_id: str
    staff_id: str
    business_date: _date_pb2.Date
    occurred_time: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, bill_id: _Optional[str] = ..., member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., register_id: _Optional[str] = ..., staff_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class BillReceipt(_message.Message):
    __slots__ = ("bill_id", "replayed", "points", "principal_fen", "bonus_fen", "debt_points", "points_change", "principal_change_fen", "bonus_change_fen", "points_earned", "refunds", "pass_units_left", "moved", "stayed")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_FEN_FIELD_NUMBER: _ClassVar[int]
    DEBT_POINTS_FIELD_NUMBER: _ClassVar[int]
    POINTS_CHANGE_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_CHANGE_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_CHANGE_FEN_FIELD_NUMBER: _ClassVar[int]
    POINTS_EARNED_FIELD_NUMBER: _ClassVar[int]
    REFUNDS_FIELD_NUMBER: _ClassVar[int]
    PASS_UNITS_LEFT_FIELD_NUMBER: _ClassVar[int]
    MOVED_FIELD_NUMBER: _ClassVar[int]
    STAYED_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    replayed: bool
    points: int
    principal_fen: int
    bonus_fen: int
    debt_points: int
    points_change: int
    principal_change_fen: int
    bonus_change_fen: int
    points_earned: int
    refunds: _containers.RepeatedCompositeFieldContainer[_sale_pb2.Tender]
    pass_units_left: int
    moved: MovedValue
    stayed: MovedValue
    def __init__(self, bill_id: _Optional[str] = ..., replayed: _Optional[bool] = ..., points: _Optional[int] = ..., principal_fen: _Optional[int] = ..., bonus_fen: _Optional[int] = ..., debt_points: _Optional[int] = ..., points_change: _Optional[int] = ..., principal_change_fen: _Optional[int] = ..., bonus_change_fen: _Optional[int] = ..., points_earned: _Optional[int] = ..., refunds: _Optional[_Iterable[_Union[_sale_pb2.Tender, _Mapping]]] = ..., pass_units_left: _Optional[int] = ..., moved: _Optional[_Union[MovedValue, _Mapping]] = ..., stayed: _Optional[_Union[MovedValue, _Mapping]] = ...) -> None: ...

class MovedValue(_message.Message):
    __slots__ = ("points", "principal_fen", "bonus_fen", "pass_units", "debt_points", "purchases", "carry_numerator", "carry_denominator", "tallies")
    POINTS_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_FEN_FIELD_NUMBER: _ClassVar[int]
    PASS_UNITS_FIELD_NUMBER: _ClassVar[int]
    DEBT_POINTS_FIELD_NUMBER: _ClassVar[int]
    PURCHASES_FIELD_NUMBER: _ClassVar[int]
    CARRY_NUMERATOR_FIELD_NUMBER: _ClassVar[int]
    CARRY_DENOMINATOR_FIELD_NUMBER: _ClassVar[int]
    TALLIES_FIELD_NUMBER: _ClassVar[int]
    points: int
    principal_fen: int
    bonus_fen: int
    pass_units: int
    debt_points: int
    purchases: int
    carry_numerator: int
    carry_denominator: int
    tallies: int
    def __init__(self, points: _Optional[int] = ..., principal_fen: _Optional[int] = ..., bonus_fen: _Optional[int] = ..., pass_units: _Optional[int] = ..., debt_points: _Optional[int] = ..., purchases: _Optional[int] = ..., carry_numerator: _Optional[int] = ..., carry_denominator: _Optional[int] = ..., tallies: _Optional[int] = ...) -> None: ...

class Allocation(_message.Message):
    __slots__ = ("sources", "amounts_fen", "earning")
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    AMOUNTS_FEN_FIELD_NUMBER: _ClassVar[int]
    EARNING_FIELD_NUMBER: _ClassVar[int]
    sources: _containers.RepeatedCompositeFieldContainer[PaymentSource]
    amounts_fen: _containers.RepeatedScalarFieldContainer[int]
    earning: _earning_pb2.SaleEarning
    def __init__(self, sources: _Optional[_Iterable[_Union[PaymentSource, _Mapping]]] = ..., amounts_fen: _Optional[_Iterable[int]] = ..., earning: _Optional[_Union[_earning_pb2.SaleEarning, _Mapping]] = ...) -> None: ...

class PaymentSource(_message.Message):
    __slots__ = ("tender_kind", "amount_fen", "asset", "units", "lot_bill_id", "lot_ordinal")
    TENDER_KIND_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    LOT_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    LOT_ORDINAL_FIELD_NUMBER: _ClassVar[int]
    tender_kind: str
    amount_fen: int
    asset: Asset
    units: int
    lot_bill_id: str
    lot_ordinal: int
    def __init__(self, tender_kind: _Optional[str] = ..., amount_fen: _Optional[int] = ..., asset: _Optional[_Union[Asset, str]] = ..., units: _Optional[int] = ..., lot_bill_id: _Optional[str] = ..., lot_ordinal: _Optional[int] = ...) -> None: ...

class Wallet(_message.Message):
    __slots__ = ("member_id", "points", "lots", "principal_fen", "bonus_fen", "pending_points", "held_points", "held_fen", "debt_points", "frozen_reason", "merged_into", "card_type")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    LOTS_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_FEN_FIELD_NUMBER: _ClassVar[int]
    PENDING_POINTS_FIELD_NUMBER: _ClassVar[int]
    HELD_POINTS_FIELD_NUMBER: _ClassVar[int]
    HELD_FEN_FIELD_NUMBER: _ClassVar[int]
    DEBT_POINTS_FIELD_NUMBER: _ClassVar[int]
    FROZEN_REASON_FIELD_NUMBER: _ClassVar[int]
    MERGED_INTO_FIELD_NUMBER: _ClassVar[int]
    CARD_TYPE_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    points: int
    lots: _containers.RepeatedCompositeFieldContainer[Lot]
    principal_fen: int
    bonus_fen: int
    pending_points: int
    held_points: int
    held_fen: int
    debt_points: int
    frozen_reason: str
    merged_into: str
    card_type: str
    def __init__(self, member_id: _Optional[str] = ..., points: _Optional[int] = ..., lots: _Optional[_Iterable[_Union[Lot, _Mapping]]] = ..., principal_fen: _Optional[int] = ..., bonus_fen: _Optional[int] = ..., pending_points: _Optional[int] = ..., held_points: _Optional[int] = ..., held_fen: _Optional[int] = ..., debt_points: _Optional[int] = ..., frozen_reason: _Optional[str] = ..., merged_into: _Optional[str] = ..., card_type: _Optional[str] = ...) -> None: ...
