"""The welcome SMS: its text, and who gets one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.messaging.domain.message import Message
from services.messaging.domain.welcome import welcome_message

NOW = datetime(2026, 5, 8, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


def welcome(**changes: Any) -> Message:
    """The message for a member who joined just now."""
    given: dict[str, Any] = {
        "message_id": "m",
        "member_id": "p",
        "has_phone": True,
        "registered_at": NOW,
        "signature": "一卡",
        "age_max": WEEK,
        "now": NOW,
    }
    return welcome_message(**{**given, **changes})


class TestWelcomeMessage:
    def test_is_queued_for_a_new_member(self) -> None:
        message = welcome()
        assert (message.state, message.reason) == ("queued", "")
        assert (message.template, message.queued_at) == ("welcome", NOW)

    def test_carries_the_signature_in_front(self) -> None:
        assert welcome(signature="好邻居").text.startswith("【好邻居】欢迎")

    def test_fits_one_sms_with_the_longest_signature(self) -> None:
        assert len(welcome(signature="店" * 16).text) <= 70

    @pytest.mark.parametrize(
        ("changes", "state", "reason"),
        [
            ({"has_phone": False}, "skipped", "NO_PHONE"),
            ({"registered_at": NOW - WEEK}, "queued", ""),
            ({"registered_at": NOW - WEEK - timedelta(microseconds=1)}, "skipped", "TOO_OLD"),
            ({"registered_at": NOW + timedelta(minutes=5)}, "queued", ""),
            (
                {"registered_at": NOW - timedelta(seconds=1), "age_max": timedelta(0)},
                "skipped",
                "TOO_OLD",
            ),
            ({"has_phone": False, "registered_at": NOW - 2 * WEEK}, "skipped", "NO_PHONE"),
        ],
    )
    def test_goes_to_reachable_members_who_just_joined(
        self, changes: dict[str, Any], state: str, reason: str
    ) -> None:
        message = welcome(**changes)
        assert (message.state, message.reason) == (state, reason)
