"""A command: what one request asks of the ledger, ready for the door. One shape for every kind."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from google.protobuf.message import Message

from chassis.errors import Unavailable
from services.points.domain.assets import BillKind
from services.points.domain.books import Books
from services.points.domain.draft import Drafts
from services.points.domain.limits import ledger_day
from services.points.domain.passes.passes import PassQuestion
from services.points.domain.programme import Programmes


class RulesRead(NamedTuple):
    """The version of the rules of a moment by which it was chosen what a command needs."""

    moment: datetime
    version: int


class Command(NamedTuple):
    """Posts a bill.

    `message` is the request's document: it is stored, and compared when the id comes again.
    `decide` turns locked books into drafts, the first with `bill_id`; it is pure, changes nothing
    and refuses with a DomainError. What it may read of the books is what is named here: the
    wallets of `members`, their lots when `needs_lots`, their counters of `periods` and
    when it `counts_today` of the ledger's day, their `proposals`, the bills in `originals`, what
    `passes` ask about, who holds what the bills in `sold_passes` sold, the `coupons` that it uses
    or gives back, and unless `top_ups` is None what the books say of the top-ups in it and of those
    that the lots come from.

    Where that depends on rules, `rules` are those: a newer version may come on the way to the door.
    Whoever has a wallet is a member. Unless it `is_of_members` for certain, the wallets must be
    there; otherwise locking makes those that lack.
    """

    bill_id: str
    kind: BillKind
    message: Message
    members: tuple[str, ...]
    decide: Callable[[Books], Drafts]
    further_bill_ids: tuple[str, ...] = ()  # of the drafts after the first, made from bill_id
    needs_lots: bool = False
    holds: tuple[str, ...] = ()  # those that it spends from; the open ones come with the lots
    rules: RulesRead | None = None
    periods: tuple[str, ...] = ()  # of counters of capped rules
    counts_today: bool = False  # against limits of the ledger's day
    every_period: bool = False  # of the counters of its members and of who answers for them
    originals: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()  # of adjustments; also of its own id, when it may be one
    subject: str = ""  # who adjusts, when what that person did today counts
    passes: tuple[PassQuestion, ...] = ()
    sold_passes: tuple[str, ...] = ()
    coupons: tuple[str, ...] = ()
    top_ups: tuple[str, ...] | None = None
    undone_merges: tuple[str, ...] = ()  # among the originals; what returns gave back since
    is_of_members: bool = True

    def decided(self, books: Books) -> Drafts:
        """What the door books for it; nothing for a question.

        Refuses as `decide` does, Books.require_timely or Posting.check_size; Unavailable
        PROGRAMME_NOT_READ when other rules hold by now than those it was made for.
        """
        self._require_rules(books.programmes)
        drafts = self.decide(books)
        for draft in drafts:
            books.require_timely(draft.posting)
            draft.posting.check_size()
        if not self.every_period:
            self._require_read(books, drafts)
        return drafts

    def _require_read(self, books: Books, drafts: Drafts) -> None:
        """RuntimeError for a counter that would be written and was not read."""
        written = {key.period for draft in drafts for key in draft.posting.counters}
        if self.counts_today:
            written.discard(ledger_day(books.now).isoformat())
        if not written <= {*self.periods}:
            raise RuntimeError("a counter that was not read would be written")

    def _require_rules(self, programmes: Programmes) -> None:
        """Other rules may ask for counters, facts or categories that nobody has asked for."""
        if self.rules is None:
            return
        version = programmes.at(self.rules.moment).version
        if version != self.rules.version:
            raise Unavailable(
                "PROGRAMME_NOT_READ",
                "a new version of the programme has just come; send it again",
                {"version": version, "version_read": self.rules.version},
            )

    @property
    def needs_wallets_alone(self) -> bool:
        """True when it reads nothing of the books beside wallets and their lots."""
        if self.top_ups is not None or self.every_period or self.counts_today or self.subject:
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
