"""What a sale looks like to the rules of earning, and the questions that rules ask of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import NamedTuple

from pricing.allocation import allocate

MINUTES_A_DAY = 24 * 60


class EarningLine(NamedTuple):
    """A line of a sale; `earning_fen` is its net less what non-earning tenders paid of it."""

    product_id: str
    category_id: str
    brand: str
    earning_fen: int


class SaleFacts(NamedTuple):
    """A member's sale. Flags instead of a birthday: nothing personal comes in here."""

    lines: tuple[EarningLine, ...]
    business_date: date
    store_id: str = ""
    tier: str = ""
    local_minute: int = 0  # minutes after midnight in the store's time, 0 to 1,439
    is_birthday: bool = False  # the business date is the member's birthday
    is_birthday_month: bool = False  # it lies in the month of it
    is_first_purchase: bool = False


class Birthday(Enum):
    """How near to the member's birthday a rule holds."""

    DAY = "DAY"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a rule holds. All that are set must be met; what is empty holds for any sale."""

    tiers: frozenset[str] = frozenset()
    store_ids: frozenset[str] = frozenset()
    first_date: date | None = None  # business dates, both inclusive
    last_date: date | None = None
    # From and until minutes after midnight, store time; until is exclusive and may lie before
    # from, which crosses midnight. Days and weekdays are still those of the business date.
    minutes: tuple[int, int] | None = None
    weekdays: frozenset[int] = frozenset()  # ISO: 1 is Monday, 7 is Sunday
    birthday: Birthday | None = None
    first_purchase: bool = False

    def __post_init__(self) -> None:
        if self.minutes is not None:
            start, end = self.minutes
            if not (0 <= start < MINUTES_A_DAY and 0 < end <= MINUTES_A_DAY and start != end):
                raise ValueError("minutes must lie within a day and differ")
        if not self.weekdays <= set(range(1, 8)):
            raise ValueError("weekdays are 1 to 7")
        if self.first_date and self.last_date and self.last_date < self.first_date:
            raise ValueError("first_date must not lie after last_date")

    def hold(self, sale: SaleFacts) -> bool:
        """True when every condition is met."""
        return (
            (not self.tiers or sale.tier in self.tiers)
            and (not self.store_ids or sale.store_id in self.store_ids)
            and (self.first_date is None or self.first_date <= sale.business_date)
            and (self.last_date is None or sale.business_date <= self.last_date)
            and (self.minutes is None or _within(sale.local_minute, *self.minutes))
            and (not self.weekdays or sale.business_date.isoweekday() in self.weekdays)
            and (self.birthday is not Birthday.DAY or sale.is_birthday)
            and (self.birthday is not Birthday.MONTH or sale.is_birthday_month)
            and (not self.first_purchase or sale.is_first_purchase)
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """Which lines a rule looks at. All that is set must be met; empty holds for any line."""

    category_ids: frozenset[str] = frozenset()  # the line's own category, not one above it
    brands: frozenset[str] = frozenset()
    product_ids: frozenset[str] = frozenset()

    def holds(self, line: EarningLine) -> bool:
        """True when the line is in scope."""
        return (
            (not self.category_ids or line.category_id in self.category_ids)
            and (not self.brands or line.brand in self.brands)
            and (not self.product_ids or line.product_id in self.product_ids)
        )


def earning_fen(nets_fen: Sequence[int], non_earning_fen: int) -> list[int]:
    """What is left of each line's net when `non_earning_fen` of the bill earns nothing.

    Points, stored value or coupons that paid a part are shared over the lines in proportion.
    Raises PricingError as `allocate` does: NEGATIVE_AMOUNT, ALLOCATION_EXCEEDS_CAPS.
    """
    shares = allocate(non_earning_fen, nets_fen)
    return [net - share for net, share in zip(nets_fen, shares, strict=True)]


def _within(minute: int, start: int, end: int) -> bool:
    if start < end:
        return start <= minute < end
    return minute >= start or minute < end
