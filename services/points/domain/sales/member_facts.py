"""What rules ask of the member's owner, and when they ask it. Nothing of it is stored. Pure."""

from calendar import isleap
from datetime import date
from typing import NamedTuple

from pricing.earning import EarningProgramme


class MemberFacts(NamedTuple):
    """The member's tier and birthday; 0 for a birthday that is not known or was not asked for."""

    tier: str = ""
    birth_month: int = 0
    birth_day: int = 0

    def has_birthday(self, day: date) -> bool:
        """True on the birthday; who was born on 29 February has it on the 28th of other years."""
        birthday = (self.birth_month, self.birth_day)
        if birthday == (2, 29) and not isleap(day.year):
            birthday = (2, 28)
        return birthday == (day.month, day.day)


NO_FACTS = MemberFacts()


class FactsNeeded(NamedTuple):
    """What rules ask of a member."""

    tier: bool = False
    birthday: bool = False

    def also(self, other: "FactsNeeded") -> "FactsNeeded":
        """What either asks."""
        return FactsNeeded(self.tier or other.tier, self.birthday or other.birthday)


def facts_needed(rules: EarningProgramme, business_date: date) -> FactsNeeded:
    """What the rules that can hold on a business date ask of a member."""
    needed = FactsNeeded()
    for rule in rules.rules:
        conditions = rule.conditions
        if (
            (conditions.first_date or date.min)
            <= business_date
            <= (conditions.last_date or date.max)
        ):
            asked = FactsNeeded(bool(conditions.tiers), conditions.birthday is not None)
            needed = needed.also(asked)
    return needed
