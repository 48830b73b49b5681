"""Every outcome of a batch is looked at."""

from tools.replay.poster import Posted
from yika.points.v1.points_service_pb2 import (
    PostedSaleResult,
    PostSalesResponse,
    SaleOutcome,
    SaleRefusal,
)


def posted(*, replayed: bool = False) -> SaleOutcome:
    return SaleOutcome(sale_id="s", posted=PostedSaleResult(replayed=replayed))


def refused(reason: str) -> SaleOutcome:
    return SaleOutcome(sale_id="s", refused=SaleRefusal(reason=reason, message="no"))


class TestPosted:
    def test_counts_each_kind(self) -> None:
        result = Posted()
        answer = PostSalesResponse(
            outcomes=[posted(), posted(replayed=True), refused("UNKNOWN_MEMBER")]
        )
        assert result.count(answer) == [True, True, False]
        assert (result.posted, result.replayed, result.refused) == (2, 1, 1)
        assert result.refusal_reasons == {"UNKNOWN_MEMBER": 1}
        assert result.refusals == ["s: UNKNOWN_MEMBER: no"]

    def test_an_outcome_that_says_nothing_is_a_refusal(self) -> None:
        result = Posted()
        assert result.count(PostSalesResponse(outcomes=[SaleOutcome(sale_id="s")])) == [False]
        assert result.refusal_reasons == {"NO_OUTCOME": 1}

    def test_keeps_the_first_refusals_only(self) -> None:
        result = Posted()
        result.count(PostSalesResponse(outcomes=[refused("EMPTY_BASKET")] * 30))
        assert result.refused == 30
        assert len(result.refusals) == 20
