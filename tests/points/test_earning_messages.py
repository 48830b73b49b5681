"""What a bill keeps of its earning comes back as it was, so that returns stay exact."""

from hypothesis import given

from pricing.earning import (
    Earned,
    EarningProgramme,
    ExpiryKind,
    ExpiryPolicy,
    SaleFacts,
    earn,
)
from services.points.messages.programmes.earning_messages import (
    fill_earning_message,
    read_basis,
    read_grants,
)
from tests.fixtures.builders_earning import SALES, build_programme, build_sale, programmes
from yika.points.v1.earning_pb2 import SaleEarning


def stored(earned: Earned) -> SaleEarning:
    """The message as it comes back from a table."""
    message = SaleEarning()
    fill_earning_message(message, earned)
    return SaleEarning.FromString(message.SerializeToString())


class TestEarningMessage:
    @given(programmes(), SALES)
    def test_keeps_everything_that_returns_and_explanations_need(
        self, programme: EarningProgramme, sale: SaleFacts
    ) -> None:
        earned = earn(programme, sale)
        message = stored(earned)
        assert read_basis(message.basis) == earned.basis
        assert read_grants(message.grants) == earned.grants

    def test_keeps_the_last_day(self) -> None:
        programme = build_programme(expiry=ExpiryPolicy(ExpiryKind.END_OF_YEAR, 0))
        earned = earn(programme, build_sale(100))
        assert read_grants(stored(earned).grants) == earned.grants
        assert earned.grants[0].expiry_date is not None
