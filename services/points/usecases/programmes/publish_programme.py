"""Stores the next version of the chain's programme, some time before it takes effect."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.clock import to_timestamp, utc_now
from chassis.database import Database
from chassis.errors import Invalid, PreconditionFailed, id_reused
from services.points.directory import Directory
from services.points.domain.programme import Programme
from services.points.domain.programme_scope import scope_of
from services.points.domain.stored_value.stored_value import StoredValueProgramme
from services.points.messages.programmes.programme_documents import (
    card_types_of,
    read_programme_message,
)
from services.points.messages.programmes.programme_ids import make_ids_canonical
from services.points.messages.sizes import PROGRAMME_BYTES_MAX, check_size
from services.points.storage.programmes import ProgrammeRepository, StoredProgramme
from services.points.storage.stored_value.card_types import card_types_in_use
from yika.points.v1 import programme_events_pb2, programme_pb2

# A year of planning ahead; more is a typing error.
_AHEAD_MAX = timedelta(days=366)


async def publish_programme(
    database: Database,
    directory: Directory,
    message: programme_pb2.Programme,
    *,
    tender_kinds: Collection[str],
    published_by: str,
    notice: timedelta,
    clock: Callable[[], datetime] = utc_now,
) -> bool:
    """Stores a version and tells others; True when it had been stored before with the same content.

    Ids in the message are brought to canonical form in place, because the message is stored.
    Invalid for bad rules and REQUEST_TOO_LARGE; NotFound UNKNOWN_STORE, UNKNOWN_PRODUCT or
    UNKNOWN_CATEGORY for rules of what does not exist; Invalid for an effective_time too near, past
    or too far; AlreadyExists ID_REUSED; PreconditionFailed WRONG_VERSION when it is not the next
    one (somebody else may have published meanwhile), EFFECTIVE_TIME_BEFORE_NEWEST when it would
    rewrite what is planned, CARD_TYPE_IN_USE when it would take a kind of card from under the value
    of wallets.
    """
    make_ids_canonical(message)
    async with database.read() as connection:
        # Before anything is asked of others: a retry needs neither them nor today's rules of form.
        if _is_stored(message, await ProgrammeRepository(connection).versions()):
            return True
    check_size(message, PROGRAMME_BYTES_MAX)
    programme = read_programme_message(message, tender_kinds)
    await directory.require_scope(scope_of(programme))
    async with database.transaction() as tx:
        repository = ProgrammeRepository(tx.connection)
        await repository.lock()
        stored = await repository.versions()
        if _is_stored(message, stored):
            return True
        # Only now: others were asked and may have kept the table meanwhile, and the notice counts
        # from when the version is there to be read.
        now = clock()
        _check_place(programme, stored, notice, now)
        # Of the newest version, which nobody needs to read whole: this one may be to mend it.
        before = card_types_of(stored[-1].document if stored else b"")
        await _check_card_types(tx.connection, before, programme.stored_value)
        version = StoredProgramme(
            version=programme.version,
            effective_at=programme.effective_at,
            created_at=now,
            created_by=published_by,
            document=message.SerializeToString(),
        )
        await repository.add(version)
        tx.publish(_event(programme, now), member_id=programme.programme_id)
    return False


def _event(programme: Programme, now: datetime) -> programme_events_pb2.ProgrammesPublished:
    return programme_events_pb2.ProgrammesPublished(
        programmes=[
            programme_events_pb2.ProgrammePublication(
                programme_id=programme.programme_id,
                version=programme.version,
                effective_time=to_timestamp(programme.effective_at),
                published_time=to_timestamp(now),
            )
        ]
    )


def _is_stored(message: programme_pb2.Programme, stored: Sequence[StoredProgramme]) -> bool:
    for each in stored:
        known = programme_pb2.Programme.FromString(each.document)
        if known.programme_id == message.programme_id:
            if known != message:
                raise id_reused("programme", known.programme_id)
            return True
    return False


def _check_place(
    programme: Programme, stored: Sequence[StoredProgramme], notice: timedelta, now: datetime
) -> None:
    """That the version is the next one, and takes effect after those before it and in time."""
    next_version = stored[-1].version + 1 if stored else 2
    if programme.version != next_version:
        raise PreconditionFailed(
            "WRONG_VERSION",
            f"the next version is {next_version}",
            {"version": programme.version, "next_version": next_version},
        )
    if not now + notice <= programme.effective_at <= now + _AHEAD_MAX:
        raise Invalid(
            "INVALID_TIME",
            f"effective_time must lie {int(notice.total_seconds())} seconds to "
            f"{_AHEAD_MAX.days} days ahead",
            {"field": "effective_time", "value": programme.effective_at.isoformat()},
        )
    if stored and programme.effective_at <= stored[-1].effective_at:
        raise PreconditionFailed(
            "EFFECTIVE_TIME_BEFORE_NEWEST",
            "a version takes effect after those before it",
            {"newest_effective_time": stored[-1].effective_at.isoformat()},
        )


async def _check_card_types(
    connection: AsyncConnection, before: Mapping[str, bool], rules: StoredValueProgramme
) -> None:
    """PreconditionFailed CARD_TYPE_IN_USE when wallets with value would become another kind."""
    after = {each.code: each.named for each in rules.card_types}
    if list(before.items()) == list(after.items()):
        return
    for code in await card_types_in_use(connection):
        # What nobody has named, and what is of a kind that a version lacks, counts as its first.
        counts_as = code if code in before else next(iter(before))
        will_count_as = code if code in after else next(iter(after))
        if counts_as == will_count_as and before[counts_as] == after[counts_as]:
            continue
        held = f"value of card type {code}" if code else "value whose card type nobody has named"
        what = "named" if before[counts_as] else "unnamed"
        raise PreconditionFailed(
            "CARD_TYPE_IN_USE",
            f"wallets hold {held}: it counts as {counts_as}, {what}, and would as {will_count_as}",
            {"card_type": counts_as, "field": "stored_value.card_types"},
        )
