"""WalletService from the outside: real server, real token, real owners of members and goods."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from chassis.clock import CHINA_TIME, to_proto_date, to_timestamp, utc_now
from chassis.ids import new_id
from tests.fixtures.builders_points import Chain, build_chain, build_header, build_sale
from tests.fixtures.ledger import Ledger, Stub, one, running_ledger
from tests.fixtures.refusals import refusal
from tests.fixtures.running import open_stub
from tests.fixtures.servers import Servers
from tests.fixtures.wallet_commands import give
from yika.points.v1 import (
    earning_pb2,
    points_service_pb2,
    programme_pb2,
    programme_service_pb2,
    programme_service_pb2_grpc,
    wallet_service_pb2,
    wallet_service_pb2_grpc,
)

PERMISSIONS = [
    "points.cards.transfer",
    "points.households.link",
    "points.transfers.post",
    "points.wallets.freeze",
    "points.wallets.merge",
    "points.wallets.read",
]


@dataclass(frozen=True, slots=True)
class Shop:
    """A ledger, a chain of this test's own, and whoever may do everything to its wallets."""

    ledger: Ledger
    chain: Chain
    members: list[str]
    stub: Any

    def header(self, member_id: str, **changes: Any) -> Any:
        """The header of a decision about a member, just now."""
        now = utc_now() + timedelta(minutes=2)  # after the rules that the fixture published
        given = {
            "member_id": member_id,
            "reason": "同一人",
            "occurred_time": to_timestamp(now),
            "business_date": to_proto_date(now.astimezone(CHINA_TIME).date()),
            **changes,
        }
        return build_header(self.chain, **given)

    def change(self, **changes: Any) -> wallet_service_pb2.ChangeHeader:
        """The header of a change."""
        given = {
            "change_id": new_id(),
            "store_id": self.chain.store_id,
            "staff_id": "8001",
            "reason": "挂失",
            **changes,
        }
        return wallet_service_pb2.ChangeHeader(**given)


@pytest.fixture
async def shop(ledger: Ledger) -> AsyncIterator[Shop]:
    """Two members, each with 500 points and 5,000 fen, under the built-in rules."""
    chain, members = await build_chain(ledger.database, 2)
    for member_id in members:
        await give(ledger.database, chain, member_id, points=500, principal=5000)
    async with open_stub(
        wallet_service_pb2_grpc.WalletServiceStub, ledger.address, PERMISSIONS
    ) as stub:
        yield Shop(ledger, chain, members, stub)


@pytest.fixture(scope="module")
async def generous(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ledger]:
    """A ledger whose programme lets households share points."""
    async with running_ledger(servers, tmp_path_factory.mktemp("generous")) as running:
        async with open_stub(
            programme_service_pb2_grpc.ProgrammeServiceStub,
            running.address,
            ["points.programmes.publish"],
        ) as stub:
            programme = programme_pb2.Programme(
                programme_id=new_id(),
                version=2,
                effective_time=to_timestamp(utc_now() + timedelta(minutes=1)),
                earning=earning_pb2.EarningProgramme(version=2, fen_per_point=100),
                household_transfer=programme_pb2.HouseholdTransfer(
                    points_min=10, day_points_max=300
                ),
            )
            await stub.PublishProgramme(
                programme_service_pb2.PublishProgrammeRequest(programme=programme)
            )
        yield running


async def wallet(shop: Shop, member_id: str) -> Any:
    """GetWallet."""
    async with open_stub(Stub, shop.ledger.address, ["points.wallets.read"]) as stub:
        request = points_service_pb2.GetWalletRequest(member_id=member_id)
        return (await stub.GetWallet(request)).wallet


