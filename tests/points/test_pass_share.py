"""Sharing passes from the outside: usecases/passes/share_pass.py and unshare_pass.py."""

import asyncio
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from sqlalchemy import text

from chassis.database import outbox_table
from chassis.error_mapping import from_grpc
from chassis.ids import new_id
from services.points.domain.passes.pass_share import SHARES_MAX
from tests.fixtures.builders_points import build_sale
from tests.fixtures.ledger import one
from tests.fixtures.pass_desk import PassDesk
from tests.fixtures.refusals import refusal
from yika.points.v1 import pass_events_pb2, pass_service_pb2


def as_other(desk: PassDesk) -> dict[str, Any]:
    """A use by the chain's other member of the first one's pass."""
    return {
        "header": {"member_id": desk.ledger.chain.other_member_id},
        "owner_member_id": desk.ledger.chain.member_id,
    }


class TestSharePass:
    async def test_lets_the_other_member_use_it(self, desk: PassDesk) -> None:
        await desk.sold("family")
        before = await refusal(desk.stub.UsePass(desk.using("family", **as_other(desk))))
        assert before.reason == "PASS_NOT_SHARED"
        share = (await desk.stub.SharePass(desk.sharing())).share
        assert not share.HasField("ended_time")
        answer = await desk.stub.UsePass(desk.using("family", 4, **as_other(desk)))
        assert answer.receipt.pass_units_left == 6
        (mine,) = await desk.passes()
        (shared,) = await desk.passes(desk.ledger.chain.other_member_id)
        assert (mine.units_left, shared.units_left) == (6, 6)
        assert shared.owner_member_id == desk.ledger.chain.member_id
        assert (mine.refund_fen, shared.refund_fen) == (5_994, 0)

    async def test_shares_no_other_pass(self, desk: PassDesk) -> None:
        await desk.sold("family")
        await desk.sold()
        await desk.stub.SharePass(desk.sharing())
        found = await refusal(desk.stub.UsePass(desk.using("plain", **as_other(desk))))
        assert found.reason == "PASS_NOT_SHARED"
        assert len(await desk.passes(desk.ledger.chain.other_member_id)) == 1

    async def test_tells_the_user_nothing_of_the_owners_balances(self, desk: PassDesk) -> None:
        await desk.sold("family")
        await desk.stub.SharePass(desk.sharing())
        await desk.ledger.stub.PostSale(one(build_sale(desk.ledger.chain)))
        use = desk.using("family", **as_other(desk))
        assert (await desk.stub.UsePass(use)).receipt.points == 0
        assert (await desk.stub.UsePass(use)).receipt.points == 0
        own = await desk.stub.UsePass(desk.using("family"))
        assert own.receipt.points == 24

    async def test_only_the_owner_is_paid_back(self, desk: PassDesk) -> None:
        sold = await desk.sold("family")
        await desk.stub.SharePass(desk.sharing())
        other = desk.ledger.chain.other_member_id
        found = await refusal(desk.stub.RefundPass(desk.refunding(sold, member_id=other)))
        assert found.reason == "PASS_OF_ANOTHER_MEMBER"

    async def test_retry_gets_the_first_answer(self, desk: PassDesk) -> None:
        await desk.sold("family")
        request = desk.sharing()
        first = await desk.stub.SharePass(request)
        await desk.stub.UnsharePass(desk.unsharing(request.share_id))
        again = await desk.stub.SharePass(request)
        assert (first.replayed, again.replayed) == (False, True)
        assert again.share == first.share
        request.staff_id = "8002"
        assert (await refusal(desk.stub.SharePass(request))).reason == "ID_REUSED"

    async def test_an_id_names_one_share_and_one_end_whoever_the_owner_is(
        self, desk: PassDesk
    ) -> None:
        chain = desk.ledger.chain
        swapped = {
            "owner_member_id": chain.other_member_id,
            "user_member_id": chain.member_id,
        }
        await desk.sold("family")
        await desk.sold("family", member_id=chain.other_member_id)
        first = desk.sharing()
        await desk.stub.SharePass(first)
        again = desk.sharing(share_id=first.share_id, **swapped)
        assert (await refusal(desk.stub.SharePass(again))).reason == "ID_REUSED"
        theirs = desk.sharing(**swapped)
        await desk.stub.SharePass(theirs)
        end = desk.unsharing(first.share_id)
        await desk.stub.UnsharePass(end)
        end_again = desk.unsharing(
            theirs.share_id, unshare_id=end.unshare_id, owner_member_id=chain.other_member_id
        )
        assert (await refusal(desk.stub.UnsharePass(end_again))).reason == "ID_REUSED"

    async def test_of_two_owners_who_take_an_id_at_once_one_gets_it(self, desk: PassDesk) -> None:
        chain = desk.ledger.chain
        await desk.sold("family")
        await desk.sold("family", member_id=chain.other_member_id)
        for _ in range(8):
            mine = desk.sharing()
            theirs = desk.sharing(
                share_id=mine.share_id,
                owner_member_id=chain.other_member_id,
                user_member_id=chain.member_id,
            )
            told = await asyncio.gather(
                *(desk.stub.SharePass(request) for request in (mine, theirs)),
                return_exceptions=True,
            )
            (refused,) = [each for each in told if isinstance(each, BaseException)]
            assert isinstance(refused, grpc.aio.AioRpcError)
            assert from_grpc(refused).reason == "ID_REUSED"
            (share,) = [each.share for each in told if not isinstance(each, BaseException)]
            await desk.stub.UnsharePass(
                desk.unsharing(share.share_id, owner_member_id=share.owner_member_id)
            )

    async def test_tells_others(self, desk: PassDesk) -> None:
        await desk.sold("family")
        request = desk.sharing()
        await desk.stub.SharePass(request)
        await desk.stub.UnsharePass(desk.unsharing(request.share_id))
        async with desk.ledger.database.read() as connection:
            query = outbox_table.select().order_by(outbox_table.c.position)
            rows = (await connection.execute(query)).all()
        told = [
            share
            for row in rows
            if row.event_type == "yika.points.v1.PassSharesChanged"
            for share in pass_events_pb2.PassSharesChanged.FromString(row.payload).shares
            if share.share_id == request.share_id
        ]
        assert [share.HasField("ended_time") for share in told] == [False, True]

    @pytest.mark.parametrize(
        ("spoil", "reason"),
        [
            (lambda r, d: setattr(r, "share_id", "x"), "INVALID_ID"),
            (lambda r, d: setattr(r, "pass_id", ""), "INVALID_ID"),
            (lambda r, d: setattr(r, "pass_id", d.pass_ids["plain"]), "PASS_NOT_SHAREABLE"),
            (lambda r, d: setattr(r, "pass_id", d.pass_ids["month"]), "PASS_NOT_OWNED"),
            (lambda r, d: setattr(r, "user_member_id", r.owner_member_id), "SAME_MEMBER"),
            (lambda r, d: setattr(r, "user_member_id", new_id()), "UNKNOWN_MEMBER"),
            (lambda r, d: setattr(r, "owner_member_id", new_id()), "UNKNOWN_MEMBER"),
            (lambda r, d: setattr(r, "store_id", new_id()), "UNKNOWN_STORE"),
            (lambda r, d: setattr(r, "staff_id", "8" * 65), "CODE_TOO_LONG"),
        ],
    )
    async def test_refuses_with_a_reason(
        self, desk: PassDesk, spoil: Callable[[Any, PassDesk], object], reason: str
    ) -> None:
        await desk.sold("family")
        await desk.sold()
        request = desk.sharing()
        spoil(request, desk)
        assert (await refusal(desk.stub.SharePass(request))).reason == reason

    async def test_refuses_a_second_share_with_the_same_member(self, desk: PassDesk) -> None:
        await desk.sold("family")
        await desk.stub.SharePass(desk.sharing())
        assert (await refusal(desk.stub.SharePass(desk.sharing()))).reason == "ALREADY_SHARED"

    async def test_refuses_a_frozen_owner(self, desk: PassDesk) -> None:
        await desk.sold("family")
        async with desk.ledger.database.transaction() as tx:
            await tx.connection.execute(
                text("UPDATE wallets SET frozen_reason = 'lost' WHERE member_id = :member"),
                {"member": desk.ledger.chain.member_id},
            )
        assert (await refusal(desk.stub.SharePass(desk.sharing()))).reason == "WALLET_FROZEN"

    async def test_has_a_limit_that_parallel_shares_keep(self, desk: PassDesk) -> None:
        await desk.sold("family")
        users = [new_id() for _ in range(SHARES_MAX + 5)]
        async with desk.ledger.database.transaction() as tx:
            await tx.connection.execute(
                text("INSERT INTO known_members SELECT unnest(CAST(:ids AS uuid[]))"),
                {"ids": users},
            )
        answers = await asyncio.gather(
            *(desk.stub.SharePass(desk.sharing(user_member_id=user)) for user in users),
            return_exceptions=True,
        )
        shared = [each for each in answers if not isinstance(each, BaseException)]
        assert len(shared) == SHARES_MAX
        late = desk.sharing(user_member_id=desk.ledger.chain.other_member_id)
        assert (await refusal(desk.stub.SharePass(late))).reason == "TOO_MANY_SHARES"


