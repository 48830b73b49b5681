"""A cash-out is settled at what was handed out, with each seller of the principal."""

from chassis.clock import to_timestamp
from services.points.domain.assets import Asset
from services.points.domain.settlement import Cell
from tests.fixtures.builders_points import SOLD_AT
from tests.fixtures.builders_stored_value import (
    build_cash_out,
    build_quote,
    build_spend,
    build_top_up,
)
from tests.fixtures.returning import another_store
from tests.fixtures.settling import cells_of
from tests.fixtures.stored_value_desk import (
    Desk,
    build_customer,
    desk,
)

__all__ = ["desk"]


async def test_bonus_that_was_spent_is_owed_to_whoever_took_it_alone(desk: Desk) -> None:
    """Sold for 500 yuan, which is what all the others are owed together."""
    chain = await build_customer(desk)
    taker, payer = [await another_store(desk.database) for _ in range(2)]
    await desk.stub.TopUp(build_top_up(chain, 500_00))
    await desk.points.PostSale(build_spend(chain, 50_00, store_id=taker))
    await desk.stub.CashOut(build_cash_out(chain, 500_00, {"bank_card": 450_00}, store_id=payer))
    assert await cells_of(desk.database, [taker, payer]) == sorted(
        [
            Cell(taker, chain.store_id, Asset.BONUS, 50_00, 50_00),
            Cell(payer, chain.store_id, Asset.PRINCIPAL, 500_00, 450_00),
        ]
    )


async def test_of_two_sellers_is_owed_by_each_what_its_own_top_up_paid_out(desk: Desk) -> None:
    chain = await build_customer(desk)
    second, taker, payer = [await another_store(desk.database) for _ in range(3)]
    later = to_timestamp(SOLD_AT.replace(hour=11))
    await desk.stub.TopUp(build_top_up(chain, 500_00))
    await desk.stub.TopUp(build_top_up(chain, 300_00, store_id=second, occurred_time=later))
    await desk.points.PostSale(
        build_spend(chain, 60_00, store_id=taker)  # all the bonus of one, 10 yuan of the other
    )
    told = await desk.stub.QuoteCashOut(build_quote(chain))
    assert (told.payout_fen, told.bonus_deducted_fen) == (740_00, 60_00)
    await desk.stub.CashOut(build_cash_out(chain, 800_00, {"bank_card": 740_00}, store_id=payer))
    assert await cells_of(desk.database, [payer]) == sorted(
        [
            Cell(payer, chain.store_id, Asset.PRINCIPAL, 500_00, 450_00),
            Cell(payer, second, Asset.PRINCIPAL, 300_00, 290_00),
        ]
    )
