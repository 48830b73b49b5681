"""What goes into a quote and what comes out of it: plain values."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from pricing.earning import BASE_RULE, EarningRule


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A product in a basket. A product may stand on several lines."""

    product_id: str
    quantity_milli: int  # 1 piece or 1 kg = 1,000


@dataclass(frozen=True, slots=True)
class Basket:
    """What a customer wants to buy, in order of scanning."""

    lines: tuple[BasketLine, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """The rules and prices of a store at one revision; the same bundle always quotes the same."""

    revision: int
    digest: str  # names the content; a sale keeps it
    prices_fen: Mapping[str, int | None]  # of 1,000 milli; None for a product without a price
    earning_rule: EarningRule = BASE_RULE


def bundle_digest(prices_fen: Mapping[str, int | None], earning_rule: EarningRule) -> str:
    """SHA-256 over a bundle's content in a fixed order, as hex."""
    content = hashlib.sha256(f"{earning_rule.rule_version} {earning_rule.fen_per_point}\n".encode())
    for product_id in sorted(prices_fen):
        content.update(f"{product_id} {prices_fen[product_id]}\n".encode())
    return content.hexdigest()


class Outcome(Enum):
    """What became of a rule that looked at a line."""

    APPLIED = "APPLIED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step of how a line came to its amounts."""

    rule: str  # "list_price" or the version of a promotion
    outcome: Outcome
    detail: str  # for people: the figures, or why not
    change_fen: int  # what it did to the line's net


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its amounts."""

    product_id: str
    quantity_milli: int
    price_fen: int  # of 1,000 milli
    list_fen: int  # of the whole line, before discounts
    discount_fen: int  # 0 to list_fen
    trace: tuple[TraceStep, ...]

    @property
    def net_fen(self) -> int:
        """What the line costs."""
        return self.list_fen - self.discount_fen


@dataclass(frozen=True, slots=True)
class Quote:
    """A priced basket."""

    lines: tuple[PricedLine, ...]  # in the order of the basket
    total_fen: int  # sum of the lines' nets
    points_earned: int  # by a member; a walk-in customer gets none
    earning_rule_version: str
    bundle_revision: int
    bundle_digest: str
