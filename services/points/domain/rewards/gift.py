"""Gifts (礼品): what points, or points and money, are exchanged for. Pure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Gift:
    """One gift of the programme; price for one piece, dates inclusive.

    Empty `store_ids`: every store. `limit_per_member` 0: no limit.
    """

    gift_id: str
    product_id: str
    name: str
    points: int
    money_fen: int = 0
    store_ids: frozenset[str] = frozenset()
    first_date: date | None = None
    last_date: date | None = None
    limit_per_member: int = 0

    def is_offered(self, business_date: date) -> bool:
        """True on the days on which it is given."""
        return (self.first_date or date.min) <= business_date <= (self.last_date or date.max)

    def is_in_store(self, store_id: str) -> bool:
        """True where it is handed out."""
        return not self.store_ids or store_id in self.store_ids
