"""The chain of a member's bills: each holds the hash of the one before it. Pure.

No chain runs across members, which would serialise the chain of stores; the store's walk-in
account has none, which would serialise its tills.
"""

from collections.abc import Iterable
from hashlib import sha256

from services.points.domain.transfer import Transfer


def bill_hash(
    previous_hash: bytes,
    *,
    member_id: str,
    bill_id: str,
    kind: int,
    sequence: int,
    document: bytes,
    allocation: bytes,
    receipt: bytes,
    transfers: Iterable[Transfer],
) -> bytes:
    """SHA-256 over the hash before, the bill as stored, and its transfers in order.

    `previous_hash` is empty for the first bill. Every part carries its length or a separator, so
    that no two bills share an input.
    """
    head = f"{member_id}|{bill_id}|{kind}|{sequence}|{len(document)}|{len(allocation)}|"
    moves = "".join(
        [
            f"{asset:d}|{pass_id or ''}|{debit}|{credit}|{amount}|"
            f"{f'{lot[0]}:{lot[1]}' if lot else ''};"
            for asset, debit, credit, amount, lot, pass_id in transfers
        ]
    )
    parts = (
        previous_hash.rjust(32, b"\0"),
        head.encode(),
        document,
        allocation,
        receipt,
        moves.encode(),
    )
    return sha256(b"".join(parts)).digest()
