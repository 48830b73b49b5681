"""Who can sign in at the development issuer. Made-up roles, one password for all of them.

`make run` prints this table. Nothing here reaches a production deployment, which brings an
OpenID Connect provider of its own.
"""

from dataclasses import dataclass

PASSWORD = "yika-demo"  # noqa: S105 - printed on the screen on purpose

# The first store of the demo chain; the seed of `make run` creates it under this id.
FIRST_DEMO_STORE_ID = "01920000-0000-7000-8000-000000000001"

READ_PERMISSIONS = (
    "inventory.catalogue.read",
    "inventory.stock.read",
    "members.members.read",
    "members.stubs.read",
    "messaging.messages.read",
    "points.adjustments.read",
    "points.balances.read",
    "points.bills.read",
    "points.coupons.read",
    "points.ledger.read",
    "points.holds.read",
    "points.passes.read",
    "points.programmes.read",
    "points.wallets.read",
    "reports.sales.read",
    "reports.value.read",
)


# What staff does to whole wallets: a decision each time, with a reason.
WALLET_PERMISSIONS = (
    "points.cards.transfer",
    "points.households.link",
    "points.transfers.post",
    "points.wallets.freeze",
    "points.wallets.merge",
)
# Money in and out of wallets, at the desk of a store.
STORED_VALUE_PERMISSIONS = (
    "points.cash_outs.post",
    "points.top_ups.post",
    "points.top_ups.reverse",
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo chain: a role, what it may do and in which stores."""

    login: str
    password: str
    role: str  # Chinese name of the role; the screens show it
    permissions: tuple[str, ...]
    stores: tuple[str, ...]  # ("*",) stands for every store


PEOPLE = (
    Person(
        "hq",
        PASSWORD,
        "总部运营",
        (
            *READ_PERMISSIONS,
            *WALLET_PERMISSIONS,
            "members.members.update",
            "members.tiers.set",
            "points.adjustments.post",
            "points.programmes.publish",
        ),
        ("*",),
    ),
    Person(
        "finance",
        PASSWORD,
        "财务",
        (
            # Headquarters and managers propose what finance approves.
            "points.adjustments.approve",
            "points.adjustments.read",
            "points.balances.read",
            "points.bills.read",
            "points.ledger.read",
            "points.ledger.verify",
            "points.wallets.read",
            "reports.sales.read",
            "reports.value.read",
        ),
        ("*",),
    ),
    Person(
        "manager",
        PASSWORD,
        "门店店长",
        (
            "inventory.catalogue.read",
            "inventory.stock.read",
            "points.adjustments.post",
            "points.gifts.redeem",
            "points.gifts.return",
            "points.passes.read",
            "points.passes.refund",
            "points.passes.reverse",
            "points.passes.sell",
            "points.passes.share",
            "points.passes.use",
            *STORED_VALUE_PERMISSIONS,
            "points.returns.post",
            "reports.sales.read",
            "reports.value.read",
        ),
        (FIRST_DEMO_STORE_ID,),
    ),
    # May sell and nothing else: shows what a person without a permission sees.
    Person("cashier", PASSWORD, "收银员", ("points.sales.post",), (FIRST_DEMO_STORE_ID,)),
)
