import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from yika.auth.v1 import auth_pb2 as _auth_pb2
from yika.members.v1 import member_pb2 as _member_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RegisterMemberRequest(_message.Message):
    __slots__ = ("member_id", "name", "phone", "card_number", "store_id", "channel", "registered_time", "birth_date")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    CARD_NUMBER_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    REGISTERED_TIME_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    name: str
    phone: str
    card_number: str
    store_id: str
    channel: _member_pb2.Channel
    registered_time: _timestamp_pb2.Timestamp
    birth_date: _date_pb2.Date
    def __init__(self, member_id: _Optional[str] = ..., name: _Optional[str] = ..., phone: _Optional[str] = ..., card_number: _Optional[str] = ..., store_id: _Optional[str] = ..., channel: _Optional[_Union[_member_pb2.Channel, str]] = ..., registered_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., birth_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class RegisterMemberResponse(_message.Message):
    __slots__ = ("member", "replayed")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    member: _member_pb2.Member
    replayed: bool
    def __init__(self, member: _Optional[_Union[_member_pb2.Member, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class GetMemberRequest(_message.Message):
    __slots__ = ("member_id",)
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    def __init__(self, member_id: _Optional[str] = ...) -> None: ...

class GetMemberResponse(_message.Message):
    __slots__ = ("member",)
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    member: _member_pb2.Member
    def __init__(self, member: _Optional[_Union[_member_pb2.Member, _Mapping]] = ...) -> None: ...

class FindMemberRequest(_message.Message):
    __slots__ = ("card_number", "phone")
    CARD_NUMBER_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    card_number: str
    phone: str
    def __init__(self, card_number: _Optional[str] = ..., phone: _Optional[str] = ...) -> None: ...

class FindMemberResponse(_message.Message):
    __slots__ = ("member",)
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    member: _member_pb2.Member
    def __init__(self, member: _Optional[_Union[_member_pb2.Member, _Mapping]] = ...) -> None: ...

class GetContactRequest(_message.Message):
    __slots__ = ("member_id",)
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    def __init__(self, member_id: _Optional[str] = ...) -> None: ...

class GetContactResponse(_message.Message):
    __slots__ = ("phone",)
    PHONE_FIELD_NUMBER: _ClassVar[int]
    phone: str
    def __init__(self, phone: _Optional[str] = ...) -> None: ...

class CheckMembersRequest(_message.Message):
    __slots__ = ("member_ids",)
    MEMBER_IDS_FIELD_NUMBER: _ClassVar[int]
    member_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, member_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class CheckMembersResponse(_message.Message):
    __slots__ = ("known_member_ids",)
    KNOWN_MEMBER_IDS_FIELD_NUMBER: _ClassVar[int]
    known_member_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, known_member_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class GetEarningFactsRequest(_message.Message):
    __slots__ = ("member_ids", "with_birth_date")
    MEMBER_IDS_FIELD_NUMBER: _ClassVar[int]
    WITH_BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    member_ids: _containers.RepeatedScalarFieldContainer[str]
    with_birth_date: bool
    def __init__(self, member_ids: _Optional[_Iterable[str]] = ..., with_birth_date: _Optional[bool] = ...) -> None: ...

class GetEarningFactsResponse(_message.Message):
    __slots__ = ("facts",)
    FACTS_FIELD_NUMBER: _ClassVar[int]
    facts: _containers.RepeatedCompositeFieldContainer[_member_pb2.EarningFacts]
    def __init__(self, facts: _Optional[_Iterable[_Union[_member_pb2.EarningFacts, _Mapping]]] = ...) -> None: ...

class SetMemberTierRequest(_message.Message):
    __slots__ = ("change_id", "member_id", "tier_code", "reason")
    CHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    TIER_CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    change_id: str
    member_id: str
    tier_code: str
    reason: str
    def __init__(self, change_id: _Optional[str] = ..., member_id: _Optional[str] = ..., tier_code: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class SetMemberTierResponse(_message.Message):
    __slots__ = ("replayed",)
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    replayed: bool
    def __init__(self, replayed: _Optional[bool] = ...) -> None: ...

class UpdateBirthDateRequest(_message.Message):
    __slots__ = ("change_id", "member_id", "birth_date", "reason")
    CHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    change_id: str
    member_id: str
    birth_date: _date_pb2.Date
    reason: str
    def __init__(self, change_id: _Optional[str] = ..., member_id: _Optional[str] = ..., birth_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class UpdateBirthDateResponse(_message.Message):
    __slots__ = ("replayed",)
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    replayed: bool
    def __init__(self, replayed: _Optional[bool] = ...) -> None: ...

class ListMemberChangesRequest(_message.Message):
    __slots__ = ("member_id", "page_size", "page_token")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    page_size: int
    page_token: str
    def __init__(self, member_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListMemberChangesResponse(_message.Message):
    __slots__ = ("changes", "next_page_token")
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    changes: _containers.RepeatedCompositeFieldContainer[_member_pb2.MemberChange]
    next_page_token: str
    def __init__(self, changes: _Optional[_Iterable[_Union[_member_pb2.MemberChange, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class StreamMemberStubsRequest(_message.Message):
    __slots__ = ("after_revision",)
    AFTER_REVISION_FIELD_NUMBER: _ClassVar[int]
    after_revision: int
    def __init__(self, after_revision: _Optional[int] = ...) -> None: ...

class StreamMemberStubsResponse(_message.Message):
    __slots__ = ("stubs",)
    STUBS_FIELD_NUMBER: _ClassVar[int]
    stubs: _containers.RepeatedCompositeFieldContainer[_member_pb2.MemberStub]
    def __init__(self, stubs: _Optional[_Iterable[_Union[_member_pb2.MemberStub, _Mapping]]] = ...) -> None: ...
