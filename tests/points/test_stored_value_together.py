"""Many at once on one wallet: exactly what the balance allows, whatever shares a transaction."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from typing import Any

import grpc

from chassis.clock import utc_now
from chassis.error_mapping import from_grpc
from services.points.domain.draft import Receipt
from services.points.domain.programme import Programmes
from services.points.domain.sales.member_facts import NO_FACTS
from services.points.messages.documents import read_header
from services.points.messages.programmes.programme_documents import read_programme_message
from services.points.messages.stored_value.stored_value_requests import read_cash_out, read_top_up
from services.points.usecases.post_bills import Posted
from services.points.usecases.stored_value.cash_out import cash_out_command
from services.points.usecases.stored_value.reverse_top_up import reverse_top_up_command
from services.points.usecases.stored_value.top_up import top_up_command
from tests.fixtures.builders_points import Chain, post_commands
from tests.fixtures.builders_stored_value import (
    build_cash_out,
    build_quote,
    build_reversal,
    build_spend,
    build_top_up,
)
from tests.fixtures.stored_value_desk import (
    Desk,
    build_rules,
    chain,
    desk,
    liability_and_principal,
)
from yika.points.v1 import stored_value_service_pb2 as pb

__all__ = ["chain", "desk"]

KINDS = ("cash", "bank_card", "wechat_pay")


async def reasons(calls: Iterable[Awaitable[Any]]) -> Counter[str]:
    """How often each reason, or OK, came back to calls that were made at once."""
    found: Counter[str] = Counter()
    for answer in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(answer, grpc.RpcError):
            found[from_grpc(answer).reason] += 1
        else:
            assert not isinstance(answer, BaseException), answer
            found["OK"] += 1
    return found


class TestTogether:
    async def test_64_cash_outs_pay_what_is_there(self, desk: Desk, chain: Chain) -> None:
        await desk.stub.TopUp(build_top_up(chain, 500_00))
        found = await reasons(
            desk.stub.CashOut(build_cash_out(chain, 30_00, {"bank_card": 30_00})) for _ in range(64)
        )
        assert found == {"OK": 16, "INSUFFICIENT_STORED_VALUE": 48}
        told = await desk.stub.QuoteCashOut(build_quote(chain))
        assert (told.principal_fen, told.bonus_withdrawn_fen) == (20_00, 2_00)
        assert await liability_and_principal(desk.database, chain.store_id) == (20_00, 20_00)

    async def test_each_of_64_cash_outs_takes_a_share_of_the_bonus_that_adds_up(
        self, desk: Desk, chain: Chain
    ) -> None:
        await desk.stub.TopUp(build_top_up(chain, 333_33))
        calls = [build_cash_out(chain, 5_11, {"bank_card": 5_11}) for _ in range(64)]
        answers = await asyncio.gather(*(desk.stub.CashOut(call) for call in calls))
        withdrawn = sum(answer.bonus_withdrawn_fen for answer in answers)
        assert withdrawn == -(-33_33 * 64 * 5_11 // 333_33)
        assert all(not answer.bonus_deducted_fen for answer in answers)

    async def test_cash_outs_and_sales_share_one_balance(self, desk: Desk, chain: Chain) -> None:
        await desk.stub.TopUp(build_top_up(chain, 90_00))  # no bonus: each takes what it asks for
        found = await reasons(
            desk.stub.CashOut(build_cash_out(chain, 3_00, {"cash": 3_00}))
            if number % 2
            else desk.points.PostSale(build_spend(chain, 3_00))
            for number in range(64)
        )
        assert found == {"OK": 30, "INSUFFICIENT_STORED_VALUE": 34}
        assert await liability_and_principal(desk.database, chain.store_id) == (0, 0)

    async def test_one_of_64_reversals_stands(self, desk: Desk, chain: Chain) -> None:
        asked = build_top_up(chain)
        await desk.stub.TopUp(asked)
        found = await reasons(
            desk.stub.ReverseTopUp(build_reversal(chain, asked.header.bill_id)) for _ in range(64)
        )
        assert found == {"OK": 1, "ALREADY_REVERSED": 63}
        assert await liability_and_principal(desk.database, chain.store_id) == (0, 0)

    async def test_a_reversal_and_a_sale_never_both_stand(self, desk: Desk, chain: Chain) -> None:
        asked = build_top_up(chain)
        await desk.stub.TopUp(asked)
        sale, reversal = build_spend(chain, 1_00), build_reversal(chain, asked.header.bill_id)
        found = await reasons([desk.points.PostSale(sale), desk.stub.ReverseTopUp(reversal)])
        assert found["OK"] == 1
        assert found["INSUFFICIENT_STORED_VALUE"] + found["TOP_UP_SPENT"] == 1

    async def test_64_top_ups_stop_at_the_legal_limit(self, desk: Desk, chain: Chain) -> None:
        found = await reasons(
            desk.stub.TopUp(build_top_up(chain, 90_00, card_type="gift")) for _ in range(64)
        )
        assert found == {"OK": 11, "BALANCE_LIMIT_EXCEEDED": 53}

    async def test_the_same_top_up_sent_64_times_is_posted_once(
        self, desk: Desk, chain: Chain
    ) -> None:
        asked = build_top_up(chain)
        answers = await asyncio.gather(*(desk.stub.TopUp(asked) for _ in range(64)))
        assert Counter(answer.receipt.replayed for answer in answers) == {False: 1, True: 63}
        assert {answer.receipt.principal_fen for answer in answers} == {500_00}

    async def test_a_top_up_and_its_cash_out_may_share_a_batch(
        self, desk: Desk, chain: Chain
    ) -> None:
        await desk.stub.TopUp(build_top_up(chain, 100_00))
        found = await reasons(
            desk.stub.TopUp(build_top_up(chain, 100_00))
            if number % 2
            else desk.stub.CashOut(build_cash_out(chain, 100_00, {"bank_card": 100_00}))
            for number in range(32)
        )
        assert set(found) <= {"OK", "INSUFFICIENT_STORED_VALUE"}
        liability, principal = await liability_and_principal(desk.database, chain.store_id)
        assert liability == principal == (17 - (found["OK"] - 16)) * 100_00


class TestOneBatch:
    """What a command sees of those before it in the same transaction."""

    async def post(
        self,
        desk: Desk,
        *asked: pb.TopUpRequest | pb.CashOutRequest | pb.ReverseTopUpRequest,
    ) -> list[str | Receipt]:
        """Receipts or reasons of requests that are posted together."""
        commands = []
        for message in asked:
            header = read_header(message.header, utc_now())
            if isinstance(message, pb.TopUpRequest):
                command = top_up_command(message, header, read_top_up(message), NO_FACTS)
            elif isinstance(message, pb.CashOutRequest):
                command = cash_out_command(message, header, *read_cash_out(message, header))
            else:
                command = reverse_top_up_command(message, header)
            commands.append(command)
        rules = Programmes([read_programme_message(build_rules(), KINDS)])
        outcomes = await post_commands(desk.database, *commands, now=utc_now(), programmes=rules)
        return [each.receipt if isinstance(each, Posted) else each.reason for each in outcomes]

    async def test_cash_outs_share_the_bonus_of_a_new_top_up(
        self, desk: Desk, chain: Chain
    ) -> None:
        receipts = await self.post(
            desk,
            build_top_up(chain, 333_33),
            build_cash_out(chain, 1, {"bank_card": 1}),
            build_cash_out(chain, 100_00, {"bank_card": 100_00}),
            build_cash_out(chain, 233_32, {"bank_card": 233_32}),
        )
        changes = [each.bonus_change_fen for each in receipts if isinstance(each, Receipt)]
        assert changes == [33_33, -1, -10_00, -23_32]
        assert await liability_and_principal(desk.database, chain.store_id) == (0, 0)

    async def test_a_new_top_up_is_reversed_once(self, desk: Desk, chain: Chain) -> None:
        asked = build_top_up(chain)
        reversals = [build_reversal(chain, asked.header.bill_id) for _ in range(2)]
        first, second, third = await self.post(desk, asked, *reversals)
        assert isinstance(first, Receipt)
        assert isinstance(second, Receipt)
        assert (second.principal_fen, second.bonus_fen) == (0, 0)
        assert third == "ALREADY_REVERSED"

    async def test_what_was_just_paid_out_is_not_reversed(self, desk: Desk, chain: Chain) -> None:
        asked = build_top_up(chain)
        found = await self.post(
            desk,
            asked,
            build_cash_out(chain, 1_00, {"bank_card": 1_00}),
            build_reversal(chain, asked.header.bill_id),
        )
        assert found[2] == "TOP_UP_SPENT"
