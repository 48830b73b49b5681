"""Lists what was changed about a member, newest first."""

from chassis.database import Database
from chassis.errors import Invalid, NotFound
from chassis.ids import canonical_id
from chassis.paging import decode_page_token, encode_page_token
from services.members.storage.changes import NEWEST, ChangeRecord, MemberChangeRepository
from services.members.storage.repository import MembersRepository


async def list_member_changes(
    database: Database, member_id: str, page_token: str, limit: int
) -> tuple[list[ChangeRecord], str]:
    """A page of the history and the token of the next one.

    NotFound MEMBER_NOT_FOUND; Invalid INVALID_PAGE_TOKEN for one that this list never gave out.
    """
    before = NEWEST
    if (key := decode_page_token(page_token, str)) is not None:
        try:
            before = canonical_id(str(key[0]), "page_token")
        except Invalid:
            raise Invalid(
                "INVALID_PAGE_TOKEN", "page_token is not one that this list gave out"
            ) from None
    async with database.read() as connection:
        if not await MembersRepository(connection).known([member_id]):
            raise NotFound("MEMBER_NOT_FOUND", "there is no such member", {"member_id": member_id})
        rows = await MemberChangeRepository(connection).history(member_id, before, limit + 1)
    if len(rows) <= limit:
        return rows, ""
    return rows[:limit], encode_page_token(rows[limit - 1].change_id)
