"""Sale messages as they leave for the points service."""

import pandas as pd  # type: ignore[import-untyped]

from tests.fixtures.builders_replay import build_products, build_transactions
from tools.replay.journey import Journey, map_journey
from tools.replay.sales import SaleMaker
from yika.points.v1.sale_pb2 import Sale


def build_sale(*rows: dict[str, object]) -> Sale:
    journey = map_journey(build_transactions(*rows), build_products({}))
    return SaleMaker(journey).build(journey.select(None, None, None))[0]


class TestSaleMaker:
    def test_tenders_add_up(self) -> None:
        sale = build_sale({"sales_value": 3.0, "coupon_disc": 1.25})
        assert [(tender.kind, tender.amount_fen) for tender in sale.tenders] == [
            ("manufacturer_coupon", 125),
            ("cash", 175),
        ]
        assert sale.total_fen == 300

    def test_no_tender_of_nothing(self) -> None:
        paid_by_coupon = build_sale({"sales_value": 1.0, "coupon_disc": 1.5})
        assert [tender.kind for tender in paid_by_coupon.tenders] == ["manufacturer_coupon"]
        assert not build_sale({"sales_value": 0.0}).tenders

    def test_time_and_business_date(self) -> None:
        sale = build_sale({"transaction_timestamp": pd.Timestamp("2017-12-31 23:59:58")})
        assert sale.sold_time.ToJsonString() == "2017-12-31T23:59:58Z"
        day = sale.business_date
        assert (day.year, day.month, day.day) == (2017, 12, 31)

    def test_every_sale_of_a_batch_is_complete(self, journey: Journey) -> None:
        maker = SaleMaker(journey)
        chosen = journey.select(None, None, 500)
        sales = maker.build(chosen)
        assert [sale.sale_id for sale in sales] == [maker.sale_id(at) for at in chosen.tolist()]
        for sale in sales:
            nets = sum(line.list_fen - line.discount_fen for line in sale.lines)
            assert nets == sale.total_fen == sum(tender.amount_fen for tender in sale.tenders)
            assert 1 <= len(sale.lines) <= 500
        assert sum(len(sale.lines) for sale in sales) == journey.line_start[500]

    def test_positions_come_back_from_ids(self, journey: Journey) -> None:
        maker = SaleMaker(journey)
        position_of = maker.position_of()
        assert position_of[maker.sale_id(155_847)] == 155_847
