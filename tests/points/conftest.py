"""Fixtures of the tests of points."""

from tests.fixtures.ledger import ledger

__all__ = ["ledger"]
