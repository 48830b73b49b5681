"""The only SQL that asks which kinds of card wallets hold value of."""

from collections.abc import Collection, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Of wallets whose kind of card nobody has named.
UNNAMED = ""

# One pass over the wallets at most, and only when a programme drops a kind: an index for it would
# name the balances, and every payment would have to write into it.
_IN_USE = text(
    """
    SELECT code FROM unnest(CAST(:codes AS text[])) AS code
    WHERE EXISTS (
        SELECT FROM wallets
        WHERE card_type = code AND (principal_fen > 0 OR bonus_fen > 0)
    )
    ORDER BY code DESC
    """
)


async def card_types_in_use(connection: AsyncConnection, codes: Collection[str]) -> Sequence[str]:
    """Those of the kinds of which wallets hold value; UNNAMED may be among them."""
    if not codes:
        return []
    rows = await connection.execute(_IN_USE, {"codes": sorted(codes)})
    return list(rows.scalars())
