"""Earned points that expired unspent are not charged on a return, with whomever they expired."""

from datetime import timedelta

import pytest

from chassis.clock import to_proto_date
from chassis.database import Database
from pricing.earning import EarningProgramme
from pricing.earning.expiry import ExpiryKind, ExpiryPolicy
from services.points.commands import Command
from services.points.domain.assets import Asset
from services.points.domain.expiry import expiry_header
from services.points.domain.programme import HouseholdTransfer, Programme, Programmes
from services.points.usecases.expiry.book_expiry import expiry_command
from tests.fixtures.builders_points import (
    BUSINESS_DATE,
    SOLD_AT,
    Chain,
    build_chain,
    build_command,
    build_line,
    build_sale,
    post_commands,
)
from tests.fixtures.returning import build_return, command_of, posted, rows, seed_wallet, wallet
from tests.fixtures.wallet_commands import (
    merge_command,
    points_command,
    put_into_household,
    undo_command,
)

RULES = Programmes(
    [
        Programme(
            version=2,
            earning=EarningProgramme(
                version=2, fen_per_point=100, expiry=ExpiryPolicy(ExpiryKind.DAYS, 1)
            ),
            household_transfer=HouseholdTransfer(1, 1000),
        )
    ]
)
LATER = SOLD_AT + timedelta(days=10)
EXPIRED_ON = BUSINESS_DATE + timedelta(days=9)


@pytest.fixture
async def chain(database: Database) -> Chain:
    """A chain whose other member has 30 points that last."""
    chain, _ = await build_chain(database)
    await seed_wallet(database, chain, (Asset.POINTS, 30, None), member_id=chain.other_member_id)
    return chain


async def run(database: Database, *commands: Command) -> None:
    for outcome in await post_commands(database, *commands, now=LATER, programmes=RULES):
        posted(outcome)


async def sell(database: Database, chain: Chain) -> str:
    """A sale that earns 100 points for one day."""
    line = build_line(chain.product_ids[0], list_fen=100_00, discount_fen=0)
    sale = build_sale(chain, lines=[line])
    outcomes = await post_commands(database, build_command(sale), now=SOLD_AT, programmes=RULES)
    posted(outcomes[0])
    return sale.sale_id


def expiry(chain: Chain, member_id: str) -> Command:
    header = expiry_header(member_id, chain.store_id, EXPIRED_ON)
    return expiry_command(header, EXPIRED_ON)


async def give_back(database: Database, chain: Chain, sale_id: str, *lines: tuple[int, int]) -> str:
    message = build_return(chain, sale_id, *lines)
    await run(database, await command_of(database, message))
    return message.header.bill_id


async def has(database: Database, member_id: str) -> tuple[int, int]:
    """Points and debt."""
    found = await wallet(database, member_id)
    return found["points"], found["debt"]


async def expired(database: Database, sale_id: str) -> dict[str, int]:
    """What the rows of the sale's lot say that expired, by member."""
    query = "SELECT member_id, expired FROM lots WHERE bill_id = :id AND expired > 0"
    return {str(row.member_id): row.expired for row in await rows(database, query, id=sale_id)}


async def not_issued_any_more(database: Database, bill_id: str) -> list[tuple[bool, int]]:
    """What a return took of expired points: whether from a lot, and how many."""
    query = """SELECT lot_bill_id, amount FROM transfers WHERE bill_id = :id
               AND debit_account = 'points_expired' AND credit_account = 'points_issued'"""
    found = await rows(database, query, id=bill_id)
    return [(row.lot_bill_id is not None, row.amount) for row in found]


class TestExpiredElsewhere:
    async def test_before_a_merge(self, database: Database, chain: Chain) -> None:
        sale_id = await sell(database, chain)
        await run(database, expiry(chain, chain.member_id))
        await run(database, merge_command(chain, chain.member_id, chain.other_member_id))
        bill_id = await give_back(database, chain, sale_id)
        assert await has(database, chain.other_member_id) == (30, 0)
        assert await not_issued_any_more(database, bill_id) == [(False, 100)]
        assert await expired(database, sale_id) == {chain.member_id: 100}

    async def test_in_the_batch_of_the_merge_and_the_return(
        self, database: Database, chain: Chain
    ) -> None:
        sale_id = await sell(database, chain)
        back = await command_of(database, build_return(chain, sale_id))
        merge = merge_command(chain, chain.member_id, chain.other_member_id)
        await run(database, expiry(chain, chain.member_id), merge, back)
        assert await has(database, chain.other_member_id) == (30, 0)

    async def test_with_the_other_member_before_a_merge_was_undone(
        self, database: Database, chain: Chain
    ) -> None:
        sale_id = await sell(database, chain)
        merge = merge_command(chain, chain.member_id, chain.other_member_id)
        await run(database, merge)
        await run(database, expiry(chain, chain.other_member_id))
        await run(database, undo_command(chain, chain.member_id, merge.bill_id))
        await give_back(database, chain, sale_id)
        assert await has(database, chain.member_id) == (0, 0)
        assert await has(database, chain.other_member_id) == (30, 0)

    @pytest.mark.parametrize(("days", "owed"), [(0, 40), (2, 0)])
    async def test_is_taken_once_by_returns_on_either_side_of_an_undoing(
        self, database: Database, chain: Chain, days: int, owed: int
    ) -> None:
        """What was given away is made good to who had it, unless it is of no use any more."""
        sale_id = await sell(database, chain)
        # 60 of the 100 expire; of the 40 that were given away that has not been booked yet.
        await put_into_household(database, [chain.member_id, chain.other_member_id])
        gift = points_command(chain, chain.member_id, chain.other_member_id, 40)
        (outcome,) = await post_commands(database, gift, now=SOLD_AT, programmes=RULES)
        posted(outcome)
        await run(database, expiry(chain, chain.member_id))
        merge = merge_command(chain, chain.member_id, chain.other_member_id)
        await run(database, merge)
        first = await give_back(database, chain, sale_id, (1, 500))
        assert await not_issued_any_more(database, first) == [(False, 10)]
        day = to_proto_date(BUSINESS_DATE + timedelta(days=days))
        undo = undo_command(chain, chain.member_id, merge.bill_id, business_date=day)
        await run(database, undo)
        second = await give_back(database, chain, sale_id)
        assert await not_issued_any_more(database, second) == [(True, 50)]
        assert await has(database, chain.member_id) == (0, owed)
        assert await has(database, chain.other_member_id) == (30 + owed, 0)
        assert await expired(database, sale_id) == {chain.member_id: 10}

    async def test_with_whom_they_were_given_to(self, database: Database, chain: Chain) -> None:
        sale_id = await sell(database, chain)
        await put_into_household(database, [chain.member_id, chain.other_member_id])
        gift = points_command(chain, chain.member_id, chain.other_member_id, 40)
        (outcome,) = await post_commands(database, gift, now=SOLD_AT, programmes=RULES)
        posted(outcome)
        for member_id in (chain.member_id, chain.other_member_id):
            await run(database, expiry(chain, member_id))
        bill_id = await give_back(database, chain, sale_id)
        assert await not_issued_any_more(database, bill_id) == [(True, 60), (False, 40)]
        assert await has(database, chain.member_id) == (0, 0)
        assert await expired(database, sale_id) == {chain.other_member_id: 40}
