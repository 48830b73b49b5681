import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WalletsFrozen(_message.Message):
    __slots__ = ("wallets",)
    WALLETS_FIELD_NUMBER: _ClassVar[int]
    wallets: _containers.RepeatedCompositeFieldContainer[WalletFreeze]
    def __init__(self, wallets: _Optional[_Iterable[_Union[WalletFreeze, _Mapping]]] = ...) -> None: ...

class WalletsUnfrozen(_message.Message):
    __slots__ = ("wallets",)
    WALLETS_FIELD_NUMBER: _ClassVar[int]
    wallets: _containers.RepeatedCompositeFieldContainer[WalletFreeze]
    def __init__(self, wallets: _Optional[_Iterable[_Union[WalletFreeze, _Mapping]]] = ...) -> None: ...

class WalletFreeze(_message.Message):
    __slots__ = ("member_id", "change_id", "happened_time")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    HAPPENED_TIME_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    change_id: str
    happened_time: _timestamp_pb2.Timestamp
    def __init__(self, member_id: _Optional[str] = ..., change_id: _Optional[str] = ..., happened_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class HouseholdLinked(_message.Message):
    __slots__ = ("household_id", "member_ids", "change_id", "happened_time")
    HOUSEHOLD_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_IDS_FIELD_NUMBER: _ClassVar[int]
    CHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    HAPPENED_TIME_FIELD_NUMBER: _ClassVar[int]
    household_id: str
    member_ids: _containers.RepeatedScalarFieldContainer[str]
    change_id: str
    happened_time: _timestamp_pb2.Timestamp
    def __init__(self, household_id: _Optional[str] = ..., member_ids: _Optional[_Iterable[str]] = ..., change_id: _Optional[str] = ..., happened_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class HouseholdUnlinked(_message.Message):
    __slots__ = ("household_id", "member_ids", "change_id", "happened_time")
    HOUSEHOLD_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_IDS_FIELD_NUMBER: _ClassVar[int]
    CHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    HAPPENED_TIME_FIELD_NUMBER: _ClassVar[int]
    household_id: str
    member_ids: _containers.RepeatedScalarFieldContainer[str]
    change_id: str
    happened_time: _timestamp_pb2.Timestamp
    def __init__(self, household_id: _Optional[str] = ..., member_ids: _Optional[_Iterable[str]] = ..., change_id: _Optional[str] = ..., happened_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class MembersMerged(_message.Message):
    __slots__ = ("merges",)
    MERGES_FIELD_NUMBER: _ClassVar[int]
    merges: _containers.RepeatedCompositeFieldContainer[MemberMerge]
    def __init__(self, merges: _Optional[_Iterable[_Union[MemberMerge, _Mapping]]] = ...) -> None: ...

class MergesUndone(_message.Message):
    __slots__ = ("merges",)
    MERGES_FIELD_NUMBER: _ClassVar[int]
    merges: _containers.RepeatedCompositeFieldContainer[MemberMerge]
    def __init__(self, merges: _Optional[_Iterable[_Union[MemberMerge, _Mapping]]] = ...) -> None: ...

class MemberMerge(_message.Message):
    __slots__ = ("member_id", "into_member_id", "bill_id", "posted_time")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    INTO_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    POSTED_TIME_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    into_member_id: str
    bill_id: str
    posted_time: _timestamp_pb2.Timestamp
    def __init__(self, member_id: _Optional[str] = ..., into_member_id: _Optional[str] = ..., bill_id: _Optional[str] = ..., posted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
