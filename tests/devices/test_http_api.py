"""The LAN API of a running gateway that has a catalogue and no headquarters."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.ids import new_id
from tests.fixtures.builders_devices import (
    MEMBER_ID,
    MILK,
    UNPRICED,
    GatewayProcess,
    build_sale_request,
    prepared_data_dir,
    problem,
    register_sales,
    running_gateway,
)
from tests.fixtures.polling import eventually

MILK_LINE = {"barcode": MILK.barcodes[0], "quantity_milli": 1000}


class TestReceipt:
    async def test_is_spooled_once_as_the_answer_shows_it(
        self, till: httpx.AsyncClient, gateway: GatewayProcess
    ) -> None:
        sold = (await till.post("/sales", json=build_sale_request())).json()
        path = gateway.spool / f"{sold['sale_id']}.txt"

        async def is_noted() -> bool:
            jobs = (await till.get(f"/sales/{sold['sale_id']}")).json()["print_jobs"]
            return [job["spooled"] for job in jobs] == [True]

        await eventually(is_noted)
        assert path.read_text() == sold["receipt_text"]


class TestReprint:
    async def test_is_marked_and_not_repeated_by_a_retry(
        self, till: httpx.AsyncClient, gateway: GatewayProcess
    ) -> None:
        sold = (await till.post("/sales", json=build_sale_request())).json()
        url = f"/sales/{sold['sale_id']}/reprint"
        job_ids = [new_id(), new_id()]
        first = await till.post(url, json={"job_id": job_ids[0]})
        retry = await till.post(url, json={"job_id": job_ids[0]})
        second = await till.post(url, json={"job_id": job_ids[1]})
        assert [r.status_code for r in (first, retry, second)] == [201, 200, 201]
        assert [r.json()["copy_number"] for r in (first, retry, second)] == [1, 1, 2]
        assert retry.json()["replayed"]

        async def are_spooled() -> bool:
            return all((gateway.spool / f"{job_id}.txt").exists() for job_id in job_ids)

        await eventually(are_spooled)
        text = (gateway.spool / f"{job_ids[1]}.txt").read_text()
        assert "*** 补打 第2次 ***" in text
        assert sold["receipt_text"] in text
        jobs = (await till.get(f"/sales/{sold['sale_id']}")).json()["print_jobs"]
        assert [job["job_id"] for job in jobs] == [sold["sale_id"], *job_ids]

    async def test_refuses(self, till: httpx.AsyncClient) -> None:
        one, other = [(await till.post("/sales", json=build_sale_request())).json() for _ in "ab"]
        job_id = new_id()
        await till.post(f"/sales/{one['sale_id']}/reprint", json={"job_id": job_id})
        for sale_id, asked, expected in (
            (new_id(), new_id(), (404, "UNKNOWN_SALE")),
            (other["sale_id"], job_id, (409, "ID_REUSED")),
            (other["sale_id"], other["sale_id"], (409, "ID_REUSED")),
            (other["sale_id"], "1", (400, "INVALID_ID")),
        ):
            response = await till.post(f"/sales/{sale_id}/reprint", json={"job_id": asked})
            assert problem(response) == expected
        left = (await till.get(f"/sales/{other['sale_id']}")).json()["print_jobs"]
        assert len(left) == 1
        sale = build_sale_request(sale_id=job_id)
        assert problem(await till.post("/sales", json=sale)) == (409, "ID_REUSED")


class TestQuote:
    async def test_prices_without_selling(self, till: httpx.AsyncClient) -> None:
        before = await register_sales(till)
        basket = {"lines": [{**MILK_LINE, "quantity_milli": 3000}], "member_id": MEMBER_ID}
        quoted = (await till.post("/quotes", json=basket)).json()
        assert (quoted["total_fen"], quoted["points_earned"]) == (1950, 19)
        assert quoted["catalogue_revision"] == 4
        assert await register_sales(till) == before

    async def test_gives_a_walk_in_customer_no_points(self, till: httpx.AsyncClient) -> None:
        quoted = (await till.post("/quotes", json={"lines": [MILK_LINE]})).json()
        assert (quoted["member_id"], quoted["points_earned"]) == ("", 0)

    async def test_refuses_as_a_sale_does(self, till: httpx.AsyncClient) -> None:
        response = await till.post("/quotes", json={"lines": []})
        assert problem(response) == (400, "EMPTY_BASKET")


class TestReading:
    async def test_finds_a_product_by_barcode(self, till: httpx.AsyncClient) -> None:
        found = (await till.get("/products", params={"barcode": MILK.barcodes[0]})).json()
        assert (found["product_id"], found["price_fen"]) == (MILK.product_id, 650)
        unpriced = (await till.get("/products", params={"barcode": UNPRICED.barcodes[0]})).json()
        assert unpriced["price_fen"] is None
        missing = await till.get("/products", params={"barcode": "0000"})
        assert problem(missing) == (404, "UNKNOWN_BARCODE")

    async def test_lists_sales_page_by_page(self, till: httpx.AsyncClient) -> None:
        for _ in range(3):
            await till.post("/sales", json=build_sale_request())
        pending = (await till.get("/status")).json()["pending_uploads"]
        listed, token = [], ""
        while True:
            query = {"state": "PENDING", "limit": 2, "page_token": token}
            page = (await till.get("/sales", params=query)).json()
            listed += [sale["sale_id"] for sale in page["sales"]]
            if not (token := page["next_page_token"]):
                break
        assert len(listed) == len(set(listed)) == pending

    @pytest.mark.parametrize(
        ("query", "reason"),
        [
            ({"state": "LOST"}, "MALFORMED_REQUEST"),
            ({}, "MALFORMED_REQUEST"),
            ({"state": "PARKED", "limit": -1}, "INVALID_PAGE_SIZE"),
            ({"state": "PARKED", "page_token": "x"}, "INVALID_PAGE_TOKEN"),
        ],
    )
    async def test_refuses_to_list(
        self, till: httpx.AsyncClient, query: dict[str, Any], reason: str
    ) -> None:
        assert problem(await till.get("/sales", params=query)) == (400, reason)

    async def test_refuses_to_retry_what_is_not_there(self, till: httpx.AsyncClient) -> None:
        assert problem(await till.post(f"/sales/{new_id()}/retry")) == (404, "UNKNOWN_SALE")

    async def test_tells_how_it_is(self, till: httpx.AsyncClient, gateway: GatewayProcess) -> None:
        async def knows_that_headquarters_is_away() -> bool:
            status = (await till.get("/status")).json()
            return set(status["headquarters_failures"]) >= {"inventory", "members"}

        await eventually(knows_that_headquarters_is_away)
        status = (await till.get("/status")).json()
        assert status["catalogue"]["revision"] == 4
        assert status["catalogue"]["age_seconds"] > 0
        assert status["last_headquarters_contact"] is None
        assert status["parked"] == 0
        assert status["disk_free_bytes"] > 0
        async with httpx.AsyncClient() as ops:
            assert (await ops.get(f"{gateway.ops_url}/readyz")).status_code == 200

    async def test_describes_itself(self, till: httpx.AsyncClient) -> None:
        paths = (await till.get("/openapi.json")).json()["paths"]
        assert {"/sales", "/quotes", "/products", "/status", "/journal/verification"} <= set(paths)


class TestMetrics:
    async def test_follow_the_journal(
        self, till: httpx.AsyncClient, gateway: GatewayProcess
    ) -> None:
        await till.post("/sales", json=build_sale_request())
        pending = (await till.get("/status")).json()["pending_uploads"]

        async def shown() -> bool:
            async with httpx.AsyncClient() as ops:
                lines = (await ops.get(f"{gateway.ops_url}/metrics")).text.splitlines()
            found = dict(line.rsplit(" ", 1) for line in lines if line.startswith("yika_gateway"))
            return (
                float(found["yika_gateway_journal_pending_sales"]) == pending
                and float(found["yika_gateway_journal_parked_sales"]) == 0
                and float(found["yika_gateway_journal_oldest_pending_seconds"]) > 0
                and float(found["yika_gateway_headquarters_silent_seconds"]) > 0
                and float(found['yika_gateway_sales_total{outcome="sold"}']) >= 1
            )

        await eventually(shown)


class TestRegisterToken:
    async def test_is_asked_for_where_something_is_written(self, tmp_path: Path) -> None:
        token_file = tmp_path / "register-token"
        token_file.write_text("secret-1\n")
        data_dir = await prepared_data_dir(tmp_path / "data")
        async with (
            running_gateway(data_dir, YIKA_REGISTER_TOKEN_FILE=str(token_file)) as gateway,
            gateway.client() as till,
        ):
            request = build_sale_request()
            retry_url = f"/sales/{request['sale_id']}/retry"
            reprint_url = f"/sales/{request['sale_id']}/reprint"
            for url, body in (("/sales", request), (retry_url, {}), (reprint_url, {"job_id": "1"})):
                response = await till.post(url, json=body)
                assert problem(response) == (401, "TOKEN_MISSING"), url
                wrong = {"authorization": "Bearer secret-2"}
                response = await till.post(url, json=body, headers=wrong)
                assert problem(response) == (401, "TOKEN_INVALID"), url
            right = {"authorization": "Bearer secret-1"}
            assert (await till.post("/sales", json=request, headers=right)).status_code == 201
            assert (await till.post("/quotes", json={"lines": [MILK_LINE]})).status_code == 200
            token_file.write_text("")
            empty = await till.post("/sales", json=build_sale_request(), headers=right)
            assert problem(empty) == (401, "TOKEN_INVALID")
            token_file.unlink()
            gone = await till.post("/sales", json=build_sale_request(), headers=right)
            assert problem(gone) == (503, "TOKEN_FILE_UNREADABLE")


class TestFirstStart:
    async def test_without_a_catalogue_says_so(self, tmp_path: Path) -> None:
        async with running_gateway(tmp_path / "data") as gateway, gateway.client() as till:
            for response in (
                await till.post("/sales", json=build_sale_request()),
                await till.post("/quotes", json={"lines": [MILK_LINE]}),
                await till.get("/products", params={"barcode": "1"}),
            ):
                assert problem(response) == (503, "CATALOGUE_EMPTY")
            assert await register_sales(till) == {}
