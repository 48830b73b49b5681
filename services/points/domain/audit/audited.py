"""Bills and transfers as they are stored, for the verification. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from services.points.domain.assets import Asset
from services.points.domain.sales.earning_facts import EarningFact
from services.points.domain.transfer import Transfer


class BillRow(NamedTuple):
    """What a bill says of itself, in its row or in its document; None for what it does not say."""

    store_id: str
    business_date: date
    register_id: str
    staff_id: str
    reason: str | None = None
    total_fen: int | None = None
    points_earned: int | None = None
    occurred_at: datetime | None = None
    original_bill_id: str | None = None  # empty: it is about no other bill
    posted_at: datetime | None = None  # no document says it; the transfers repeat it


class AuditedBill(NamedTuple):
    """A bill as stored.

    `said` is its row as its document and receipt have it, None when they are not to be compared.
    `tenders_fen` is the sum of a sale's tenders, `left` what its receipt says the wallet held;
    `earning` what caps and fractions of a point are made of, None for a bill without such;
    `purchases` by how much it changed the member's count of sales; `merged_into` into whom it took
    the member, empty when it undid that, None when it is about neither;
    `from_holds` what it posted of holds, by their ids.
    Kinds and assets may be numbers that nobody knows: what is stored is what is in question.
    """

    bill_id: str
    kind: int
    sequence: int
    hash: bytes
    document: bytes
    allocation: bytes
    receipt: bytes
    row: BillRow
    said: BillRow | None
    tenders_fen: int | None
    left: Mapping[Asset, int]
    earning: EarningFact | None = None
    purchases: int = 0
    merged_into: str | None = None
    from_holds: Mapping[str, int] = {}


class BookedTransfer(NamedTuple):
    """A transfer with what its row repeats of its bill."""

    ordinal: int
    transfer: Transfer
    store_id: str
    business_date: date
    posted_at: datetime


class ChainLink(NamedTuple):
    """A bill's place in the chain of its member."""

    sequence: int
    bill_id: str
    hash: bytes
