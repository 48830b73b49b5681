"""What comes back and is paid out in one batch takes its bonus along: usecases/load_books.py."""

from datetime import timedelta

import pytest

from chassis.database import Database
from services.points.commands import Command
from services.points.domain.programme import Programme, Programmes
from services.points.domain.sales.member_facts import NO_FACTS
from services.points.domain.stored_value.stored_value import (
    CardType,
    SpendingOrder,
    StoredValueProgramme,
    TopUpBand,
    TopUpRule,
)
from services.points.messages.documents import read_header
from services.points.messages.stored_value.stored_value_requests import read_cash_out, read_top_up
from services.points.usecases.stored_value.cash_out import cash_out_command
from services.points.usecases.stored_value.top_up import top_up_command
from services.points.usecases.wallets.merge_members import merge_members_command
from services.points.usecases.wallets.transfer_card import transfer_card_command
from tests.fixtures.builders_points import (
    BUSINESS_DATE,
    Chain,
    build_command,
    build_header,
    post_commands,
)
from tests.fixtures.builders_stored_value import (
    build_cash_out,
    build_spend,
    build_top_up,
    swapped,
)
from tests.fixtures.pass_postings import NOW, PostedPasses, told, value_of
from tests.fixtures.passes import NOON, build_definition
from tests.fixtures.returning import build_return, command_of
from yika.points.v1 import wallet_service_pb2

DEFINITION = build_definition(price_fen=550_00)
TENTH = TopUpBand(100_00, bonus_bp=1_000)
RULES = Programmes(
    [
        Programme(
            version=2,
            effective_at=NOON - timedelta(days=9),
            passes={DEFINITION.pass_id: DEFINITION},
            stored_value=StoredValueProgramme(
                card_types=(CardType("member", True, SpendingOrder.BONUS_FIRST),),
                top_up_rules=(TopUpRule("tenth", 2, "充100送10", (TENTH,), BUSINESS_DATE),),
                top_up_tender_kinds=frozenset({"cash", "bank_card"}),
                transfer_tender_kinds=frozenset({"bank_card"}),
            ),
        )
    ]
)


async def post(database: Database, *batches: list[Command]) -> None:
    """Posts batches, of which nothing may be refused."""
    for batch in batches:
        outcomes = await post_commands(database, *batch, now=NOW, programmes=RULES)
        assert set(told(outcomes)) == {"OK"}, told(outcomes)


def top_up(chain: Chain) -> Command:
    """500 yuan, and 50 of bonus with them."""
    message = build_top_up(chain, 500_00)
    header = read_header(message.header, NOW)
    return top_up_command(message, header, read_top_up(message), NO_FACTS)


def cash_out(chain: Chain) -> Command:
    """All of the principal, for which nothing must be kept."""
    message = build_cash_out(chain, 500_00, {"bank_card": 500_00})
    header = read_header(message.header, NOW)
    return cash_out_command(message, header, *read_cash_out(message, header))


def move(chain: Chain) -> Command:
    """The passes to the other member's card."""
    message = wallet_service_pb2.TransferCardRequest(
        header=build_header(chain, reason="换卡"),
        to_member_id=chain.other_member_id,
        passes_too=True,
    )
    return transfer_card_command(read_header(message.header, NOW), message)


def merge(chain: Chain) -> Command:
    """The member into the other one."""
    header = build_header(chain, reason="同一人")
    message = wallet_service_pb2.MergeMembersRequest(
        header=header, into_member_id=chain.other_member_id
    )
    return merge_members_command(read_header(header, NOW), message)


def in_batches(commands: list[Command], *, together: bool) -> list[list[Command]]:
    """All in one, or one by one."""
    return [commands] if together else [[command] for command in commands]


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("moved", [False, True])
async def test_of_a_refunded_pass(
    database: Database, chain: Chain, moved: bool, together: bool
) -> None:
    sold = PostedPasses(database, chain, DEFINITION).sale(tenders=[("stored_value", 550_00)])
    await post(database, [top_up(chain)], [sold])
    owner = chain
    if moved:
        await post(database, [move(chain)])
        owner = swapped(chain)
    refund = PostedPasses(database, owner, DEFINITION).refund(sold)
    await post(database, *in_batches([refund, cash_out(owner)], together=together))
    assert await value_of(database, owner.member_id) == (0, 0)


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("merged", [False, True])
async def test_of_goods(database: Database, chain: Chain, merged: bool, together: bool) -> None:
    spent = build_spend(chain, 550_00)
    await post(database, [top_up(chain)], [build_command(spent.sale)])
    owner = chain
    if merged:
        await post(database, [merge(chain)])
        owner = swapped(chain)
    back = await command_of(database, build_return(chain, spent.sale.sale_id))
    await post(database, *in_batches([back, cash_out(owner)], together=together))
    assert await value_of(database, owner.member_id) == (0, 0)


@pytest.mark.parametrize("together", [False, True])
async def test_of_goods_and_then_moved(database: Database, chain: Chain, together: bool) -> None:
    spent = build_spend(chain, 550_00)
    await post(database, [top_up(chain)], [build_command(spent.sale)])
    back = await command_of(database, build_return(chain, spent.sale.sale_id))
    owner = swapped(chain)
    await post(database, *in_batches([back, move(chain), cash_out(owner)], together=together))
    assert await value_of(database, owner.member_id) == (0, 0)
