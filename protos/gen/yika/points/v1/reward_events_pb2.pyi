import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GiftsRedeemed(_message.Message):
    __slots__ = ("redemptions",)
    REDEMPTIONS_FIELD_NUMBER: _ClassVar[int]
    redemptions: _containers.RepeatedCompositeFieldContainer[GiftRedemption]
    def __init__(self, redemptions: _Optional[_Iterable[_Union[GiftRedemption, _Mapping]]] = ...) -> None: ...

class GiftRedemption(_message.Message):
    __slots__ = ("bill_id", "member_id", "store_id", "business_date", "posted_time", "gifts", "occurred_time")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    POSTED_TIME_FIELD_NUMBER: _ClassVar[int]
    GIFTS_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    member_id: str
    store_id: str
    business_date: _date_pb2.Date
    posted_time: _timestamp_pb2.Timestamp
    gifts: _containers.RepeatedCompositeFieldContainer[RedeemedGift]
    occurred_time: _timestamp_pb2.Timestamp
    def __init__(self, bill_id: _Optional[str] = ..., member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., posted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., gifts: _Optional[_Iterable[_Union[RedeemedGift, _Mapping]]] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GiftsReturned(_message.Message):
    __slots__ = ("returns",)
    RETURNS_FIELD_NUMBER: _ClassVar[int]
    returns: _containers.RepeatedCompositeFieldContainer[GiftReturn]
    def __init__(self, returns: _Optional[_Iterable[_Union[GiftReturn, _Mapping]]] = ...) -> None: ...

class GiftReturn(_message.Message):
    __slots__ = ("bill_id", "redemption_bill_id", "member_id", "store_id", "business_date", "occurred_time", "posted_time", "gifts")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    REDEMPTION_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DATE_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_TIME_FIELD_NUMBER: _ClassVar[int]
    POSTED_TIME_FIELD_NUMBER: _ClassVar[int]
    GIFTS_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    redemption_bill_id: str
    member_id: str
    store_id: str
    business_date: _date_pb2.Date
    occurred_time: _timestamp_pb2.Timestamp
    posted_time: _timestamp_pb2.Timestamp
    gifts: _containers.RepeatedCompositeFieldContainer[RedeemedGift]
    def __init__(self, bill_id: _Optional[str] = ..., redemption_bill_id: _Optional[str] = ..., member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., business_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., occurred_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., posted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., gifts: _Optional[_Iterable[_Union[RedeemedGift, _Mapping]]] = ...) -> None: ...

class RedeemedGift(_message.Message):
    __slots__ = ("gift_id", "product_id", "quantity_milli", "points", "money_fen")
    GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_MILLI_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    MONEY_FEN_FIELD_NUMBER: _ClassVar[int]
    gift_id: str
    product_id: str
    quantity_milli: int
    points: int
    money_fen: int
    def __init__(self, gift_id: _Optional[str] = ..., product_id: _Optional[str] = ..., quantity_milli: _Optional[int] = ..., points: _Optional[int] = ..., money_fen: _Optional[int] = ...) -> None: ...

class AdjustmentsProposed(_message.Message):
    __slots__ = ("proposals",)
    PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    proposals: _containers.RepeatedCompositeFieldContainer[ProposedAdjustment]
    def __init__(self, proposals: _Optional[_Iterable[_Union[ProposedAdjustment, _Mapping]]] = ...) -> None: ...

class ProposedAdjustment(_message.Message):
    __slots__ = ("proposal_id", "member_id", "store_id", "points", "proposed_time")
    PROPOSAL_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    PROPOSED_TIME_FIELD_NUMBER: _ClassVar[int]
    proposal_id: str
    member_id: str
    store_id: str
    points: int
    proposed_time: _timestamp_pb2.Timestamp
    def __init__(self, proposal_id: _Optional[str] = ..., member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., points: _Optional[int] = ..., proposed_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AdjustmentsRejected(_message.Message):
    __slots__ = ("proposals",)
    PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    proposals: _containers.RepeatedCompositeFieldContainer[RejectedAdjustment]
    def __init__(self, proposals: _Optional[_Iterable[_Union[RejectedAdjustment, _Mapping]]] = ...) -> None: ...

class RejectedAdjustment(_message.Message):
    __slots__ = ("proposal_id", "member_id", "store_id", "rejected_time")
    PROPOSAL_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    REJECTED_TIME_FIELD_NUMBER: _ClassVar[int]
    proposal_id: str
    member_id: str
    store_id: str
    rejected_time: _timestamp_pb2.Timestamp
    def __init__(self, proposal_id: _Optional[str] = ..., member_id: _Optional[str] = ..., store_id: _Optional[str] = ..., rejected_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
