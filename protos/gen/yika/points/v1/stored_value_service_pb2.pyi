from google.type import date_pb2 as _date_pb2
from yika.auth.v1 import auth_pb2 as _auth_pb2
from yika.points.v1 import ledger_pb2 as _ledger_pb2
from yika.points.v1 import sale_pb2 as _sale_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Buyer(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BUYER_UNSPECIFIED: _ClassVar[Buyer]
    BUYER_INDIVIDUAL: _ClassVar[Buyer]
    BUYER_INSTITUTION: _ClassVar[Buyer]
BUYER_UNSPECIFIED: Buyer
BUYER_INDIVIDUAL: Buyer
BUYER_INSTITUTION: Buyer

class Purchase(_message.Message):
    __slots__ = ("buyer", "identified", "on_site", "purchase_fen")
    BUYER_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIED_FIELD_NUMBER: _ClassVar[int]
    ON_SITE_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_FEN_FIELD_NUMBER: _ClassVar[int]
    buyer: Buyer
    identified: bool
    on_site: bool
    purchase_fen: int
    def __init__(self, buyer: _Optional[_Union[Buyer, str]] = ..., identified: _Optional[bool] = ..., on_site: _Optional[bool] = ..., purchase_fen: _Optional[int] = ...) -> None: ...

class TopUpRequest(_message.Message):
    __slots__ = ("header", "amount_fen", "tenders", "card_type", "purchase")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    TENDERS_FIELD_NUMBER: _ClassVar[int]
    CARD_TYPE_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    amount_fen: int
    tenders: _containers.RepeatedCompositeFieldContainer[_sale_pb2.Tender]
    card_type: str
    purchase: Purchase
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., amount_fen: _Optional[int] = ..., tenders: _Optional[_Iterable[_Union[_sale_pb2.Tender, _Mapping]]] = ..., card_type: _Optional[str] = ..., purchase: _Optional[_Union[Purchase, _Mapping]] = ...) -> None: ...

class TopUpResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ...) -> None: ...

class QuoteTopUpRequest(_message.Message):
    __slots__ = ("member_id", "store_id", "business_date", "amount_fen", "card_type", "purchase")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    CARD_TYPE_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    store_id: str
    business_date: _date_pb2.Date
    amount_fen: int
    card_type: str
    purchase: Purchase
    def __init__(self, member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., amount_fen: _Optional[int] = ..., card_type: _Optional[str] = ..., purchase: _Optional[_Union[Purchase, _Mapping]] = ...) -> None: ...

class QuoteTopUpResponse(_message.Message):
    __slots__ = ("bonus_fen", "bonus_rule_version", "bonus_expiry_date", "principal_expiry_date", "balance_fen", "balance_limit_fen", "over_limit_fen", "identity_required", "non_cash_required", "tender_kinds")
    BONUS_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_RULE_VERSION_FIELD_NUMBER: _ClassVar[int]
    BONUS_EXPIRY_DATE_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_EXPIRY_DATE_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FEN_FIELD_NUMBER: _ClassVar[int]
    BALANCE_LIMIT_FEN_FIELD_NUMBER: _ClassVar[int]
    OVER_LIMIT_FEN_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    NON_CASH_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    TENDER_KINDS_FIELD_NUMBER: _ClassVar[int]
    bonus_fen: int
    bonus_rule_version: str
    bonus_expiry_date: _date_pb2.Date
    principal_expiry_date: _date_pb2.Date
    balance_fen: int
    balance_limit_fen: int
    over_limit_fen: int
    identity_required: bool
    non_cash_required: bool
    tender_kinds: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, bonus_fen: _Optional[int] = ..., bonus_rule_version: _Optional[str] = ..., bonus_expiry_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., principal_expiry_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., balance_fen: _Optional[int] = ..., balance_limit_fen: _Optional[int] = ..., over_limit_fen: _Optional[int] = ..., identity_required: _Optional[bool] = ..., non_cash_required: _Optional[bool] = ..., tender_kinds: _Optional[_Iterable[str]] = ...) -> None: ...

