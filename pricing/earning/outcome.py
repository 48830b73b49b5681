"""What a sale earned, as values: grants for the wallet, and what a return needs to undo them."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from pricing.earning.carrying import Carry, CounterKey, Tally
from pricing.earning.programme import Rounding

Counters = Mapping[CounterKey, Tally]
NO_COUNTERS: Counters = MappingProxyType({})


class Grant(NamedTuple):
    """Points of one rule: a lot."""

    rule_version: str
    points: int  # greater than 0
    pending_days: int
    expiry_date: date | None  # last business date on which they can be spent; None: never
    basis_fen: int  # how much of the sale the rule looked at
    weight: int  # what it gave, fractions included; over the basis's denominator
    capped: bool  # a cap of the rule cut it


class Bonus(NamedTuple):
    """A fixed bonus that was given, and what it hung on."""

    rule_version: str
    points: int
    minimum_fen: int
    spend_fen: tuple[int, ...]  # of each line, what was in scope
    periods: tuple[str, ...]  # where a cap counted it

    @property
    def rule_id(self) -> str:
        """The rule, in all its versions."""
        return self.rule_version.partition("@")[0]


class Counted(NamedTuple):
    """What a capped rule gave on each line, and the periods where its caps counted it."""

    rule_id: str
    periods: tuple[str, ...]
    weights: tuple[int, ...]


class EarningBasis(NamedTuple):
    """What a bill keeps of its earning, so that returns undo it exactly."""

    rounding: Rounding
    denominator: int  # weight of one point when it was earned
    weights: tuple[int, ...]  # of each line: base and multipliers, after caps
    rate_points: int  # granted for the weights, bonuses not counted
    bonuses: tuple[Bonus, ...] = ()
    counted: tuple[Counted, ...] = ()
    # Rule versions that held and granted nothing, because a cap left them less than a point.
    exhausted: tuple[str, ...] = ()


class Earned(NamedTuple):
    """What a sale earns; the counters are new values, to be stored over the old."""

    grants: tuple[Grant, ...]  # the base first; no two of one rule
    basis: EarningBasis
    carry: Carry
    counters: Counters

    @property
    def points(self) -> int:
        """All points of the sale."""
        return sum(grant.points for grant in self.grants)
