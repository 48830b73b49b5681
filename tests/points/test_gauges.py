"""Figures that every replica keeps true by itself."""

import asyncio

import pytest
from prometheus_client import REGISTRY

from services.points import verifier
from services.points.bootstrap import build
from services.points.metrics import LEDGER_BREAKS
from services.points.settings import Settings
from tests.fixtures.polling import eventually
from tests.fixtures.servers import Servers, migrated_database


async def test_open_breaks_are_counted_where_nothing_is_verified(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was asked once to verify a member, and others have mended what it found."""
    monkeypatch.setattr(verifier, "_WATCH_SECONDS", 0.02)

    async def is_true_again() -> bool:
        return REGISTRY.get_sample_value("yika_points_ledger_breaks") == 0

    async with migrated_database(servers, "points") as database:
        settings = Settings(verify_interval_seconds=0, expiry_interval_seconds=0)
        parts = await build(settings, database)
        loops = [asyncio.ensure_future(loop()) for loop in parts.background]
        try:
            for _ in range(2):
                LEDGER_BREAKS.set(3)
                await eventually(is_true_again)
        finally:
            for each in loops:
                each.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            for close in parts.closers:
                await close()