class ReverseTopUpRequest(_message.Message):
    __slots__ = ("header", "top_up_id")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    TOP_UP_ID_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    top_up_id: str
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., top_up_id: _Optional[str] = ...) -> None: ...

class ReverseTopUpResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ...) -> None: ...

class CashOutRequest(_message.Message):
    __slots__ = ("header", "amount_fen", "payouts", "identified", "top_up_id")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    PAYOUTS_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIED_FIELD_NUMBER: _ClassVar[int]
    TOP_UP_ID_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    amount_fen: int
    payouts: _containers.RepeatedCompositeFieldContainer[_sale_pb2.Tender]
    identified: bool
    top_up_id: str
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., amount_fen: _Optional[int] = ..., payouts: _Optional[_Iterable[_Union[_sale_pb2.Tender, _Mapping]]] = ..., identified: _Optional[bool] = ..., top_up_id: _Optional[str] = ...) -> None: ...

class CashOutResponse(_message.Message):
    __slots__ = ("receipt", "bonus_withdrawn_fen", "bonus_deducted_fen")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    BONUS_WITHDRAWN_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_DEDUCTED_FEN_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    bonus_withdrawn_fen: int
    bonus_deducted_fen: int
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ..., bonus_withdrawn_fen: _Optional[int] = ..., bonus_deducted_fen: _Optional[int] = ...) -> None: ...

class QuoteCashOutRequest(_message.Message):
    __slots__ = ("member_id", "store_id", "business_date", "amount_fen", "top_up_id")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    TOP_UP_ID_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    store_id: str
    business_date: _date_pb2.Date
    amount_fen: int
    top_up_id: str
    def __init__(self, member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., amount_fen: _Optional[int] = ..., top_up_id: _Optional[str] = ...) -> None: ...

class QuoteCashOutResponse(_message.Message):
    __slots__ = ("principal_fen", "payout_fen", "bonus_withdrawn_fen", "bonus_deducted_fen", "non_cash_required", "top_ups", "tender_kinds", "identity_required")
    PRINCIPAL_FEN_FIELD_NUMBER: _ClassVar[int]
    PAYOUT_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_WITHDRAWN_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_DEDUCTED_FEN_FIELD_NUMBER: _ClassVar[int]
    NON_CASH_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    TOP_UPS_FIELD_NUMBER: _ClassVar[int]
    TENDER_KINDS_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    principal_fen: int
    payout_fen: int
    bonus_withdrawn_fen: int
    bonus_deducted_fen: int
    non_cash_required: bool
    top_ups: _containers.RepeatedCompositeFieldContainer[TopUpCashOut]
    tender_kinds: _containers.RepeatedScalarFieldContainer[str]
    identity_required: bool
    def __init__(self, principal_fen: _Optional[int] = ..., payout_fen: _Optional[int] = ..., bonus_withdrawn_fen: _Optional[int] = ..., bonus_deducted_fen: _Optional[int] = ..., non_cash_required: _Optional[bool] = ..., top_ups: _Optional[_Iterable[_Union[TopUpCashOut, _Mapping]]] = ..., tender_kinds: _Optional[_Iterable[str]] = ..., identity_required: _Optional[bool] = ...) -> None: ...

class TopUpCashOut(_message.Message):
    __slots__ = ("top_up_id", "business_date", "principal_fen", "bonus_withdrawn_fen", "bonus_deducted_fen", "in_cooling_off")
    TOP_UP_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_WITHDRAWN_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_DEDUCTED_FEN_FIELD_NUMBER: _ClassVar[int]
    IN_COOLING_OFF_FIELD_NUMBER: _ClassVar[int]
    top_up_id: str
    business_date: _date_pb2.Date
    principal_fen: int
    bonus_withdrawn_fen: int
    bonus_deducted_fen: int
    in_cooling_off: bool
    def __init__(self, top_up_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., principal_fen: _Optional[int] = ..., bonus_withdrawn_fen: _Optional[int] = ..., bonus_deducted_fen: _Optional[int] = ..., in_cooling_off: _Optional[bool] = ...) -> None: ...
