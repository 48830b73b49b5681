from yika.auth.v1 import auth_pb2 as _auth_pb2
from yika.points.v1 import ledger_pb2 as _ledger_pb2
from yika.points.v1 import sale_return_pb2 as _sale_return_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReturnSaleRequest(_message.Message):
    __slots__ = ("header", "original_sale_id", "lines", "whole", "refund_tender_kind")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_SALE_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    WHOLE_FIELD_NUMBER: _ClassVar[int]
    REFUND_TENDER_KIND_FIELD_NUMBER: _ClassVar[int]
    header: _ledger_pb2.BillHeader
    original_sale_id: str
    lines: _containers.RepeatedCompositeFieldContainer[ReturnLine]
    whole: bool
    refund_tender_kind: str
    def __init__(self, header: _Optional[_Union[_ledger_pb2.BillHeader, _Mapping]] = ..., original_sale_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[ReturnLine, _Mapping]]] = ..., whole: _Optional[bool] = ..., refund_tender_kind: _Optional[str] = ...) -> None: ...

class ReturnLine(_message.Message):
    __slots__ = ("line_number", "quantity_milli")
    LINE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_MILLI_FIELD_NUMBER: _ClassVar[int]
    line_number: int
    quantity_milli: int
    def __init__(self, line_number: _Optional[int] = ..., quantity_milli: _Optional[int] = ...) -> None: ...

class ReturnSaleResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ...) -> None: ...

class QuoteReturnRequest(_message.Message):
    __slots__ = ("sale_return",)
    SALE_RETURN_FIELD_NUMBER: _ClassVar[int]
    sale_return: ReturnSaleRequest
    def __init__(self, sale_return: _Optional[_Union[ReturnSaleRequest, _Mapping]] = ...) -> None: ...

class QuoteReturnResponse(_message.Message):
    __slots__ = ("receipt", "returned_sale")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    RETURNED_SALE_FIELD_NUMBER: _ClassVar[int]
    receipt: _ledger_pb2.BillReceipt
    returned_sale: _sale_return_pb2.ReturnedSale
    def __init__(self, receipt: _Optional[_Union[_ledger_pb2.BillReceipt, _Mapping]] = ..., returned_sale: _Optional[_Union[_sale_return_pb2.ReturnedSale, _Mapping]] = ...) -> None: ...
