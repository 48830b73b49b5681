"""Explanations of value that came from another member: first what its bill gave, then what came."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from chassis.database import Database
from services.points.domain.assets import Asset
from services.points.domain.lot import LotKey
from services.points.usecases.rewards.explain_value import explain_lot
from tests.fixtures.builders_points import Chain
from tests.fixtures.builders_stored_value import build_spend, build_top_up
from tests.fixtures.pass_desk import PassDesk
from tests.fixtures.rewards import MUG, PERMISSIONS, RewardDesk
from tests.fixtures.running import open_stub
from tests.fixtures.servers import Servers
from tests.fixtures.stored_value_desk import Desk, build_customer, running_desk, transfer_card
from tests.fixtures.wallet_commands import (
    PROGRAMMES,
    build_household,
    done,
    merge_command,
    points_command,
    value_command,
)
from tests.fixtures.wallet_moves import granting
from yika.points.v1 import (
    reward_service_pb2,
    reward_service_pb2_grpc,
    wallet_service_pb2,
    wallet_service_pb2_grpc,
)


@pytest.fixture(scope="module")
async def money_desk(servers: Servers) -> AsyncIterator[Desk]:
    """One ledger with rules for stored value; each test makes a customer of its own."""
    async with running_desk(servers) as running:
        yield running


async def explained(address: str, member_id: str, bill_id: str, ordinal: int = 0) -> Any:
    """What ExplainLot tells."""
    asked = reward_service_pb2.ExplainLotRequest(
        member_id=member_id, bill_id=bill_id, ordinal=ordinal
    )
    async with open_stub(
        reward_service_pb2_grpc.RewardServiceStub, address, PERMISSIONS
    ) as rewards:
        return (await rewards.ExplainLot(asked)).explanation


async def move_all(address: str, header: Any, into_member_id: str) -> None:
    """Merges the header's member into another."""
    async with open_stub(
        wallet_service_pb2_grpc.WalletServiceStub, address, ["points.wallets.merge"]
    ) as wallets:
        await wallets.MergeMembers(
            wallet_service_pb2.MergeMembersRequest(header=header, into_member_id=into_member_id)
        )


class TestExplainLot:
    async def test_tells_a_top_up_of_which_a_part_was_spent(self, money_desk: Desk) -> None:
        chain: Chain = await build_customer(money_desk)
        top_up = build_top_up(chain, 500_00)
        await money_desk.stub.TopUp(top_up)
        await money_desk.points.PostSale(build_spend(chain, 100_00))  # the bonus first
        taker = await transfer_card(money_desk, chain)
        bill_id = top_up.header.bill_id
        principal = await explained(money_desk.address, taker.member_id, bill_id)
        assert principal.granted_amount == 500_00
        assert "you paid in CNY 500.00, valid" in principal.text_en
        assert principal.text_en.endswith(" CNY 450.00 came to you when a card was transferred.")
        assert principal.text_zh.endswith("后经转卡转入，转入450.00元。")
        # Once more, to and fro: what came is still the same.
        back = await transfer_card(money_desk, taker)
        await transfer_card(money_desk, back)
        assert await explained(money_desk.address, taker.member_id, bill_id) == principal
        giver = await explained(money_desk.address, chain.member_id, bill_id)
        assert giver.granted_amount == 500_00

    async def test_tells_the_bonus_that_was_given(self, money_desk: Desk) -> None:
        chain: Chain = await build_customer(money_desk)
        top_up = build_top_up(chain, 500_00)
        await money_desk.stub.TopUp(top_up)
        await money_desk.points.PostSale(build_spend(chain, 10_00))
        taker = await transfer_card(money_desk, chain)
        bonus = await explained(money_desk.address, taker.member_id, top_up.header.bill_id, 1)
        assert "you paid in CNY 500.00, and by the rule" in bonus.text_en
        assert "you were given CNY 50.00" in bonus.text_en
        assert "赠送50.00元" in bonus.text_zh
        assert bonus.text_en.endswith(" CNY 40.00 came to you when a card was transferred.")

    async def test_tells_an_adjustment_that_settled_a_debt(self, reward_desk: RewardDesk) -> None:
        desk = reward_desk
        await desk.stub.AdjustPoints(desk.adjustment(-10, allow_debt=True))
        answer = await desk.stub.AdjustPoints(desk.adjustment(30))
        await desk.stub.AdjustPoints(desk.adjustment(-5))
        other = desk.chain.other_member_id
        await move_all(desk.ledger.address, desk.header(), other)
        told = await explained(desk.ledger.address, other, answer.receipt.bill_id)
        assert told.granted_amount == 30
        assert "our staff added 30 points" in told.text_en
        assert "10 of them settled points" in told.text_en
        assert told.text_en.endswith(" 15 points came to you when two memberships were merged.")

    async def test_tells_a_pass_of_which_a_part_was_used(self, desk: PassDesk) -> None:
        sold = await desk.sold()
        await desk.stub.UsePass(desk.using(units=4))
        other = desk.ledger.chain.other_member_id
        await move_all(desk.ledger.address, desk.header(reason="同一人"), other)
        told = await explained(desk.ledger.address, other, sold)
        assert told.granted_amount == 10
        assert "with 10 uses" in told.text_en
        assert " 6 uses came to you when two memberships were merged." in told.text_en

    async def test_tells_what_gifts_brought_back_after_a_merge(
        self, reward_desk: RewardDesk
    ) -> None:
        desk = reward_desk
        granted = (await desk.stub.AdjustPoints(desk.adjustment(300))).receipt.bill_id
        spent = await desk.stub.RedeemGift(desk.redemption((MUG, 1)))
        other = desk.chain.other_member_id
        await move_all(desk.ledger.address, desk.header(), other)
        back = await desk.stub.ReturnGift(
            reward_service_pb2.ReturnGiftRequest(
                header=desk.header(member_id=other),
                redemption_bill_id=spent.receipt.bill_id,
                whole=True,
            )
        )
        assert back.receipt.points_change == 300
        told = await explained(desk.ledger.address, other, granted)
        assert told.text_zh.endswith("。后经退还礼品退回，退回300分。")
        assert told.text_en.endswith(". 300 points came to you when gifts were handed back.")

    async def test_tells_no_return_of_what_the_member_had_spent(
        self, reward_desk: RewardDesk
    ) -> None:
        desk = reward_desk
        granted = (await desk.stub.AdjustPoints(desk.adjustment(300))).receipt.bill_id
        other = desk.chain.other_member_id
        await move_all(desk.ledger.address, desk.header(), other)
        redemption = desk.redemption((MUG, 1), member_id=other)
        spent = await desk.stub.RedeemGift(redemption)
        await desk.stub.ReturnGift(
            reward_service_pb2.ReturnGiftRequest(
                header=desk.header(member_id=other),
                redemption_bill_id=spent.receipt.bill_id,
                whole=True,
            )
        )
        told = await explained(desk.ledger.address, other, granted)
        assert told.text_zh.endswith("。后经会员合并转入，转入300分。")

    async def test_tells_gifts_and_merges_apart(self, database: Database) -> None:
        chain = await build_household(database)
        grant = value_command(chain, chain.member_id, granting(Asset.POINTS, 100))
        await done(database, grant)
        await done(database, points_command(chain, chain.member_id, chain.other_member_id, 10))
        await done(database, merge_command(chain, chain.member_id, chain.other_member_id))
        told = await explain_lot(
            database, PROGRAMMES, chain.other_member_id, LotKey(grant.bill_id, 0)
        )
        assert told.text.en.endswith(
            " 10 points came to you as a gift of points."
            " 90 points came to you when two memberships were merged."
        )
