"""How many points one person may adjust in a day before somebody else has to approve. Pure."""

from collections.abc import Mapping
from datetime import date
from enum import IntEnum
from typing import NamedTuple

from chassis.errors import DomainError, PreconditionFailed
from pricing.earning import CounterKey
from services.points.domain.programme import Programme

APPROVAL_NEEDED = "APPROVAL_NEEDED"


class AdjustmentLimit(IntEnum):
    """Which limit an adjustment exceeds; the numbers are those of the proto and of the table."""

    ONE_ADJUSTMENT = 1
    MEMBER_DAY = 2
    PERSON_DAY = 3


class DirectAdjustment(NamedTuple):
    """An adjustment that nobody else approved: by whom, on which day, how many points."""

    subject: str
    day: date
    points: int

    @property
    def member_counter(self) -> CounterKey:
        """By what a member's day is counted; points that are added apart from those taken."""
        direction = "added" if self.points > 0 else "taken"
        return CounterKey(f"adjustment:{direction}", self.day.isoformat())


class DaySums(NamedTuple):
    """Points that one person has added and taken on a day without anybody's approval."""

    added: int = 0
    taken: int = 0

    def plus(self, points: int) -> "DaySums":
        """With one more adjustment."""
        return DaySums(self.added + max(0, points), self.taken + max(0, -points))

    def in_direction_of(self, points: int) -> int:
        """The sum that an adjustment adds to."""
        return self.added if points > 0 else self.taken


def check_limits(rules: Programme, points: int, *, of_member: int, of_person: int) -> None:
    """PreconditionFailed APPROVAL_NEEDED above the limit of one adjustment or of a day.

    `of_member` and `of_person` are the sums of the day with this adjustment. The metadata says by
    number which limit it is, the first of several; see limit_of.
    """
    most = rules.adjustment_day_limit_points or rules.adjustment_limit_points
    limit = None
    if abs(points) > rules.adjustment_limit_points:
        limit = AdjustmentLimit.ONE_ADJUSTMENT
    elif of_member > most:
        limit = AdjustmentLimit.MEMBER_DAY
    elif of_person > most:
        limit = AdjustmentLimit.PERSON_DAY
    if limit is not None:
        raise approval_needed(
            limit,
            {
                "points": points,
                "limit_points": rules.adjustment_limit_points,
                "day_limit_points": most,
                "of_member": of_member,
                "of_person": of_person,
            },
        )


def approval_needed(limit: AdjustmentLimit, told: Mapping[str, object]) -> PreconditionFailed:
    """The refusal of an adjustment that somebody else has to approve."""
    return PreconditionFailed(
        APPROVAL_NEEDED,
        "somebody else has to approve the adjustment",
        {"limit": int(limit), **told},
    )


def limit_of(refusal: DomainError) -> AdjustmentLimit | None:
    """Which limit a refusal of approval_needed is about; None for any other refusal."""
    if refusal.reason != APPROVAL_NEEDED:
        return None
    return AdjustmentLimit(int(refusal.metadata["limit"]))
