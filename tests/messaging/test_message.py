"""The pause between attempts: it grows, it is bounded, and never fails."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.messaging.domain.message import retry_pause

pauses = st.integers(1, 86_400).map(lambda seconds: timedelta(seconds=seconds))


class TestRetryPause:
    @pytest.mark.parametrize(
        ("attempt", "seconds"), [(1, 1), (2, 2), (3, 4), (8, 128), (9, 256), (10, 300), (99, 300)]
    )
    def test_doubles_up_to_the_maximum(self, attempt: int, seconds: int) -> None:
        assert retry_pause(attempt, timedelta(seconds=300)) == timedelta(seconds=seconds)

    @given(st.integers(1, 2**31 - 1), pauses)
    def test_is_never_shorter_than_the_one_before(self, attempt: int, longest: timedelta) -> None:
        assert timedelta(0) < retry_pause(attempt, longest) <= retry_pause(attempt + 1, longest)
        assert retry_pause(attempt, longest) <= longest
