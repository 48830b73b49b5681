"""Breaks page by page: those of the books as a whole, and those with long proofs."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from chassis.clock import utc_now
from chassis.ids import new_id
from services.points import pages
from services.points.domain.audit.breaks import WHOLE_BOOKS, Break, BreakKind
from services.points.storage.audit.breaks import BreakRepository
from tests.fixtures.ledger import Ledger
from tests.fixtures.running import open_stub
from yika.points.v1 import audit_service_pb2 as pb
from yika.points.v1 import audit_service_pb2_grpc

KINDS = [BreakKind.BOOKS_LIABILITY, BreakKind.BOOKS_WALLETS]


@pytest.fixture
async def audit(ledger: Ledger) -> AsyncIterator[Any]:
    """Somebody who may see breaks, and two of the books as a whole until the test ends."""
    breaks = [Break(kind, "PRINCIPAL", "0", "1") for kind in KINDS]
    async with ledger.database.transaction() as tx:
        await BreakRepository(tx.connection).save(WHOLE_BOOKS, breaks, new_id(), utc_now())
    async with open_stub(
        audit_service_pb2_grpc.AuditServiceStub, ledger.address, ["points.ledger.read"]
    ) as opened:
        yield opened
    async with ledger.database.transaction() as tx:
        await BreakRepository(tx.connection).resolve(WHOLE_BOOKS, new_id(), utc_now())


async def first_kinds(audit: Any, page_size: int) -> list[int]:
    """The kinds on the first two pages, which begin with the books as a whole."""
    request = pb.ListBreaksRequest(page_size=page_size)
    page = await audit.ListBreaks(request)
    request.page_token = page.next_page_token
    breaks = [*page.breaks, *(await audit.ListBreaks(request)).breaks]
    assert {each.member_id for each in breaks} == {""}
    return [each.kind for each in breaks]


async def test_a_page_begins_after_a_break_of_the_books_as_a_whole(audit: Any) -> None:
    """The token names them as no account is named."""
    assert await first_kinds(audit, page_size=1) == KINDS


async def test_a_page_ends_where_it_grows_too_large(
    audit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_BYTES_MAX", 1)
    assert await first_kinds(audit, page_size=500) == KINDS
