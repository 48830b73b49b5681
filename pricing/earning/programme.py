"""A points programme: how money becomes points, in one version that never changes.

How rules stack on one line, in this order:

1. A multiplier below 1 is a reduction. The lowest that holds for a line counts alone: it takes
   the place of the base there, and no other multiplier touches the line. At 0 the line earns
   nothing and counts for no bonus.
2. Of the multipliers that do not stack, the best one counts; the earlier rule on a tie. What
   its cap no longer covers falls to the next best.
3. Every stackable multiplier adds its own extra: 2x and a stackable 1.5x make 2.5x.
4. Every fixed bonus is given, once per sale.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from pricing.earning.expiry import NEVER, ExpiryPolicy
from pricing.earning.facts import Conditions, Scope

WHOLE_BP = 10_000


class Rounding(Enum):
    """What happens to a fraction of a point."""

    CARRY = "CARRY"  # it waits for the member's next sale
    FLOOR_PER_SALE = "FLOOR_PER_SALE"  # it is dropped, once per sale


class Caps(NamedTuple):
    """What one member gets of a rule at most; 0 is no cap."""

    day_points: int = 0  # per business date
    month_points: int = 0  # per month of the business date


NO_CAPS = Caps()


@dataclass(frozen=True, slots=True)
class Multiplier:
    """Points on the lines in scope, in basis points of the base: 20,000 is double."""

    multiplier_bp: int
    stackable: bool = False

    def __post_init__(self) -> None:
        if self.multiplier_bp < 0 or self.multiplier_bp == WHOLE_BP:
            raise ValueError("multiplier_bp must be 0 or more, and not 10,000, which does nothing")


@dataclass(frozen=True, slots=True)
class FixedBonus:
    """Points given once per sale in which at least `minimum_fen`, and something, is in scope."""

    points: int
    minimum_fen: int = 0

    def __post_init__(self) -> None:
        if self.points <= 0 or self.minimum_fen < 0:
            raise ValueError("points must be positive and minimum_fen not negative")


@dataclass(frozen=True, slots=True)
class ProgrammeRule:
    """One rule: when, on what, which effect. Pending days and expiry None: the programme's."""

    rule_id: str
    effect: Multiplier | FixedBonus
    conditions: Conditions = field(default_factory=Conditions)
    scope: Scope = field(default_factory=Scope)
    caps: Caps = NO_CAPS
    pending_days: int | None = None
    expiry: ExpiryPolicy | None = None
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class EarningProgramme:
    """All rules of earning of one version.

    `pending_days` after the business date of the sale its points can be spent; 0: at once. The
    time of `expiry` runs from that day. `caps` are those of the base, extras not counted.
    """

    version: int
    fen_per_point: int
    rule_id: str = "base"
    rounding: Rounding = Rounding.CARRY
    rules: tuple[ProgrammeRule, ...] = ()
    non_earning_tenders: frozenset[str] = frozenset()
    caps: Caps = NO_CAPS
    pending_days: int = 0
    expiry: ExpiryPolicy = NEVER
    # The weight of one point.
    denominator: int = field(init=False, repr=False, compare=False)
    # No rule and no cap: most chains, and the short way through.
    is_plain: bool = field(init=False, repr=False, compare=False)
    # The base rule in this version, for example "base@1".
    rule_version: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.fen_per_point <= 0:
            raise ValueError("fen_per_point must be positive")
        if len({self.rule_id, *(rule.rule_id for rule in self.rules)}) <= len(self.rules):
            raise ValueError("rule_id must be unique")
        limits = [(self.caps, self.pending_days)]
        limits += [(rule.caps, rule.pending_days or 0) for rule in self.rules]
        if any(min(*caps, pending_days) < 0 for caps, pending_days in limits):
            raise ValueError("caps and pending_days must not be negative")
        object.__setattr__(self, "denominator", self.fen_per_point * WHOLE_BP)
        object.__setattr__(self, "is_plain", not self.rules and not any(self.caps))
        object.__setattr__(self, "rule_version", self.version_of(self.rule_id))

    def version_of(self, rule_id: str) -> str:
        """A rule's name in this version, for example "base@1"; every lot keeps it."""
        return f"{rule_id}@{self.version}"

    def rule(self, rule_version: str) -> ProgrammeRule | None:
        """The rule of such a name; None for the base. KeyError when this version has none."""
        for rule in self.rules:
            if self.version_of(rule.rule_id) == rule_version:
                return rule
        if rule_version != self.rule_version:
            raise KeyError(rule_version)
        return None


# One point per whole yuan, dropped fractions: what the replayed year was booked with.
BASE_PROGRAMME = EarningProgramme(version=1, fen_per_point=100, rounding=Rounding.FLOOR_PER_SALE)
