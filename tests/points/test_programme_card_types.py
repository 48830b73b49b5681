"""Kinds of card that a new version of the programme leaves out, and what wallets tell of theirs."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import to_timestamp, utc_now
from chassis.errors import DomainError, Kind
from chassis.ids import new_id
from services.points.storage.programmes import ProgrammeRepository, StoredProgramme
from tests.fixtures.builders_points import SOLD_AT, Chain, build_header
from tests.fixtures.builders_stored_value import build_spend, build_top_up, swapped
from tests.fixtures.card_kinds import bring_back, told_types
from tests.fixtures.refusals import refusal
from tests.fixtures.running import open_stub
from tests.fixtures.servers import Servers
from tests.fixtures.stored_value_desk import (
    RULES_FROM,
    Desk,
    build_customer,
    build_rules,
    running_desk,
)
from yika.points.v1 import (
    points_service_pb2,
    programme_pb2,
    programme_service_pb2,
    programme_service_pb2_grpc,
    wallet_service_pb2,
)

HOUR = timedelta(hours=1)
JUNIOR_FROM = SOLD_AT - HOUR


@pytest.fixture
async def desk(servers: Servers) -> AsyncIterator[Desk]:
    """A ledger of this test's own, whose programme has the kinds "member" and "gift"."""
    async with running_desk(servers) as running:
        yield running


def build_version(*codes: str, version: int = 3) -> programme_pb2.Programme:
    """The next version with these kinds of card; "-gift" is an unnamed kind "gift"."""
    rules = build_rules()
    rules.programme_id, rules.version, rules.earning.version = new_id(), version, version
    rules.effective_time.CopyFrom(to_timestamp(utc_now() + timedelta(days=1)))
    del rules.stored_value.card_types[:]
    for code in codes:
        rules.stored_value.card_types.add(
            code=code.removeprefix("-"), named=not code.startswith("-"), spending_order=1
        )
    return rules


async def publish(desk: Desk, *codes: str, version: int = 3) -> Any:
    """Publishes the next version; each holds from a day after the one before."""
    programme = build_version(*codes, version=version)
    held_from = utc_now() + timedelta(days=version - 2)
    programme.effective_time.CopyFrom(to_timestamp(held_from))
    async with open_stub(
        programme_service_pb2_grpc.ProgrammeServiceStub,
        desk.address,
        ["points.programmes.publish"],
    ) as stub:
        return await stub.PublishProgramme(
            programme_service_pb2.PublishProgrammeRequest(programme=programme)
        )


async def refused(desk: Desk, *codes: str, version: int = 3) -> DomainError:
    """Why a version is not published."""
    return await refusal(publish(desk, *codes, version=version))


