"""Kinds of value, of documents and of accounts: the words of the ledger. Pure.

A wallet and a debt belong to the member of the row, the other accounts to its store. System
accounts have no balance row, which would serialise the chain: their balance is a sum.
"""

from enum import IntEnum


class Asset(IntEnum):
    """Kinds of value; the numbers are those of the proto and of the tables.

    MONEY is what tills take and revenue is made of; the others are what members own. PASS is one
    asset per pass definition: its transfers and lots name the definition in pass_id.
    """

    MONEY = 1
    POINTS = 2
    PRINCIPAL = 3
    BONUS = 4
    PASS = 5


# By its number in the tables, where another release may have written one that is not known here.
ASSETS = {int(asset): asset for asset in Asset}


class BillKind(IntEnum):
    """Kinds of document; the numbers are those of the proto and of the tables."""

    SALE = 1
    SALE_RETURN = 2
    TOP_UP = 3
    TOP_UP_REVERSAL = 4
    CARD_CASH_OUT = 5
    PASS_SALE = 6
    PASS_USE = 7
    PASS_REFUND = 8
    GIFT_REDEMPTION = 9
    POINTS_ADJUSTMENT = 10
    EXPIRY = 11
    MERGE = 12
    CARD_TRANSFER = 13
    POINTS_TRANSFER = 14
    MERGE_REVERSAL = 15
    PASS_USE_REVERSAL = 16
    GIFT_RETURN = 17


# Accounts of a member.
WALLET = "wallet"
POINTS_DEBT = "points_debt"  # points clawed back that the wallet did not hold

# Where value comes from and goes to, counted in its own asset.
POINTS_ISSUED = "points_issued"
POINTS_REDEEMED = "points_redeemed"
POINTS_EXPIRED = "points_expired"
POINTS_WRITTEN_OFF = "points_written_off"  # clawed back on paper, forgiven by policy
PRINCIPAL_ISSUED = "principal_issued"
PRINCIPAL_REDEEMED = "principal_redeemed"
PRINCIPAL_CASHED_OUT = "principal_cashed_out"
PRINCIPAL_EXPIRED = "principal_expired"
BONUS_ISSUED = "bonus_issued"
BONUS_REDEEMED = "bonus_redeemed"
BONUS_EXPIRED = "bonus_expired"
BONUS_WITHDRAWN = "bonus_withdrawn"
PASS_ISSUED = "pass_issued"  # noqa: S105 - a pass, not a password
PASS_REDEEMED = "pass_redeemed"  # noqa: S105
PASS_REFUNDED = "pass_refunded"  # noqa: S105
PASS_EXPIRED = "pass_expired"  # noqa: S105
MEMBER_TRANSFER = "member_transfer"  # between two wallets; zero over both bills

# Money.
REVENUE = "revenue"
STORED_VALUE_LIABILITY = "stored_value_liability"
PASS_LIABILITY = "pass_liability"  # noqa: S105
BREAKAGE = "breakage"

# Tenders that are value of the member's, not money that a till takes.
POINTS_TENDER = "points"
STORED_VALUE_TENDER = "stored_value"
# What the chain pays for points and bonus that its customers spend.
POINTS_COST = "tender:points"
BONUS_COST = "tender:bonus"

ISSUED = {
    Asset.POINTS: POINTS_ISSUED,
    Asset.PRINCIPAL: PRINCIPAL_ISSUED,
    Asset.BONUS: BONUS_ISSUED,
    Asset.PASS: PASS_ISSUED,
}
REDEEMED = {
    Asset.POINTS: POINTS_REDEEMED,
    Asset.PRINCIPAL: PRINCIPAL_REDEEMED,
    Asset.BONUS: BONUS_REDEEMED,
    Asset.PASS: PASS_REDEEMED,
}
EXPIRED = {
    Asset.POINTS: POINTS_EXPIRED,
    Asset.PRINCIPAL: PRINCIPAL_EXPIRED,
    Asset.BONUS: BONUS_EXPIRED,
    Asset.PASS: PASS_EXPIRED,
}


def tender_account(kind: str) -> str:
    """The account of money that a store's tills took in one kind of tender."""
    return f"tender:{kind}"


def tender_kind(account: str) -> str:
    """The kind of tender of such an account."""
    return account.removeprefix("tender:")
