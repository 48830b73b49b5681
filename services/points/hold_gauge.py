"""Counts the holds that set value aside, for headquarters to see; a time-out needs no job."""

import asyncio
from datetime import datetime

from prometheus_client import Gauge

from chassis.clock import utc_now
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.logs import get_logger
from services.points.domain.assets import Asset
from services.points.usecases.read_holds import count_open_holds

OPEN = Gauge(
    "yika_points_holds_open",
    "Holds that set value aside, in all replicas, by asset: points, stored_value, pass.",
    ["asset"],
)
_NAMES = {Asset.POINTS: "points", Asset.PRINCIPAL: "stored_value", Asset.PASS: "pass"}

log = get_logger(__name__)


class HoldGauge:
    """Keeps the gauge true to some seconds."""

    def __init__(self, database: Database, *, refresh_seconds: float) -> None:
        self._database = database
        self._refresh_seconds = refresh_seconds

    async def run(self) -> None:
        """Counts until cancelled; survives a lost database and whatever else counting meets."""
        while True:
            try:
                await self.refresh(utc_now())
            except Unavailable as error:
                log.warning("hold_gauge_waits", error=str(error))
            except Exception:  # a figure to look at must not end the ledger
                log.exception("hold_gauge_failed")
            await asyncio.sleep(self._refresh_seconds)

    async def refresh(self, now: datetime) -> None:
        """Counts once."""
        found = await count_open_holds(self._database, now)
        for asset, name in _NAMES.items():
            OPEN.labels(name).set(found.get(asset, 0))
