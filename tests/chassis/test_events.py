"""Events on the wire: subjects, headers, and what is refused as not belonging together."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.errors import Error as NatsError
from structlog.testing import capture_logs

from chassis.events import (
    EventBus,
    EventHeaders,
    decode_event,
    producer_of,
    stream_of,
    subject_of,
)
from chassis.ids import new_id
from tests.fixtures.nats import OwnNats, nats_cluster
from tests.fixtures.polling import eventually
from yika.inventory.v1 import events_pb2

STORES = "yika.inventory.v1.StoresUpserted"


def build_headers(**changes: str) -> EventHeaders:
    fields = {
        "event_id": new_id(),
        "event_type": STORES,
        "source": "/yika/inventory",
        "member_id": "",
        "traceparent": "",
    }
    return EventHeaders(occurred_at=datetime(2026, 1, 2, tzinfo=UTC), **{**fields, **changes})


class TestSubjectOf:
    @pytest.mark.parametrize(
        ("event_type", "subject"),
        [
            (STORES, "yika.inventory.stores_upserted.v1"),
            ("yika.points.v1.SalesPosted", "yika.points.sales_posted.v1"),
            ("yika.points.v12.Expired", "yika.points.expired.v12"),
        ],
    )
    def test_maps_a_type_to_its_subject(self, event_type: str, subject: str) -> None:
        assert subject_of(event_type) == subject
        assert subject.startswith(f"yika.{producer_of(event_type)}.")

    @pytest.mark.parametrize(
        "event_type",
        ["", "SalesPosted", "google.protobuf.Timestamp", "yika.points.SalesPosted", f"{STORES}.x"],
    )
    def test_refuses_a_type_outside_the_house(self, event_type: str) -> None:
        with pytest.raises(ValueError, match="is not yika"):
            subject_of(event_type)


class TestEventHeaders:
    @given(
        member_id=st.sampled_from(["", new_id()]),
        traceparent=st.sampled_from(["", "00-" + "1" * 32 + "-" + "2" * 16 + "-01"]),
        occurred_at=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))])),
    )
    def test_come_back_as_they_were(
        self, member_id: str, traceparent: str, occurred_at: datetime
    ) -> None:
        headers = EventHeaders(new_id(), STORES, "/yika/x", occurred_at, member_id, traceparent)
        assert EventHeaders.decode(headers.encode()) == headers

    def test_are_a_cloud_event_of_version_1(self) -> None:
        encoded = build_headers(event_id="0198c0de-0000-7000-8000-000000000001").encode()
        assert encoded == {
            "ce-specversion": "1.0",
            "ce-id": "0198c0de-0000-7000-8000-000000000001",
            "ce-type": STORES,
            "ce-source": "/yika/inventory",
            "ce-time": "2026-01-02T00:00:00+00:00",
            "ce-subject": "yika.inventory.stores_upserted.v1",
            "content-type": "application/protobuf",
            "Nats-Msg-Id": "0198c0de-0000-7000-8000-000000000001",
        }

    def test_are_read_whatever_their_case(self) -> None:
        headers = build_headers()
        shouted = {key.upper(): value for key, value in headers.encode().items()}
        assert EventHeaders.decode(shouted) == headers

    @pytest.mark.parametrize("missing", ["ce-id", "ce-type", "ce-source", "ce-time"])
    def test_are_refused_without_an_attribute(self, missing: str) -> None:
        encoded = build_headers().encode()
        del encoded[missing]
        with pytest.raises(ValueError, match=f"no {missing}"):
            EventHeaders.decode(encoded)

    @pytest.mark.parametrize("nothing", [None, {}])
    def test_are_refused_when_absent(self, nothing: dict[str, str] | None) -> None:
        with pytest.raises(ValueError, match="not a CloudEvent"):
            EventHeaders.decode(nothing)

    def test_are_refused_with_another_version(self) -> None:
        with pytest.raises(ValueError, match="specversion"):
            EventHeaders.decode({**build_headers().encode(), "ce-specversion": "2.0"})


class TestDecodeEvent:
    def test_gives_the_message(self) -> None:
        event = events_pb2.StoresUpserted(revision=7)
        body = event.SerializeToString()
        subject = subject_of(STORES)
        assert decode_event(subject, build_headers(), body, events_pb2.StoresUpserted) == event

    @pytest.mark.parametrize(
        ("subject", "event_type"),
        [
            (subject_of(STORES), "yika.inventory.v1.PricesSet"),
            ("yika.inventory.prices_set.v1", STORES),
            ("yika.points.stores_upserted.v1", STORES),
        ],
    )
    def test_refuses_a_type_on_anothers_subject(self, subject: str, event_type: str) -> None:
        headers = build_headers(event_type=event_type)
        with pytest.raises(ValueError, match=r"expected yika\.inventory\.v1\.StoresUpserted"):
            decode_event(subject, headers, b"", events_pb2.StoresUpserted)

    def test_refuses_a_body_that_is_no_such_message(self) -> None:
        with pytest.raises(ValueError, match="the body is no"):
            decode_event(subject_of(STORES), build_headers(), b"\xff", events_pb2.StoresUpserted)


class TestEventBus:
    async def test_makes_a_stream_whoever_comes_first(self, nats: OwnNats) -> None:
        producer = EventBus(nats.url, service="inventory")
        consumer = EventBus(nats.url, service="reports")
        for bus in (consumer, producer, consumer):
            assert await bus.ensure_stream("inventory") == stream_of("inventory")
        info = await (await producer.jetstream()).stream_info("YIKA_INVENTORY")
        assert info.config.subjects == ["yika.inventory.>"]
        await producer.close()
        await consumer.close()

    async def test_keeps_one_copy_of_an_event_sent_twice(self, nats: OwnNats) -> None:
        bus = EventBus(nats.url, service="inventory")
        await bus.ensure_stream("inventory")
        jetstream = await bus.jetstream()
        headers = build_headers().encode()
        for _ in range(2):
            await jetstream.publish(subject_of(STORES), b"", headers=headers)
        assert (await jetstream.stream_info("YIKA_INVENTORY")).state.messages == 1
        await bus.close()

    async def test_comes_back_after_a_connection_that_was_ended_for_good(
        self, nats: OwnNats
    ) -> None:
        bus = EventBus(nats.url, service="inventory")
        await bus.ensure_stream("inventory")
        await (await bus.jetstream())._nc.close()  # as the client does when a server refuses it
        await (await bus.jetstream()).stream_info("YIKA_INVENTORY")
        await bus.close()

    async def test_adds_copies_to_a_stream_that_exists_and_never_takes_any(
        self, tmp_path: Path
    ) -> None:
        with nats_cluster(tmp_path) as url:
            one, three = (EventBus(url, service="inventory", replicas=n) for n in (1, 3))

            async def made() -> bool:
                try:
                    await one.ensure_stream("inventory")
                except (NatsError, OSError):  # the servers have not found each other yet
                    return False
                return True

            await eventually(made)
            jetstream = await one.jetstream()
            before = (await jetstream.stream_info("YIKA_INVENTORY")).config
            await three.ensure_stream("inventory")
            one.forget_streams()
            await one.ensure_stream("inventory")
            after = (await jetstream.stream_info("YIKA_INVENTORY")).config
            assert (before.num_replicas, after.num_replicas) == (1, 3)
            assert after.evolve(num_replicas=1) == before
            await one.close()
            await three.close()

    async def test_goes_on_and_says_so_when_a_server_refuses_more_copies(
        self, nats: OwnNats
    ) -> None:
        one, three = (EventBus(nats.url, service="inventory", replicas=n) for n in (1, 3))
        await one.ensure_stream("inventory")
        with capture_logs() as logs:
            assert await three.ensure_stream("inventory") == "YIKA_INVENTORY"
        [line] = logs
        assert (line["event"], line["log_level"]) == ("stream_copies_not_added", "error")
        assert (line["found"], line["wanted"]) == (1, 3)
        await one.close()
        await three.close()

    async def test_may_be_closed_before_it_was_used(self) -> None:
        await EventBus("nats://127.0.0.1:1", service="inventory").close()
