"""What the door has in hand while it decides: locked wallets, and what the commands asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

from chassis.errors import PreconditionFailed
from services.points.domain.assets import BillKind
from services.points.domain.coupons.coupon import Coupon, GiveBackPolicy
from services.points.domain.coupons.coupon_event import CouponChange, CouponEvent
from services.points.domain.draft import Draft
from services.points.domain.lot import Lot, LotKey
from services.points.domain.named_bill import unknown_bill, wrong_bill_kind
from services.points.domain.passes.pass_uses import StandingUse, note_pass_use
from services.points.domain.posting import Posting
from services.points.domain.programme import Programmes
from services.points.domain.rewards.adjustment_limit import DaySums
from services.points.domain.rewards.proposal import Proposal
from services.points.domain.stored_value.top_up_record import TopUpRecord, note
from services.points.domain.transfer import Transfer
from services.points.domain.wallet import Wallet
from services.points.domain.wallets.merges import Merges, follow
from services.points.domain.wallets.returns_since import BookedReturn, ReturnsSince


class StoredBill(NamedTuple):
    """A bill that is in the books."""

    member_id: str
    bill_id: str
    kind: BillKind
    store_id: str
    business_date: date
    occurred_at: datetime
    total_fen: int
    points_earned: int
    programme_version: int
    original_bill_id: str | None
    document: bytes
    allocation: bytes
    receipt: bytes


@dataclass(frozen=True, slots=True)
class Original:
    """A bill that a command refers to, with all that undoing it needs.

    `later` are the bills that refer to it, such as its returns so far, oldest first, and
    `later_transfers` what they moved. `lots` are the lots that its transfers name, as they stood
    with its own member before this batch; the wallet that value goes to has them as they are.
    `expired_points` are those that a sale earned and that expired, by the member they expired with,
    before this batch as well; `grace_lots` hold what came back of them after it had expired.
    """

    bill: StoredBill
    transfers: tuple[Transfer, ...]
    lots: Mapping[LotKey, Lot]
    later: tuple[StoredBill, ...]
    later_transfers: tuple[Transfer, ...] = ()
    expired_points: Mapping[str, int] = field(default_factory=dict)
    grace_lots: frozenset[LotKey] = frozenset()

    @property
    def earned_lots(self) -> frozenset[LotKey]:
        """The lots that hold what the bill itself granted."""
        granted = {each.lot for each in self.transfers if each.lot is not None}
        return self.grace_lots | {key for key in granted if key.bill_id == self.bill.bill_id}


class SharedPass(NamedTuple):
    """A share of a pass that lasts, under the members' own ids."""

    owner_member_id: str
    pass_id: str
    user_member_id: str


