"""Who is who on this machine: the permissions that each part's own token holds.

In a deployment the same list is the configuration of the identity provider.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.dev_issuer.keys import load_or_create
from tools.local_stack.state import write_private

TOKEN_LIFETIME_SECONDS = 24 * 3600
TOKEN_RENEWAL_SECONDS = 6 * 3600

EVERY_PERMISSION = frozenset(
    {
        "inventory.catalogue.read",
        "inventory.catalogue.write",
        "inventory.prices.write",
        "inventory.stock.read",
        "inventory.stock.write",
        "inventory.stores.write",
        "members.contacts.read",
        "members.facts.read",
        "members.members.read",
        "members.members.register",
        "members.members.update",
        "members.stubs.read",
        "members.tiers.set",
        "messaging.messages.read",
        "points.adjustments.approve",
        "points.adjustments.post",
        "points.adjustments.read",
        "points.balances.read",
        "points.bills.read",
        "points.coupons.bind",
        "points.coupons.export",
        "points.coupons.issue",
        "points.coupons.read",
        "points.coupons.revoke",
        "points.coupons.use",
        "points.gifts.redeem",
        "points.gifts.return",
        "points.ledger.read",
        "points.ledger.verify",
        "points.holds.create",
        "points.holds.read",
        "points.holds.void",
        "points.passes.read",
        "points.passes.refund",
        "points.passes.reverse",
        "points.passes.sell",
        "points.passes.share",
        "points.passes.use",
        "points.programmes.publish",
        "points.programmes.read",
        "points.returns.post",
        "points.sales.post",
        "points.cash_outs.post",
        "points.top_ups.post",
        "points.top_ups.reverse",
        "points.cards.transfer",
        "points.households.link",
        "points.transfers.post",
        "points.wallets.freeze",
        "points.wallets.merge",
        "points.wallets.read",
        "reports.sales.read",
        "reports.value.read",
    }
)


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller: what it may do, and in which stores."""

    permissions: frozenset[str]
    stores: str | tuple[str, ...] = "*"


def identities(gateway_store_id: str) -> Mapping[str, Identity]:
    """Name -> identity of all that call services; the gateway reaches its own store alone."""
    return {
        "points": Identity(
            frozenset({"inventory.catalogue.read", "members.facts.read", "members.stubs.read"})
        ),
        "messaging": Identity(frozenset({"members.contacts.read"})),
        "reports": Identity(frozenset({"inventory.catalogue.read"})),
        "devices": Identity(
            frozenset({"inventory.catalogue.read", "members.stubs.read", "points.sales.post"}),
            (gateway_store_id,),
        ),
        "replay": Identity(EVERY_PERMISSION),
        "seed": Identity(EVERY_PERMISSION),
    }


def write_tokens(state: Path, issuer: str, known: Mapping[str, Identity]) -> None:
    """Writes a fresh token per identity below state/tokens, signed in the name of `issuer`."""
    key = load_or_create(state, issuer)
    for name, identity in known.items():
        stores = identity.stores if isinstance(identity.stores, str) else list(identity.stores)
        token = key.sign(
            f"service:{name}",
            identity.permissions,
            stores=stores,
            lifetime_seconds=TOKEN_LIFETIME_SECONDS,
        )
        write_private(state / "tokens" / name, token)
