"""What every document but a sale says of itself, and how its posting begins. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chassis.errors import PreconditionFailed
from services.points.domain.assets import BillKind
from services.points.domain.books import Books
from services.points.domain.draft import Draft, Receipt, SaleAllocation, Source, receipt_of
from services.points.domain.limits import require_reason
from services.points.domain.posting import Posting
from services.points.domain.wallet import Wallet

REASON_LENGTH_MAX = 256


def require_not_before(business_date: date, original_date: date) -> None:
    """PreconditionFailed BEFORE_ORIGINAL for a day before that of the bill to be corrected."""
    if business_date < original_date:
        raise PreconditionFailed(
            "BEFORE_ORIGINAL",
            "a bill cannot be corrected on a day before its own",
            {"business_date": business_date, "original": original_date},
        )


@dataclass(frozen=True, slots=True)
class Header:
    """Who did what to whom, where and when; `reason` where a person decides."""

    bill_id: str
    member_id: str
    store_id: str
    register_id: str
    staff_id: str
    business_date: date
    occurred_at: datetime
    reason: str

    def require_reason(self) -> None:
        """Invalid REASON_REQUIRED for a decision that nobody has explained."""
        require_reason(self.reason)

    def require_not_before(self, original_date: date) -> None:
        """PreconditionFailed BEFORE_ORIGINAL for a day before that of the bill to be corrected."""
        require_not_before(self.business_date, original_date)

    def posting(self, books: Books, kind: BillKind, *, member_id: str = "") -> Posting:
        """An empty posting on the wallet of the header's member, or of another one."""
        return self.posting_on(books.wallet(member_id or self.member_id), kind, books.now)

    def posting_on(
        self, wallet: Wallet, kind: BillKind, now: datetime, *, bill_id: str = ""
    ) -> Posting:
        """An empty posting on a wallet; `bill_id` of a document's second bill."""
        return Posting(
            wallet,
            bill_id=bill_id or self.bill_id,
            kind=kind,
            store_id=self.store_id,
            business_date=self.business_date,
            occurred_at=self.occurred_at,
            now=now,
        )

    def draft(
        self,
        posting: Posting,
        books: Books,
        *,
        total_fen: int = 0,
        receipt: Receipt | None = None,
        original_bill_id: str | None = None,
        sources: Sequence[Source] = (),
    ) -> Draft:
        """The bill of a complete posting. The programme is the one in force when it happened.

        The points that it granted are those that its receipt tells. `sources` are what it took or
        gave back, and what each was worth.
        """
        receipt = receipt or receipt_of(posting)
        return Draft(
            posting,
            receipt,
            total_fen=total_fen,
            points_earned=receipt.points_earned,
            programme_version=books.programmes.at(self.occurred_at).version,
            register_id=self.register_id,
            staff_id=self.staff_id,
            reason=self.reason,
            original_bill_id=original_bill_id,
            allocation=SaleAllocation(tuple(sources), (), None) if sources else None,
        )
