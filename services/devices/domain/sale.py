"""A sale as the gateway keeps it: every fact of it, in one canonical text. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from chassis.errors import Invalid

# What the ledger takes; a sale above it would only be parked, so the till refuses it.
TOTAL_FEN_MAX = 1_000_000_000
_PAYLOAD_VERSION = 1


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A priced line. Amounts in fen, quantity in thousandths of the unit of sale."""

    product_id: str
    barcode: str  # as scanned; empty when chosen by product_id
    name: str
    unit: str
    quantity_milli: int
    price_fen: int  # of 1,000 milli
    list_fen: int
    discount_fen: int

    @property
    def net_fen(self) -> int:
        """What the line costs."""
        return self.list_fen - self.discount_fen


@dataclass(frozen=True, slots=True)
class Tender:
    """Part of the payment, greater than 0; change is already taken off."""

    kind: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """What a basket costs before it is paid."""

    lines: tuple[SoldLine, ...]
    total_fen: int
    points_earned: int  # 0 for a walk-in customer
    member_id: str  # empty for a walk-in customer
    earning_rule: str
    catalogue_revision: int
    bundle_digest: str


@dataclass(frozen=True, slots=True)
class Sale:
    """A paid sale. `sold_at` is aware; `change_fen` was handed back out of cash."""

    sale_id: str
    store_id: str
    register_id: str
    staff_id: str
    business_date: date
    sold_at: datetime
    basket: PricedBasket
    tenders: tuple[Tender, ...]
    change_fen: int


def encode_sale(sale: Sale) -> str:
    """The canonical text that the journal keeps and hashes."""
    content = asdict(sale)
    content["version"] = _PAYLOAD_VERSION
    content["business_date"] = sale.business_date.isoformat()
    content["sold_at"] = sale.sold_at.astimezone(UTC).isoformat()
    return canonical_json(content)


def decode_sale(payload: str) -> Sale:
    """The sale of a journal's payload; ValueError when this code does not know its version."""
    content = json.loads(payload)
    version = content.pop("version")
    if version != _PAYLOAD_VERSION:
        raise ValueError(f"payload version {version} is not known")
    basket = content.pop("basket")
    lines = tuple(SoldLine(**line) for line in basket.pop("lines"))
    tenders = tuple(Tender(**tender) for tender in content.pop("tenders"))
    business_day = date.fromisoformat(content.pop("business_date"))
    sold_at = datetime.fromisoformat(content.pop("sold_at"))
    return Sale(
        **content,
        business_date=business_day,
        sold_at=sold_at,
        basket=PricedBasket(**basket, lines=lines),
        tenders=tenders,
    )


def canonical_json(content: Mapping[str, Any]) -> str:
    """One text for one content: sorted keys, no blanks, UTF-8, and no floats anywhere."""
    _refuse_floats(content)
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _refuse_floats(content: Any) -> None:
    if isinstance(content, float):
        raise TypeError("a float has no canonical text")
    if isinstance(content, Mapping):
        for value in content.values():
            _refuse_floats(value)
    elif isinstance(content, (list, tuple)):
        for value in content:
            _refuse_floats(value)


def request_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of what a register asked for: tells a retry from another sale under one id."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def check_total(total_fen: int) -> None:
    """Invalid with TOTAL_TOO_LARGE above what the ledger takes for one sale."""
    if total_fen > TOTAL_FEN_MAX:
        raise Invalid(
            "TOTAL_TOO_LARGE",
            f"the sale comes to {total_fen} fen; at most {TOTAL_FEN_MAX}",
            {"total_fen": total_fen, "total_fen_max": TOTAL_FEN_MAX},
        )
