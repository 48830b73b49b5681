"""The loop that makes codes in the background, in every replica; the database shares out orders."""

import asyncio
import contextlib

from chassis.clock import utc_now
from chassis.errors import Unavailable
from chassis.logs import get_logger
from services.points.coupon_desk import CouponDesk
from services.points.usecases.coupons.issue_coupon_batch import issue_coupon_batch

log = get_logger(__name__)


class CouponIssuer:
    """Takes one batch after the other while orders wait, and looks for new ones now and then."""

    def __init__(self, desk: CouponDesk, *, batch_max: int, poll_seconds: float) -> None:
        self._desk = desk
        self._batch_max = batch_max
        self._poll_seconds = poll_seconds

    async def run(self) -> None:
        """Runs until cancelled; survives a lost database and a batch that fails."""
        while True:
            self._desk.order_taken.clear()
            try:
                order = await issue_coupon_batch(
                    self._desk, batch_max=self._batch_max, now=utc_now()
                )
            except Unavailable as error:
                log.warning("coupon_issuer_waits", error=str(error))
                order = None
            except Exception:  # the door must live on; the order stays as it is, for all to see
                log.exception("coupon_issuer_failed")
                order = None
            if order is None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_seconds):
                        await self._desk.order_taken.wait()
