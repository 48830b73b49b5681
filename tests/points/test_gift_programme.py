"""What headquarters may say of gifts and adjustments: messages/programmes/gift_programme.py."""

from typing import Any

import pytest
from google.type.date_pb2 import Date

from chassis.clock import to_timestamp, utc_now
from chassis.errors import Invalid
from chassis.ids import new_id
from services.points.domain.programme import FIRST_PROGRAMME, Programme
from services.points.domain.rewards.gift import Gift
from services.points.messages.programmes.gift_programme import GIFTS_MAX, LIMIT_MAX, read_gifts
from services.points.messages.programmes.programme_documents import (
    built_in_message,
    read_programme_message,
)
from yika.points.v1 import earning_pb2, gift_pb2, programme_pb2

GIFT_ID, PRODUCT_ID, STORE_ID = new_id(), new_id(), new_id()


def gift(**changes: Any) -> gift_pb2.Gift:
    """A mug for 300 points."""
    given = {"gift_id": GIFT_ID, "product_id": PRODUCT_ID, "name": "马克杯", "points": 300}
    return gift_pb2.Gift(**(given | changes))


def programme(**changes: Any) -> Programme:
    """A programme read from its message."""
    message = programme_pb2.Programme(
        programme_id=new_id(),
        version=2,
        effective_time=to_timestamp(utc_now()),
        earning=earning_pb2.EarningProgramme(version=2, fen_per_point=100),
        **changes,
    )
    return read_programme_message(message, {"cash"})


class TestReadGifts:
    def test_reads_all_of_a_gift(self) -> None:
        message = gift(
            gift_id=GIFT_ID.upper(),
            money_fen=990,
            store_ids=[STORE_ID.upper()],
            first_date=Date(year=2026, month=5, day=1),
            last_date=Date(year=2026, month=5, day=1),
            limit_per_member=2,
        )
        (read,) = read_gifts([message]).values()
        assert read == Gift(
            GIFT_ID,
            PRODUCT_ID,
            "马克杯",
            300,
            990,
            frozenset({STORE_ID}),
            read.first_date,
            read.last_date,
            2,
        )
        assert str(read.first_date) == str(read.last_date) == "2026-05-01"

    def test_reads_as_many_as_there_may_be(self) -> None:
        assert len(read_gifts([gift(gift_id=new_id()) for _ in range(GIFTS_MAX)])) == GIFTS_MAX

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"gift_id": "mug"}, "INVALID_ID"),
            ({"product_id": ""}, "INVALID_ID"),
            ({"store_ids": ["S001"]}, "INVALID_ID"),
            ({"name": ""}, "INVALID_NAME"),
            ({"name": "x" * 65}, "INVALID_NAME"),
            ({"points": 0}, "OUT_OF_RANGE"),
            ({"points": 10**9 + 1}, "OUT_OF_RANGE"),
            ({"money_fen": -1}, "OUT_OF_RANGE"),
            ({"money_fen": 10**9 + 1}, "OUT_OF_RANGE"),
            ({"limit_per_member": -1}, "OUT_OF_RANGE"),
            ({"limit_per_member": LIMIT_MAX + 1}, "OUT_OF_RANGE"),
            ({"first_date": Date(year=2026, month=2, day=30)}, "INVALID_DATE"),
            (
                {
                    "first_date": Date(year=2026, month=5, day=2),
                    "last_date": Date(year=2026, month=5, day=1),
                },
                "DATES_REVERSED",
            ),
        ],
    )
    def test_names_what_is_wrong(self, changes: dict[str, Any], reason: str) -> None:
        with pytest.raises(Invalid) as error:
            read_gifts([gift(**changes)])
        assert error.value.reason == reason

    def test_names_the_gift_and_the_field(self) -> None:
        with pytest.raises(Invalid) as error:
            read_gifts([gift(points=0)])
        assert error.value.message == f"gift {GIFT_ID}: points must be 1 to 1000000000"
        assert error.value.metadata == {"gift_id": GIFT_ID, "field": "points", "value": "0"}

    def test_refuses_too_many_and_the_same_twice(self) -> None:
        with pytest.raises(Invalid) as error:
            read_gifts([gift(gift_id=new_id()) for _ in range(GIFTS_MAX + 1)])
        assert error.value.reason == "TOO_MANY_GIFTS"
        with pytest.raises(Invalid) as error:
            read_gifts([gift(), gift(gift_id=GIFT_ID.upper())])
        assert error.value.reason == "DUPLICATE_GIFT"


class TestProgramme:
    def test_lets_one_person_adjust_a_thousand_points_unless_it_says_otherwise(self) -> None:
        assert programme().adjustment_limit_points == 1_000
        assert programme(adjustment_limit_points=0).adjustment_limit_points == 0
        assert programme(adjustment_limit_points=50).adjustment_limit_points == 50
        assert FIRST_PROGRAMME.adjustment_limit_points == 1_000
        assert built_in_message(FIRST_PROGRAMME).adjustment_limit_points == 1_000
        assert programme().adjustment_day_limit_points == 0
        assert programme(adjustment_day_limit_points=70).adjustment_day_limit_points == 70

    @pytest.mark.parametrize("limit", [-1, 10**9 + 1])
    @pytest.mark.parametrize("field", ["adjustment_limit_points", "adjustment_day_limit_points"])
    def test_refuses_a_limit_that_cannot_be_meant(self, field: str, limit: int) -> None:
        with pytest.raises(Invalid) as error:
            programme(**{field: limit})
        assert (error.value.reason, error.value.metadata["field"]) == ("OUT_OF_RANGE", field)

    def test_keeps_its_gifts(self) -> None:
        assert programme(gifts=[gift()]).gifts[GIFT_ID].name == "马克杯"
