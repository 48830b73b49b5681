import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Channel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHANNEL_UNSPECIFIED: _ClassVar[Channel]
    CHANNEL_STORE: _ClassVar[Channel]
    CHANNEL_ONLINE: _ClassVar[Channel]
    CHANNEL_IMPORT: _ClassVar[Channel]

class MemberChangeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MEMBER_CHANGE_KIND_UNSPECIFIED: _ClassVar[MemberChangeKind]
    MEMBER_CHANGE_KIND_TIER: _ClassVar[MemberChangeKind]
    MEMBER_CHANGE_KIND_BIRTH_DATE: _ClassVar[MemberChangeKind]
CHANNEL_UNSPECIFIED: Channel
CHANNEL_STORE: Channel
CHANNEL_ONLINE: Channel
CHANNEL_IMPORT: Channel
MEMBER_CHANGE_KIND_UNSPECIFIED: MemberChangeKind
MEMBER_CHANGE_KIND_TIER: MemberChangeKind
MEMBER_CHANGE_KIND_BIRTH_DATE: MemberChangeKind

class Card(_message.Message):
    __slots__ = ("card_number", "issued_time")
    CARD_NUMBER_FIELD_NUMBER: _ClassVar[int]
    ISSUED_TIME_FIELD_NUMBER: _ClassVar[int]
    card_number: str
    issued_time: _timestamp_pb2.Timestamp
    def __init__(self, card_number: _Optional[str] = ..., issued_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Member(_message.Message):
    __slots__ = ("member_id", "name", "phone", "cards", "store_id", "channel", "registered_time", "tier_code", "birth_date")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    CARDS_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    REGISTERED_TIME_FIELD_NUMBER: _ClassVar[int]
    TIER_CODE_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    name: str
    phone: str
    cards: _containers.RepeatedCompositeFieldContainer[Card]
    store_id: str
    channel: Channel
    registered_time: _timestamp_pb2.Timestamp
    tier_code: str
    birth_date: _date_pb2.Date
    def __init__(self, member_id: _Optional[str] = ..., name: _Optional[str] = ..., phone: _Optional[str] = ..., cards: _Optional[_Iterable[_Union[Card, _Mapping]]] = ..., store_id: _Optional[str] = ..., channel: _Optional[_Union[Channel, str]] = ..., registered_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., tier_code: _Optional[str] = ..., birth_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class EarningFacts(_message.Message):
    __slots__ = ("member_id", "tier_code", "birth_month", "birth_day")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    TIER_CODE_FIELD_NUMBER: _ClassVar[int]
    BIRTH_MONTH_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DAY_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    tier_code: str
    birth_month: int
    birth_day: int
    def __init__(self, member_id: _Optional[str] = ..., tier_code: _Optional[str] = ..., birth_month: _Optional[int] = ..., birth_day: _Optional[int] = ...) -> None: ...

class MemberChange(_message.Message):
    __slots__ = ("change_id", "member_id", "kind", "tier_code", "previous_tier_code", "reason", "changed_by", "changed_time")
    CHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TIER_CODE_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_TIER_CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CHANGED_BY_FIELD_NUMBER: _ClassVar[int]
    CHANGED_TIME_FIELD_NUMBER: _ClassVar[int]
    change_id: str
    member_id: str
    kind: MemberChangeKind
    tier_code: str
    previous_tier_code: str
    reason: str
    changed_by: str
    changed_time: _timestamp_pb2.Timestamp
    def __init__(self, change_id: _Optional[str] = ..., member_id: _Optional[str] = ..., kind: _Optional[_Union[MemberChangeKind, str]] = ..., tier_code: _Optional[str] = ..., previous_tier_code: _Optional[str] = ..., reason: _Optional[str] = ..., changed_by: _Optional[str] = ..., changed_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class MemberStub(_message.Message):
    __slots__ = ("member_id", "card_numbers", "revision")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CARD_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    card_numbers: _containers.RepeatedScalarFieldContainer[str]
    revision: int
    def __init__(self, member_id: _Optional[str] = ..., card_numbers: _Optional[_Iterable[str]] = ..., revision: _Optional[int] = ...) -> None: ...
