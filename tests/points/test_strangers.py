"""A sale alone: whether its member exists is told by the wallet, and asked only where none is."""

from sqlalchemy import text

from chassis.auth import Principal
from chassis.database import Database
from chassis.errors import DomainError
from chassis.ids import new_id
from services.points.domain.programme import Programmes
from services.points.door import Door
from services.points.usecases.post_bills import MemberUncertain, Outcome, Posted, post_bills
from services.points.usecases.publish_bills import publish_bills
from services.points.usecases.sales.accept_sales import accept_sales
from tests.fixtures.builders_points import (
    SOLD_AT,
    Chain,
    build_command,
    build_sale,
    lonely_directory,
    post_commands,
    running_door,
)
from yika.points.v1 import sale_pb2


async def accept_alone(database: Database, sale: sale_pb2.Sale) -> Outcome:
    """Accepts one sale as PostSale does, with owners that cannot be reached."""
    async with lonely_directory(database) as directory:
        door = Door(
            lambda commands: post_bills(
                database,
                commands,
                programmes=Programmes(),
                publish=publish_bills,
                now=SOLD_AT,
            ),
            batch_max=64,
            writers=1,
            queue_max=100,
        )
        async with running_door(door):
            (outcome,) = await accept_sales(
                [sale],
                database=database,
                door=door,
                directory=directory,
                principal=Principal("till", frozenset(), frozenset({"*"})),
                tender_kinds=("cash",),
                programmes=Programmes(),
                now=SOLD_AT,
            )
    return outcome


async def has_wallet(database: Database, member_id: str) -> bool:
    """Whether a wallet was made."""
    query = text("SELECT count(*) FROM wallets WHERE member_id = :member_id")
    async with database.read() as connection:
        return bool(await connection.scalar(query, {"member_id": member_id}))


async def post_beside_a_stranger(database: Database, chain: Chain, stranger: str) -> list[Outcome]:
    """What becomes of three sales of one batch; the one in the middle may be of no member."""
    sales = [build_sale(chain), build_sale(chain, member_id=stranger), build_sale(chain)]
    built = [build_command(sale) for sale in sales]
    commands = [command._replace(is_of_members=n != 1) for n, command in enumerate(built)]
    return await post_commands(database, *commands, now=SOLD_AT)


class TestSaleAlone:
    async def test_of_who_has_a_wallet_asks_nobody(self, database: Database, chain: Chain) -> None:
        nobody = new_id()
        await post_commands(
            database, build_command(build_sale(chain, member_id=nobody)), now=SOLD_AT
        )
        assert isinstance(await accept_alone(database, build_sale(chain, member_id=nobody)), Posted)

    async def test_of_a_member_without_a_wallet_makes_it(
        self, database: Database, chain: Chain
    ) -> None:
        assert isinstance(await accept_alone(database, build_sale(chain)), Posted)
        assert await has_wallet(database, chain.member_id)

    async def test_of_whom_it_cannot_be_told_comes_again(
        self, database: Database, chain: Chain
    ) -> None:
        stranger = new_id()
        outcome = await accept_alone(database, build_sale(chain, member_id=stranger))
        assert isinstance(outcome, DomainError)
        assert outcome.reason == "PEER_UNAVAILABLE"
        assert not await has_wallet(database, stranger)

    async def test_of_a_walk_in_customer_asks_nobody(
        self, database: Database, chain: Chain
    ) -> None:
        sale = build_sale(chain, member_id="")
        assert isinstance(await accept_alone(database, sale), Posted)

    async def test_is_answered_again_while_nobody_can_be_asked(
        self, database: Database, chain: Chain
    ) -> None:
        nobody = new_id()  # of whom no event has told yet
        sale = build_sale(chain, member_id=nobody)
        await post_commands(database, build_command(sale), now=SOLD_AT)
        again = await accept_alone(database, sale)
        assert isinstance(again, Posted)
        assert again.replayed


class TestStrangers:
    async def test_are_left_out_and_get_no_wallet(self, database: Database, chain: Chain) -> None:
        stranger = new_id()
        first, uncertain, last = await post_beside_a_stranger(database, chain, stranger)
        assert isinstance(first, Posted)
        assert isinstance(last, Posted)
        assert last.receipt.points == 2 * first.receipt.points
        assert isinstance(uncertain, MemberUncertain)
        assert not await has_wallet(database, stranger)

    async def test_with_a_wallet_are_members(self, database: Database, chain: Chain) -> None:
        member_id = new_id()
        await post_commands(
            database, build_command(build_sale(chain, member_id=member_id)), now=SOLD_AT
        )
        outcomes = await post_beside_a_stranger(database, chain, member_id)
        assert all(isinstance(outcome, Posted) for outcome in outcomes)

    async def test_alone_leave_nothing_to_post(self, database: Database, chain: Chain) -> None:
        command = build_command(build_sale(chain))._replace(is_of_members=False)
        (outcome,) = await post_commands(database, command, now=SOLD_AT)
        assert isinstance(outcome, MemberUncertain)
        assert not await has_wallet(database, chain.member_id)