@dataclass(slots=True)
class Books:
    """Locked wallets by member, originals by bill id, and top-ups by bill id.

    `top_ups` holds those that the lots of the wallets and of the originals come from, and those
    asked for, when `follows_top_ups`. `coupons` are locked, by id; `coupon_events` says by request
    id which of the changes that commands may make to them were made before. `proposals` are those
    under the ids that commands would approve, or use for an adjustment of their own. `merges` says
    of members whose wallets are not here who answers for them; `pass_shares` are those about which
    commands ask, and `day_sums` what persons have adjusted today, by subject. `pass_uses` are the
    uses of the days and passes about which they ask, by their bills. `pass_holders` are the
    members with units of a pass, by the bill that sold it, beside those whose lots are loaded.
    `returns_since` are those since the merges that commands may undo, by merge. `card_types` are
    the kinds of card that top-ups were for, by bill: those that originals spent of, and of undone
    merges all that the lots of the wallets come from.
    """

    programmes: Programmes
    now: datetime
    wallets: dict[str, Wallet] = field(default_factory=dict)
    originals: dict[str, Original] = field(default_factory=dict)
    top_ups: dict[str, TopUpRecord] = field(default_factory=dict)
    follows_top_ups: bool = False
    coupons: dict[str, Coupon] = field(default_factory=dict)
    coupon_events: dict[str, CouponEvent] = field(default_factory=dict)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    merges: Merges = field(default_factory=Merges)
    day_sums: dict[str, DaySums] = field(default_factory=dict)
    pass_shares: set[SharedPass] = field(default_factory=set)
    pass_uses: dict[str, StandingUse] = field(default_factory=dict)
    pass_holders: dict[str, set[str]] = field(default_factory=dict)
    returns_since: dict[str, ReturnsSince] = field(default_factory=dict)
    card_types: dict[str, str] = field(default_factory=dict)
    coupon_give_back: GiveBackPolicy = GiveBackPolicy.IF_VALID

    def wallet(self, member_id: str) -> Wallet:
        """The member's wallet, or that of the member into whom it was merged in the end."""
        wallet = self.wallets[member_id]
        if wallet.merged_into is None:
            return wallet
        *_, heir = follow(member_id, lambda each: self.wallets[each].merged_into)
        return self.wallets[heir]

    def answering(self, member_id: str) -> str:
        """Who answers for a member, whose wallet may not be here; merges of this batch count."""

        def into(each: str) -> str | None:
            wallet = self.wallets.get(each)
            return wallet.merged_into if wallet else self.merges.into.get(each)

        return [member_id, *follow(member_id, into)][-1]

    def is_shared(self, owner_member_id: str, pass_id: str, user_member_id: str) -> bool:
        """Whether an owner's pass is shared with a member, by whichever card of either."""
        pair = (self.answering(owner_member_id), self.answering(user_member_id))
        return any(
            pair == (self.answering(share.owner_member_id), self.answering(share.user_member_id))
            for share in self.pass_shares
            if share.pass_id == pass_id
        )

    def original(self, bill_id: str, *kinds: BillKind) -> Original:
        """NotFound UNKNOWN_BILL; PreconditionFailed WRONG_BILL_KIND for a bill of other kinds."""
        original = self.originals.get(bill_id)
        if original is None:
            raise unknown_bill(bill_id)
        if original.bill.kind not in kinds:
            raise wrong_bill_kind(bill_id, original.bill.kind)
        return original

    def require_timely(self, posting: Posting) -> None:
        """PreconditionFailed OCCURRED_TOO_LONG_AGO for a document older than any till is late.

        The moment that a document states chooses the rules it is booked by. What the ledger itself
        books of expired lots may be as old as they are.
        """
        late, late_max = self.now - posting.occurred_at, self.programmes.late_max
        if late_max is None or late <= late_max or posting.kind is BillKind.EXPIRY:
            return
        raise PreconditionFailed(
            "OCCURRED_TOO_LONG_AGO",
            f"a document is taken until {late_max.days} days after it happened",
            {"occurred": posting.occurred_at.isoformat(), "days_max": late_max.days},
        )

    def holds_elsewhere(self, key: LotKey, wallet: Wallet) -> bool:
        """True when units of a sold pass that was asked about are in another wallet."""
        others = [each.lots.get(key) for each in self.wallets.values() if each is not wallet]
        return bool(self.pass_holders.get(key.bill_id)) or any(
            lot is not None and lot.remaining for lot in others
        )

    def add_later(self, bill: StoredBill, transfers: Sequence[Transfer]) -> None:
        """Lets the commands that follow in the same batch see a bill about an original."""
        original = self.originals.get(bill.original_bill_id or "")
        if original is not None:
            booked = BookedReturn(
                bill.bill_id,
                bill.kind,
                bill.member_id,
                original.bill.bill_id,
                original.bill.member_id,
                transfers,
            )
            for merge_bill_id, since in self.returns_since.items():
                self.returns_since[merge_bill_id] = since.with_return(booked)
            self.originals[original.bill.bill_id] = replace(
                original,
                later=(*original.later, bill),
                later_transfers=(*original.later_transfers, *transfers),
            )

    def note(self, draft: Draft) -> None:
        """Lets the commands that follow in the same batch see what a bill did beside wallets."""
        if self.follows_top_ups:
            note(self.top_ups, draft.posting)
        self.note_coupons(draft.coupons)
        self.note_grace(draft.posting.grace)
        if draft.posting.kind is BillKind.TOP_UP:
            self.card_types[draft.posting.bill_id] = draft.posting.card_type
        note_pass_use(self.pass_uses, draft.posting, draft.original_bill_id)
        self.proposals.update(draft.posting.proposals)
        direct = draft.posting.direct_adjustment
        if direct is not None:
            before = self.day_sums.get(direct.subject, DaySums())
            self.day_sums[direct.subject] = before.plus(direct.points)

    def note_grace(self, sources: Mapping[LotKey, LotKey]) -> None:
        """Lets them see which lots with days of grace now hold what which lots held."""
        for bill_id, original in self.originals.items() if sources else ():
            new = {key for key, source in sources.items() if source in original.earned_lots}
            if new:
                grace_lots = original.grace_lots | new
                self.originals[bill_id] = replace(original, grace_lots=grace_lots)

    def note_coupons(self, changes: Iterable[CouponChange]) -> None:
        """Lets the commands that follow in the same batch see what a bill did to coupons."""
        for change in changes:
            self.coupons[change.coupon.coupon_id] = change.coupon
