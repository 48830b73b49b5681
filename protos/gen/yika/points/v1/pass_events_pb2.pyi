from yika.points.v1 import pass_pb2 as _pass_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PassSharesChanged(_message.Message):
    __slots__ = ("shares",)
    SHARES_FIELD_NUMBER: _ClassVar[int]
    shares: _containers.RepeatedCompositeFieldContainer[_pass_pb2.PassShare]
    def __init__(self, shares: _Optional[_Iterable[_Union[_pass_pb2.PassShare, _Mapping]]] = ...) -> None: ...
