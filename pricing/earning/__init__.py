"""Points earned by sales and taken back by returns: exact integers, no I/O, no clock."""

from pricing.earning.carrying import (
    NOTHING_CARRIED,
    Carry,
    CounterKey,
    Tally,
    carry_in,
    uncarry,
)
from pricing.earning.expiry import ExpiryKind, ExpiryPolicy, expiry_date
from pricing.earning.explanation import Explanation, explain
from pricing.earning.facts import (
    Birthday,
    Conditions,
    EarningLine,
    SaleFacts,
    Scope,
    earning_fen,
)
from pricing.earning.outcome import Bonus, Counted, Counters, Earned, EarningBasis, Grant
from pricing.earning.per_sale import BASE_RULE, EarningRule, points_earned
from pricing.earning.programme import (
    BASE_PROGRAMME,
    Caps,
    EarningProgramme,
    FixedBonus,
    Multiplier,
    ProgrammeRule,
    Rounding,
)
from pricing.earning.returning import (
    BonusTaken,
    TakenBack,
    points_kept,
    returned_counter_keys,
    take_back,
)
from pricing.earning.sale import counter_keys, earn, earn_plain

__all__ = [
    "BASE_PROGRAMME",
    "BASE_RULE",
    "NOTHING_CARRIED",
    "Birthday",
    "Bonus",
    "BonusTaken",
    "Caps",
    "Carry",
    "Conditions",
    "Counted",
    "CounterKey",
    "Counters",
    "Earned",
    "EarningBasis",
    "EarningLine",
    "EarningProgramme",
    "EarningRule",
    "ExpiryKind",
    "ExpiryPolicy",
    "Explanation",
    "FixedBonus",
    "Grant",
    "Multiplier",
    "ProgrammeRule",
    "Rounding",
    "SaleFacts",
    "Scope",
    "TakenBack",
    "Tally",
    "carry_in",
    "counter_keys",
    "earn",
    "earn_plain",
    "earning_fen",
    "expiry_date",
    "explain",
    "points_earned",
    "points_kept",
    "returned_counter_keys",
    "take_back",
    "uncarry",
]
