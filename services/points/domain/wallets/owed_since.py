"""What a merged member's returns took of the other member's points goes back to them. Pure.

While a merge stands there is one wallet: goods that the merged member brings back take the points
that they had earned from any lot in it, or are booked as a debt of it. When the two are two again
that is the merged member's affair, as if it had been alone: what was taken of the other one's lots
goes back into them, and is paid with points that go back to the member, then owed, or written off
where the programme does so. Not of it are points that alone the goods would not have taken: both
fractions of a point together had made them, and are fractions again. Nor points that have expired
since: they would be of no use to the other one, and whoever paid for them would pay a second time.
"""

from collections import Counter
from collections.abc import Mapping

from services.points.domain.assets import POINTS_ISSUED, Asset
from services.points.domain.books import Books
from services.points.domain.lot import LotKey, has_expired, spending_order
from services.points.domain.programme import ClawbackPolicy
from services.points.domain.returns.forgiven import forgive
from services.points.domain.wallets.member_move import MemberMove
from services.points.domain.wallets.returns_since import ReturnsSince


class Owing:
    """What the member has to make good when its merge is undone, by the rules of that day."""

    def __init__(
        self,
        books: Books,
        move: MemberMove,
        since: ReturnsSince,
        moved: Counter[LotKey],
        *,
        shared: int,
    ) -> None:
        giver, lacking = move.giver, since.lacking(moved)
        points = {
            key
            for key, lot in giver.wallet.lots.items()
            if lot.asset is Asset.POINTS and not has_expired(lot, giver.business_date)
        }
        # Of others than the other one: it gave that back when it was itself again.
        beyond = lacking & Counter(since.settled)
        taken, theirs = lacking - beyond, since.paid_by_others(moved)
        unpaid = max(0, beyond.total() - (Counter(since.paid) - theirs).total())
        for key, units in sorted(theirs.items()):
            # The other one has paid for the member with lots of its own.
            taken[key] += min(units, unpaid)
            unpaid -= min(units, unpaid)
        self._left_owing = min(unpaid, since.left_owing)
        self._left_forgiven = min(unpaid, since.left_forgiven)
        self._taken: dict[LotKey, int] = {}
        for key, units in sorted(taken.items()):
            if key in points:
                self._taken[key] = max(0, units - shared)
                shared -= min(units, shared)
        self._shared = shared
        self._rest = sum(self._taken.values())
        self._move = move
        self._programmes = books.programmes

    def pay_lots_back(self, parts: Mapping[LotKey, int]) -> dict[LotKey, int]:
        """Fills the other member's lots again; what is left of the parts that go to the member.

        Points pay that have not expired, in the order of spending, pending ones too.
        """
        giver, left = self._move.giver, dict(parts)
        lots = giver.wallet.lots
        mine = [lots[key] for key, part in parts.items() if part]
        for lot in spending_order(lot for lot in mine if lot.asset is Asset.POINTS):
            pays = min(self._rest, left[lot.key])
            if pays and not has_expired(lot, giver.business_date):
                giver.take_from(lot, pays, POINTS_ISSUED)
                left[lot.key] -= pays
                self._rest -= pays
        for key, units in self._taken.items():
            if units:
                giver.put_into(lots[key], units, POINTS_ISSUED)
        return left

    def debt(self, points: int) -> int:
        """How much of the other one's debt the member takes over, of so much that is its own.

        What its returns took of lots of others, and nothing of its own has paid, the other one may
        owe since.
        """
        wanted = max(0, points + self._left_owing - self._shared)
        return min(wanted, self._move.giver.wallet.debt_points)

    @property
    def forgiven(self) -> int:
        """What the other one was forgiven of what the member's returns took of lots of others."""
        return max(0, self._left_forgiven - self._shared)

    def owe_the_rest(self) -> None:
        """What was not paid; after the counts are the member's own again."""
        if not self._rest:
            return
        if self._forgives():
            forgive(self._move.taker, self._rest)
        else:
            self._move.taker.owe_points(self._rest)

    def _forgives(self) -> bool:
        programme = self._programmes.at(self._move.taker.occurred_at)
        return programme.clawback_policy is ClawbackPolicy.WITHIN_BALANCE
