"""Stock documents and levels: what is refused, and what makes two documents the same. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum

from chassis.errors import Invalid
from services.inventory.domain.catalogue import check_batch_size, check_distinct_ids, check_text

QUANTITY_MILLI_MAX = 1_000_000_000_000  # a thousand million pieces on one line
REASON_LENGTH_MAX = 200
EARLIEST_DATE = date(2000, 1, 1)
# A clock ahead of ours, and a business date that begins before the day does elsewhere.
_FUTURE_MAX = timedelta(days=1)


class MovementKind(IntEnum):
    """Why stock moved; the numbers are those of the contract."""

    PURCHASE = 1
    SALE = 2
    ADJUSTMENT = 3
    SALE_RETURN = 4
    GIFT = 5
    GIFT_RETURN = 6


@dataclass(frozen=True, slots=True)
class MovementLine:
    """Change of one product's stock: positive in, negative out; 1 piece = 1,000."""

    product_id: str
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class StockLevel:
    """Stock of a product in a store, or in all with store_id None."""

    store_id: str | None
    product_id: str
    on_hand_milli: int
    sold_milli: int


@dataclass(slots=True)
class MovementBatch:
    """Documents of one kind with their lines, column by column: an event holds thousands."""

    kind: MovementKind
    document_ids: list[str] = field(default_factory=list)
    store_ids: list[str] = field(default_factory=list)
    business_dates: list[date] = field(default_factory=list)
    occurred_times: list[datetime] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)  # of a line's document, from 1
    line_numbers: list[int] = field(default_factory=list)  # of a line in its document, from 0
    product_ids: list[str] = field(default_factory=list)
    quantities: list[int] = field(default_factory=list)  # milli; what stock changes by

    def add(
        self,
        document_id: str,
        store_id: str,
        business_date: date,
        occurred_at: datetime,
        product_ids: Sequence[str],
        quantities: Sequence[int],
    ) -> None:
        """Adds a document; product and quantity of a line stand at the same place."""
        self.document_ids.append(document_id)
        self.store_ids.append(store_id)
        self.business_dates.append(business_date)
        self.occurred_times.append(occurred_at)
        self.positions += [len(self.document_ids)] * len(product_ids)
        self.line_numbers += range(len(product_ids))
        self.product_ids += product_ids
        self.quantities += quantities


@dataclass(frozen=True, slots=True)
class StockDocument:
    """A purchase or an adjustment in one store."""

    document_id: str
    store_id: str
    kind: int  # as it was sent; check() says whether it may come this way
    business_date: date
    occurred_at: datetime
    lines: tuple[MovementLine, ...]
    reason: str

    def check(self, now: datetime) -> None:
        """Invalid with a reason for a document that is wrong in itself.

        INVALID_KIND, EMPTY_BATCH, BATCH_TOO_LARGE, DUPLICATE_ID, INVALID_QUANTITY, INVALID_TEXT,
        REASON_REQUIRED, INVALID_DATE, INVALID_TIME.
        """
        if self.kind not in (MovementKind.PURCHASE, MovementKind.ADJUSTMENT):
            raise Invalid(
                "INVALID_KIND", "kind must be PURCHASE or ADJUSTMENT", {"kind": self.kind}
            )
        check_batch_size(len(self.lines))
        check_distinct_ids(line.product_id for line in self.lines)
        for line in self.lines:
            self._check_quantity(line)
        if self.kind == MovementKind.ADJUSTMENT and not self.reason:
            raise Invalid("REASON_REQUIRED", "an adjustment needs a reason")
        check_text(self.reason, "reason", REASON_LENGTH_MAX, required=False)
        latest = now + _FUTURE_MAX
        if not EARLIEST_DATE <= self.business_date <= latest.date():
            raise Invalid(
                "INVALID_DATE",
                f"business_date must be {EARLIEST_DATE} to tomorrow",
                {"field": "business_date", "value": self.business_date},
            )
        if not self.occurred_at.date() >= EARLIEST_DATE or self.occurred_at > latest:
            raise Invalid(
                "INVALID_TIME",
                f"occurred_time must be from {EARLIEST_DATE} to at most a day ahead",
                {"field": "occurred_time", "value": self.occurred_at.isoformat()},
            )

    def _check_quantity(self, line: MovementLine) -> None:
        low = 1 if self.kind == MovementKind.PURCHASE else -QUANTITY_MILLI_MAX
        if not low <= line.quantity_milli <= QUANTITY_MILLI_MAX or line.quantity_milli == 0:
            raise Invalid(
                "INVALID_QUANTITY",
                f"quantity_milli must be {low} to {QUANTITY_MILLI_MAX} and not 0",
                {"product_id": line.product_id, "quantity_milli": line.quantity_milli},
            )

    def content_digest(self) -> bytes:
        """The same for two documents exactly when they say the same, in whatever order of lines."""
        content = (
            self.store_id,
            int(self.kind),
            self.business_date.isoformat(),
            self.occurred_at.astimezone(UTC).isoformat(),
            sorted((line.product_id, line.quantity_milli) for line in self.lines),
            self.reason,
        )
        return hashlib.sha256(repr(content).encode()).digest()
