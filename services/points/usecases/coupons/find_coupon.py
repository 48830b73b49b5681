"""Finds the coupon behind a code that somebody typed, and stops those who guess."""

from datetime import datetime, timedelta

from chassis.database import Database
from chassis.errors import Exhausted, NotFound
from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon import Coupon
from services.points.domain.coupons.coupon_code import read_code
from services.points.storage.coupons.coupon_orders import TryRepository
from services.points.storage.coupons.coupon_queries import CouponQueries

# Where wrong codes are counted that were typed in no store, on the member site for example.
NO_STORE = "00000000-0000-0000-0000-000000000000"


async def find_coupon(
    desk: CouponDesk, text: str, *, caller: str, store_id: str, now: datetime
) -> Coupon:
    """The coupon of a code.

    Invalid INVALID_COUPON_CODE for what cannot be a code (it is not counted: it tells a guesser
    nothing). NotFound UNKNOWN_COUPON for one that nobody issued. Exhausted TOO_MANY_ATTEMPTS when
    the caller has asked for too many of those in this store within a minute, and then for good
    codes too, for otherwise guessing could go on. Callers that ask at the same moment may get a
    few tries more than the limit, and no answer to them.
    """
    candidates = desk.keys.candidates(read_code(text))
    async with desk.database.read() as connection:
        tries = TryRepository(connection)
        wrong = await tries.wrong_count(caller, store_id, now - timedelta(minutes=1))
        if wrong >= desk.tries_per_minute:
            raise _too_many(desk)
        found = await CouponQueries(connection).coupons(candidates)
    if not found:
        if await _count_wrong(desk.database, caller, store_id, now) > desk.tries_per_minute:
            raise _too_many(desk)
        raise NotFound("UNKNOWN_COUPON", "nobody has issued a coupon with this code")
    return found[0]


async def _count_wrong(database: Database, caller: str, store_id: str, now: datetime) -> int:
    async with database.transaction() as tx:
        return await TryRepository(tx.connection).add_wrong(caller, store_id, now)


def _too_many(desk: CouponDesk) -> Exhausted:
    return Exhausted(
        "TOO_MANY_ATTEMPTS",
        "too many wrong coupon codes; wait a minute",
        {"tries_per_minute": desk.tries_per_minute},
    )
