from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class MovementKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MOVEMENT_KIND_UNSPECIFIED: _ClassVar[MovementKind]
    MOVEMENT_KIND_PURCHASE: _ClassVar[MovementKind]
    MOVEMENT_KIND_SALE: _ClassVar[MovementKind]
    MOVEMENT_KIND_ADJUSTMENT: _ClassVar[MovementKind]
    MOVEMENT_KIND_SALE_RETURN: _ClassVar[MovementKind]
    MOVEMENT_KIND_GIFT: _ClassVar[MovementKind]
    MOVEMENT_KIND_GIFT_RETURN: _ClassVar[MovementKind]
MOVEMENT_KIND_UNSPECIFIED: MovementKind
MOVEMENT_KIND_PURCHASE: MovementKind
MOVEMENT_KIND_SALE: MovementKind
MOVEMENT_KIND_ADJUSTMENT: MovementKind
MOVEMENT_KIND_SALE_RETURN: MovementKind
MOVEMENT_KIND_GIFT: MovementKind
MOVEMENT_KIND_GIFT_RETURN: MovementKind

class MovementLine(_message.Message):
    __slots__ = ("product_id", "quantity_milli")
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_MILLI_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    quantity_milli: int
    def __init__(self, product_id: _Optional[str] = ..., quantity_milli: _Optional[int] = ...) -> None: ...

class StockLevel(_message.Message):
    __slots__ = ("store_id", "product_id", "on_hand_milli", "sold_milli")
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    ON_HAND_MILLI_FIELD_NUMBER: _ClassVar[int]
    SOLD_MILLI_FIELD_NUMBER: _ClassVar[int]
    store_id: str
    product_id: str
    on_hand_milli: int
    sold_milli: int
    def __init__(self, store_id: _Optional[str] = ..., product_id: _Optional[str] = ..., on_hand_milli: _Optional[int] = ..., sold_milli: _Optional[int] = ...) -> None: ...
