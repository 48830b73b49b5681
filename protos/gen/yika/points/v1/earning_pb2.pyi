from google.type import date_pb2 as _date_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EarningRounding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EARNING_ROUNDING_UNSPECIFIED: _ClassVar[EarningRounding]
    EARNING_ROUNDING_CARRY: _ClassVar[EarningRounding]
    EARNING_ROUNDING_FLOOR_PER_SALE: _ClassVar[EarningRounding]

class ExpiryKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXPIRY_KIND_UNSPECIFIED: _ClassVar[ExpiryKind]
    EXPIRY_KIND_NEVER: _ClassVar[ExpiryKind]
    EXPIRY_KIND_DAYS: _ClassVar[ExpiryKind]
    EXPIRY_KIND_END_OF_MONTH: _ClassVar[ExpiryKind]
    EXPIRY_KIND_END_OF_YEAR: _ClassVar[ExpiryKind]

class BirthdayMatch(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BIRTHDAY_MATCH_UNSPECIFIED: _ClassVar[BirthdayMatch]
    BIRTHDAY_MATCH_DAY: _ClassVar[BirthdayMatch]
    BIRTHDAY_MATCH_MONTH: _ClassVar[BirthdayMatch]
EARNING_ROUNDING_UNSPECIFIED: EarningRounding
EARNING_ROUNDING_CARRY: EarningRounding
EARNING_ROUNDING_FLOOR_PER_SALE: EarningRounding
EXPIRY_KIND_UNSPECIFIED: ExpiryKind
EXPIRY_KIND_NEVER: ExpiryKind
EXPIRY_KIND_DAYS: ExpiryKind
EXPIRY_KIND_END_OF_MONTH: ExpiryKind
EXPIRY_KIND_END_OF_YEAR: ExpiryKind
BIRTHDAY_MATCH_UNSPECIFIED: BirthdayMatch
BIRTHDAY_MATCH_DAY: BirthdayMatch
BIRTHDAY_MATCH_MONTH: BirthdayMatch

class ExpiryPolicy(_message.Message):
    __slots__ = ("kind", "count")
    KIND_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    kind: ExpiryKind
    count: int
    def __init__(self, kind: _Optional[_Union[ExpiryKind, str]] = ..., count: _Optional[int] = ...) -> None: ...

class EarningCaps(_message.Message):
    __slots__ = ("day_points", "month_points")
    DAY_POINTS_FIELD_NUMBER: _ClassVar[int]
    MONTH_POINTS_FIELD_NUMBER: _ClassVar[int]
    day_points: int
    month_points: int
    def __init__(self, day_points: _Optional[int] = ..., month_points: _Optional[int] = ...) -> None: ...

class EarningConditions(_message.Message):
    __slots__ = ("tiers", "store_ids", "first_date", "last_date", "from_minute", "until_minute", "weekdays", "birthday_match", "first_purchase")
    TIERS_FIELD_NUMBER: _ClassVar[int]
    STORE_IDS_FIELD_NUMBER: _ClassVar[int]
    FIRST_DATE_FIELD_NUMBER: _ClassVar[int]
    LAST_DATE_FIELD_NUMBER: _ClassVar[int]
    FROM_MINUTE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_MINUTE_FIELD_NUMBER: _ClassVar[int]
    WEEKDAYS_FIELD_NUMBER: _ClassVar[int]
    BIRTHDAY_MATCH_FIELD_NUMBER: _ClassVar[int]
    FIRST_PURCHASE_FIELD_NUMBER: _ClassVar[int]
    tiers: _containers.RepeatedScalarFieldContainer[str]
    store_ids: _containers.RepeatedScalarFieldContainer[str]
    first_date: _date_pb2.Date
    last_date: _date_pb2.Date
    from_minute: int
    until_minute: int
    weekdays: _containers.RepeatedScalarFieldContainer[int]
    birthday_match: BirthdayMatch
    first_purchase: bool
    def __init__(self, tiers: _Optional[_Iterable[str]] = ..., store_ids: _Optional[_Iterable[str]] = ..., first_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., last_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., from_minute: _Optional[int] = ..., until_minute: _Optional[int] = ..., weekdays: _Optional[_Iterable[int]] = ..., birthday_match: _Optional[_Union[BirthdayMatch, str]] = ..., first_purchase: _Optional[bool] = ...) -> None: ...

class EarningScope(_message.Message):
    __slots__ = ("category_ids", "brands", "product_ids")
    CATEGORY_IDS_FIELD_NUMBER: _ClassVar[int]
    BRANDS_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_IDS_FIELD_NUMBER: _ClassVar[int]
    category_ids: _containers.RepeatedScalarFieldContainer[str]
    brands: _containers.RepeatedScalarFieldContainer[str]
    product_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, category_ids: _Optional[_Iterable[str]] = ..., brands: _Optional[_Iterable[str]] = ..., product_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class EarningMultiplier(_message.Message):
    __slots__ = ("multiplier_bp", "stackable")
    MULTIPLIER_BP_FIELD_NUMBER: _ClassVar[int]
    STACKABLE_FIELD_NUMBER: _ClassVar[int]
    multiplier_bp: int
    stackable: bool
    def __init__(self, multiplier_bp: _Optional[int] = ..., stackable: _Optional[bool] = ...) -> None: ...

class EarningBonus(_message.Message):
    __slots__ = ("bonus_points", "minimum_fen")
    BONUS_POINTS_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_FEN_FIELD_NUMBER: _ClassVar[int]
    bonus_points: int
    minimum_fen: int
    def __init__(self, bonus_points: _Optional[int] = ..., minimum_fen: _Optional[int] = ...) -> None: ...

class EarningRule(_message.Message):
    __slots__ = ("rule_id", "name_zh", "name_en", "conditions", "scope", "multiplier", "bonus", "caps", "pending_days", "expiry")
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_ZH_FIELD_NUMBER: _ClassVar[int]
    NAME_EN_FIELD_NUMBER: _ClassVar[int]
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    MULTIPLIER_FIELD_NUMBER: _ClassVar[int]
    BONUS_FIELD_NUMBER: _ClassVar[int]
    CAPS_FIELD_NUMBER: _ClassVar[int]
    PENDING_DAYS_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_FIELD_NUMBER: _ClassVar[int]
    rule_id: str
    name_zh: str
    name_en: str
    conditions: EarningConditions
    scope: EarningScope
    multiplier: EarningMultiplier
    bonus: EarningBonus
    caps: EarningCaps
    pending_days: int
    expiry: ExpiryPolicy
    def __init__(self, rule_id: _Optional[str] = ..., name_zh: _Optional[str] = ..., name_en: _Optional[str] = ..., conditions: _Optional[_Union[EarningConditions, _Mapping]] = ..., scope: _Optional[_Union[EarningScope, _Mapping]] = ..., multiplier: _Optional[_Union[EarningMultiplier, _Mapping]] = ..., bonus: _Optional[_Union[EarningBonus, _Mapping]] = ..., caps: _Optional[_Union[EarningCaps, _Mapping]] = ..., pending_days: _Optional[int] = ..., expiry: _Optional[_Union[ExpiryPolicy, _Mapping]] = ...) -> None: ...

class EarningProgramme(_message.Message):
    __slots__ = ("version", "rule_id", "fen_per_point", "rounding", "rules", "non_earning_tenders", "caps", "pending_days", "expiry")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    FEN_PER_POINT_FIELD_NUMBER: _ClassVar[int]
    ROUNDING_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    NON_EARNING_TENDERS_FIELD_NUMBER: _ClassVar[int]
    CAPS_FIELD_NUMBER: _ClassVar[int]
    PENDING_DAYS_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_FIELD_NUMBER: _ClassVar[int]
    version: int
    rule_id: str
    fen_per_point: int
    rounding: EarningRounding
    rules: _containers.RepeatedCompositeFieldContainer[EarningRule]
    non_earning_tenders: _containers.RepeatedScalarFieldContainer[str]
    caps: EarningCaps
    pending_days: int
    expiry: ExpiryPolicy
    def __init__(self, version: _Optional[int] = ..., rule_id: _Optional[str] = ..., fen_per_point: _Optional[int] = ..., rounding: _Optional[_Union[EarningRounding, str]] = ..., rules: _Optional[_Iterable[_Union[EarningRule, _Mapping]]] = ..., non_earning_tenders: _Optional[_Iterable[str]] = ..., caps: _Optional[_Union[EarningCaps, _Mapping]] = ..., pending_days: _Optional[int] = ..., expiry: _Optional[_Union[ExpiryPolicy, _Mapping]] = ...) -> None: ...

class SaleEarning(_message.Message):
    __slots__ = ("grants", "basis")
    GRANTS_FIELD_NUMBER: _ClassVar[int]
    BASIS_FIELD_NUMBER: _ClassVar[int]
    grants: _containers.RepeatedCompositeFieldContainer[EarnedGrant]
    basis: EarningBasis
    def __init__(self, grants: _Optional[_Iterable[_Union[EarnedGrant, _Mapping]]] = ..., basis: _Optional[_Union[EarningBasis, _Mapping]] = ...) -> None: ...

class EarnedGrant(_message.Message):
    __slots__ = ("rule_version", "granted_points", "pending_days", "expiry_date", "basis_fen", "weight", "capped")
    RULE_VERSION_FIELD_NUMBER: _ClassVar[int]
    GRANTED_POINTS_FIELD_NUMBER: _ClassVar[int]
    PENDING_DAYS_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_DATE_FIELD_NUMBER: _ClassVar[int]
    BASIS_FEN_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    CAPPED_FIELD_NUMBER: _ClassVar[int]
    rule_version: str
    granted_points: int
    pending_days: int
    expiry_date: _date_pb2.Date
    basis_fen: int
    weight: int
    capped: bool
    def __init__(self, rule_version: _Optional[str] = ..., granted_points: _Optional[int] = ..., pending_days: _Optional[int] = ..., expiry_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., basis_fen: _Optional[int] = ..., weight: _Optional[int] = ..., capped: _Optional[bool] = ...) -> None: ...

class EarningBasis(_message.Message):
    __slots__ = ("rounding", "denominator", "weights", "rate_points", "bonuses", "counted", "exhausted_rule_versions")
    ROUNDING_FIELD_NUMBER: _ClassVar[int]
    DENOMINATOR_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    RATE_POINTS_FIELD_NUMBER: _ClassVar[int]
    BONUSES_FIELD_NUMBER: _ClassVar[int]
    COUNTED_FIELD_NUMBER: _ClassVar[int]
    EXHAUSTED_RULE_VERSIONS_FIELD_NUMBER: _ClassVar[int]
    rounding: EarningRounding
    denominator: int
    weights: _containers.RepeatedScalarFieldContainer[int]
    rate_points: int
    bonuses: _containers.RepeatedCompositeFieldContainer[EarnedBonus]
    counted: _containers.RepeatedCompositeFieldContainer[CappedWeights]
    exhausted_rule_versions: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, rounding: _Optional[_Union[EarningRounding, str]] = ..., denominator: _Optional[int] = ..., weights: _Optional[_Iterable[int]] = ..., rate_points: _Optional[int] = ..., bonuses: _Optional[_Iterable[_Union[EarnedBonus, _Mapping]]] = ..., counted: _Optional[_Iterable[_Union[CappedWeights, _Mapping]]] = ..., exhausted_rule_versions: _Optional[_Iterable[str]] = ...) -> None: ...

class EarnedBonus(_message.Message):
    __slots__ = ("rule_version", "bonus_points", "minimum_fen", "line_amounts_fen", "periods")
    RULE_VERSION_FIELD_NUMBER: _ClassVar[int]
    BONUS_POINTS_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_FEN_FIELD_NUMBER: _ClassVar[int]
    LINE_AMOUNTS_FEN_FIELD_NUMBER: _ClassVar[int]
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    rule_version: str
    bonus_points: int
    minimum_fen: int
    line_amounts_fen: _containers.RepeatedScalarFieldContainer[int]
    periods: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, rule_version: _Optional[str] = ..., bonus_points: _Optional[int] = ..., minimum_fen: _Optional[int] = ..., line_amounts_fen: _Optional[_Iterable[int]] = ..., periods: _Optional[_Iterable[str]] = ...) -> None: ...

class CappedWeights(_message.Message):
    __slots__ = ("rule_id", "periods", "weights")
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    rule_id: str
    periods: _containers.RepeatedScalarFieldContainer[str]
    weights: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, rule_id: _Optional[str] = ..., periods: _Optional[_Iterable[str]] = ..., weights: _Optional[_Iterable[int]] = ...) -> None: ...
