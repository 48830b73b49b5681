"""What documents say that their bills took of holds: messages/holds/held_value.py."""

import pytest
from google.protobuf.message import Message

from services.points.domain.assets import BillKind
from services.points.messages.holds.held_value import held_of_document, held_of_tenders
from yika.points.v1 import pass_service_pb2, reward_service_pb2, sale_pb2

Tender = sale_pb2.Tender


class TestTenders:
    def test_add_up_by_hold_in_its_unit(self) -> None:
        tenders = [
            Tender(kind="points", amount_fen=7, points=700, hold_id="a"),
            Tender(kind="points", amount_fen=1, points=100, hold_id="a"),
            Tender(kind="stored_value", amount_fen=30, hold_id="b"),
            Tender(kind="stored_value", amount_fen=5),
            Tender(kind="cash", amount_fen=9),
        ]
        assert held_of_tenders(tenders) == {"a": 800, "b": 30}


class TestDocuments:
    @pytest.mark.parametrize(
        ("kind", "message", "taken"),
        [
            (BillKind.PASS_USE, pass_service_pb2.UsePassRequest(units=3, hold_id="a"), {"a": 3}),
            (BillKind.PASS_USE, pass_service_pb2.UsePassRequest(units=3), {}),
            (
                BillKind.GIFT_REDEMPTION,
                reward_service_pb2.RedeemGiftRequest(points=50, hold_id="a"),
                {"a": 50},
            ),
            (
                BillKind.PASS_SALE,
                pass_service_pb2.SellPassRequest(
                    tenders=[Tender(kind="stored_value", amount_fen=30, hold_id="a")]
                ),
                {"a": 30},
            ),
            (BillKind.TOP_UP, pass_service_pb2.UsePassRequest(units=3, hold_id="a"), {}),
        ],
    )
    def test_name_what_was_taken(
        self, kind: BillKind, message: Message, taken: dict[str, int]
    ) -> None:
        assert held_of_document(kind, message.SerializeToString()) == taken

    def test_that_cannot_be_read_name_nothing(self) -> None:
        assert held_of_document(BillKind.PASS_USE, b"\x0a") == {}
