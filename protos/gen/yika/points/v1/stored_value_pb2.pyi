from google.type import date_pb2 as _date_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SpendingOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SPENDING_ORDER_UNSPECIFIED: _ClassVar[SpendingOrder]
    SPENDING_ORDER_BONUS_FIRST: _ClassVar[SpendingOrder]
    SPENDING_ORDER_PRINCIPAL_FIRST: _ClassVar[SpendingOrder]
    SPENDING_ORDER_IN_PROPORTION: _ClassVar[SpendingOrder]
SPENDING_ORDER_UNSPECIFIED: SpendingOrder
SPENDING_ORDER_BONUS_FIRST: SpendingOrder
SPENDING_ORDER_PRINCIPAL_FIRST: SpendingOrder
SPENDING_ORDER_IN_PROPORTION: SpendingOrder

class CardType(_message.Message):
    __slots__ = ("code", "named", "spending_order", "validity_months")
    CODE_FIELD_NUMBER: _ClassVar[int]
    NAMED_FIELD_NUMBER: _ClassVar[int]
    SPENDING_ORDER_FIELD_NUMBER: _ClassVar[int]
    VALIDITY_MONTHS_FIELD_NUMBER: _ClassVar[int]
    code: str
    named: bool
    spending_order: SpendingOrder
    validity_months: int
    def __init__(self, code: _Optional[str] = ..., named: _Optional[bool] = ..., spending_order: _Optional[_Union[SpendingOrder, str]] = ..., validity_months: _Optional[int] = ...) -> None: ...

class TopUpBand(_message.Message):
    __slots__ = ("from_fen", "bonus_fen", "bonus_bp")
    FROM_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_FEN_FIELD_NUMBER: _ClassVar[int]
    BONUS_BP_FIELD_NUMBER: _ClassVar[int]
    from_fen: int
    bonus_fen: int
    bonus_bp: int
    def __init__(self, from_fen: _Optional[int] = ..., bonus_fen: _Optional[int] = ..., bonus_bp: _Optional[int] = ...) -> None: ...

class TopUpRule(_message.Message):
    __slots__ = ("rule_id", "name", "bands", "tiers", "store_ids", "first_date", "last_date", "bonus_validity_days", "name_en")
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    BANDS_FIELD_NUMBER: _ClassVar[int]
    TIERS_FIELD_NUMBER: _ClassVar[int]
    STORE_IDS_FIELD_NUMBER: _ClassVar[int]
    FIRST_DATE_FIELD_NUMBER: _ClassVar[int]
    LAST_DATE_FIELD_NUMBER: _ClassVar[int]
    BONUS_VALIDITY_DAYS_FIELD_NUMBER: _ClassVar[int]
    NAME_EN_FIELD_NUMBER: _ClassVar[int]
    rule_id: str
    name: str
    bands: _containers.RepeatedCompositeFieldContainer[TopUpBand]
    tiers: _containers.RepeatedScalarFieldContainer[str]
    store_ids: _containers.RepeatedScalarFieldContainer[str]
    first_date: _date_pb2.Date
    last_date: _date_pb2.Date
    bonus_validity_days: int
    name_en: str
    def __init__(self, rule_id: _Optional[str] = ..., name: _Optional[str] = ..., bands: _Optional[_Iterable[_Union[TopUpBand, _Mapping]]] = ..., tiers: _Optional[_Iterable[str]] = ..., store_ids: _Optional[_Iterable[str]] = ..., first_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., last_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., bonus_validity_days: _Optional[int] = ..., name_en: _Optional[str] = ...) -> None: ...

class StoredValueLimits(_message.Message):
    __slots__ = ("named_balance_fen_max", "unnamed_balance_fen_max", "unnamed_identity_from_fen", "institution_transfer_from_fen", "individual_transfer_from_fen", "unnamed_validity_months_min", "cash_refund_balance_fen_max", "cooling_off_days")
    NAMED_BALANCE_FEN_MAX_FIELD_NUMBER: _ClassVar[int]
    UNNAMED_BALANCE_FEN_MAX_FIELD_NUMBER: _ClassVar[int]
    UNNAMED_IDENTITY_FROM_FEN_FIELD_NUMBER: _ClassVar[int]
    INSTITUTION_TRANSFER_FROM_FEN_FIELD_NUMBER: _ClassVar[int]
    INDIVIDUAL_TRANSFER_FROM_FEN_FIELD_NUMBER: _ClassVar[int]
    UNNAMED_VALIDITY_MONTHS_MIN_FIELD_NUMBER: _ClassVar[int]
    CASH_REFUND_BALANCE_FEN_MAX_FIELD_NUMBER: _ClassVar[int]
    COOLING_OFF_DAYS_FIELD_NUMBER: _ClassVar[int]
    named_balance_fen_max: int
    unnamed_balance_fen_max: int
    unnamed_identity_from_fen: int
    institution_transfer_from_fen: int
    individual_transfer_from_fen: int
    unnamed_validity_months_min: int
    cash_refund_balance_fen_max: int
    cooling_off_days: int
    def __init__(self, named_balance_fen_max: _Optional[int] = ..., unnamed_balance_fen_max: _Optional[int] = ..., unnamed_identity_from_fen: _Optional[int] = ..., institution_transfer_from_fen: _Optional[int] = ..., individual_transfer_from_fen: _Optional[int] = ..., unnamed_validity_months_min: _Optional[int] = ..., cash_refund_balance_fen_max: _Optional[int] = ..., cooling_off_days: _Optional[int] = ...) -> None: ...

class StoredValueProgramme(_message.Message):
    __slots__ = ("card_types", "top_up_rules", "limits", "top_up_tender_kinds", "transfer_tender_kinds")
    CARD_TYPES_FIELD_NUMBER: _ClassVar[int]
    TOP_UP_RULES_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    TOP_UP_TENDER_KINDS_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_TENDER_KINDS_FIELD_NUMBER: _ClassVar[int]
    card_types: _containers.RepeatedCompositeFieldContainer[CardType]
    top_up_rules: _containers.RepeatedCompositeFieldContainer[TopUpRule]
    limits: StoredValueLimits
    top_up_tender_kinds: _containers.RepeatedScalarFieldContainer[str]
    transfer_tender_kinds: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, card_types: _Optional[_Iterable[_Union[CardType, _Mapping]]] = ..., top_up_rules: _Optional[_Iterable[_Union[TopUpRule, _Mapping]]] = ..., limits: _Optional[_Union[StoredValueLimits, _Mapping]] = ..., top_up_tender_kinds: _Optional[_Iterable[str]] = ..., transfer_tender_kinds: _Optional[_Iterable[str]] = ...) -> None: ...
