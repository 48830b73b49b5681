"""The rule of giving points within a household: messages/programmes/programme_documents.py."""

import pytest

from chassis.clock import to_timestamp
from chassis.errors import Invalid
from chassis.ids import new_id
from services.points.domain.limits import AMOUNT_FEN_MAX
from services.points.domain.programme import FIRST_PROGRAMME, HouseholdTransfer
from services.points.messages.programmes.programme_documents import (
    built_in_message,
    read_programme_message,
)
from tests.fixtures.builders_points import SOLD_AT
from yika.points.v1 import earning_pb2, programme_pb2


def build_programme(rule: programme_pb2.HouseholdTransfer | None) -> programme_pb2.Programme:
    """A version that is valid but for the rule."""
    return programme_pb2.Programme(
        programme_id=new_id(),
        version=2,
        effective_time=to_timestamp(SOLD_AT),
        earning=earning_pb2.EarningProgramme(version=2, fen_per_point=100),
        household_transfer=rule,
    )


class TestHouseholdTransfer:
    def test_is_not_allowed_when_nothing_is_said(self) -> None:
        assert read_programme_message(build_programme(None), []).household_transfer is None
        assert not built_in_message(FIRST_PROGRAMME).HasField("household_transfer")

    @pytest.mark.parametrize(("least", "most"), [(1, 1), (100, 5000), (1, AMOUNT_FEN_MAX)])
    def test_is_read_as_it_stands(self, least: int, most: int) -> None:
        rule = programme_pb2.HouseholdTransfer(points_min=least, day_points_max=most)
        programme = read_programme_message(build_programme(rule), [])
        assert programme.household_transfer == HouseholdTransfer(least, most)

    @pytest.mark.parametrize(
        ("least", "most", "field"),
        [
            (0, 10, "household_transfer.points_min"),
            (-1, 10, "household_transfer.points_min"),
            (AMOUNT_FEN_MAX + 1, AMOUNT_FEN_MAX + 1, "household_transfer.points_min"),
            (10, 9, "household_transfer.day_points_max"),
            (1, 0, "household_transfer.day_points_max"),
            (1, AMOUNT_FEN_MAX + 1, "household_transfer.day_points_max"),
        ],
    )
    def test_refuses_what_makes_no_rule(self, least: int, most: int, field: str) -> None:
        rule = programme_pb2.HouseholdTransfer(points_min=least, day_points_max=most)
        with pytest.raises(Invalid) as refused:
            read_programme_message(build_programme(rule), [])
        assert (refused.value.reason, refused.value.metadata["field"]) == ("OUT_OF_RANGE", field)
