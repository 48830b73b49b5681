"""Freezing and households from the outside, who may do what, and requests nobody means."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from chassis.ids import new_id
from tests.fixtures.builders_points import Chain, build_chain, build_header, build_sale
from tests.fixtures.ledger import Ledger, Stub, one
from tests.fixtures.refusals import refusal
from tests.fixtures.running import open_stub
from tests.fixtures.wallet_commands import give
from yika.points.v1 import wallet_service_pb2 as pb
from yika.points.v1 import wallet_service_pb2_grpc

PERMISSIONS = [
    "points.cards.transfer",
    "points.households.link",
    "points.transfers.post",
    "points.wallets.freeze",
    "points.wallets.merge",
    "points.wallets.read",
]
WalletStub = wallet_service_pb2_grpc.WalletServiceStub


@pytest.fixture
async def chain(ledger: Ledger) -> Chain:
    """A chain of this test's own, whose members have value."""
    chain, _ = await build_chain(ledger.database)
    for member_id in (chain.member_id, chain.other_member_id):
        await give(ledger.database, chain, member_id, points=500, principal=5000)
    return chain


@pytest.fixture
async def stub(ledger: Ledger) -> AsyncIterator[Any]:
    """Whoever may do everything to wallets."""
    async with open_stub(WalletStub, ledger.address, PERMISSIONS) as opened:
        yield opened


def build_change(chain: Chain, **changes: Any) -> pb.ChangeHeader:
    """The header of a change."""
    given = {
        "change_id": new_id(),
        "store_id": chain.store_id,
        "staff_id": "8001",
        "reason": "挂失",
        **changes,
    }
    return pb.ChangeHeader(**given)


class TestFreezeWallet:
    async def test_freezes_and_unfreezes(self, ledger: Ledger, stub: Any, chain: Chain) -> None:
        member_id = chain.member_id
        freeze = pb.FreezeWalletRequest(header=build_change(chain), member_id=member_id)
        assert not (await stub.FreezeWallet(freeze)).replayed
        assert (await stub.FreezeWallet(freeze)).replayed
        sale = build_sale(chain, tenders=[("stored_value", 2400)])
        async with open_stub(Stub, ledger.address, ["points.sales.post"]) as till:
            assert (await refusal(till.PostSale(one(sale)))).reason == "WALLET_FROZEN"
            unfreeze = pb.UnfreezeWalletRequest(header=build_change(chain), member_id=member_id)
            assert not (await stub.UnfreezeWallet(unfreeze)).replayed
            await till.PostSale(one(sale))
        listed = await stub.ListWalletChanges(pb.ListWalletChangesRequest(member_id=member_id))
        assert [(each.kind, each.reason, each.staff_id) for each in listed.changes] == [
            (pb.WALLET_CHANGE_KIND_UNFROZEN, "挂失", "8001"),
            (pb.WALLET_CHANGE_KIND_FROZEN, "挂失", "8001"),
        ]

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"change_id": "x"}, "INVALID_ID"),
            ({"store_id": ""}, "INVALID_ID"),
            ({"store_id": new_id()}, "UNKNOWN_STORE"),
            ({"staff_id": ""}, "STAFF_REQUIRED"),
            ({"staff_id": "8" * 65}, "CODE_TOO_LONG"),
            ({"reason": ""}, "REASON_REQUIRED"),
            ({"reason": "因" * 257}, "CODE_TOO_LONG"),
            ({"reason": "a\0"}, "INVALID_TEXT"),
        ],
    )
    async def test_refuses_with_a_reason(
        self, stub: Any, chain: Chain, changes: dict[str, str], reason: str
    ) -> None:
        request = pb.FreezeWalletRequest(
            header=build_change(chain, **changes), member_id=chain.member_id
        )
        assert (await refusal(stub.FreezeWallet(request))).reason == reason

    async def test_refuses_unknown_members_and_reused_ids(self, stub: Any, chain: Chain) -> None:
        header = build_change(chain)
        unknown = pb.FreezeWalletRequest(header=header, member_id=new_id())
        assert (await refusal(stub.FreezeWallet(unknown))).reason == "UNKNOWN_MEMBER"
        await stub.FreezeWallet(pb.FreezeWalletRequest(header=header, member_id=chain.member_id))
        other = pb.UnfreezeWalletRequest(header=header, member_id=chain.member_id)
        assert (await refusal(stub.UnfreezeWallet(other))).reason == "ID_REUSED"
        again = pb.FreezeWalletRequest(header=build_change(chain), member_id=chain.member_id)
        assert (await refusal(stub.FreezeWallet(again))).reason == "ALREADY_FROZEN"
        never = pb.UnfreezeWalletRequest(
            header=build_change(chain), member_id=chain.other_member_id
        )
        assert (await refusal(stub.UnfreezeWallet(never))).reason == "NOT_FROZEN"


