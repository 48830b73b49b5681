"""A registration in canonical form, and what makes two of them the same."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from chassis.errors import Invalid
from services.members.domain.member import Channel
from services.members.domain.registration import Registration, canonical_name

REGISTRATION = Registration(
    member_id="01a20243-26cb-75d0-a586-4a3791de64b4",
    name="王小明",
    phone="+8613800138000",
    card_number="88001",
    store_id="01a20243-26cb-75d0-a586-4a3791de64b5",
    channel=Channel.STORE,
    registered_at=datetime(2026, 5, 1, tzinfo=UTC),
)
OTHER: dict[str, Any] = {
    "member_id": "01a20243-26cb-75d0-a586-4a3791de64b6",
    "name": "王大明",
    "phone": "+8613800138001",
    "card_number": "88002",
    "store_id": "01a20243-26cb-75d0-a586-4a3791de64b6",
    "channel": Channel.ONLINE,
    "registered_at": datetime(2026, 5, 2, tzinfo=UTC),
    "birth_date": date(1988, 2, 29),
}
ABSENT = {"name": "", "phone": None, "card_number": None, "store_id": None, "registered_at": None}


class TestContentHash:
    def test_is_the_same_in_every_release(self) -> None:
        # Stored for ever: a change of this value makes every repeated request a conflict.
        assert (
            REGISTRATION.content_hash().hex()
            == "aeec8ed48beab5f72b50d08a294006f8b336529f8c5bddae7cd817e640c2531e"
        )

    def test_covers_every_field(self) -> None:
        assert set(OTHER) == set(Registration.__slots__)
        hashes = {
            replace(REGISTRATION, **{name: value}).content_hash() for name, value in OTHER.items()
        }
        hashes |= {
            replace(REGISTRATION, **{name: value}).content_hash() for name, value in ABSENT.items()
        }
        assert len(hashes | {REGISTRATION.content_hash()}) == len(OTHER) + len(ABSENT) + 1

    def test_does_not_mix_up_fields(self) -> None:
        one = replace(REGISTRATION, name="1", card_number="23456")
        other = replace(REGISTRATION, name="12", card_number="3456")
        assert one.content_hash() != other.content_hash()


class TestCanonicalName:
    @pytest.mark.parametrize(
        ("given", "canonical"),
        [
            ("  李雷 ", "李雷"),
            ("", ""),
            ("   ", ""),
            ("Zoe\u0308", "Zoë"),
            ("买买提·艾力", "买买提·艾力"),
            ("\u3000韩梅梅\u3000", "韩梅梅"),
            ("𠮷" * 64, "𠮷" * 64),
            ("👩‍👧", "👩‍👧"),
        ],
    )
    def test_trims_and_composes(self, given: str, canonical: str) -> None:
        assert canonical_name(given) == canonical

    @pytest.mark.parametrize(
        ("given", "reason"),
        [("好" * 65, "NAME_TOO_LONG"), ("a\x00", "INVALID_NAME"), ("a\u2028b", "INVALID_NAME")],
    )
    def test_refuses(self, given: str, reason: str) -> None:
        with pytest.raises(Invalid) as refused:
            canonical_name(given)
        assert refused.value.reason == reason
