"""Breaks: what in the books does not agree, and the transfers that prove it. Pure."""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import NamedTuple

from services.points.domain.assets import (
    MEMBER_TRANSFER,
    STORED_VALUE_LIABILITY,
    WALLET,
    Asset,
)

# The account of breaks that concern the whole books.
WHOLE_BOOKS = "00000000-0000-0000-0000-000000000000"


class BreakKind(IntEnum):
    """What does not agree; the numbers are those of the proto and of the table."""

    WALLET_BALANCE = 1
    WALLET_MISSING = 2
    WALLET_DEBT = 3
    LOT_REMAINING = 4
    LOT_EXPIRED = 5
    LOT_GRANTED = 6
    LOT_ORPHAN = 7
    LOT_MISSING = 8
    BILL_TOTAL = 9
    BILL_STORED_VALUE = 10
    BILL_ROW = 11
    BILL_MISSING = 12
    CHAIN_SEQUENCE = 13
    CHAIN_HASH = 14
    CHAIN_HEAD = 15
    HOLD_EXCEEDS_LOT = 16
    HOLD_COUNT = 17
    BOOKS_LIABILITY = 18
    BOOKS_WALLETS = 19
    BOOKS_MEMBER_TRANSFERS = 20
    BILL_PASS_LIABILITY = 21
    WALLET_CARRY = 22
    EARNING_COUNTER = 23
    LOT_TERMS = 24
    ACCOUNT_UNREADABLE = 25
    WALLET_MERGED_INTO = 26
    HOLD_TERMS = 27


class TransferRef(NamedTuple):
    """Which transfer of the account."""

    bill_id: str
    ordinal: int


class Break(NamedTuple):
    """One thing that does not agree.

    `subject` is an asset, "bill:ordinal" of a lot, a bill, "hold:what" of a hold; `expected` and
    `found` are amounts, numbers or hashes. `proof` is the fewest transfers that show what it should
    be.
    """

    kind: BreakKind
    subject: str
    expected: str
    found: str
    proof: tuple[TransferRef, ...] = ()


class AccountSum(NamedTuple):
    """What one account gave (`debit`) and received (`credit`) of one asset in all the books."""

    asset: Asset
    pass_id: str | None
    account: str
    debit: int
    credit: int


def verify_totals(sums: Iterable[AccountSum], held: Mapping[Asset, int]) -> list[Break]:
    """Breaks of the whole books, given all accounts' sums and what the wallets' rows hold in all.

    Each transfer takes from one account what it gives another, so that every asset sums to zero
    over its accounts whatever was booked; what can break is named here.
    """
    received: dict[tuple[Asset, str], int] = {}
    breaks = []
    for each in sums:
        change = each.credit - each.debit
        received[each.asset, each.account] = received.get((each.asset, each.account), 0) + change
        if each.account == MEMBER_TRANSFER and change:
            subject = f"{each.asset:d}" if each.asset not in set(Asset) else each.asset.name
            subject += f":{each.pass_id}" if each.pass_id else ""
            breaks.append(Break(BreakKind.BOOKS_MEMBER_TRANSFERS, subject, "0", str(change)))
    for asset, amount in held.items():
        moved = received.get((asset, WALLET), 0)
        if moved != amount:
            breaks.append(Break(BreakKind.BOOKS_WALLETS, asset.name, str(moved), str(amount)))
    owed = received.get((Asset.MONEY, STORED_VALUE_LIABILITY), 0)
    principal = held.get(Asset.PRINCIPAL, 0)
    if owed != principal:
        breaks.append(
            Break(BreakKind.BOOKS_LIABILITY, Asset.PRINCIPAL.name, str(principal), str(owed))
        )
    return breaks
