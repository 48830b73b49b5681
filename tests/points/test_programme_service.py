"""The chain's rules from the outside: services/points/grpc_api/programmes.py."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import ValidationError

from chassis.clock import from_timestamp, to_timestamp, utc_now
from chassis.errors import Invalid, Kind
from chassis.ids import new_id
from services.points.domain.limits import FUTURE_MAX
from services.points.settings import Settings
from services.points.usecases.programmes.publish_programme import publish_programme
from tests.fixtures.coupons import outbox_events
from tests.fixtures.ledger import Ledger
from tests.fixtures.refusals import refusal
from tests.fixtures.running import open_stub
from tests.fixtures.stored_value import STORE, build_stored_value_programme
from yika.points.v1 import (
    earning_pb2,
    gift_pb2,
    pass_pb2,
    programme_events_pb2,
    programme_pb2,
    programme_service_pb2,
    programme_service_pb2_grpc,
)

NOBODYS = new_id()
PERMISSIONS = ["points.programmes.publish", "points.programmes.read"]


@pytest.fixture
async def stub(ledger: Ledger) -> AsyncIterator[Any]:
    """Somebody of headquarters who may set rules."""
    async with open_stub(
        programme_service_pb2_grpc.ProgrammeServiceStub, ledger.address, PERMISSIONS
    ) as opened:
        yield opened


async def newest(stub: Any) -> int:
    """The number of the newest version."""
    listed = await stub.ListProgrammes(programme_service_pb2.ListProgrammesRequest())
    return listed.programmes[0].programme.version if listed.programmes else 1


async def build_programme(stub: Any, **changes: Any) -> programme_pb2.Programme:
    """The next version, in force in some days after those that other tests made."""
    version = changes.pop("version", await newest(stub) + 1)
    ahead = timedelta(days=version)
    given = {
        "programme_id": new_id(),
        "version": version,
        "effective_time": to_timestamp(utc_now() + ahead),
        "earning": earning_pb2.EarningProgramme(version=version, fen_per_point=100),
        "points_tender": programme_pb2.PointsTender(
            points=100, fen=100, points_min=100, points_step=100, share_max_bp=5000
        ),
        **changes,
    }
    return programme_pb2.Programme(**given)


def build_gift(**changes: Any) -> gift_pb2.Gift:
    """A gift; without a product unless it is given one."""
    return gift_pb2.Gift(**{"gift_id": new_id(), "name": "马克杯", "points": 300, **changes})


def build_pass(**changes: Any) -> pass_pb2.PassDefinition:
    """Ten units."""
    given = {"pass_id": new_id(), "name": "洗车10次", "units": 10, "validity": 1, **changes}
    return pass_pb2.PassDefinition(**given)


def build_rule(*, store_ids: Sequence[str] = (), **scope: Any) -> earning_pb2.EarningRule:
    """A bonus of a point in these stores, on lines in this scope."""
    return earning_pb2.EarningRule(
        rule_id="rule",
        name_zh="送一分",
        name_en="One more",
        conditions=earning_pb2.EarningConditions(store_ids=store_ids),
        scope=earning_pb2.EarningScope(**scope),
        bonus=earning_pb2.EarningBonus(bonus_points=1),
    )


def publish(programme: programme_pb2.Programme) -> programme_service_pb2.PublishProgrammeRequest:
    """The request."""
    return programme_service_pb2.PublishProgrammeRequest(programme=programme)


class TestPublishProgramme:
    async def test_stores_a_version_once(self, stub: Any) -> None:
        programme = await build_programme(stub)
        assert not (await stub.PublishProgramme(publish(programme))).replayed
        assert (await stub.PublishProgramme(publish(programme))).replayed
        asked = programme_service_pb2.GetProgrammeRequest(version=programme.version)
        found = (await stub.GetProgramme(asked)).programme
        assert found.programme == programme
        assert found.published_by
        programme.return_grace_days = 3
        refused = await refusal(stub.PublishProgramme(publish(programme)))
        assert refused.reason == "ID_REUSED"

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"programme_id": "x"}, "INVALID_ID"),
            ({"version": 1000}, "WRONG_VERSION"),
            ({"effective_time": None}, "INVALID_TIME"),
            ({"effective_time": to_timestamp(utc_now() - timedelta(days=1))}, "INVALID_TIME"),
            ({"effective_time": to_timestamp(utc_now() + timedelta(days=400))}, "INVALID_TIME"),
            # In China it is the year 10,000 by then.
            (
                {
                    "effective_time": Timestamp(seconds=253_402_300_799),
                    "stored_value": build_stored_value_programme(),
                },
                "INVALID_TIME",
            ),
            ({"earning": None}, "INVALID_RATE"),
            ({"clawback_policy": 99}, "UNKNOWN_CLAWBACK_POLICY"),
            ({"return_grace_days": 367}, "OUT_OF_RANGE"),
            ({"points_tender": programme_pb2.PointsTender()}, "OUT_OF_RANGE"),
            (
                {
                    "points_tender": programme_pb2.PointsTender(
                        points=1000, fen=1, points_min=1, points_step=1, share_max_bp=1
                    )
                },
                "INVALID_RATE",
            ),
        ],
    )
    async def test_refuses_with_a_reason(
        self, stub: Any, changes: dict[str, Any], reason: str
    ) -> None:
        before = await newest(stub)
        programme = await build_programme(stub, **changes)
        refused = await refusal(stub.PublishProgramme(publish(programme)))
        assert refused.reason == reason
        assert await newest(stub) == before

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"gifts": [build_gift(product_id=NOBODYS)]}, "UNKNOWN_PRODUCT"),
            ({"gifts": [build_gift(store_ids=[NOBODYS])]}, "UNKNOWN_STORE"),
            ({"passes": [build_pass(product_ids=[NOBODYS])]}, "UNKNOWN_PRODUCT"),
            ({"passes": [build_pass(store_ids=[NOBODYS])]}, "UNKNOWN_STORE"),
            ({"stored_value": build_stored_value_programme()}, "UNKNOWN_STORE"),
            ({"rule": build_rule(store_ids=[NOBODYS])}, "UNKNOWN_STORE"),
            ({"rule": build_rule(product_ids=[NOBODYS])}, "UNKNOWN_PRODUCT"),
            ({"rule": build_rule(category_ids=[NOBODYS])}, "UNKNOWN_CATEGORY"),
        ],
    )
    async def test_refuses_what_does_not_exist(
        self, stub: Any, ledger: Ledger, changes: dict[str, Any], reason: str
    ) -> None:
        before = await newest(stub)
        rule = changes.pop("rule", None)
        programme = await build_programme(stub, **changes)
        for gift in programme.gifts:
            gift.product_id = gift.product_id or ledger.chain.product_ids[0]
        programme.earning.rules.extend([rule] if rule else [])
        refused = await refusal(stub.PublishProgramme(publish(programme)))
        assert (refused.kind, refused.reason) == (Kind.NOT_FOUND, reason)
        what = reason.removeprefix("UNKNOWN_").lower()
        assert refused.metadata[f"{what}_ids"] in (NOBODYS, STORE)
        assert await newest(stub) == before

    async def test_takes_what_the_owners_know(self, stub: Any, ledger: Ledger) -> None:
        chain = ledger.chain
        stores, products = [chain.store_id], list(chain.product_ids)
        programme = await build_programme(
            stub,
            gifts=[build_gift(product_id=products[0], store_ids=stores)],
            passes=[build_pass(product_ids=products, store_ids=stores)],
        )
        programme.earning.rules.append(
            build_rule(store_ids=stores, product_ids=products, category_ids=[chain.category_id])
        )
        await stub.PublishProgramme(publish(programme))

    async def test_ids_in_upper_case_are_the_same_ids(self, stub: Any, ledger: Ledger) -> None:
        programme = await build_programme(stub)
        programme.gifts.append(build_gift(product_id=ledger.chain.product_ids[0]))
        programme.passes.append(build_pass(store_ids=[ledger.chain.store_id]))
        for each, field in ((programme.gifts[0], "gift_id"), (programme.passes[0], "pass_id")):
            setattr(each, field, getattr(each, field).upper())
        for replayed in (False, True):
            assert (await stub.PublishProgramme(publish(programme))).replayed is replayed

    async def test_a_programme_that_is_too_large_is_not_stored(self, stub: Any) -> None:
        programme = await build_programme(stub)
        # A field of some newer contract: number 2000, four MiB of text.
        programme.MergeFromString(bytes([0x82, 0x7D, 0x80, 0x80, 0x80, 0x02]) + b"x" * (4 << 20))
        refused = await refusal(stub.PublishProgramme(publish(programme)))
        assert refused.reason == "REQUEST_TOO_LARGE"

    async def test_tells_others_when_it_takes_effect(self, stub: Any, ledger: Ledger) -> None:
        programme = await build_programme(stub)
        await stub.PublishProgramme(publish(programme))
        told = await outbox_events(ledger.database, programme_events_pb2.ProgrammesPublished)
        (publication,) = [
            each
            for event in told
            for each in event.programmes
            if each.programme_id == programme.programme_id
        ]
        assert publication.version == programme.version
        assert publication.effective_time == programme.effective_time

    async def test_a_retry_asks_no_other_service(self, stub: Any, ledger: Ledger) -> None:
        programme = await build_programme(stub)
        await stub.PublishProgramme(publish(programme))
        nobody: Any = None
        assert await publish_programme(
            ledger.database,
            nobody,
            programme,
            tender_kinds=(),
            published_by="again",
            notice=timedelta(),
        )

    async def test_never_rewrites_what_is_planned(self, stub: Any) -> None:
        await stub.PublishProgramme(publish(await build_programme(stub)))
        sooner = await build_programme(
            stub, effective_time=to_timestamp(utc_now() + timedelta(minutes=1))
        )
        refused = await refusal(stub.PublishProgramme(publish(sooner)))
        assert refused.reason == "EFFECTIVE_TIME_BEFORE_NEWEST"


class TestGetProgramme:
    async def test_tells_the_built_in_version_before_any_takes_effect(self, stub: Any) -> None:
        found = await stub.GetProgramme(programme_service_pb2.GetProgrammeRequest())
        assert found.programme.programme.version == 1
        assert found.programme.programme.earning.fen_per_point == 100

    async def test_refuses_an_unknown_version(self, stub: Any) -> None:
        asked = programme_service_pb2.GetProgrammeRequest(version=9999)
        assert (await refusal(stub.GetProgramme(asked))).reason == "UNKNOWN_PROGRAMME"


class SlowOwners:
    """Takes a second to say that all that is named exists."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    async def require_scope(self, _: object) -> None:
        self.now += timedelta(seconds=1)


