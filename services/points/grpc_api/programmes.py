"""ProgrammeService: message -> use case -> message."""

from datetime import timedelta

import grpc

from chassis.auth import current_principal
from chassis.clock import from_timestamp, to_timestamp, utc_now
from chassis.errors import NotFound
from chassis.paging import page_size
from services.points.domain.programme import FIRST_PROGRAMME
from services.points.ledger import Ledger
from services.points.messages.programmes.programme_documents import built_in_message
from services.points.storage.programmes import ProgrammeRepository, StoredProgramme
from services.points.usecases.programmes.list_programmes import list_programmes
from services.points.usecases.programmes.publish_programme import publish_programme
from yika.points.v1 import programme_pb2, programme_service_pb2, programme_service_pb2_grpc


class ProgrammeServicer(programme_service_pb2_grpc.ProgrammeServiceServicer):
    """The RPCs of the chain's rules."""

    def __init__(self, ledger: Ledger, notice_seconds: int) -> None:
        self._ledger = ledger
        self._notice = timedelta(seconds=notice_seconds)

    async def PublishProgramme(
        self,
        request: programme_service_pb2.PublishProgrammeRequest,
        _: grpc.aio.ServicerContext,
    ) -> programme_service_pb2.PublishProgrammeResponse:
        """Stores the next version."""
        principal = current_principal()
        principal.require_store("*")  # the rules hold in every store
        replayed = await publish_programme(
            self._ledger.database,
            self._ledger.directory,
            request.programme,
            tender_kinds=self._ledger.tender_kinds,
            published_by=principal.subject,
            notice=self._notice,
        )
        await self._ledger.programmes.refresh()
        return programme_service_pb2.PublishProgrammeResponse(replayed=replayed)

    async def GetProgramme(
        self, request: programme_service_pb2.GetProgrammeRequest, _: grpc.aio.ServicerContext
    ) -> programme_service_pb2.GetProgrammeResponse:
        """Reads one version."""
        programmes = await self._ledger.programmes.current()
        version = request.version
        if not version:
            asked = utc_now()
            if request.HasField("in_force_time"):
                asked = from_timestamp(request.in_force_time, "in_force_time")
            version = programmes.version_at(asked)
        published = {each.version: each for each in await self._stored()}
        if version in published:
            answer = _published(published[version])
        elif version == FIRST_PROGRAMME.version:
            answer = programme_service_pb2.PublishedProgramme(
                programme=built_in_message(FIRST_PROGRAMME)
            )
        else:
            raise NotFound(
                "UNKNOWN_PROGRAMME", f"no version {version}", {"version": request.version}
            )
        return programme_service_pb2.GetProgrammeResponse(programme=answer)

    async def ListProgrammes(
        self, request: programme_service_pb2.ListProgrammesRequest, _: grpc.aio.ServicerContext
    ) -> programme_service_pb2.ListProgrammesResponse:
        """Lists published versions, newest first."""
        limit = page_size(request.page_size, default=50, maximum=500)
        page = await list_programmes(self._ledger.database, request.page_token, limit)
        return programme_service_pb2.ListProgrammesResponse(
            programmes=[_published(each) for each in page.rows],
            next_page_token=page.next_page_token,
        )

    async def _stored(self) -> list[StoredProgramme]:
        async with self._ledger.database.read() as connection:
            return list(await ProgrammeRepository(connection).versions())


def _published(stored: StoredProgramme) -> programme_service_pb2.PublishedProgramme:
    return programme_service_pb2.PublishedProgramme(
        programme=programme_pb2.Programme.FromString(stored.document),
        published_time=to_timestamp(stored.created_at),
        published_by=stored.created_by,
    )
