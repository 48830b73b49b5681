"""Fixtures that every test may use come from tests/fixtures/."""

from hypothesis import settings

from tests.fixtures.servers import database_url, nats_url, redis_url, servers

__all__ = ["database_url", "nats_url", "redis_url", "servers"]

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("yika", deadline=None)
settings.load_profile("yika")
