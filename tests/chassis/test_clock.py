"""Moments and days on their way into and out of the contract."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import (
    CHINA_TIME,
    from_proto_date,
    from_timestamp,
    to_proto_date,
    to_timestamp,
    utc_now,
)
from chassis.errors import Invalid


class TestTimestamps:
    @given(
        st.datetimes(timezones=st.sampled_from([UTC, CHINA_TIME, timezone(timedelta(hours=-9))]))
    )
    def test_come_back_as_the_same_moment_in_utc(self, moment: datetime) -> None:
        # The first and last hours of time have no name in every zone.
        if not 2 <= moment.year <= 9998:
            return
        back = from_timestamp(to_timestamp(moment), "sold_time")
        assert back == moment
        assert back.tzinfo is UTC

    @pytest.mark.parametrize(
        "timestamp",
        [
            Timestamp(seconds=2**62),
            Timestamp(seconds=-(2**62)),
            Timestamp(nanos=-1),
            Timestamp(nanos=2**31 - 1),
        ],
    )
    def test_out_of_range_are_refused_by_name(self, timestamp: Timestamp) -> None:
        with pytest.raises(Invalid) as refusal:
            from_timestamp(timestamp, "sold_time")
        assert refusal.value.reason == "INVALID_TIME"
        assert refusal.value.metadata == {"field": "sold_time"}

    def test_now_is_aware(self) -> None:
        assert utc_now().tzinfo is UTC


class TestDates:
    @given(st.dates())
    def test_come_back_as_they_were(self, day: date) -> None:
        assert from_proto_date(to_proto_date(day), "from_date") == day

    @pytest.mark.parametrize(
        "day",
        [
            Date(),
            Date(year=2026, month=2),
            Date(year=2026, month=2, day=29),
            Date(month=2, day=2),
            Date(year=-1, month=1, day=1),
            Date(year=10_000, month=1, day=1),
            Date(year=2**31 - 1, month=1, day=1),
        ],
    )
    def test_that_are_no_days_are_refused_by_name(self, day: Date) -> None:
        with pytest.raises(Invalid) as refusal:
            from_proto_date(day, "from_date")
        assert refusal.value.reason == "INVALID_DATE"
        assert refusal.value.metadata == {"field": "from_date"}
