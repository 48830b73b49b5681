"""Catalogue, prices and cards come down whole, whatever breaks on the way."""

import sqlite3
from contextlib import closing
from pathlib import Path

from chassis.ids import new_id
from tests.fixtures.builders_devices import (
    build_sale_request,
)
from tests.fixtures.builders_inventory import (
    build_price,
    build_product,
)
from tests.fixtures.builders_members import build_register_member
from tests.fixtures.headquarters import (
    Chain,
    open_branch,
)
from tests.fixtures.polling import eventually
from yika.inventory.v1 import inventory_service_pb2


class TestCatalogue:
    async def test_follows_prices_and_cards(self, chain: Chain, tmp_path: Path) -> None:
        async with open_branch(chain, tmp_path) as branch:
            await branch.mend()
            await branch.knows_the_catalogue()
            product = build_product(chain.category_id)
            await chain.inventory.UpsertProducts(
                inventory_service_pb2.UpsertProductsRequest(products=[product])
            )
            query = {"barcode": product.barcodes[0]}
            basket = {"lines": [query], "card_number": f"62{new_id().replace('-', '')[:14]}"}

            async def answers(status: int, reason: str) -> bool:
                response = await branch.till.post("/quotes", json=basket)
                return response.status_code == status and response.json().get("reason") == reason

            await eventually(lambda: answers(404, "UNKNOWN_CARD"))
            assert (await branch.till.get("/products", params=query)).json()["price_fen"] is None
            member = build_register_member(card_number=basket["card_number"])
            await chain.members.RegisterMember(member)
            await eventually(lambda: answers(422, "NO_PRICE"))
            for store_id, price_fen in (("", 1000), (chain.store_id, 900)):
                price = build_price(product.product_id, price_fen, store_id)
                await chain.inventory.SetPrices(
                    inventory_service_pb2.SetPricesRequest(prices=[price])
                )

                async def costs(price_fen: int = price_fen) -> bool:
                    quoted = (await branch.till.post("/quotes", json=basket)).json()
                    return bool(quoted.get("total_fen") == price_fen)

                await eventually(costs)
            assert (await branch.till.post("/quotes", json=basket)).json()["points_earned"] == 9

    async def test_is_whole_after_a_line_that_keeps_breaking(
        self, chain: Chain, tmp_path: Path
    ) -> None:
        products = [build_product(chain.category_id) for _ in range(2500)]
        for start in range(0, 2500, 500):
            await chain.inventory.UpsertProducts(
                inventory_service_pb2.UpsertProductsRequest(products=products[start : start + 500])
            )
        async with open_branch(chain, tmp_path) as branch:
            line = branch.lines["inventory"]
            await branch.mend("members")
            for limit_bytes in (1_000, 60_000, 150_000):
                await line.mend(answer_bytes_max=limit_bytes)
                await line.broken.wait()
                await line.cut()
            await line.mend()
            await branch.knows_the_catalogue()
            held = await branch.till.get("/products", params={"barcode": products[-1].barcodes[0]})
            assert held.status_code == 200
            with closing(sqlite3.connect(branch.gateway.file)) as file:
                codes = {code for (code,) in file.execute("SELECT barcode FROM barcodes")}
            assert {code for product in products for code in product.barcodes} <= codes


class TestReceiptOfAnOldSale:
    async def test_survives_a_change_of_price(self, chain: Chain, tmp_path: Path) -> None:
        async with open_branch(chain, tmp_path) as branch:
            await branch.mend()
            await branch.knows_the_catalogue()
            product = build_product(chain.category_id)
            await chain.inventory.UpsertProducts(
                inventory_service_pb2.UpsertProductsRequest(products=[product])
            )
            request = build_sale_request(lines=[{"barcode": product.barcodes[0]}])

            async def price(price_fen: int) -> None:
                await chain.inventory.SetPrices(
                    inventory_service_pb2.SetPricesRequest(
                        prices=[build_price(product.product_id, price_fen)]
                    )
                )

                async def arrived() -> bool:
                    answer = await branch.till.post("/quotes", json={"lines": request["lines"]})
                    return bool(answer.json().get("total_fen") == price_fen)

                await eventually(arrived)

            await price(500)
            first = (await branch.till.post("/sales", json=request)).json()
            await price(700)
            retry = (await branch.till.post("/sales", json=request)).json()
            assert (retry["total_fen"], retry["receipt_text"]) == (500, first["receipt_text"])
            await branch.has_uploaded()
            assert (await chain.bills(request["sale_id"]))[0].total_fen == 500