class TestHousehold:
    async def test_is_linked_and_unlinked(self, stub: Any, chain: Chain) -> None:
        household, members = new_id(), [chain.member_id, chain.other_member_id]
        link = pb.LinkHouseholdRequest(
            header=build_change(chain), household_id=household, member_ids=members
        )
        assert not (await stub.LinkHousehold(link)).replayed
        assert (await stub.LinkHousehold(link)).replayed
        ask = pb.GetHouseholdRequest(household_id=household)
        assert list((await stub.GetHousehold(ask)).member_ids) == sorted(members)
        unlink = pb.UnlinkHouseholdRequest(
            header=build_change(chain), household_id=household, member_ids=members[:1]
        )
        assert not (await stub.UnlinkHousehold(unlink)).replayed
        assert list((await stub.GetHousehold(ask)).member_ids) == members[1:]
        unlink.header.change_id = new_id()
        assert (await refusal(stub.UnlinkHousehold(unlink))).reason == "NOT_IN_HOUSEHOLD"

    async def test_refuses_with_a_reason(self, stub: Any, chain: Chain) -> None:
        one_member = chain.member_id
        for members, household, reason in (
            ([], new_id(), "INVALID_MEMBERS"),
            ([one_member, one_member.upper()], new_id(), "INVALID_MEMBERS"),
            ([new_id() for _ in range(21)], new_id(), "INVALID_MEMBERS"),
            (["x"], new_id(), "INVALID_ID"),
            ([one_member], "", "INVALID_ID"),
            ([one_member, new_id()], new_id(), "UNKNOWN_MEMBER"),
        ):
            request = pb.LinkHouseholdRequest(
                header=build_change(chain), household_id=household, member_ids=members
            )
            assert (await refusal(stub.LinkHousehold(request))).reason == reason

    async def test_pages_refuse_foreign_tokens(self, stub: Any, chain: Chain) -> None:
        for changes, reason in (
            ({"page_token": "x"}, "INVALID_PAGE_TOKEN"),
            ({"page_size": -1}, "INVALID_PAGE_SIZE"),
            ({"member_id": "x"}, "INVALID_ID"),
        ):
            given: dict[str, Any] = {"member_id": chain.member_id, **changes}
            request = pb.ListWalletChangesRequest(**given)
            assert (await refusal(stub.ListWalletChanges(request))).reason == reason


def requests(chain: Chain) -> dict[str, Any]:
    """A valid request of every RPC that changes something, by its name."""
    bill = build_header(chain, reason="同一人")
    change, other = build_change(chain), chain.other_member_id
    return {
        "FreezeWallet": pb.FreezeWalletRequest(header=change, member_id=chain.member_id),
        "UnfreezeWallet": pb.UnfreezeWalletRequest(header=change, member_id=chain.member_id),
        "LinkHousehold": pb.LinkHouseholdRequest(
            header=change, household_id=new_id(), member_ids=[chain.member_id]
        ),
        "UnlinkHousehold": pb.UnlinkHouseholdRequest(
            header=change, household_id=new_id(), member_ids=[chain.member_id]
        ),
        "MergeMembers": pb.MergeMembersRequest(header=bill, into_member_id=other),
        "UndoMerge": pb.UndoMergeRequest(header=bill, merge_bill_id=new_id()),
        "TransferCard": pb.TransferCardRequest(header=bill, to_member_id=other),
        "TransferPoints": pb.TransferPointsRequest(
            header=bill, to_member_id=other, household_id=new_id(), points=5
        ),
    }


class TestPermission:
    async def test_is_asked_of_every_caller(self, ledger: Ledger, chain: Chain) -> None:
        async with open_stub(WalletStub, ledger.address, ["points.sales.post"]) as nobody:
            for name, request in requests(chain).items():
                found = await refusal(getattr(nobody, name)(request))
                assert found.reason == "PERMISSION_MISSING", name

    async def test_reaches_its_own_store(self, ledger: Ledger, chain: Chain) -> None:
        async with open_stub(
            WalletStub, ledger.address, PERMISSIONS, stores=[new_id()]
        ) as elsewhere:
            for name, request in requests(chain).items():
                found = await refusal(getattr(elsewhere, name)(request))
                assert found.reason == "STORE_OUT_OF_SCOPE", name

    @pytest.mark.parametrize("write", [str.lower, str.upper])
    async def test_reaches_its_own_store_however_it_is_written(
        self, ledger: Ledger, chain: Chain, write: Callable[[str], str]
    ) -> None:
        members = [chain.member_id, chain.other_member_id]
        household = {"household_id": new_id(), "member_ids": members}

        def header() -> pb.ChangeHeader:
            return build_change(chain, store_id=write(chain.store_id))

        async with open_stub(
            WalletStub, ledger.address, PERMISSIONS, stores=[chain.store_id]
        ) as clerk:
            await clerk.FreezeWallet(pb.FreezeWalletRequest(header=header(), member_id=members[0]))
            await clerk.UnfreezeWallet(
                pb.UnfreezeWalletRequest(header=header(), member_id=members[0])
            )
            await clerk.LinkHousehold(pb.LinkHouseholdRequest(header=header(), **household))
            await clerk.UnlinkHousehold(pb.UnlinkHouseholdRequest(header=header(), **household))
