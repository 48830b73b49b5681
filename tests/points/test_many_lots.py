"""Wallets with more lots than a document can show: LOTS_MAX and TRANSFERS_MAX."""

import pytest

from chassis.database import Database
from chassis.errors import PreconditionFailed
from services.points.domain import lot_booking
from services.points.domain.assets import Asset
from services.points.domain.lot import LOTS_MAX
from services.points.domain.lot_booking import TRANSFERS_MAX
from services.points.domain.posting import Posting
from services.points.usecases.post_bills import Outcome, Posted
from tests.fixtures.branch import Branches
from tests.fixtures.builders_holds import build_hold, hold
from tests.fixtures.builders_points import Chain, build_chain, build_command, build_sale
from tests.fixtures.good_requests import GOOD_REQUESTS
from tests.fixtures.refusals import refusal
from tests.fixtures.wallet_commands import (
    done,
    owned,
    points_command,
    post,
    put_into_household,
    value_command,
)
from tests.fixtures.wallet_moves import Book, spending


def granting_lots(count: int) -> Book:
    """Grants so many lots of one point each."""

    def book(posting: Posting) -> None:
        for _ in range(count):
            posting.grant(Asset.POINTS, 1, rule_version="test@1")

    return book


@pytest.fixture
async def chain(database: Database) -> Chain:
    """A chain whose member has one lot more than a document can show."""
    chain, _ = await build_chain(database)
    await done(database, value_command(chain, chain.member_id, granting_lots(LOTS_MAX + 1)))
    return chain


def reason_of(outcome: Outcome) -> str:
    """Why it is refused."""
    assert not isinstance(outcome, Posted)
    return outcome.reason


async def test_who_spends_too_many_is_refused_alone(database: Database, chain: Chain) -> None:
    spend = value_command(chain, chain.member_id, spending(Asset.POINTS, LOTS_MAX + 1))
    refused, neighbour = await post(database, spend, build_command(build_sale(chain, member_id="")))
    assert reason_of(refused) == "TOO_MANY_LOTS"
    assert isinstance(neighbour, Posted)
    await done(database, value_command(chain, chain.member_id, spending(Asset.POINTS, LOTS_MAX)))
    assert await owned(database, chain.member_id) == {"POINTS": 1}


async def test_so_is_who_gives_too_many(database: Database, chain: Chain) -> None:
    await done(database, value_command(chain, chain.other_member_id, granting_lots(1)))
    await put_into_household(database, [chain.member_id, chain.other_member_id])
    move = points_command(chain, chain.member_id, chain.other_member_id, LOTS_MAX + 1)
    refused, neighbour = await post(database, move, build_command(build_sale(chain, member_id="")))
    assert reason_of(refused) == "TOO_MANY_LOTS"
    assert isinstance(neighbour, Posted)


async def test_too_many_are_not_held(database: Database, chain: Chain) -> None:
    with pytest.raises(PreconditionFailed, match="TOO_MANY_LOTS"):
        await hold(database, build_hold(chain, LOTS_MAX + 1))
    await hold(database, build_hold(chain, LOTS_MAX))


async def test_a_bill_of_more_transfers_than_have_numbers_is_refused_alone(
    database: Database,
) -> None:
    chain, _ = await build_chain(database)
    bill = value_command(chain, chain.member_id, granting_lots(TRANSFERS_MAX + 1))
    refused, neighbour = await post(database, bill, build_command(build_sale(chain, member_id="")))
    assert reason_of(refused) == "TOO_MANY_LOTS"
    assert isinstance(neighbour, Posted)
    await done(database, value_command(chain, chain.member_id, granting_lots(TRANSFERS_MAX)))


async def test_a_quote_says_so_too(branches: Branches, monkeypatch: pytest.MonkeyPatch) -> None:
    branch = await branches.open()
    quote = await GOOD_REQUESTS["QuoteReturn"](branch)
    await branch.clerk.QuoteReturn(quote)
    monkeypatch.setattr(lot_booking, "TRANSFERS_MAX", 0)
    assert (await refusal(branch.clerk.QuoteReturn(quote))).reason == "TOO_MANY_LOTS"
