"""Takes over what changed at headquarters: catalogue and member stubs, piece by piece."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from services.devices.headquarters import Headquarters
from services.devices.storage.catalogue_repository import (
    CATALOGUE,
    MEMBER_STUBS,
    CatalogueRepository,
    MemberStub,
    Product,
)
from services.devices.storage.local_database import LocalDatabase

T = TypeVar("T", Product, MemberStub)


async def synchronize_catalogue(
    database: LocalDatabase, headquarters: Headquarters, *, now: datetime
) -> int:
    """Products and prices that changed since the last round; returns how many."""
    after = await _revision(database, CATALOGUE)
    pieces = headquarters.catalogue(after)
    return await _take_over(database, CATALOGUE, pieces, CatalogueRepository.upsert_products, now)


async def synchronize_member_stubs(
    database: LocalDatabase, headquarters: Headquarters, *, now: datetime
) -> int:
    """Members and cards that changed since the last round; returns how many."""
    after = await _revision(database, MEMBER_STUBS)
    pieces = headquarters.member_stubs(after)
    return await _take_over(
        database, MEMBER_STUBS, pieces, CatalogueRepository.upsert_member_stubs, now
    )


async def _revision(database: LocalDatabase, source: str) -> int:
    position = await database.read(
        lambda connection: CatalogueRepository(connection).position(source)
    )
    return position.revision


async def _take_over(
    database: LocalDatabase,
    source: str,
    pieces: AsyncIterator[Sequence[T]],
    upsert: Callable[[CatalogueRepository, Sequence[T]], None],
    now: datetime,
) -> int:
    """One short transaction a piece, so that a sale never waits long behind a large catalogue.

    Until the stream has ended, the position stays one short of the last revision seen: a cut may
    fall between two rows of one revision, and the rest of it must be asked for again.
    """
    taken, revision = 0, 0
    async for piece in pieces:
        if not piece:
            continue
        revision = piece[-1].revision
        await database.write(partial(_keep, source=source, piece=piece, upsert=upsert))
        taken += len(piece)
    await database.write(
        lambda connection: CatalogueRepository(connection).set_position(source, revision, now)
    )
    return taken


def _keep(
    connection: sqlite3.Connection,
    *,
    source: str,
    piece: Sequence[T],
    upsert: Callable[[CatalogueRepository, Sequence[T]], None],
) -> None:
    catalogue = CatalogueRepository(connection)
    upsert(catalogue, piece)
    catalogue.set_position(source, piece[-1].revision - 1, None)
