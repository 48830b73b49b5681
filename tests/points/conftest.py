"""Fixtures of the tests of points."""

from tests.fixtures.coupon_orders import coupon_desk, coupon_tables
from tests.fixtures.coupons import coupons
from tests.fixtures.ledger import ledger
from tests.fixtures.pass_desk import desk, pass_desk

__all__ = ["coupon_desk", "coupon_tables", "coupons", "desk", "ledger", "pass_desk"]
