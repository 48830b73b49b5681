"""A bill that sells no goods, as reports see it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ValueBill:
    """What a bill moved. `kind` is the contract's number; the changes are those of one wallet."""

    bill_id: str
    store_id: str
    day: date
    kind: int
    total_fen: int
    points_change: int
    principal_change_fen: int
    bonus_change_fen: int
