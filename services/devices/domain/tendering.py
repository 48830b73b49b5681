"""How money handed over pays a total: change out of cash, and nothing else overpaid. Pure."""

from collections.abc import Collection, Sequence

from chassis.errors import Invalid
from services.devices.domain.sale import Tender

CASH = "cash"
TENDERS_MAX = 20
# A hundred million yuan: far above any bill, far below what an integer column holds.
_AMOUNT_FEN_MAX = 10_000_000_000


def settle(
    total_fen: int, handed: Sequence[Tender], kinds: Collection[str]
) -> tuple[tuple[Tender, ...], int]:
    """The tenders that pay exactly `total_fen`, one a kind, and the change in fen.

    Invalid: INVALID_AMOUNT, UNKNOWN_TENDER, TOO_MANY_TENDERS, NON_CASH_OVERPAID,
    TENDERS_TOO_SMALL.
    """
    if len(handed) > TENDERS_MAX:
        raise Invalid("TOO_MANY_TENDERS", f"a sale has at most {TENDERS_MAX} tenders")
    amounts: dict[str, int] = {}
    for tender in handed:
        if tender.kind not in kinds:
            raise Invalid(
                "UNKNOWN_TENDER",
                f"tender {tender.kind!r} is not one that this store takes",
                {"kind": tender.kind, "known": ",".join(sorted(kinds))},
            )
        if not 0 < tender.amount_fen <= _AMOUNT_FEN_MAX:
            raise Invalid(
                "INVALID_AMOUNT",
                f"a tender must be 1 to {_AMOUNT_FEN_MAX} fen",
                {"kind": tender.kind, "amount_fen": tender.amount_fen},
            )
        amounts[tender.kind] = amounts.get(tender.kind, 0) + tender.amount_fen
    paid_fen = sum(amounts.values())
    non_cash_fen = paid_fen - amounts.get(CASH, 0)
    figures = {"total_fen": total_fen, "paid_fen": paid_fen, "non_cash_fen": non_cash_fen}
    if non_cash_fen > total_fen:
        raise Invalid("NON_CASH_OVERPAID", "only cash may exceed the total", figures)
    if paid_fen < total_fen:
        raise Invalid("TENDERS_TOO_SMALL", "the tenders do not pay the total", figures)
    change_fen = paid_fen - total_fen
    if change_fen:
        amounts[CASH] -= change_fen
    return tuple(Tender(kind, amount) for kind, amount in amounts.items() if amount), change_fen
