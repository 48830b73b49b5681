"""A stored version of the rules that this release cannot read, as after a rollback."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chassis.clock import to_timestamp, utc_now
from chassis.errors import Kind, Unavailable
from chassis.ids import new_id
from services.points.domain.programme import FIRST_PROGRAMME, Programmes, UnreadableProgramme
from services.points.domain.stored_value.stored_value import (
    FIRST_STORED_VALUE,
    CardType,
    SpendingOrder,
)
from services.points.programmes import ProgrammeSource
from services.points.storage.programmes import ProgrammeRepository, StoredProgramme
from tests.fixtures.builders_points import build_header
from tests.fixtures.builders_stored_value import build_spend, build_top_up
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
    programme_pb2,
    programme_service_pb2,
    programme_service_pb2_grpc,
    reward_service_pb2,
    reward_service_pb2_grpc,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def desk(servers: Servers) -> AsyncIterator[Desk]:
    """A ledger whose version 2, in force since 2020, it can read."""
    async with running_desk(servers) as running:
        yield running


def build_version(version: int, effective_at: datetime) -> programme_pb2.Programme:
    """A version with the kinds of card "member" and "gift"."""
    rules = build_rules()
    rules.programme_id = new_id()
    rules.version = rules.earning.version = version
    rules.effective_time.CopyFrom(to_timestamp(effective_at))
    return rules


async def store_unreadable(desk: Desk, effective_at: datetime) -> None:
    """Version 3, of a release that knows one policy more."""
    rules = build_version(3, effective_at)
    rules.clawback_policy = 9  # type: ignore[assignment]
    await store(desk, rules, effective_at)


async def store(desk: Desk, rules: programme_pb2.Programme, effective_at: datetime) -> None:
    """Version 3, whatever this release would have said of it."""
    async with desk.database.transaction() as tx:
        await ProgrammeRepository(tx.connection).add(
            StoredProgramme(3, effective_at, effective_at, "test", rules.SerializeToString())
        )


@pytest.fixture
async def stub(desk: Desk) -> AsyncIterator[Any]:
    """Somebody of headquarters who may set rules."""
    permissions = ["points.programmes.publish", "points.programmes.read"]
    async with open_stub(
        programme_service_pb2_grpc.ProgrammeServiceStub, desk.address, permissions
    ) as opened:
        yield opened


def publish(
    programme: programme_pb2.Programme,
) -> programme_service_pb2.PublishProgrammeRequest:
    """The request."""
    return programme_service_pb2.PublishProgrammeRequest(programme=programme)


class TestBeforeItIsInForce:
    async def test_others_hold_as_if_it_were_not_there(self, desk: Desk) -> None:
        await store_unreadable(desk, utc_now() + 30 * DAY)
        await desk.stub.TopUp(build_top_up(await build_customer(desk)))
        programmes = await known(desk)
        assert programmes.at(utc_now()).version == 2

    async def test_the_next_version_mends_it(self, desk: Desk, stub: Any) -> None:
        await store_unreadable(desk, utc_now() + DAY)
        await stub.PublishProgramme(publish(build_version(4, utc_now() + DAY + HOUR)))
        programmes = await known(desk)
        assert programmes.at(utc_now() + DAY + HOUR).version == 4

    async def test_the_next_version_keeps_the_kinds_of_card_in_use(
        self, desk: Desk, stub: Any
    ) -> None:
        await store_unreadable(desk, utc_now() + DAY)
        chain = await build_customer(desk)
        await desk.stub.TopUp(build_top_up(chain, card_type="gift"))
        mended = build_version(4, utc_now() + DAY + HOUR)
        del mended.stored_value.card_types[1]
        assert (await refusal(stub.PublishProgramme(publish(mended)))).reason == "CARD_TYPE_IN_USE"

    async def test_where_it_names_no_kinds_of_card_the_first_one_is_kept(
        self, desk: Desk, stub: Any
    ) -> None:
        await desk.stub.TopUp(build_top_up(await build_customer(desk)))
        effective_at = utc_now() + DAY
        broken = build_version(3, effective_at)
        del broken.stored_value.card_types[:]
        await store(desk, broken, effective_at)
        mended = build_version(4, effective_at + HOUR)
        mended.stored_value.card_types[0].code = "other"
        assert (await refusal(stub.PublishProgramme(publish(mended)))).reason == "CARD_TYPE_IN_USE"
        mended.stored_value.card_types[0].code = "member"
        await stub.PublishProgramme(publish(mended))


class TestOnceItIsInForce:
    async def test_what_it_decides_is_to_be_sent_again(self, desk: Desk) -> None:
        await store_unreadable(desk, RULES_FROM + HOUR)
        chain = await build_customer(desk)
        refused = await refusal(desk.stub.TopUp(build_top_up(chain)))
        assert (refused.kind, refused.reason) == (Kind.UNAVAILABLE, "PROGRAMME_UNREADABLE")
        assert refused.metadata["version"] == "3"

    async def test_a_top_up_of_before_gets_its_first_answer(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        asked = build_top_up(chain, 50_00)
        await desk.stub.TopUp(asked)
        await store_unreadable(desk, RULES_FROM + HOUR)
        assert (await desk.stub.TopUp(asked)).receipt.replayed
        asked.tenders[0].amount_fen += 1
        refused = await refusal(desk.stub.TopUp(asked))
        assert refused.reason == "PROGRAMME_UNREADABLE"

    @pytest.mark.parametrize("points", [5, 5_000])
    async def test_so_does_an_adjustment_whether_booked_or_proposed(
        self, desk: Desk, points: int
    ) -> None:
        header = build_header(await build_customer(desk), reason="补分")
        asked = reward_service_pb2.AdjustPointsRequest(header=header, points=points)
        async with open_stub(
            reward_service_pb2_grpc.RewardServiceStub, desk.address, ["points.adjustments.post"]
        ) as rewards:
            first = await rewards.AdjustPoints(asked)
            await store_unreadable(desk, utc_now() - HOUR)
            again = await rewards.AdjustPoints(asked)
            assert again.replayed
            assert again.HasField("proposal") == first.HasField("proposal") == (points > 1_000)
            asked.header.bill_id = new_id()
            refused = await refusal(rewards.AdjustPoints(asked))
            assert refused.reason == "PROGRAMME_UNREADABLE"

    async def test_what_happened_before_it_is_booked_late(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        await desk.stub.TopUp(build_top_up(chain, 50_00))
        await store_unreadable(desk, utc_now() - HOUR)
        await desk.points.PostSale(build_spend(chain, 50_00))

    @pytest.mark.parametrize("by", [{"version": 3}, {}])
    async def test_it_can_still_be_looked_at(
        self, desk: Desk, stub: Any, by: dict[str, int]
    ) -> None:
        await store_unreadable(desk, utc_now() - HOUR)
        asked = programme_service_pb2.GetProgrammeRequest(**by)
        assert (await stub.GetProgramme(asked)).programme.programme.clawback_policy == 9

    def test_of_later_kinds_of_card_the_newest_that_can_be_read_tells(self) -> None:
        now = utc_now()
        gift = CardType("gift", False, SpendingOrder.BONUS_FIRST)
        rules = replace(FIRST_STORED_VALUE, card_types=(*FIRST_STORED_VALUE.card_types, gift))
        later = replace(FIRST_PROGRAMME, version=2, effective_at=now - DAY, stored_value=rules)
        programmes = Programmes([later, UnreadableProgramme(3, now - HOUR)])
        assert programmes.kind_of("gift", now - 2 * DAY, now) is gift
        assert programmes.kind_of("other", now - 2 * DAY, now).code == "member"
        assert programmes.kind_of("gift", now - 2 * DAY, now - 2 * DAY).code == "member"
        with pytest.raises(Unavailable, match="PROGRAMME_UNREADABLE"):
            programmes.kind_of("gift", now, now)

    def test_versions_before_and_after_it_hold_for_their_time(self) -> None:
        now = utc_now()
        later = replace(FIRST_PROGRAMME, version=3, effective_at=now + DAY)
        programmes = Programmes([UnreadableProgramme(2, now), later])
        assert programmes.at(now - HOUR) is FIRST_PROGRAMME
        assert programmes.at(now + DAY) is programmes.version(3)
        for ask in (lambda: programmes.at(now), lambda: programmes.version(2)):
            with pytest.raises(Unavailable, match="PROGRAMME_UNREADABLE"):
                ask()


async def known(desk: Desk) -> Programmes:
    """What a replica that starts now makes of the versions."""
    return await ProgrammeSource(desk.database, ("cash",), refresh_seconds=60).current()
