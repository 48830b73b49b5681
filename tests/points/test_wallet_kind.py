"""Of which kind of card the value in a wallet is: domain/stored_value/wallet_kind.py."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from chassis.database import Database
from services.points.commands import Command
from services.points.domain.assets import Asset, BillKind
from services.points.domain.lot import Lot, LotKey
from services.points.domain.posting import Posting
from services.points.domain.programme import Programme, Programmes
from services.points.domain.sales.member_facts import NO_FACTS
from services.points.domain.stored_value.stored_value import (
    FIRST_STORED_VALUE,
    CardType,
    SpendingOrder,
    StoredValueProgramme,
)
from services.points.domain.stored_value.wallet_kind import keep_kind_of_rest, take_kind_of_value
from services.points.domain.wallet import Wallet
from services.points.messages.documents import read_header
from services.points.messages.stored_documents import card_type_of
from services.points.messages.stored_value.stored_value_requests import read_top_up
from services.points.usecases.stored_value.top_up import top_up_command
from services.points.usecases.wallets.transfer_card import transfer_card_command
from tests.fixtures.builders_points import (
    BUSINESS_DATE,
    SOLD_AT,
    Chain,
    build_header,
    post_commands,
)
from tests.fixtures.builders_stored_value import build_spend, build_top_up, swapped
from tests.fixtures.card_kinds import bring_back, told_types
from tests.fixtures.pass_postings import NOW as LATER
from tests.fixtures.pass_postings import PostedPasses
from tests.fixtures.pass_postings import told as ended
from tests.fixtures.passes import NOON, build_definition
from tests.fixtures.servers import Servers
from tests.fixtures.stored_value_desk import Desk, build_customer, merge, running_desk, undo_merge
from tests.fixtures.wallet_moves import NOW, STORE
from yika.points.v1 import sale_pb2, wallet_service_pb2

KINDS = {"gifts": "gift", "more-gifts": "gift", "members": "member"}


def build_posting(*held: tuple[str, Asset, int], card_type: str = "member") -> Posting:
    """A posting on a wallet with lots of these bills, by default of members' cards."""
    lots = [
        Lot(bill, 0, asset, None, amount, amount, 0, "x@1", STORE, SOLD_AT, SOLD_AT, None, None)
        for bill, asset, amount in held
    ]
    wallet = Wallet("m", card_type=card_type, lots={lot.key: lot for lot in lots})
    return Posting(
        wallet,
        bill_id="b",
        kind=BillKind.SALE_RETURN,
        store_id=STORE,
        business_date=BUSINESS_DATE,
        occurred_at=SOLD_AT,
        now=NOW,
    )


def come_back(posting: Posting, *value: tuple[str, Asset, int]) -> str:
    """Gives value of these bills back; the kind of card that the wallet then has."""
    for bill, asset, amount in value:
        lot = Lot(bill, 0, asset, None, amount, 0, 0, "x@1", STORE, SOLD_AT, SOLD_AT, None, None)
        posting.put_into(lot, amount, "principal_redeemed")
    take_kind_of_value(posting, KINDS)
    return posting.card_type


class TestTakeKindOfValue:
    def test_is_that_of_what_comes_to_an_empty_wallet(self) -> None:
        assert come_back(build_posting(), ("gifts", Asset.PRINCIPAL, 1)) == "gift"
        assert come_back(build_posting(), ("gifts", Asset.BONUS, 1)) == "gift"

    def test_is_that_of_most_of_it(self) -> None:
        came = [("gifts", Asset.PRINCIPAL, 2), ("members", Asset.PRINCIPAL, 3)]
        assert come_back(build_posting(card_type=""), *came) == "member"
        assert come_back(build_posting(), *came, ("more-gifts", Asset.PRINCIPAL, 2)) == "gift"

    def test_stays_that_of_value_that_is_there(self) -> None:
        posting = build_posting(("members", Asset.PRINCIPAL, 1))
        assert come_back(posting, ("gifts", Asset.PRINCIPAL, 900)) == "member"

    def test_stays_where_no_stored_value_comes_or_nobody_knows_of_which_kind(self) -> None:
        assert come_back(build_posting(), ("gifts", Asset.POINTS, 1)) == "member"
        assert come_back(build_posting(), ("unknown", Asset.PRINCIPAL, 1)) == "member"

    def test_of_bonus_that_got_days_of_grace_is_that_of_its_top_up(self) -> None:
        posting = build_posting()
        key = posting.grant(Asset.BONUS, 5, rule_version="x@1")
        posting.grace[key] = LotKey("gifts", 1)
        take_kind_of_value(posting, KINDS)
        assert posting.card_type == "gift"


