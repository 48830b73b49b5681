"""Defects at headquarters: one bad sale holds up no other, and no sale is lost."""

from pathlib import Path

import httpx

from tests.fixtures.headquarters import CARD, Chain, faulty_points, open_branch
from tests.fixtures.polling import eventually


class TestDefects:
    async def test_of_one_sale_hold_up_no_other(self, chain: Chain, tmp_path: Path) -> None:
        async with (
            faulty_points(chain, tmp_path) as (points, address),
            open_branch(chain, tmp_path, addresses={"points": address}) as branch,
        ):
            points.breaks = lambda sale: sale.register_id == "02"
            await branch.mend("inventory", "members")
            await branch.knows_the_catalogue()
            good = await branch.sell(3)
            (bad,) = await branch.sell(register_id="02")
            good += await branch.sell(3)
            await branch.mend("points")
            await branch.has_uploaded()
            assert {(await branch.sale(s["sale_id"]))["state"] for s in good} == {"POSTED"}
            kept = await branch.sale(bad["sale_id"])
            assert (kept["state"], kept["reason"]) == ("PARKED", "HEADQUARTERS_FAILED")
            assert kept["reason_metadata"] == {"code": "INTERNAL"}
            points.breaks = lambda sale: False
            await branch.till.post(f"/sales/{bad['sale_id']}/retry")
            await branch.has_uploaded()
            assert (await branch.sale(bad["sale_id"]))["state"] == "POSTED"

    async def test_of_headquarters_park_nothing(self, chain: Chain, tmp_path: Path) -> None:
        async with (
            faulty_points(chain, tmp_path) as (points, address),
            open_branch(chain, tmp_path, addresses={"points": address}) as branch,
        ):
            points.breaks = lambda sale: True
            await branch.mend()
            await branch.knows_the_catalogue()
            await branch.sell(4)
            tries = len(points.asked)  # a round is five: the batch, then each sale

            async def tried_again() -> bool:
                return len(points.asked) > tries + 10

            await eventually(tried_again)
            status = await branch.status()
            assert (status["pending_uploads"], status["parked"]) == (4, 0)
            assert "HEADQUARTERS_FAILED" in status["headquarters_failures"]["points"]
            # It is mended in the middle of a round, when some have just failed.
            healed_at = len(points.asked) + 7
            points.breaks = lambda sale: len(points.asked) < healed_at
            await branch.has_uploaded()
            assert (await branch.status())["parked"] == 0

    async def test_that_are_none_of_the_sale_park_nothing(
        self, chain: Chain, tmp_path: Path
    ) -> None:
        async with (
            faulty_points(chain, tmp_path) as (points, address),
            open_branch(chain, tmp_path, addresses={"points": address}) as branch,
        ):
            points.waits = lambda sale: sale.register_id == "02"
            await branch.mend("inventory", "members")
            await branch.knows_the_catalogue()
            first = await branch.sell(2, register_id="02")
            others = await branch.sell(3)
            await branch.mend("points")

            async def others_are_posted() -> bool:
                status = await branch.status()
                assert status["parked"] == 0
                told = status["headquarters_failures"].get("points", "")
                return status["pending_uploads"] == len(first) and "PROGRAMME_NOT_READ" in told

            await eventually(others_are_posted)
            points.waits = lambda sale: False
            await branch.has_uploaded()
            states = [(await branch.sale(s["sale_id"]))["state"] for s in first + others]
            assert states == ["POSTED"] * 5

    async def test_in_the_points_are_accepted_and_shown(self, chain: Chain, tmp_path: Path) -> None:
        async with (
            faulty_points(chain, tmp_path) as (points, address),
            open_branch(chain, tmp_path, addresses={"points": address}) as branch,
        ):
            points.more_points = 5
            await branch.mend()
            await branch.knows_the_catalogue()
            (sold,) = await branch.sell(card_number=CARD)
            await branch.has_uploaded()
            kept = await branch.sale(sold["sale_id"])
            assert (kept["state"], kept["points_differ"]) == ("POSTED", True)
            assert (kept["points_earned"], kept["headquarters_points_earned"]) == (13, 18)
            async with httpx.AsyncClient() as ops:
                metrics = (await ops.get(f"{branch.gateway.ops_url}/metrics")).text
            assert "yika_gateway_points_differences_total 1.0" in metrics