class TestNotice:
    def test_a_document_dated_ahead_cannot_be_booked_before_its_rules_are_known(self) -> None:
        """By default, and whatever is set: clocks of tills run ahead, and replicas read late."""
        default = Settings()
        known_after = default.programme_notice_seconds - default.programme_refresh_seconds
        assert known_after >= FUTURE_MAX.total_seconds()
        with pytest.raises(ValidationError, match="at least 305"):
            Settings(programme_notice_seconds=304)
        with pytest.raises(ValidationError, match="at least 700"):
            Settings(programme_refresh_seconds=400)
        assert Settings(programme_refresh_seconds=0, programme_notice_seconds=300)

    async def test_counts_from_when_the_version_is_stored(self, stub: Any, ledger: Ledger) -> None:
        """Asking the owners may outlast the notice."""
        asked_at = utc_now()
        owners = SlowOwners(asked_at)
        programme = await build_programme(stub)
        before = await newest(stub)
        with pytest.raises(Invalid, match="effective_time must lie"):
            await publish_programme(
                ledger.database,
                owners,  # type: ignore[arg-type]
                programme,
                tender_kinds=(),
                published_by="boss",
                notice=from_timestamp(programme.effective_time, "effective_time") - asked_at,
                clock=lambda: owners.now,
            )
        assert await newest(stub) == before