class TestKeepKindOfRest:
    @pytest.mark.parametrize(
        ("left", "kind"),
        [
            ({"gifts": 0, "more-gifts": 0, "members": 1}, "member"),  # what went brought the kind
            ({"gifts": 0, "more-gifts": 1, "members": 9}, "gift"),
            ({"gifts": 0, "more-gifts": 0, "members": 0}, "gift"),
        ],
    )
    def test_is_that_of_what_stays(self, left: dict[str, int], kind: str) -> None:
        held = [(bill, Asset.PRINCIPAL, 10) for bill in KINDS]
        posting = build_posting(*held, card_type="gift")
        for lot in [*posting.wallet.lots.values()]:
            posting.take_from(lot, 10 - left[lot.bill_id], "member_transfer")
        keep_kind_of_rest(posting, KINDS)
        assert posting.card_type == kind


class TestCardTypeOf:
    def test_is_unknown_where_the_document_makes_no_sense(self) -> None:
        assert card_type_of(b"\xff") is None


@pytest.fixture
async def desk(servers: Servers) -> AsyncIterator[Desk]:
    """A ledger of this test's own, whose programme has the kinds "member" and "gift"."""
    async with running_desk(servers) as running:
        yield running


async def spend_all(desk: Desk, chain: Chain, kind: str) -> sale_pb2.Sale:
    """Pays 50 yuan in for a kind of card, and all of it out for goods."""
    await desk.stub.TopUp(build_top_up(chain, 50_00, card_type=kind))
    spent = build_spend(chain, 50_00)
    await desk.points.PostSale(spent)
    return spent.sale


async def told(desk: Desk, chain: Chain) -> str:
    """The kind of card that the chain's member is told of."""
    return (await told_types(desk, chain.member_id))[0]


