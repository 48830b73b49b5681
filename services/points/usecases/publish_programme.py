"""Stores the next version of the chain's programme, some time before it takes effect."""

from collections.abc import Collection
from datetime import datetime, timedelta

from chassis.database import Database
from chassis.errors import Invalid, PreconditionFailed, id_reused
from services.points.programme_documents import read_programme_message
from services.points.storage.programmes import ProgrammeRepository, StoredProgramme
from yika.points.v1 import programme_pb2

# A year of planning ahead; more is a typing error.
_AHEAD_MAX = timedelta(days=366)


async def publish_programme(
    database: Database,
    message: programme_pb2.Programme,
    *,
    tender_kinds: Collection[str],
    published_by: str,
    notice: timedelta,
    now: datetime,
) -> bool:
    """Stores a version; True when it had been stored before with the same content.

    Invalid for bad rules and for an effective_time too near, past or too far; AlreadyExists
    ID_REUSED; PreconditionFailed WRONG_VERSION when it is not the next one (somebody else may have
    published meanwhile), EFFECTIVE_TIME_BEFORE_NEWEST when it would rewrite what is planned.
    """
    programme = read_programme_message(message, tender_kinds)
    async with database.transaction() as tx:
        repository = ProgrammeRepository(tx.connection)
        await repository.lock()
        stored = await repository.versions()
        for each in stored:
            before = programme_pb2.Programme.FromString(each.document)
            if before.programme_id == programme.programme_id:
                if before != message:
                    raise id_reused("programme", programme.programme_id)
                return True
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
        version = StoredProgramme(
            version=programme.version,
            effective_at=programme.effective_at,
            created_at=now,
            created_by=published_by,
            document=message.SerializeToString(),
        )
        await repository.add(version)
    return False
