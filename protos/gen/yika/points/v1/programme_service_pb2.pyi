import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from yika.auth.v1 import auth_pb2 as _auth_pb2
from yika.points.v1 import programme_pb2 as _programme_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PublishProgrammeRequest(_message.Message):
    __slots__ = ("programme",)
    PROGRAMME_FIELD_NUMBER: _ClassVar[int]
    programme: _programme_pb2.Programme
    def __init__(self, programme: _Optional[_Union[_programme_pb2.Programme, _Mapping]] = ...) -> None: ...

class PublishProgrammeResponse(_message.Message):
    __slots__ = ("replayed",)
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    replayed: bool
    def __init__(self, replayed: _Optional[bool] = ...) -> None: ...

class GetProgrammeRequest(_message.Message):
    __slots__ = ("version", "in_force_time")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    IN_FORCE_TIME_FIELD_NUMBER: _ClassVar[int]
    version: int
    in_force_time: _timestamp_pb2.Timestamp
    def __init__(self, version: _Optional[int] = ..., in_force_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetProgrammeResponse(_message.Message):
    __slots__ = ("programme",)
    PROGRAMME_FIELD_NUMBER: _ClassVar[int]
    programme: PublishedProgramme
    def __init__(self, programme: _Optional[_Union[PublishedProgramme, _Mapping]] = ...) -> None: ...

class ListProgrammesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListProgrammesResponse(_message.Message):
    __slots__ = ("programmes", "next_page_token")
    PROGRAMMES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    programmes: _containers.RepeatedCompositeFieldContainer[PublishedProgramme]
    next_page_token: str
    def __init__(self, programmes: _Optional[_Iterable[_Union[PublishedProgramme, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class PublishedProgramme(_message.Message):
    __slots__ = ("programme", "published_time", "published_by")
    PROGRAMME_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_TIME_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_BY_FIELD_NUMBER: _ClassVar[int]
    programme: _programme_pb2.Programme
    published_time: _timestamp_pb2.Timestamp
    published_by: str
    def __init__(self, programme: _Optional[_Union[_programme_pb2.Programme, _Mapping]] = ..., published_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., published_by: _Optional[str] = ...) -> None: ...
