import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from yika.auth.v1 import auth_pb2 as _auth_pb2
from yika.points.v1 import ledger_pb2 as _ledger_pb2
from yika.points.v1 import sale_pb2 as _sale_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AdjustmentState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ADJUSTMENT_STATE_UNSPECIFIED: _ClassVar[AdjustmentState]
    ADJUSTMENT_STATE_PROPOSED: _ClassVar[AdjustmentState]
    ADJUSTMENT_STATE_APPROVED: _ClassVar[AdjustmentState]
    ADJUSTMENT_STATE_REJECTED: _ClassVar[AdjustmentState]

class AdjustmentLimit(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ADJUSTMENT_LIMIT_UNSPECIFIED: _ClassVar[AdjustmentLimit]
    ADJUSTMENT_LIMIT_ONE_ADJUSTMENT: _ClassVar[AdjustmentLimit]
    ADJUSTMENT_LIMIT_MEMBER_DAY: _ClassVar[AdjustmentLimit]
    ADJUSTMENT_LIMIT_PERSON_DAY: _ClassVar[AdjustmentLimit]
ADJUSTMENT_STATE_UNSPECIFIED: AdjustmentState
ADJUSTMENT_STATE_PROPOSED: AdjustmentState
ADJUSTMENT_STATE_APPROVED: AdjustmentState
ADJUSTMENT_STATE_REJECTED: AdjustmentState
ADJUSTMENT_LIMIT_UNSPECIFIED: AdjustmentLimit
ADJUSTMENT_LIMIT_ONE_ADJUSTMENT: AdjustmentLimit
ADJUSTMENT_LIMIT_MEMBER_DAY: AdjustmentLimit
ADJUSTMENT_LIMIT_PERSON_DAY: AdjustmentLimit

class AdjustPointsRequest(_message.Message):
    __slots__ = ("header", "points", "allow_debt", "expiry_date")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    ALLOW_DEBT_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_DATE_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    points: int
    allow_debt: bool
    expiry_date: _date_pb2.Date
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., points: _Optional[int] = ..., allow_debt: _Optional[bool] = ..., expiry_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class AdjustPointsResponse(_message.Message):
    __slots__ = ("receipt", "proposal", "replayed")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    proposal: AdjustmentProposal
    replayed: bool
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ..., proposal: _Optional[_Union[AdjustmentProposal, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class AdjustmentProposal(_message.Message):
    __slots__ = ("proposal_id", "adjustment", "proposed_by", "proposed_time", "state", "decided_by", "decided_time", "decision_reason", "bill_id", "limit")
    PROPOSAL_ID_FIELD_NUMBER: _ClassVar[int]
    ADJUSTMENT_FIELD_NUMBER: _ClassVar[int]
    PROPOSED_BY_FIELD_NUMBER: _ClassVar[int]
    PROPOSED_TIME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DECIDED_BY_FIELD_NUMBER: _ClassVar[int]
    DECIDED_TIME_FIELD_NUMBER: _ClassVar[int]
    DECISION_REASON_FIELD_NUMBER: _ClassVar[int]
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    proposal_id: str
    adjustment: AdjustPointsRequest
    proposed_by: str
    proposed_time: _timestamp_pb2.Timestamp
    state: AdjustmentState
    decided_by: str
    decided_time: _timestamp_pb2.Timestamp
    decision_reason: str
    bill_id: str
    limit: AdjustmentLimit
    def __init__(self, proposal_id: _Optional[str] = ..., adjustment: _Optional[_Union[AdjustPointsRequest, _Mapping]] = ..., proposed_by: _Optional[str] = ..., proposed_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state: _Optional[_Union[AdjustmentState, str]] = ..., decided_by: _Optional[str] = ..., decided_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., decision_reason: _Optional[str] = ..., bill_id: _Optional[str] = ..., limit: _Optional[_Union[AdjustmentLimit, str]] = ...) -> None: ...

class ApproveAdjustmentRequest(_message.Message):
    __slots__ = ("header", "proposal_id", "adjustment", "proposed_by", "approved_by")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_ID_FIELD_NUMBER: _ClassVar[int]
    ADJUSTMENT_FIELD_NUMBER: _ClassVar[int]
    PROPOSED_BY_FIELD_NUMBER: _ClassVar[int]
    APPROVED_BY_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    proposal_id: str
    adjustment: AdjustPointsRequest
    proposed_by: str
    approved_by: str
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., proposal_id: _Optional[str] = ..., adjustment: _Optional[_Union[AdjustPointsRequest, _Mapping]] = ..., proposed_by: _Optional[str] = ..., approved_by: _Optional[str] = ...) -> None: ...

class ApproveAdjustmentResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ...) -> None: ...

class RejectAdjustmentRequest(_message.Message):
    __slots__ = ("proposal_id", "reason")
    PROPOSAL_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    proposal_id: str
    reason: str
    def __init__(self, proposal_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class RejectAdjustmentResponse(_message.Message):
    __slots__ = ("proposal", "replayed")
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    proposal: AdjustmentProposal
    replayed: bool
    def __init__(self, proposal: _Optional[_Union[AdjustmentProposal, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class GetAdjustmentProposalRequest(_message.Message):
    __slots__ = ("proposal_id",)
    PROPOSAL_ID_FIELD_NUMBER: _ClassVar[int]
    proposal_id: str
    def __init__(self, proposal_id: _Optional[str] = ...) -> None: ...

class GetAdjustmentProposalResponse(_message.Message):
    __slots__ = ("proposal",)
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    proposal: AdjustmentProposal
    def __init__(self, proposal: _Optional[_Union[AdjustmentProposal, _Mapping]] = ...) -> None: ...

class ListAdjustmentProposalsRequest(_message.Message):
    __slots__ = ("store_id", "page_size", "page_token")
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    store_id: str
    page_size: int
    page_token: str
    def __init__(self, store_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListAdjustmentProposalsResponse(_message.Message):
    __slots__ = ("proposals", "next_page_token")
    PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    proposals: _containers.RepeatedCompositeFieldContainer[AdjustmentProposal]
    next_page_token: str
    def __init__(self, proposals: _Optional[_Iterable[_Union[AdjustmentProposal, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GiftLine(_message.Message):
    __slots__ = ("gift_id", "pieces")
    GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    PIECES_FIELD_NUMBER: _ClassVar[int]
    gift_id: str
    pieces: int
    def __init__(self, gift_id: _Optional[str] = ..., pieces: _Optional[int] = ...) -> None: ...

class RedeemGiftRequest(_message.Message):
    __slots__ = ("header", "lines", "points", "hold_id", "tenders")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    HOLD_ID_FIELD_NUMBER: _ClassVar[int]
    TENDERS_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    lines: _containers.RepeatedCompositeFieldContainer[GiftLine]
    points: int
    hold_id: str
    tenders: _containers.RepeatedCompositeFieldContainer[_sale_pb2.Tender]
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[GiftLine, _Mapping]]] = ..., points: _Optional[int] = ..., hold_id: _Optional[str] = ..., tenders: _Optional[_Iterable[_Union[_sale_pb2.Tender, _Mapping]]] = ...) -> None: ...

class RedeemGiftResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ...) -> None: ...

class ReturnGiftRequest(_message.Message):
    __slots__ = ("header", "redemption_bill_id", "lines", "whole")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    REDEMPTION_BILL_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    WHOLE_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    redemption_bill_id: str
    lines: _containers.RepeatedCompositeFieldContainer[GiftLine]
    whole: bool
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., redemption_bill_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[GiftLine, _Mapping]]] = ..., whole: _Optional[bool] = ...) -> None: ...

class ReturnGiftResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ...) -> None: ...

class QuoteGiftReturnRequest(_message.Message):
    __slots__ = ("gift_return",)
    GIFT_RETURN_FIELD_NUMBER: _ClassVar[int]
    gift_return: ReturnGiftRequest
    def __init__(self, gift_return: _Optional[_Union[ReturnGiftRequest, _Mapping]] = ...) -> None: ...

class QuoteGiftReturnResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ...) -> None: ...

class ValueExplanation(_message.Message):
    __slots__ = ("bill_id", "ordinal", "asset", "granted_amount", "rule_version", "text_zh", "text_en")
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    ORDINAL_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    GRANTED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    RULE_VERSION_FIELD_NUMBER: _ClassVar[int]
    TEXT_ZH_FIELD_NUMBER: _ClassVar[int]
    TEXT_EN_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    ordinal: int
    asset: _ledger_pb2.Asset
    granted_amount: int
    rule_version: str
    text_zh: str
    text_en: str
    def __init__(self, bill_id: _Optional[str] = ..., ordinal: _Optional[int] = ..., asset: _Optional[_Union[_ledger_pb2.Asset, str]] = ..., granted_amount: _Optional[int] = ..., rule_version: _Optional[str] = ..., text_zh: _Optional[str] = ..., text_en: _Optional[str] = ...) -> None: ...

class ExplainLotRequest(_message.Message):
    __slots__ = ("member_id", "bill_id", "ordinal")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    ORDINAL_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    bill_id: str
    ordinal: int
    def __init__(self, member_id: _Optional[str] = ..., bill_id: _Optional[str] = ..., ordinal: _Optional[int] = ...) -> None: ...

class ExplainLotResponse(_message.Message):
    __slots__ = ("explanation",)
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    explanation: ValueExplanation
    def __init__(self, explanation: _Optional[_Union[ValueExplanation, _Mapping]] = ...) -> None: ...

class ExplainBillRequest(_message.Message):
    __slots__ = ("bill_id",)
    BILL_ID_FIELD_NUMBER: _ClassVar[int]
    bill_id: str
    def __init__(self, bill_id: _Optional[str] = ...) -> None: ...

class ExplainBillResponse(_message.Message):
    __slots__ = ("explanations",)
    EXPLANATIONS_FIELD_NUMBER: _ClassVar[int]
    explanations: _containers.RepeatedCompositeFieldContainer[ValueExplanation]
    def __init__(self, explanations: _Optional[_Iterable[_Union[ValueExplanation, _Mapping]]] = ...) -> None: ...
