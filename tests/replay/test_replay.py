"""The course of a replay: tools/replay/replay.py."""

from datetime import date

from tools.replay.journey import Journey
from tools.replay.replay import watch_day


class TestWatchDay:
    def test_is_two_weeks_into_the_run(self, journey: Journey) -> None:
        chosen = journey.select(date(2017, 3, 1), None, None)
        assert str(watch_day(journey, chosen)) == "2017-03-14"

    def test_is_the_last_day_of_a_shorter_run(self, journey: Journey) -> None:
        chosen = journey.select(date(2017, 3, 1), date(2017, 3, 5), None)
        assert str(watch_day(journey, chosen)) == "2017-03-05"
