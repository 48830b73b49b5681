"""Figures straight from the data frames, and that the mapping agrees with them."""

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from tests.fixtures.builders_replay import build_transactions
from tools.replay.expected import expected_figures
from tools.replay.journey import Journey


class TestExpectedFigures:
    def test_a_small_year_by_hand(self) -> None:
        may = pd.Timestamp("2017-05-01 09:00:00")
        figures = expected_figures(
            build_transactions(
                {"sales_value": 1.5, "quantity": 0},
                {"sales_value": 1.49, "quantity": 3, "product_id": 11},
                {"basket_id": 2, "sales_value": 0.99, "transaction_timestamp": may},
                {"basket_id": 3, "sales_value": 7.0},
            ),
            [1, 2],
        )
        assert figures.revenue_fen == {(2, "2017-03"): 299, (2, "2017-05"): 99}
        assert figures.sale_count == {(2, "2017-03"): 1, (2, "2017-05"): 1}
        assert figures.bill_count == {2: 2}
        assert figures.bill_total_fen == {2: 398}
        assert figures.points == {1: 2}  # 2.99 gives 2, 0.99 gives none
        assert figures.quantity_milli == {10: 2000, 11: 3000}

    def test_the_mapping_gives_the_same_sums(
        self, journey: Journey, transactions: pd.DataFrame
    ) -> None:
        figures = expected_figures(transactions, journey.basket_key.tolist())
        assert sum(figures.revenue_fen.values()) == journey.total_fen.sum() == 459_603_958
        assert sum(figures.bill_count.values()) == journey.basket_count
        assert sum(figures.points.values()) == (journey.total_fen // 100).sum()
        assert sum(figures.quantity_milli.values()) == journey.quantity_milli.sum()
        per_store = np.bincount(journey.basket_store, weights=journey.total_fen)
        numbers = [int(store.code[2:]) for store in journey.stores]
        assert figures.bill_total_fen == dict(zip(numbers, per_store.astype(int), strict=True))
