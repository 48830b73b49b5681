import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from yika.points.v1 import sale_pb2 as _sale_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SalesPosted(_message.Message):
    __slots__ = ("sales",)
    SALES_FIELD_NUMBER: _ClassVar[int]
    sales: _containers.RepeatedCompositeFieldContainer[PostedSale]
    def __init__(self, sales: _Optional[_Iterable[_Union[PostedSale, _Mapping]]] = ...) -> None: ...

class PostedSale(_message.Message):
    __slots__ = ("sale", "points_earned", "posted_time")
    SALE_FIELD_NUMBER: _ClassVar[int]
    POINTS_EARNED_FIELD_NUMBER: _ClassVar[int]
    POSTED_TIME_FIELD_NUMBER: _ClassVar[int]
    sale: _sale_pb2.Sale
    points_earned: int
    posted_time: _timestamp_pb2.Timestamp
    def __init__(self, sale: _Optional[_Union[_sale_pb2.Sale, _Mapping]] = ..., points_earned: _Optional[int] = ..., posted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