class TestOfGoodsThatCameBack:
    async def test_is_that_of_the_value_that_they_were_paid_with(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        goods = await spend_all(desk, chain, "gift")
        await spend_all(desk, chain, "member")
        await bring_back(desk, chain, goods)
        assert await told(desk, chain) == "gift"

    async def test_on_the_account_that_took_over_too(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        other = swapped(chain)
        goods = await spend_all(desk, chain, "gift")
        await spend_all(desk, other, "member")
        merge_bill_id = await merge(desk, chain)
        assert await told(desk, other) == "member"  # nothing came
        await bring_back(desk, chain, goods)
        assert await told(desk, other) == "gift"
        await undo_merge(desk, chain, merge_bill_id)
        assert await told(desk, chain) == "gift"

    async def test_of_a_member_whose_newer_value_was_of_another_kind(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        goods = await spend_all(desk, chain, "gift")
        await spend_all(desk, chain, "member")
        merge_bill_id = await merge(desk, chain)
        await bring_back(desk, chain, goods)
        await undo_merge(desk, chain, merge_bill_id)
        assert await told(desk, chain) == "gift"

    async def test_of_a_member_whose_value_of_another_kind_was_spent_since(
        self, desk: Desk
    ) -> None:
        chain = await build_customer(desk)
        goods = await spend_all(desk, chain, "gift")
        await desk.stub.TopUp(build_top_up(chain, 50_00, card_type="member"))
        merge_bill_id = await merge(desk, chain)
        await desk.points.PostSale(build_spend(swapped(chain), 50_00))  # all that came
        await bring_back(desk, chain, goods)
        await undo_merge(desk, chain, merge_bill_id)
        assert await told(desk, chain) == "gift"
        await desk.stub.TopUp(build_top_up(chain, 10_00, card_type="gift"))


class TestOfAnUndoneMerge:
    async def test_is_again_that_of_the_other_members_own_goods(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        other = swapped(chain)
        goods = await spend_all(desk, other, "member")
        await desk.stub.TopUp(build_top_up(chain, 50_00, card_type="gift"))
        merge_bill_id = await merge(desk, chain)
        assert await told(desk, other) == "gift"
        await undo_merge(desk, chain, merge_bill_id)
        assert await told(desk, chain) == "gift"
        await bring_back(desk, other, goods)
        assert await told(desk, other) == "member"
        await desk.stub.TopUp(build_top_up(other, 50_00))

    async def test_is_that_of_goods_that_came_back_meanwhile(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        other = swapped(chain)
        goods = await spend_all(desk, other, "member")
        await desk.stub.TopUp(build_top_up(chain, 50_00, card_type="gift"))
        merge_bill_id = await merge(desk, chain)
        await bring_back(desk, other, goods)
        assert await told(desk, other) == "gift"  # beside value
        await undo_merge(desk, chain, merge_bill_id)
        assert (await told(desk, chain), await told(desk, other)) == ("gift", "member")

    async def test_stays_that_of_what_was_topped_up_meanwhile(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        other = swapped(chain)
        await spend_all(desk, other, "member")
        await desk.stub.TopUp(build_top_up(chain, 50_00, card_type="gift"))
        merge_bill_id = await merge(desk, chain)
        await desk.stub.TopUp(build_top_up(other, 50_00, card_type="gift"))
        await undo_merge(desk, chain, merge_bill_id)
        assert await told(desk, other) == "gift"


class TestOfARefundedPass:
    async def test_is_that_of_the_value_that_it_was_paid_with(
        self, database: Database, chain: Chain
    ) -> None:
        definition = build_definition(price_fen=900_00)
        stored_value = StoredValueProgramme(
            (
                CardType("member", True, SpendingOrder.BONUS_FIRST),
                CardType("gift", False, SpendingOrder.PRINCIPAL_FIRST, 36),
            ),
            top_up_tender_kinds=FIRST_STORED_VALUE.top_up_tender_kinds,
            transfer_tender_kinds=FIRST_STORED_VALUE.transfer_tender_kinds,
        )
        programme = Programme(
            version=2,
            effective_at=NOON - timedelta(days=9),
            passes={definition.pass_id: definition},
            stored_value=stored_value,
        )

        async def post(*commands: Command) -> list[str]:
            programmes = Programmes([programme])
            return ended(await post_commands(database, *commands, now=LATER, programmes=programmes))

        def top_up(who: Chain, fen: int, kind: str) -> Command:
            message = build_top_up(who, fen, card_type=kind)
            header = read_header(message.header, LATER)
            return top_up_command(message, header, read_top_up(message), NO_FACTS)

        sold = PostedPasses(database, chain, definition).sale(tenders=[("stored_value", 900_00)])
        assert await post(top_up(chain, 900_00, "gift")) == ["OK"]
        assert await post(sold) == ["OK"]
        moving = wallet_service_pb2.TransferCardRequest(
            header=build_header(chain, reason="换卡"),
            to_member_id=chain.other_member_id,
            passes_too=True,
        )
        other = swapped(chain)
        refund = PostedPasses(database, other, definition).refund(sold)
        assert await post(transfer_card_command(read_header(moving.header, LATER), moving)) == [
            "OK"
        ]
        # One after the other in one batch too: an unnamed card may hold 1,000 yuan.
        again = [top_up(other, 100_01, "gift"), top_up(other, 50_00, "gift")]
        batch = [refund, top_up(other, 4_000_00, "member"), *again]
        reasons = ["OK", "CARD_TYPE_DIFFERS", "BALANCE_LIMIT_EXCEEDED", "OK"]
        assert await post(*batch) == reasons
