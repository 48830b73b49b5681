"""Value on its way from one member's wallet to another's, and the two bills that say so. Pure.

Lots move under their own keys with their origin and their last day: passing value on makes nothing
last longer, and a return finds every lot wherever it is. MEMBER_TRANSFER stands between the two
wallets; over both bills it is zero.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from chassis.errors import Invalid, PreconditionFailed
from pricing.earning import Carry, CounterKey, Tally
from services.points.domain.assets import MEMBER_TRANSFER, POINTS_DEBT, Asset, BillKind
from services.points.domain.books import Books
from services.points.domain.draft import Draft, receipt_of
from services.points.domain.header import Header
from services.points.domain.lot import Lot, check_lot_count
from services.points.domain.posting import Posting
from services.points.domain.wallet import Wallet
from services.points.domain.wallets.moved import Moved


def counterpart_id(bill_id: str) -> str:
    """The id of the second bill of a document about two wallets."""
    return str(uuid.uuid5(uuid.UUID(bill_id), "counterpart"))


def document_bills(bill_id: str, original_bill_id: str | None) -> tuple[str, str]:
    """The ids of the bills that one document may have, given either bill and what that names.

    The second bill names the first one. Those of an undone merge name the merge instead; nothing
    is ever about them.
    """
    first = bill_id
    if original_bill_id is not None and bill_id == counterpart_id(original_bill_id):
        first = original_bill_id
    return first, counterpart_id(first)


def require_two(member_id: str, other_member_id: str) -> None:
    """Invalid SAME_MEMBER for a document between a member and itself."""
    if member_id == other_member_id:
        raise Invalid("SAME_MEMBER", "two different members are needed", {"member_id": member_id})


def require_unmerged(*wallets: Wallet) -> None:
    """PreconditionFailed MEMBER_MERGED for one that was taken into another."""
    for wallet in wallets:
        if wallet.merged_into is not None:
            raise PreconditionFailed(
                "MEMBER_MERGED",
                "the member was merged into another",
                {"member_id": wallet.member_id, "merged_into": wallet.merged_into},
            )


def require_no_holds(wallet: Wallet, now: datetime) -> None:
    """PreconditionFailed HOLDS_OPEN while value is set aside: a till may be about to take it."""
    open_ids = sorted(hold.hold_id for hold in wallet.holds.values() if hold.is_open(now))
    if open_ids:
        raise PreconditionFailed(
            "HOLDS_OPEN",
            "value is on hold; post or void the holds first",
            {"member_id": wallet.member_id, "holds": len(open_ids), "hold_id": open_ids[0]},
        )


class MemberMove:
    """Two postings, one on each wallet; the bill of the header's member comes first."""

    def __init__(
        self, books: Books, header: Header, kind: BillKind, *, giver: Wallet, taker: Wallet
    ) -> None:
        self._books = books
        self._header = header
        self._kind = kind
        self.giver = self._posting(giver)
        self.taker = self._posting(taker)
        self._units: dict[Asset, int] = {}
        self._debt_points = 0
        self._purchases = 0
        self._tallies = 0
        self._carry = Carry()
        self._points_made = 0

    def _posting(self, wallet: Wallet) -> Posting:
        header = self._header
        first = wallet.member_id == header.member_id
        bill_id = header.bill_id if first else counterpart_id(header.bill_id)
        return header.posting_on(wallet, self._kind, self._books.now, bill_id=bill_id)

    def every_lot(self, lots: Iterable[Lot]) -> None:
        """Moves all that is left in the lots, what is pending or has expired included.

        PreconditionFailed TOO_MANY_LOTS.
        """
        left = [lot for lot in lots if lot.remaining]
        check_lot_count(len(left))
        for lot in sorted(left, key=lambda lot: lot.key):
            self.part(lot, lot.remaining)

    def part(self, lot: Lot, amount: int) -> None:
        """Moves part of a lot."""
        self.giver.take_from(lot, amount, MEMBER_TRANSFER)
        self._arrive(lot, amount)

    def points(self, amount: int) -> None:
        """Moves points that can be spent, nearest expiry first; see Posting.take."""
        for taken in self.giver.take(Asset.POINTS, amount, to=MEMBER_TRANSFER):
            self._arrive(taken.lot, taken.amount)

    def _arrive(self, lot: Lot, amount: int) -> None:
        self.taker.put_into(lot, amount, MEMBER_TRANSFER)
        self._units[lot.asset] = self._units.get(lot.asset, 0) + amount
        there = self.taker.lots.get(lot.key)
        if there is not None and there.expiry_date != lot.expiry_date:
            # It was here before, and its first use was elsewhere.
            self.taker.set_expiry(there, lot.expiry_date)

    def debt(self, points: int) -> None:
        """Moves a debt."""
        self.giver.move(Asset.POINTS, MEMBER_TRANSFER, POINTS_DEBT, points)
        self.giver.debt_change -= points
        self.taker.move(Asset.POINTS, POINTS_DEBT, MEMBER_TRANSFER, points)
        self.taker.debt_change += points
        self._debt_points += points

    def purchases(self, count: int) -> None:
        """Moves the count of sales."""
        self.giver.sale_count_change -= count
        self.taker.sale_count_change += count
        self._purchases += count

    def tally(self, key: CounterKey, *, left: Tally, arrived: Tally) -> None:
        """Moves a count of a capped rule: what the giver then has of it, and the taker."""
        for posting, tally in ((self.giver, left), (self.taker, arrived)):
            if posting.wallet.counters.get(key) != tally:
                posting.counters[key] = tally
        self._tallies += 1

    def carry(self, moved: Carry, *, left: Carry, arrived: Carry) -> None:
        """Moves a fraction of a point: `left` with the giver, `arrived` what the taker then has."""
        self.giver.carry = left
        self.taker.carry = arrived
        self._carry = moved

    def make_points(self, points: int, *, rule_version: str, expiry_date: date | None) -> None:
        """Grants the taker points that nobody had: two fractions that came together made them."""
        self.taker.grant(Asset.POINTS, points, rule_version=rule_version, expiry_date=expiry_date)
        self._points_made += points

    @property
    def moved(self) -> Moved:
        """What has been moved so far."""
        units = self._units.get
        return Moved(
            points=units(Asset.POINTS, 0),
            principal_fen=units(Asset.PRINCIPAL, 0),
            bonus_fen=units(Asset.BONUS, 0),
            pass_units=units(Asset.PASS, 0),
            debt_points=self._debt_points,
            purchases=self._purchases,
            tallies=self._tallies,
            carry=self._carry,
        )

    def drafts(
        self, *, stayed: Moved | None = None, original_bill_id: str | None = None
    ) -> list[Draft]:
        """The two bills. The second names the first, or both name the original."""
        header = self._header
        first, second = self.giver, self.taker
        if second.bill_id == header.bill_id:
            first, second = second, first
        made = {self.taker.bill_id: self._points_made}
        return [
            header.draft(
                posting,
                self._books,
                receipt=receipt_of(posting, points_earned=made.get(posting.bill_id, 0))._replace(
                    moved=self.moved, stayed=stayed
                ),
                original_bill_id=original,
            )
            for posting, original in (
                (first, original_bill_id),
                (second, original_bill_id or header.bill_id),
            )
        ]
