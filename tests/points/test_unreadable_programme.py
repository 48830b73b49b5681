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
from services.points.programmes import ProgrammeSource
from services.points.storage.programmes import ProgrammeRepository, StoredProgramme
from tests.fixtures.builders_stored_value import build_top_up
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
from yika.points.v1 import programme_pb2, programme_service_pb2, programme_service_pb2_grpc

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


class TestOnceItIsInForce:
    async def test_what_it_decides_is_to_be_sent_again(self, desk: Desk) -> None:
        await store_unreadable(desk, RULES_FROM + HOUR)
        chain = await build_customer(desk)
        refused = await refusal(desk.stub.TopUp(build_top_up(chain)))
        assert (refused.kind, refused.reason) == (Kind.UNAVAILABLE, "PROGRAMME_UNREADABLE")
        assert refused.metadata["version"] == "3"

    async def test_it_can_still_be_looked_at(self, desk: Desk, stub: Any) -> None:
        await store_unreadable(desk, utc_now() - HOUR)
        asked = programme_service_pb2.GetProgrammeRequest(version=3)
        assert (await stub.GetProgramme(asked)).programme.programme.clawback_policy == 9

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
