"""Sales go up once each, whatever breaks on the way."""

from dataclasses import replace
from pathlib import Path

from chassis.ids import new_id
from tests.fixtures.builders_devices import (
    build_sale_request,
    problem,
)
from tests.fixtures.headquarters import CARD, GATEWAY_PERMISSIONS, Chain, faulty_points, open_branch
from tests.fixtures.polling import eventually
from tests.fixtures.tokens import sign_token
from yika.points.v1 import ledger_pb2


class TestUpload:
    async def test_sells_while_headquarters_is_away_and_uploads_all_once_later(
        self, chain: Chain, tmp_path: Path
    ) -> None:
        count_before, sum_before = await chain.summary()
        async with open_branch(chain, tmp_path) as branch:
            first = await branch.till.post("/sales", json=build_sale_request())
            assert problem(first) == (503, "CATALOGUE_EMPTY")
            await branch.mend()
            await branch.knows_the_catalogue()
            online = await branch.sell(3, card_number=CARD)
            await branch.has_uploaded()
            await branch.cut()
            offline = await branch.sell(10, card_number=CARD) + await branch.sell(5)
            assert (await branch.status())["pending_uploads"] == 15
            await branch.gateway.kill()
            await branch.gateway.start()
            offline += await branch.sell(5, register_id="02")
            assert (await branch.status())["pending_uploads"] == 20
            await branch.mend("inventory", "members", "points")
            await branch.has_uploaded()

            bills = await chain.bills(*(sale["sale_id"] for sale in online + offline))
            assert [bill.total_fen for bill in bills] == [1300] * 23
            assert [bill.member_id for bill in bills] == [chain.member_id] * 13 + [""] * 10
            assert [bill.points_earned for bill in bills] == [13] * 13 + [0] * 10
            assert [bill.sale.register_id for bill in bills] == ["01"] * 18 + ["02"] * 5
            assert await chain.summary() == (count_before + 23, sum_before + 23 * 1300)
            for sale in online + offline:
                kept = await branch.sale(sale["sale_id"])
                assert (kept["state"], kept["points_differ"]) == ("POSTED", False)
            status = await branch.status()
            assert status["last_headquarters_contact"]
            assert status["parked"] == 0

    async def test_is_safe_when_the_answer_is_lost(self, chain: Chain, tmp_path: Path) -> None:
        """Headquarters booked the sales, the line broke before it could say so."""
        async with open_branch(chain, tmp_path) as branch:
            await branch.mend("inventory", "members")
            await branch.knows_the_catalogue()
            count_before, _ = await chain.summary()
            sold = await branch.sell(20)
            deaf = branch.lines["points"]
            # Enough to shake hands, too little for what became of 20 sales.
            await deaf.mend(answer_bytes_max=300)

            async def booked() -> bool:
                return (await chain.summary())[0] == count_before + 20

            await eventually(booked)
            await deaf.broken.wait()
            assert (await branch.status())["pending_uploads"] > 0  # booked there, not known here
            await deaf.cut()
            await deaf.mend()
            await branch.has_uploaded()
            assert (await chain.summary())[0] == count_before + 20
            for sale in sold:
                assert (await branch.sale(sale["sale_id"]))["state"] == "POSTED"

    async def test_parks_what_is_refused_and_hands_it_over_when_asked(
        self, chain: Chain, tmp_path: Path
    ) -> None:
        """The store takes a kind of money that headquarters does not know."""
        async with open_branch(
            chain, tmp_path, YIKA_TENDER_KINDS="cash,shells", YIKA_UPLOAD_BATCH_SIZE="4"
        ) as branch:
            await branch.mend()
            await branch.knows_the_catalogue()
            good = await branch.sell(5)
            (bad,) = await branch.sell(tenders=[{"kind": "shells", "amount_fen": 1300}])
            good += await branch.sell(5)
            await branch.has_uploaded()
            parked = (await branch.till.get("/sales", params={"state": "PARKED"})).json()["sales"]
            assert [sale["sale_id"] for sale in parked] == [bad["sale_id"]]
            assert parked[0]["reason"] == "UNKNOWN_TENDER"
            assert parked[0]["reason_metadata"]["kind"] == "shells"
            assert (await branch.status())["parked"] == 1
            assert len(await chain.bills(*(sale["sale_id"] for sale in good))) == 10

            # It was told to take shells meanwhile: the same sale goes through.
            servicer = chain.services["points"].parts.servicers[0][2]
            ledger = servicer._ledger
            kinds = frozenset({*ledger.tender_kinds, "shells"})
            servicer._ledger = replace(ledger, tender_kinds=kinds)
            try:
                url = f"/sales/{bad['sale_id']}/retry"
                assert (await branch.till.post(url)).json()["state"] == "PENDING"
                await branch.has_uploaded()
            finally:
                servicer._ledger = ledger
            assert (await branch.sale(bad["sale_id"]))["state"] == "POSTED"
            assert (await chain.bills(bad["sale_id"]))[0].sale.tenders[0].kind == "shells"
            assert problem(await branch.till.post(url)) == (422, "ALREADY_POSTED")

    async def test_waits_while_its_token_is_not_good_enough(
        self, chain: Chain, tmp_path: Path
    ) -> None:
        """A gateway that may not post is a matter for a person: no sale is parked for it."""
        reading = GATEWAY_PERMISSIONS[:2]
        async with open_branch(chain, tmp_path, permissions=reading) as branch:
            await branch.mend()
            await branch.knows_the_catalogue()
            await branch.sell(2)

            async def told() -> bool:
                failures = (await branch.status())["headquarters_failures"]
                return "PERMISSION_MISSING" in failures.get("points", "")

            await eventually(told)
            status = await branch.status()
            assert (status["pending_uploads"], status["parked"]) == (2, 0)
            token = sign_token(GATEWAY_PERMISSIONS, stores=[chain.store_id])
            (tmp_path / "token").write_text(token)
            await branch.has_uploaded()
            assert (await branch.status())["headquarters_failures"] == {}

    async def test_waits_while_its_token_reaches_other_stores(
        self, chain: Chain, tmp_path: Path
    ) -> None:
        async with open_branch(chain, tmp_path) as branch:
            await branch.mend()
            await branch.knows_the_catalogue()
            (tmp_path / "token").write_text(sign_token(GATEWAY_PERMISSIONS, stores=[new_id()]))
            await branch.sell(2)

            async def told() -> bool:
                status = await branch.status()
                failure = status["headquarters_failures"].get("points", "")
                return "STORE_OUT_OF_SCOPE" in failure or status["parked"] > 0

            await eventually(told)
            status = await branch.status()
            assert (status["pending_uploads"], status["parked"]) == (2, 0)
            token = sign_token(GATEWAY_PERMISSIONS, stores=[chain.store_id])
            (tmp_path / "token").write_text(token)
            await branch.has_uploaded()
            assert (await branch.status())["parked"] == 0


