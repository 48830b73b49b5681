"""Fixtures that every test may use come from tests/fixtures/."""

from tests.fixtures.servers import database_url, nats_url, redis_url, servers

__all__ = ["database_url", "nats_url", "redis_url", "servers"]