class TestUnsharePass:
    async def test_ends_the_use_by_the_other_member(self, desk: PassDesk) -> None:
        await desk.sold("family")
        request = desk.sharing()
        await desk.stub.SharePass(request)
        used = desk.using("family", **as_other(desk))
        await desk.stub.UsePass(used)
        ended = (await desk.stub.UnsharePass(desk.unsharing(request.share_id))).share
        assert ended.HasField("ended_time")
        found = await refusal(desk.stub.UsePass(desk.using("family", **as_other(desk))))
        assert found.reason == "PASS_NOT_SHARED"
        assert await desk.passes(desk.ledger.chain.other_member_id) == []
        # What was used while it lasted stays, and a retry of it gets its first answer.
        assert (await desk.stub.UsePass(used)).receipt.replayed
        assert (await desk.passes())[0].units_left == 9

    async def test_can_be_shared_again(self, desk: PassDesk) -> None:
        await desk.sold("family")
        first, second = desk.sharing(), desk.sharing()
        await desk.stub.SharePass(first)
        await desk.stub.UnsharePass(desk.unsharing(first.share_id))
        await desk.stub.SharePass(second)
        await desk.stub.UsePass(desk.using("family", **as_other(desk)))

    async def test_retry_gets_the_first_answer(self, desk: PassDesk) -> None:
        await desk.sold("family")
        share = desk.sharing()
        await desk.stub.SharePass(share)
        request = desk.unsharing(share.share_id)
        first = await desk.stub.UnsharePass(request)
        again = await desk.stub.UnsharePass(request)
        assert (first.replayed, again.replayed) == (False, True)
        assert again.share == first.share
        request.reason = "改主意"
        assert (await refusal(desk.stub.UnsharePass(request))).reason == "ID_REUSED"

    async def test_refuses_with_a_reason(self, desk: PassDesk) -> None:
        await desk.sold("family")
        share = desk.sharing()
        await desk.stub.SharePass(share)
        other = desk.ledger.chain.other_member_id
        for request, reason in (
            (desk.unsharing("x"), "INVALID_ID"),
            (desk.unsharing(share.share_id, unshare_id=""), "INVALID_ID"),
            (desk.unsharing(new_id()), "UNKNOWN_SHARE"),
            (desk.unsharing(share.share_id, owner_member_id=other), "UNKNOWN_SHARE"),
            (desk.unsharing(share.share_id, reason="x" * 257), "CODE_TOO_LONG"),
        ):
            assert (await refusal(desk.stub.UnsharePass(request))).reason == reason
        await desk.stub.UnsharePass(desk.unsharing(share.share_id))
        again = await refusal(desk.stub.UnsharePass(desk.unsharing(share.share_id)))
        assert again.reason == "SHARE_ENDED"


