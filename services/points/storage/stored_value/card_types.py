"""The only SQL that asks which kinds of card wallets hold value of."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# One pass over the wallets, and only when a programme changes its kinds: an index for it would name
# the balances, and every payment would have to write into it.
_IN_USE = text(
    """
    SELECT DISTINCT card_type FROM wallets WHERE principal_fen > 0 OR bonus_fen > 0
    ORDER BY card_type DESC
    """
)


async def card_types_in_use(connection: AsyncConnection) -> Sequence[str]:
    """The kinds of which wallets hold value; "" for those whose kind nobody has named."""
    return list((await connection.execute(_IN_USE)).scalars())
