"""Counts the holds that set value aside, for headquarters to see; a time-out needs no job."""

from datetime import datetime

from prometheus_client import Gauge

from chassis.clock import utc_now
from chassis.database import Database
from services.points.domain.assets import Asset
from services.points.gauges import keep_true
from services.points.usecases.holds.read_holds import count_open_holds

OPEN = Gauge(
    "yika_points_holds_open",
    "Holds that set value aside, in all replicas, by asset: points, stored_value, pass.",
    ["asset"],
)
_NAMES = {Asset.POINTS: "points", Asset.PRINCIPAL: "stored_value", Asset.PASS: "pass"}


class HoldGauge:
    """Keeps the gauge true to some seconds."""

    def __init__(self, database: Database, *, refresh_seconds: float) -> None:
        self._database = database
        self._refresh_seconds = refresh_seconds

    async def run(self) -> None:
        """Counts until cancelled; survives a lost database and whatever else counting meets."""
        await keep_true("holds", lambda: self.refresh(utc_now()), self._refresh_seconds)

    async def refresh(self, now: datetime) -> None:
        """Counts once."""
        found = await count_open_holds(self._database, now)
        for asset, name in _NAMES.items():
            OPEN.labels(name).set(found.get(asset, 0))
