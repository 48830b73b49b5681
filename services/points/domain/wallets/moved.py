"""What a document moved between two wallets, as its receipt tells it. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from pricing.earning import Carry
from services.points.domain.assets import Asset


class Moved(NamedTuple):
    """Amounts that went from one wallet to another; a debt moves as a debt.

    `purchases` are sales that count towards a first purchase, `tallies` how many counts of capped
    rules and gifts were added, `carry` what sales left over below a whole point.
    """

    points: int = 0
    principal_fen: int = 0
    bonus_fen: int = 0
    pass_units: int = 0
    debt_points: int = 0
    purchases: int = 0
    tallies: int = 0
    carry: Carry = Carry()

    def plus(self, units: Mapping[Asset, int]) -> "Moved":
        """With so much more of each asset."""
        more = units.get
        return self._replace(
            points=self.points + more(Asset.POINTS, 0),
            principal_fen=self.principal_fen + more(Asset.PRINCIPAL, 0),
            bonus_fen=self.bonus_fen + more(Asset.BONUS, 0),
            pass_units=self.pass_units + more(Asset.PASS, 0),
        )

    def minus(self, other: "Moved") -> "Moved":
        """What is left of the amounts, none below 0, when `other` is gone. The carry is 0."""
        return Moved(
            max(0, self.points - other.points),
            max(0, self.principal_fen - other.principal_fen),
            max(0, self.bonus_fen - other.bonus_fen),
            max(0, self.pass_units - other.pass_units),
            max(0, self.debt_points - other.debt_points),
            max(0, self.purchases - other.purchases),
            max(0, self.tallies - other.tallies),
        )
