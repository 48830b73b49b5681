"""Fixtures of the tests of points."""

from tests.fixtures.balanced_ledger import chain, database
from tests.fixtures.bill_archive import archive
from tests.fixtures.branch import branches
from tests.fixtures.corruptible_books import books, clean_books
from tests.fixtures.coupon_orders import coupon_desk, coupon_tables
from tests.fixtures.coupons import coupons
from tests.fixtures.ledger import ledger
from tests.fixtures.pass_desk import desk, pass_desk
from tests.fixtures.query_desk import query_desk
from tests.fixtures.rewards import gift_ledger, reward_desk

__all__ = [
    "archive",
    "books",
    "branches",
    "chain",
    "clean_books",
    "coupon_desk",
    "coupon_tables",
    "coupons",
    "database",
    "desk",
    "gift_ledger",
    "ledger",
    "pass_desk",
    "query_desk",
    "reward_desk",
]
