"""What headquarters told: the newest word wins, in whatever order it comes."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from services.devices.storage.catalogue_repository import (
    CATALOGUE,
    CatalogueRepository,
    MemberStub,
    Product,
    SyncPosition,
)
from tests.fixtures.builders_devices import MILK, NOW, open_local_database

OLD = replace(MILK, revision=5, name="旧", barcodes=("111", "222"))
NEW = replace(MILK, revision=6, name="新", barcodes=("222", "333"), price_fen=None)
OTHER = replace(MILK, product_id="other", revision=7, name="别的", barcodes=("333",))


class TestUpsertProducts:
    @pytest.mark.parametrize("order", list(itertools.permutations([OLD, NEW, OTHER])))
    async def test_ends_the_same_in_any_order(
        self, tmp_path: Path, order: tuple[Product, ...]
    ) -> None:
        async with open_local_database(tmp_path) as database:
            for product in order:

                def work(connection: object, product: Product = product) -> None:
                    CatalogueRepository(connection).upsert_products([product])

                await database.write(work)

            def read(barcode: str) -> object:
                return lambda c: CatalogueRepository(c).product_by_barcode(barcode)

            found = {code: await database.read(read(code)) for code in ("111", "222", "333")}
        assert found["111"] is None
        assert found["222"] == replace(NEW, barcodes=("222",))
        assert found["333"] == OTHER


class TestUpsertMemberStubs:
    @pytest.mark.parametrize("flip", [False, True])
    async def test_moves_a_card_to_its_new_member(self, tmp_path: Path, flip: bool) -> None:
        stubs = [MemberStub("old", ("6200",), 1), MemberStub("new", ("6200", "6300"), 2)]
        async with open_local_database(tmp_path) as database:
            for stub in stubs[::-1] if flip else stubs:

                def work(connection: object, stub: MemberStub = stub) -> None:
                    CatalogueRepository(connection).upsert_member_stubs([stub])

                await database.write(work)
            member = await database.read(lambda c: CatalogueRepository(c).member_by_card("6200"))
            assert member == "new"
            assert await database.read(lambda c: CatalogueRepository(c).has_member("old"))
            assert not await database.read(lambda c: CatalogueRepository(c).has_member("6200"))


class TestSetPosition:
    async def test_never_goes_back(self, tmp_path: Path) -> None:
        async with open_local_database(tmp_path) as database:
            for revision, completed_at in ((7, NOW), (3, None)):
                await database.write(
                    lambda c, r=revision, t=completed_at: CatalogueRepository(c).set_position(
                        CATALOGUE, r, t
                    )
                )
            position = await database.read(lambda c: CatalogueRepository(c).position(CATALOGUE))
            assert position == SyncPosition(7, NOW)
