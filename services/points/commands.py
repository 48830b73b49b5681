"""A command: what one request asks of the ledger, ready for the door. One shape for every kind."""

from collections.abc import Callable
from typing import NamedTuple

from google.protobuf.message import Message

from services.points.domain.assets import BillKind
from services.points.domain.books import Books, Drafts
from services.points.domain.passes import PassQuestion


class Command(NamedTuple):
    """Posts a bill.

    `message` is the request's document: it is stored, and compared when the id comes again.
    `decide` turns locked books into drafts, the first with `bill_id`; it is pure, changes nothing
    and refuses with a DomainError. What it may read of the books is what is named here: the
    wallets of `members`, their lots when `needs_lots`, their counters of `periods`, their
    `proposals`, the bills in `originals`, what `passes` ask about, who holds what the bills in
    `sold_passes` sold, the `coupons` that it uses or gives back, and unless `top_ups` is None what
    the books say of the top-ups in it and of those that the lots come from.

    Whoever has a wallet is a member. Unless it `is_of_members` for certain, that is asked before
    wallets are locked, which makes those that lack.
    """

    bill_id: str
    kind: BillKind
    message: Message
    members: tuple[str, ...]
    decide: Callable[[Books], Drafts]
    further_bill_ids: tuple[str, ...] = ()  # of the drafts after the first, made from bill_id
    needs_lots: bool = False
    holds: tuple[str, ...] = ()  # those that it spends from; the open ones come with the lots
    periods: tuple[str, ...] = ()  # of counters of capped rules
    every_period: bool = False  # of the counters of its members and of who answers for them
    originals: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()  # of adjustments
    subject: str = ""  # who adjusts, when what that person did today counts
    passes: tuple[PassQuestion, ...] = ()
    sold_passes: tuple[str, ...] = ()
    coupons: tuple[str, ...] = ()
    top_ups: tuple[str, ...] | None = None
    undone_merges: tuple[str, ...] = ()  # among the originals; what returns gave back since
    is_of_members: bool = True

    @property
    def needs_wallets_alone(self) -> bool:
        """True when it reads nothing of the books beside wallets and their lots."""
        if self.top_ups is not None or self.every_period or self.subject:
            return False
        return not (
            *self.holds,
            *self.periods,
            *self.originals,
            *self.proposals,
            *self.passes,
            *self.sold_passes,
            *self.coupons,
        )
