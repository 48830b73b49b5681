from google.type import date_pb2 as _date_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Gift(_message.Message):
    __slots__ = ("gift_id", "product_id", "name", "points", "money_fen", "store_ids", "first_date", "last_date", "limit_per_member")
    GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    MONEY_FEN_FIELD_NUMBER: _ClassVar[int]
    STORE_IDS_FIELD_NUMBER: _ClassVar[int]
    FIRST_DATE_FIELD_NUMBER: _ClassVar[int]
    LAST_DATE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_PER_MEMBER_FIELD_NUMBER: _ClassVar[int]
    gift_id: str
    product_id: str
    name: str
    points: int
    money_fen: int
    store_ids: _containers.RepeatedScalarFieldContainer[str]
    first_date: _date_pb2.Date
    last_date: _date_pb2.Date
    limit_per_member: int
    def __init__(self, gift_id: _Optional[str] = ..., product_id: _Optional[str] = ..., name: _Optional[str] = ..., points: _Optional[int] = ..., money_fen: _Optional[int] = ..., store_ids: _Optional[_Iterable[str]] = ..., first_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., last_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., limit_per_member: _Optional[int] = ...) -> None: ...
