"""The rules that a chain sets: versioned, dated, never changed once stored. Pure."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from chassis.errors import Unavailable
from pricing.earning import BASE_PROGRAMME, EarningProgramme
from services.points.domain.passes.passes import PassDefinition
from services.points.domain.rewards.gift import Gift
from services.points.domain.stored_value.stored_value import (
    FIRST_STORED_VALUE,
    CardType,
    StoredValueProgramme,
)

# What holds where a programme does not say it.
ADJUSTMENT_LIMIT_POINTS = 1_000
_ALWAYS = datetime(1, 1, 1, tzinfo=UTC)


class ClawbackPolicy(IntEnum):
    """What happens to earned points that a return takes back and the wallet lacks.

    All take the lot of the same bill first. DEBT then takes pending lots, then the balance, and
    books the rest as a debt. WITHIN_BALANCE forgives the rest. PENDING_FIRST takes pending lots
    before the bill's own, then goes on as DEBT does.
    """

    DEBT = 1
    WITHIN_BALANCE = 2
    PENDING_FIRST = 3


@dataclass(frozen=True, slots=True)
class PointsTender:
    """What points are worth at the till.

    `fen` for each `points`; at least `points_min` on a bill, in multiples of `points_step`, and
    at most `share_max_bp` of the bill (10,000 = all of it).
    """

    points: int = 100
    fen: int = 100
    points_min: int = 100
    points_step: int = 100
    share_max_bp: int = 10_000


@dataclass(frozen=True, slots=True)
class HouseholdTransfer:
    """How members of a household may give each other points.

    At least `points_min` at once, at most `day_points_max` by one member on a day.
    """

    points_min: int
    day_points_max: int


@dataclass(frozen=True, slots=True)
class Programme:
    """One version of the chain's rules; in force from `effective_at` until the next."""

    version: int = 1
    programme_id: str = ""
    effective_at: datetime = _ALWAYS
    earning: EarningProgramme = BASE_PROGRAMME
    points_tender: PointsTender | None = field(default_factory=PointsTender)
    clawback_policy: ClawbackPolicy = ClawbackPolicy.DEBT
    stored_value: StoredValueProgramme = FIRST_STORED_VALUE
    passes: Mapping[str, PassDefinition] = field(default_factory=dict)
    household_transfer: HouseholdTransfer | None = None  # None: not allowed
    # Most points of an adjustment that nobody else has to approve, and of all of a day by one
    # person or of one member; 0 for the day: as for one.
    adjustment_limit_points: int = ADJUSTMENT_LIMIT_POINTS
    adjustment_day_limit_points: int = 0
    gifts: Mapping[str, Gift] = field(default_factory=dict)
    # Value given back to a lot that expired meanwhile can be spent for this long; 0: not at all.
    return_grace_days: int = 30


@dataclass(frozen=True, slots=True)
class UnreadableProgramme:
    """A stored version that means nothing to this release; that it holds from then on is known."""

    version: int
    effective_at: datetime


Version = Programme | UnreadableProgramme

# What holds before anybody has set rules.
FIRST_PROGRAMME = Programme()


class Programmes:
    """All versions, by the moment from which they hold: the past keeps its rules.

    Of an unreadable one nobody guesses the rules: what it holds for is to be sent again, to a
    release that knows them. `late_max` is how long after a moment documents of it are taken; None:
    for ever.
    """

    def __init__(self, versions: Sequence[Version] = (), late_max: timedelta | None = None) -> None:
        self.late_max = late_max
        ordered: list[Version] = [FIRST_PROGRAMME, *sorted(versions, key=lambda each: each.version)]
        self._versions = {each.version: each for each in ordered}
        # A later version that takes effect earlier or at once replaces those before it.
        self._in_force: list[Version] = []
        for each in ordered:
            while self._in_force and self._in_force[-1].effective_at >= each.effective_at:
                self._in_force.pop()
            self._in_force.append(each)
        self._starts = [each.effective_at for each in self._in_force]

    @property
    def versions(self) -> tuple[Version, ...]:
        """All versions in order, the built-in first."""
        return tuple(self._versions.values())

    def at(self, moment: datetime) -> Programme:
        """The version in force at a moment; Unavailable PROGRAMME_UNREADABLE."""
        return _readable(self._in_force[self._place(moment)])

    def version_at(self, moment: datetime) -> int:
        """The number of the version in force at a moment, also of an unreadable one."""
        return self._in_force[self._place(moment)].version

    def kind_of(self, card_type: str, moment: datetime, now: datetime) -> CardType:
        """What a wallet's kind of card counts as in a document of a moment, as it is booked now.

        Unavailable PROGRAMME_UNREADABLE for the version of that moment alone: of kinds that came
        later the newest one that can be read tells.
        """
        until_now = reversed(self._in_force[: self._place(now) + 1])
        readable = (each for each in until_now if isinstance(each, Programme))
        today = next(readable, FIRST_PROGRAMME)
        return self.at(moment).stored_value.kind_of(card_type, today.stored_value)

    def _place(self, moment: datetime) -> int:
        return max(0, bisect_right(self._starts, moment) - 1)

    def version(self, version: int) -> Programme:
        """A version by number; KeyError when there is none, Unavailable PROGRAMME_UNREADABLE."""
        return _readable(self._versions[version])


def _readable(found: Version) -> Programme:
    if isinstance(found, UnreadableProgramme):
        raise Unavailable(
            "PROGRAMME_UNREADABLE",
            f"this release cannot read version {found.version} of the programme",
            {"version": found.version},
        )
    return found