class TestPublishProgramme:
    async def test_does_not_drop_a_kind_that_wallets_hold_value_of(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        await desk.stub.TopUp(build_top_up(chain, 50_00, card_type="gift"))
        error = await refused(desk, "member")
        assert (error.kind, error.reason) == (Kind.PRECONDITION, "CARD_TYPE_IN_USE")
        assert error.metadata["card_type"] == "gift"
        await desk.points.PostSale(build_spend(chain, 50_00))
        await publish(desk, "member")  # nothing is left on it

    async def test_adds_and_orders_kinds_while_none_is_unnamed(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        await desk.stub.TopUp(build_top_up(chain))
        await publish(desk, "new", "gift", "member")

    async def test_keeps_the_first_kind_of_value_that_nobody_named(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        await desk.stub.TopUp(build_top_up(chain))
        async with desk.database.transaction() as tx:  # as wallets of before kinds were kept
            await tx.connection.execute(text("UPDATE wallets SET card_type = ''"))
        assert await told_types(desk, chain.member_id) == ("", "")
        error = await refused(desk, "gift", "member")
        assert error.reason == "CARD_TYPE_IN_USE"
        assert error.metadata["card_type"] == "member"
        await publish(desk, "member")

    async def test_keeps_the_first_kind_of_value_of_a_kind_that_went(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        await desk.stub.TopUp(build_top_up(chain, 50_00, card_type="gift"))
        spent = build_spend(chain, 50_00)
        await desk.points.PostSale(spent)
        await publish(desk, "member")  # nothing is left on it
        await bring_back(desk, chain, spent.sale)
        error = await refused(desk, "plain", "member", version=4)
        assert error.reason == "CARD_TYPE_IN_USE"
        assert error.metadata["card_type"] == "member"
        await publish(desk, "member", "plain", version=4)
        await publish(desk, "member", version=5)  # and other kinds may go

    async def test_keeps_a_held_kind_named_as_it_is(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        await desk.stub.TopUp(build_top_up(chain, 50_00, card_type="gift"))
        error = await refused(desk, "member", "gift")
        assert (error.reason, error.metadata["card_type"]) == ("CARD_TYPE_IN_USE", "gift")
        await publish(desk, "-member", "-gift")  # nobody holds value of the other kind

    async def test_gives_no_value_back_the_kind_that_it_lost(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        await desk.stub.TopUp(build_top_up(chain, 50_00, card_type="gift"))
        spent = build_spend(chain, 50_00)
        await desk.points.PostSale(spent)
        await publish(desk, "member")  # nothing is left on it
        await bring_back(desk, chain, spent.sale)  # which counts as the first kind since
        error = await refused(desk, "member", "gift", version=4)
        assert (error.reason, error.metadata["card_type"]) == ("CARD_TYPE_IN_USE", "member")


class TestCardType:
    async def test_is_told_of_a_wallet(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        assert (
            await desk.points.GetWallet(
                points_service_pb2.GetWalletRequest(member_id=chain.member_id)
            )
        ).wallet.card_type == ""
        await desk.stub.TopUp(build_top_up(chain, card_type="gift"))
        assert await told_types(desk, chain.member_id) == ("gift", "gift")

    async def test_that_is_known_no_more_counts_as_the_first(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        await desk.stub.TopUp(build_top_up(chain, card_type="gift"))
        # Somebody topped up after the version without it was published and before it held.
        rules = build_version("plain")
        async with desk.database.transaction() as tx:
            held_from = RULES_FROM + timedelta(days=1)
            rules.effective_time.CopyFrom(to_timestamp(held_from))
            await ProgrammeRepository(tx.connection).add(
                StoredProgramme(3, held_from, held_from, "test", rules.SerializeToString())
            )
        await desk.stub.TopUp(build_top_up(chain, card_type="plain"))
        assert await told_types(desk, chain.member_id) == ("plain", "plain")


class TestKindThatCameLater:
    """Version 3 adds "junior"; what is told late may have happened under version 2."""

    @pytest.fixture
    async def chain(self, desk: Desk) -> Chain:
        """A member who holds 500 yuan of it, and 50 of bonus."""
        rules = build_rules()
        rules.version, rules.earning.version = 3, 3
        rules.effective_time.CopyFrom(to_timestamp(JUNIOR_FROM))
        rules.stored_value.card_types.add(code="junior", spending_order=2, validity_months=36)
        async with desk.database.transaction() as tx:
            await ProgrammeRepository(tx.connection).add(
                StoredProgramme(3, JUNIOR_FROM, JUNIOR_FROM, "test", rules.SerializeToString())
            )
        chain = await build_customer(desk)
        await desk.stub.TopUp(build_top_up(chain, card_type="junior"))
        return chain

    async def test_is_not_mixed_with_another_by_a_late_top_up(
        self, desk: Desk, chain: Chain
    ) -> None:
        late = build_top_up(chain, 50_00, occurred_time=to_timestamp(JUNIOR_FROM - HOUR))
        for asked in (build_top_up(chain, 50_00), late):
            error = await refusal(desk.stub.TopUp(asked))
            assert (error.reason, error.metadata["card_type"]) == ("CARD_TYPE_DIFFERS", "junior")

    async def test_is_not_mixed_with_another_by_a_late_card(self, desk: Desk, chain: Chain) -> None:
        other = swapped(chain)
        await desk.stub.TopUp(build_top_up(other, 50_00))
        header = build_header(chain, reason="换卡", occurred_time=to_timestamp(JUNIOR_FROM - HOUR))
        asked = wallet_service_pb2.TransferCardRequest(header=header, to_member_id=other.member_id)
        assert (await refusal(desk.wallets.TransferCard(asked))).reason == "CARD_TYPE_DIFFERS"

    async def test_pays_a_late_sale_in_its_own_order(self, desk: Desk, chain: Chain) -> None:
        await desk.points.PostSale(build_spend(chain, 100_00, sold_at=JUNIOR_FROM - HOUR))
        asked = points_service_pb2.GetWalletRequest(member_id=chain.member_id)
        wallet = (await desk.points.GetWallet(asked)).wallet
        assert wallet.principal_fen == 400_00  # and not the bonus first


class TestGetProgramme:
    async def test_tells_the_stored_value_of_the_built_in_version(self, desk: Desk) -> None:
        async with open_stub(
            programme_service_pb2_grpc.ProgrammeServiceStub,
            desk.address,
            ["points.programmes.read"],
        ) as stub:
            asked = programme_service_pb2.GetProgrammeRequest(version=1)
            rules = (await stub.GetProgramme(asked)).programme.programme.stored_value
        (kind,) = rules.card_types
        assert (kind.code, kind.named, kind.spending_order) == ("member", True, 3)
        assert rules.top_up_tender_kinds == ["alipay", "bank_card", "cash", "wechat_pay"]
        assert rules.transfer_tender_kinds == ["alipay", "bank_card", "wechat_pay"]
