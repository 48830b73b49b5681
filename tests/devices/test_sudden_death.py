"""SIGKILL in the middle of a burst: what was answered is there, once, and prints once."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fixtures.builders_devices import (
    GatewayProcess,
    build_sale_request,
    prepared_data_dir,
    problem,
    running_gateway,
)
from tests.fixtures.polling import eventually

CASHIERS = 8


class Burst:
    """Cashiers who sell one basket after another and keep what they were answered."""

    def __init__(self, gateway: GatewayProcess) -> None:
        self._gateway = gateway
        self.asked: list[dict[str, Any]] = []
        self.answered: dict[str, dict[str, Any]] = {}

    async def sell_until_it_dies(self, kill_after: int) -> None:
        """Kills the gateway as soon as so many sales are answered, with others on their way."""
        enough = asyncio.Event()

        async def cashier(number: int) -> None:
            async with self._gateway.client() as till:
                while True:
                    request = build_sale_request(register_id=f"0{1 + number % 2}")
                    self.asked.append(request)
                    try:
                        response = await till.post("/sales", json=request)
                    except httpx.TransportError:
                        return
                    assert response.status_code == 201, response.text
                    self.answered[request["sale_id"]] = response.json()
                    if len(self.answered) >= kill_after:
                        enough.set()

        cashiers = [asyncio.create_task(cashier(number)) for number in range(CASHIERS)]
        await enough.wait()
        await self._gateway.kill()
        await asyncio.gather(*cashiers)


@pytest.fixture
async def data_dir(tmp_path: Path) -> Path:
    """A data directory with a catalogue."""
    return await prepared_data_dir(tmp_path / "data")


def spooled(gateway: GatewayProcess) -> dict[str, str]:
    """Job id -> text of every receipt in the spool."""
    return {path.stem: path.read_text() for path in gateway.spool.glob("*.txt")}


class TestSuddenDeath:
    async def test_loses_no_answered_sale_and_prints_each_once(self, data_dir: Path) -> None:
        async with running_gateway(data_dir) as gateway:
            burst = Burst(gateway)
            for round_number in range(1, 4):
                await burst.sell_until_it_dies(kill_after=25 * round_number)
                # The printer took what was there, so that anything spooled again would show.
                printed = spooled(gateway)
                for job_id in list(printed)[::2]:
                    (gateway.spool / f"{job_id}.txt").rename(
                        gateway.spool / "printed" / f"{job_id}.txt"
                    )
                await gateway.start()
                await self._check(gateway, burst)

    async def _check(self, gateway: GatewayProcess, burst: Burst) -> None:
        async with gateway.client() as till:
            verification = (await till.get("/journal/verification")).json()
            assert verification["intact"], verification
            for sale_id, answer in burst.answered.items():
                kept = (await till.get(f"/sales/{sale_id}")).json()
                assert {**kept, "print_jobs": 0, "replayed": 0} == {
                    **answer,
                    "print_jobs": 0,
                    "replayed": 0,
                }
            # A cashier who got no answer asks again: in the journal or not, it is one sale then.
            for request in burst.asked:
                response = await till.post("/sales", json=request)
                assert response.status_code in (200, 201)
                burst.answered[request["sale_id"]] = {**response.json(), "replayed": False}
            await self._check_registers(till, burst)
            await self._check_receipts(gateway, till, burst)

    async def _check_registers(self, till: httpx.AsyncClient, burst: Burst) -> None:
        proofs = (await till.get("/journal/verification")).json()["registers"]
        assert sum(proof["sales"] for proof in proofs) == len(burst.asked)
        numbers = {(a["register_id"], a["sequence"]) for a in burst.answered.values()}
        assert numbers == {(p["register_id"], n + 1) for p in proofs for n in range(p["sales"])}

    async def _check_receipts(
        self, gateway: GatewayProcess, till: httpx.AsyncClient, burst: Burst
    ) -> None:
        async def all_noted() -> bool:
            for sale_id in burst.answered:
                jobs = (await till.get(f"/sales/{sale_id}")).json()["print_jobs"]
                if [job["spooled"] for job in jobs] != [True]:
                    return False
            return True

        await eventually(all_noted)
        waiting = spooled(gateway)
        printed = {path.stem: path.read_text() for path in gateway.spool.glob("printed/*.txt")}
        assert not waiting.keys() & printed.keys()
        assert {**waiting, **printed} == {
            sale_id: answer["receipt_text"] for sale_id, answer in burst.answered.items()
        }


class TestStart:
    async def test_refuses_a_second_gateway_on_the_same_file(self, data_dir: Path) -> None:
        async with running_gateway(data_dir):
            with pytest.raises(RuntimeError, match="DATA_DIR_IN_USE"):
                async with running_gateway(data_dir):
                    pass

    async def test_spools_what_a_killed_gateway_left(self, data_dir: Path) -> None:
        async with running_gateway(data_dir) as gateway:
            (gateway.spool / "printed").rmdir()
            gateway.spool.rmdir()  # nothing can be spooled: the sale stands, its receipt waits
            async with gateway.client() as till:
                sold = (await till.post("/sales", json=build_sale_request())).json()
                jobs = (await till.get(f"/sales/{sold['sale_id']}")).json()["print_jobs"]
                assert [job["spooled"] for job in jobs] == [False]
            await gateway.kill()
            await gateway.start()
            path = gateway.spool / f"{sold['sale_id']}.txt"

            async def is_spooled() -> bool:
                return path.exists()

            await eventually(is_spooled)
            assert path.read_text() == sold["receipt_text"]

    async def test_ends_cleanly_when_asked(self, data_dir: Path) -> None:
        async with running_gateway(data_dir) as gateway:
            async with gateway.client() as till:
                assert (await till.post("/sales", json=build_sale_request())).status_code == 201
            assert await gateway.stop() == 0


class TestFailingDisk:
    async def test_refuses_the_sale_and_prints_nothing(self, tmp_path: Path) -> None:
        data_dir = await prepared_data_dir(tmp_path / "data")
        async with running_gateway(data_dir) as gateway, gateway.client() as till:
            await till.post("/sales", json=build_sale_request())
            gateway.limit_file_size(1024)
            refused = build_sale_request()
            response = await till.post("/sales", json=refused)
            assert problem(response) == (503, "JOURNAL_UNAVAILABLE")
            assert problem(await till.get(f"/sales/{refused['sale_id']}"))[1] == "UNKNOWN_SALE"
            async with httpx.AsyncClient() as ops:
                ready = await ops.get(f"{gateway.ops_url}/readyz")
            assert ready.status_code == 503
            assert "JOURNAL_UNAVAILABLE" in ready.json()["failures"]["journal"]
            assert not (gateway.spool / f"{refused['sale_id']}.txt").exists()
            gateway.limit_file_size(None)
            assert (await till.post("/sales", json=refused)).json()["sequence"] == 2
            assert (await till.get("/journal/verification")).json()["intact"]
