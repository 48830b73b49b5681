"""What a document moved between two wallets, as its receipt tells it. Pure."""

from typing import NamedTuple

from pricing.earning import Carry


class Moved(NamedTuple):
    """Amounts that went from one wallet to another; a debt moves as a debt.

    `purchases` are sales that count towards a first purchase, `carry` what sales left over below
    a whole point.
    """

    points: int = 0
    principal_fen: int = 0
    bonus_fen: int = 0
    pass_units: int = 0
    debt_points: int = 0
    purchases: int = 0
    carry: Carry = Carry()

    def minus(self, other: "Moved") -> "Moved":
        """What is left of the amounts, none below 0, when `other` is gone. The carry is 0."""
        pairs = zip(self[:-1], other[:-1], strict=True)
        return Moved(*(max(0, mine - gone) for mine, gone in pairs))
