"""The versions of the programme, page by page."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.points import pages
from tests.fixtures.ledger import Ledger
from tests.fixtures.refusals import refusal
from tests.fixtures.running import open_stub
from tests.points.test_programme_service import PERMISSIONS, build_programme, publish
from yika.points.v1 import programme_pb2, programme_service_pb2, programme_service_pb2_grpc


@pytest.fixture
async def stub(ledger: Ledger) -> AsyncIterator[Any]:
    """Somebody of headquarters who may set rules."""
    async with open_stub(
        programme_service_pb2_grpc.ProgrammeServiceStub, ledger.address, PERMISSIONS
    ) as opened:
        yield opened


class TestListProgrammes:
    async def test_is_paged_newest_first(self, stub: Any) -> None:
        made = [await build_programme(stub)]
        await stub.PublishProgramme(publish(made[0]))
        made.append(await build_programme(stub))
        await stub.PublishProgramme(publish(made[1]))
        assert await listed(stub, page_size=1) == await listed(stub, page_size=500)
        assert (await listed(stub, page_size=1))[:2] == [made[1], made[0]]

    async def test_a_page_ends_where_it_grows_too_large(
        self, stub: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Rules that name every store of a chain are megabytes, and versions are kept for ever."""
        for _ in range(2):
            await stub.PublishProgramme(publish(await build_programme(stub)))
        whole = await listed(stub, page_size=500)
        monkeypatch.setattr(pages, "PAGE_BYTES_MAX", 1)
        request = programme_service_pb2.ListProgrammesRequest(page_size=500)
        assert len((await stub.ListProgrammes(request)).programmes) == 1
        assert await listed(stub, page_size=500) == whole

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"page_size": -1}, "INVALID_PAGE_SIZE"),
            ({"page_token": "x"}, "INVALID_PAGE_TOKEN"),
        ],
    )
    async def test_says_why_not(self, stub: Any, changes: dict[str, Any], reason: str) -> None:
        request = programme_service_pb2.ListProgrammesRequest(**changes)
        assert (await refusal(stub.ListProgrammes(request))).reason == reason


async def listed(stub: Any, page_size: int) -> list[programme_pb2.Programme]:
    """All versions, newest first, read page by page."""
    request = programme_service_pb2.ListProgrammesRequest(page_size=page_size)
    found: list[programme_pb2.Programme] = []
    while True:
        page = await stub.ListProgrammes(request)
        found += [each.programme for each in page.programmes]
        request.page_token = page.next_page_token
        if not request.page_token:
            return found
