"""Lists versions of the programme, keyset-paged."""

from chassis.database import Database
from chassis.paging import decode_page_token
from services.points.pages import Page, cut_page, number_of_token, rows_that_fit
from services.points.storage.programmes import ProgrammeRepository, StoredProgramme

# More than any version's number, and the most its column holds.
_VERSION_MAX = 2**31 - 1
# Of a version, all but its document: who stored it, and when.
_BYTES_BESIDE = 1024


async def list_programmes(database: Database, token: str, limit: int) -> Page:
    """Versions that were published, newest first; Invalid for a token of another list."""
    question = ("programmes",)
    key = decode_page_token(token, int, question=question)
    before = _VERSION_MAX if key is None else number_of_token(key[0], _VERSION_MAX)
    async with database.read() as connection:
        rows = await ProgrammeRepository(connection).versions_before(before, limit + 1)
    limit = rows_that_fit(rows, limit, _bytes_of)
    return cut_page(rows, limit, "version", question=question)


def _bytes_of(stored: StoredProgramme) -> int:
    return _BYTES_BESIDE + len(stored.document)