class TestOrder:
    async def test_is_that_of_the_journal_in_batches(self, chain: Chain, tmp_path: Path) -> None:
        async with (
            faulty_points(chain, tmp_path) as (points, address),
            open_branch(
                chain, tmp_path, addresses={"points": address}, YIKA_UPLOAD_BATCH_SIZE="3"
            ) as branch,
        ):
            await branch.mend("inventory", "members")
            await branch.knows_the_catalogue()
            sold = [sale["sale_id"] for sale in await branch.sell(7)]
            await branch.mend("points")
            await branch.has_uploaded()
            # A try that was under way when the line came back holds what there was at its start.
            assert [sale_id for batch in points.asked for sale_id in batch] == sold
            assert max(len(batch) for batch in points.asked) == 3


class TestLedgerMessage:
    async def test_carries_the_sale_as_it_was(self, chain: Chain, tmp_path: Path) -> None:
        async with open_branch(chain, tmp_path) as branch:
            await branch.mend()
            await branch.knows_the_catalogue()
            (sold,) = await branch.sell(
                staff_id="8002",
                card_number=CARD,
                tenders=[
                    {"kind": "wechat_pay", "amount_fen": 300},
                    {"kind": "cash", "amount_fen": 5000},
                ],
            )
            await branch.has_uploaded()
            (bill,) = await chain.bills(sold["sale_id"])
            assert bill.kind == ledger_pb2.BILL_KIND_SALE
            assert (bill.store_id, bill.sale.register_id) == (chain.store_id, "01")
            assert bill.sale.staff_id == "8002"
            (line,) = bill.sale.lines
            assert line.product_id == chain.product.product_id
            assert (line.quantity_milli, line.list_fen, line.discount_fen) == (2000, 1300, 0)
            tenders = {tender.kind: tender.amount_fen for tender in bill.sale.tenders}
            assert tenders == {"wechat_pay": 300, "cash": 1000}
            day = bill.business_date
            assert f"{day.year:04d}-{day.month:02d}-{day.day:02d}" == sold["business_date"]
