import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from yika.members.v1 import member_pb2 as _member_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MembersRegistered(_message.Message):
    __slots__ = ("members",)
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedCompositeFieldContainer[MemberRegistered]
    def __init__(self, members: _Optional[_Iterable[_Union[MemberRegistered, _Mapping]]] = ...) -> None: ...

class MemberRegistered(_message.Message):
    __slots__ = ("member_id", "store_id", "channel", "registered_time", "has_phone")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    REGISTERED_TIME_FIELD_NUMBER: _ClassVar[int]
    HAS_PHONE_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    store_id: str
    channel: _member_pb2.Channel
    registered_time: _timestamp_pb2.Timestamp
    has_phone: bool
    def __init__(self, member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., channel: _Optional[_Union[_member_pb2.Channel, str]] = ..., registered_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., has_phone: _Optional[bool] = ...) -> None: ...

class MemberTiersSet(_message.Message):
    __slots__ = ("members",)
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedCompositeFieldContainer[MemberTierSet]
    def __init__(self, members: _Optional[_Iterable[_Union[MemberTierSet, _Mapping]]] = ...) -> None: ...

class MemberTierSet(_message.Message):
    __slots__ = ("member_id", "change_id", "tier_code", "previous_tier_code", "changed_time")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    TIER_CODE_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_TIER_CODE_FIELD_NUMBER: _ClassVar[int]
    CHANGED_TIME_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    change_id: str
    tier_code: str
    previous_tier_code: str
    changed_time: _timestamp_pb2.Timestamp
    def __init__(self, member_id: _Optional[str] = ..., change_id: _Optional[str] = ..., tier_code: _Optional[str] = ..., previous_tier_code: _Optional[str] = ..., changed_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