class TestListPassShares:
    async def test_keeps_the_history_page_by_page(self, desk: PassDesk) -> None:
        await desk.sold("family")
        begun = []
        for _ in range(3):
            request = desk.sharing()
            await desk.stub.SharePass(request)
            await desk.stub.UnsharePass(desk.unsharing(request.share_id))
            begun.append(request.share_id)
        listed: list[str] = []
        asked = pass_service_pb2.ListPassSharesRequest(
            owner_member_id=desk.ledger.chain.member_id, page_size=2
        )
        for size in (2, 1):
            page = await desk.stub.ListPassShares(asked)
            assert len(page.shares) == size
            assert all(share.HasField("ended_time") for share in page.shares)
            listed += [share.share_id for share in page.shares]
            asked.page_token = page.next_page_token
        assert asked.page_token == ""
        assert listed == begun[::-1]

    async def test_refuses_with_a_reason(self, desk: PassDesk) -> None:
        member_id = desk.ledger.chain.member_id
        for request, reason in (
            ({"owner_member_id": "x"}, "INVALID_ID"),
            ({"owner_member_id": new_id()}, "UNKNOWN_MEMBER"),
            ({"owner_member_id": member_id, "page_size": -1}, "INVALID_PAGE_SIZE"),
            ({"owner_member_id": member_id, "page_token": "W10="}, "INVALID_PAGE_TOKEN"),
            ({"owner_member_id": member_id, "page_token": "WyJhIl0="}, "INVALID_PAGE_TOKEN"),
        ):
            asked = pass_service_pb2.ListPassSharesRequest(**request)
            assert (await refusal(desk.stub.ListPassShares(asked))).reason == reason
