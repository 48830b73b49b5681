"""Returns belong to the merges in whose time they came, whatever clocks say: merged_times.py."""

from datetime import timedelta

import pytest

from chassis.database import Database
from services.points.commands import Command
from services.points.domain.assets import Asset
from services.points.domain.programme import Programmes
from tests.fixtures.audit import prove_books
from tests.fixtures.builders_points import (
    Chain,
    build_chain,
    build_command,
    build_line,
    build_sale,
    post_commands,
)
from tests.fixtures.capped_sales import CAPPED, gift_command, gift_return_command_of
from tests.fixtures.returning import build_return, command_of, posted, reason, seed_wallet
from tests.fixtures.wallet_commands import PROGRAMMES, give, merge_command, owned, undo_command
from tests.fixtures.wallet_moves import NOW

RULES = Programmes([CAPPED])


async def at(
    database: Database, second: int, *commands: Command, rules: Programmes = PROGRAMMES
) -> None:
    """Posts commands as one batch, at a second by the clock of the replica that has it."""
    now = NOW + timedelta(seconds=second)
    for outcome in await post_commands(database, *commands, now=now, programmes=rules):
        posted(outcome)


class TestAReturnBeforeTheNextMerge:
    @pytest.mark.parametrize("seconds", [(), (10, 11, 12), (10, 11, 9)])
    async def test_does_not_count_for_it(
        self, database: Database, chain: Chain, seconds: tuple[int, ...]
    ) -> None:
        """In one batch, which has one moment, or with the merge under a clock that is behind."""
        chain, (then,) = await build_chain(database, 1)
        goes, first = chain.member_id, chain.other_member_id
        await seed_wallet(database, chain, (Asset.POINTS, 100, None), member_id=goes)
        mugs = gift_command(chain, goes, 3)
        old = merge_command(chain, goes, first)
        await at(database, 1, mugs, rules=RULES)
        await at(database, 2, old, rules=RULES)
        back = await gift_return_command_of(database, chain, mugs, 1)
        new = merge_command(chain, goes, then)
        commands = (back, undo_command(chain, goes, old.bill_id), new)
        if seconds:
            for second, command in zip(seconds, commands, strict=True):
                await at(database, second, command, rules=RULES)
        else:
            await at(database, 10, *commands, rules=RULES)
        await at(database, 20, undo_command(chain, goes, new.bill_id), rules=RULES)
        # Two mugs of at most three are with the member.
        again = gift_command(chain, goes, 2)
        (outcome,) = await post_commands(
            database, again, now=NOW + timedelta(seconds=30), programmes=RULES
        )
        assert reason(outcome) == "GIFT_LIMIT_EXCEEDED"
        await prove_books(database)


@pytest.mark.parametrize("second", [14, 12, 11, 1])
async def test_a_return_at_the_end_of_a_chain_of_merges_counts_for_each(
    database: Database, second: int
) -> None:
    chain, (last,) = await build_chain(database, 1)
    goes, stays = chain.member_id, chain.other_member_id
    await give(database, chain, goes, principal=100_00)
    line = build_line(chain.product_ids[0], list_fen=80_00, discount_fen=0)
    sale = build_sale(chain, lines=[line], tenders=[("stored_value", 80_00)])
    await at(database, 1, build_command(sale))
    one, two = merge_command(chain, goes, stays), merge_command(chain, stays, last)
    await at(database, 12, one)
    await at(database, 13, two)
    await at(database, second, await command_of(database, build_return(chain, sale.sale_id)))
    await at(database, 20, undo_command(chain, stays, two.bill_id))
    await at(database, 21, undo_command(chain, goes, one.bill_id))
    assert await owned(database, goes) == {"PRINCIPAL": 100_00}
    assert await owned(database, stays) == {}
    await prove_books(database)