class TestMergeMembers:
    async def test_merges_and_undoes(self, shop: Shop) -> None:
        goes, stays = shop.members
        request = wallet_service_pb2.MergeMembersRequest(
            header=shop.header(goes), into_member_id=stays.upper()
        )
        merged = await shop.stub.MergeMembers(request)
        assert (merged.receipt.moved.points, merged.receipt.moved.principal_fen) == (500, 5000)
        assert (await shop.stub.MergeMembers(request)).receipt.replayed
        assert (await wallet(shop, goes)).merged_into == stays
        assert (await wallet(shop, goes)).points == 0
        assert (await wallet(shop, stays)).points == 1000
        async with open_stub(Stub, shop.ledger.address, ["points.sales.post"]) as till:
            sale = build_sale(shop.chain, member_id=goes, tenders=[("stored_value", 2400)])
            answer = await till.PostSale(one(sale))
        assert (answer.result.balance_points, answer.result.principal_fen) == (1024, 7600)
        undo = wallet_service_pb2.UndoMergeRequest(
            header=shop.header(goes), merge_bill_id=merged.receipt.bill_id
        )
        undone = await shop.stub.UndoMerge(undo)
        assert (await shop.stub.UndoMerge(undo)).receipt.replayed
        assert undone.receipt.moved.principal_fen + undone.receipt.stayed.principal_fen == 5000
        assert (await wallet(shop, goes)).merged_into == ""
        assert (await wallet(shop, stays)).points == 524

    @pytest.mark.parametrize(
        ("header", "into", "reason"),
        [
            ({"reason": " "}, None, "REASON_REQUIRED"),
            ({"reason": "因" * 257}, None, "CODE_TOO_LONG"),
            ({"reason": "\0"}, None, "INVALID_TEXT"),
            ({"staff_id": ""}, None, "STAFF_REQUIRED"),
            ({"bill_id": "17"}, None, "INVALID_ID"),
            ({"member_id": new_id()}, None, "UNKNOWN_MEMBER"),
            ({"store_id": new_id()}, None, "UNKNOWN_STORE"),
            ({"occurred_time": None}, None, "INVALID_TIME"),
            ({"business_date": None}, None, "INVALID_DATE"),
            ({}, "", "INVALID_ID"),
            ({}, new_id(), "UNKNOWN_MEMBER"),
            ({}, "self", "SAME_MEMBER"),
        ],
    )
    async def test_refuses_with_a_reason(
        self, shop: Shop, header: dict[str, Any], into: str | None, reason: str
    ) -> None:
        goes, stays = shop.members
        request = wallet_service_pb2.MergeMembersRequest(
            header=shop.header(**{"member_id": goes, **header}),
            into_member_id={None: stays, "self": goes}.get(into, into),
        )
        assert (await refusal(shop.stub.MergeMembers(request))).reason == reason
        assert (await wallet(shop, goes)).points == 500

    async def test_undo_refuses_with_a_reason(self, shop: Shop) -> None:
        goes, stays = shop.members
        merged = await shop.stub.MergeMembers(
            wallet_service_pb2.MergeMembersRequest(header=shop.header(goes), into_member_id=stays)
        )
        first = merged.receipt.bill_id
        reused = wallet_service_pb2.MergeMembersRequest(
            header=shop.header(stays, bill_id=first), into_member_id=goes
        )
        assert (await refusal(shop.stub.MergeMembers(reused))).reason == "ID_REUSED"
        for header, bill_id, reason in (
            (shop.header(goes), "", "INVALID_ID"),
            (shop.header(goes), new_id(), "UNKNOWN_BILL"),
            (shop.header(goes, reason=""), first, "REASON_REQUIRED"),
            (shop.header(goes, staff_id=""), first, "STAFF_REQUIRED"),
            (shop.header(stays), merged.counterpart_bill_id, "WRONG_MEMBER"),
            (shop.header(stays), first, "WRONG_MEMBER"),
        ):
            request = wallet_service_pb2.UndoMergeRequest(header=header, merge_bill_id=bill_id)
            assert (await refusal(shop.stub.UndoMerge(request))).reason == reason
        undo = wallet_service_pb2.UndoMergeRequest(header=shop.header(goes), merge_bill_id=first)
        await shop.stub.UndoMerge(undo)
        undo.header.bill_id = new_id()
        assert (await refusal(shop.stub.UndoMerge(undo))).reason == "ALREADY_UNDONE"


class TestTransferCard:
    async def test_moves_stored_value(self, shop: Shop) -> None:
        giver, taker = shop.members
        request = wallet_service_pb2.TransferCardRequest(
            header=shop.header(giver), to_member_id=taker
        )
        moved = (await shop.stub.TransferCard(request)).receipt
        assert (moved.principal_change_fen, moved.points_change) == (-5000, 0)
        assert (await wallet(shop, taker)).principal_fen == 10_000
        again = wallet_service_pb2.TransferCardRequest(
            header=shop.header(giver), to_member_id=taker
        )
        assert (await refusal(shop.stub.TransferCard(again))).reason == "NOTHING_TO_TRANSFER"
        again.to_member_id = giver
        assert (await refusal(shop.stub.TransferCard(again))).reason == "SAME_MEMBER"
        again.header.reason = ""
        assert (await refusal(shop.stub.TransferCard(again))).reason == "REASON_REQUIRED"


class TestTransferPoints:
    async def test_is_forbidden_by_the_built_in_rules(self, shop: Shop) -> None:
        giver, taker = shop.members
        request = wallet_service_pb2.TransferPointsRequest(
            header=shop.header(giver), to_member_id=taker, household_id=new_id(), points=10
        )
        assert (await refusal(shop.stub.TransferPoints(request))).reason == "PROGRAMME_FORBIDS"

    async def test_moves_points_between_members_of_a_household(self, generous: Ledger) -> None:
        chain, members = await build_chain(generous.database, 2)
        await give(generous.database, chain, members[0], points=200)
        household = new_id()
        async with open_stub(
            wallet_service_pb2_grpc.WalletServiceStub, generous.address, PERMISSIONS
        ) as stub:
            shop = Shop(generous, chain, members, stub)

            def ask(points: int, **changes: Any) -> wallet_service_pb2.TransferPointsRequest:
                given = {"to_member_id": members[1], "household_id": household, **changes}
                return wallet_service_pb2.TransferPointsRequest(
                    header=shop.header(members[0], reason=""), points=points, **given
                )

            found = await refusal(stub.TransferPoints(ask(10)))
            assert found.reason == "NOT_IN_HOUSEHOLD"
            await stub.LinkHousehold(
                wallet_service_pb2.LinkHouseholdRequest(
                    header=shop.change(), household_id=household, member_ids=members
                )
            )
            asked = ask(150)
            receipt = (await stub.TransferPoints(asked)).receipt
            assert (receipt.points, receipt.moved.points) == (50, 150)
            assert (await stub.TransferPoints(asked)).receipt.replayed
            for request, reason in (
                (ask(0), "INVALID_AMOUNT"),
                (ask(-1), "INVALID_AMOUNT"),
                (ask(2**63 - 1), "INVALID_AMOUNT"),
                (ask(9), "POINTS_BELOW_MINIMUM"),
                (ask(151), "DAY_LIMIT_EXCEEDED"),
                (ask(51), "INSUFFICIENT_POINTS"),
                (ask(10, household_id=new_id()), "NOT_IN_HOUSEHOLD"),
                (ask(10, household_id="x"), "INVALID_ID"),
                (ask(10, to_member_id=members[0]), "SAME_MEMBER"),
            ):
                assert (await refusal(stub.TransferPoints(request))).reason == reason
            asked.points = 10
            assert (await refusal(stub.TransferPoints(asked))).reason == "ID_REUSED"
