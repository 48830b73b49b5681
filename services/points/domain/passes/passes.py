"""Passes (计次卡): what the chain sells as a counted number of uses. Pure.

What was paid for a pass is owed until it is used. Of a pass with units left the chain owes the
price's share of them, rounded up: whatever is used in whatever parts, refunded or expired, what is
booked adds up to the price exactly, and no part of it is ever booked twice.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import NamedTuple

from services.points.domain.stored_value.stored_value import BASIS_POINTS

UNITS_MAX = 100_000


class PassValidity(IntEnum):
    """From when the days of a pass are counted; the numbers are those of the proto."""

    FROM_SALE = 1
    FROM_FIRST_USE = 2


@dataclass(frozen=True, slots=True)
class PassDefinition:
    """A pass in one version of the programme. An empty `store_ids` or `product_ids` means all.

    `validity_days` after the sale or the first use is the last day; 0 means for ever. A limit of
    0 means none. Of the two fees one is 0.
    """

    pass_id: str
    version: int
    name: str
    units: int
    price_fen: int
    validity: PassValidity = PassValidity.FROM_SALE
    validity_days: int = 0
    store_ids: frozenset[str] = frozenset()
    product_ids: frozenset[str] = frozenset()
    refund_fee_bp: int = 0
    refund_fee_fen: int = 0
    shareable: bool = False
    units_per_use_max: int = 0
    uses_per_day_max: int = 0
    name_en: str = ""  # empty: as `name`, which is Chinese

    @property
    def rule_version(self) -> str:
        """What a lot keeps to name its rule."""
        return f"{self.pass_id}@{self.version}"

    def owed_fen(self, units_left: int) -> int:
        """What the chain owes on a pass with so many units left: the price's share, rounded up."""
        return -(-self.price_fen * units_left // self.units)

    def fee_fen(self, owed_fen: int) -> int:
        """What the chain keeps of a remainder that it pays back; never more than that."""
        return min(owed_fen, self.refund_fee_fen + owed_fen * self.refund_fee_bp // BASIS_POINTS)

    def expiry_from_sale(self, business_date: date) -> date | None:
        """Last day of a pass sold on a day; None: none, or not known before the first use."""
        return self._expiry(PassValidity.FROM_SALE, business_date)

    def expiry_from_use(self, business_date: date) -> date | None:
        """Last day of a pass first used on a day; None when its use sets none."""
        return self._expiry(PassValidity.FROM_FIRST_USE, business_date)

    def _expiry(self, validity: PassValidity, business_date: date) -> date | None:
        if self.validity is not validity or not self.validity_days:
            return None
        return business_date + timedelta(days=self.validity_days)


class PassQuestion(NamedTuple):
    """What a command must know of a pass beside its lots: its uses of a day, and who shares it."""

    owner_member_id: str
    pass_id: str
    business_date: date
    user_member_id: str
