"""The only SQL of the members service."""

import zlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.members.domain.member import Card, Channel, EarningFacts, Member, MemberStub
from services.members.storage.tables import (
    card_serials,
    cards_table,
    members_table,
    stub_changes_table,
    stub_revisions,
)

_NUMBERING_LOCK = zlib.crc32(b"yika-members-stub-revisions")


class MembersRepository:
    """Members, cards and stubs over one connection; the caller owns the transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, member: Member, registration_hash: bytes) -> bool:
        """Adds a member without cards; False when the id or the phone is taken.

        Waits for another open transaction that adds the same id or phone, so that its outcome
        is known afterwards.
        """
        added = await self._connection.execute(
            insert(members_table)
            .values(
                member_id=member.member_id,
                name=member.name,
                phone=member.phone,
                store_id=member.store_id,
                channel=member.channel.value,
                registered_at=member.registered_at,
                registration_hash=registration_hash,
                birth_date=member.birth_date,
            )
            .on_conflict_do_nothing()
        )
        return added.rowcount == 1

    async def add_card(self, member_id: str, card: Card) -> bool:
        """Gives a member a card; False when the number is taken."""
        added = await self._connection.execute(
            insert(cards_table)
            .values(card_number=card.card_number, member_id=member_id, issued_at=card.issued_at)
            .on_conflict_do_nothing()
        )
        return added.rowcount == 1

    async def next_card_serial(self) -> int:
        """A serial that no card has had; one that is taken and not used leaves a gap."""
        return int((await self._connection.execute(select(card_serials.next_value()))).scalar_one())

    async def mark_stub_changed(self, member_id: str) -> None:
        """Notes that a member's stub has changed; it gets a revision once this is committed."""
        await self._connection.execute(
            insert(stub_changes_table)
            .values(member_id=member_id, revision=None)
            .on_conflict_do_update(
                index_elements=[stub_changes_table.c.member_id], set_={"revision": None}
            )
        )

    async def number_stub_changes(self, limit: int) -> int:
        """Gives committed changes the next revisions; returns how many, at most `limit`.

        A gateway asks for "everything after the highest revision I hold", so revisions must
        become visible in their order. Had each writer taken its own, 8 could be committed and
        read before 7, and 7 would never be read. Here a change is numbered when it is there
        already, and the lock, held to the commit, lets one transaction number at a time.
        Writers never wait for it.
        """
        await self._connection.execute(select(func.pg_advisory_xact_lock(_NUMBERING_LOCK)))
        # A change whose row is locked is being written again; it is numbered after that.
        changes = (
            select(stub_changes_table.c.member_id)
            .where(stub_changes_table.c.revision.is_(None))
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("changes")
        )
        numbered = await self._connection.execute(
            update(stub_changes_table)
            .where(stub_changes_table.c.member_id == changes.c.member_id)
            .values(revision=stub_revisions.next_value())
        )
        return int(numbered.rowcount)

    async def registration_hash(self, member_id: str) -> bytes | None:
        """The hash that `add` stored; None for an unknown member."""
        row = await self._connection.execute(
            select(members_table.c.registration_hash).where(members_table.c.member_id == member_id)
        )
        return row.scalar_one_or_none()

    async def get(self, member_id: str) -> Member | None:
        """One member with cards, by id."""
        return await self._one(members_table.c.member_id == member_id)

    async def find_by_phone(self, phone: str) -> Member | None:
        """One member with cards, by phone in E.164."""
        return await self._one(members_table.c.phone == phone)

    async def find_by_card_number(self, card_number: str) -> Member | None:
        """One member with cards, by the canonical number of any card."""
        holder = select(cards_table.c.member_id).where(cards_table.c.card_number == card_number)
        return await self._one(members_table.c.member_id == holder.scalar_subquery())

    async def phone(self, member_id: str) -> tuple[bool, str | None]:
        """Whether the member exists, and the phone in E.164."""
        rows = await self._connection.execute(
            select(members_table.c.phone).where(members_table.c.member_id == member_id)
        )
        row = rows.one_or_none()
        return row is not None, row.phone if row is not None else None

    async def known(self, member_ids: Sequence[str]) -> set[str]:
        """Those of the ids that are members."""
        rows = await self._connection.execute(
            select(members_table.c.member_id).where(members_table.c.member_id.in_(member_ids))
        )
        return set(rows.scalars())

    async def earning_facts(
        self, member_ids: Sequence[str], *, with_birth_date: bool
    ) -> dict[str, EarningFacts]:
        """Tiers of those of the ids that are members; birthdays are not even read unasked."""
        columns = [members_table.c.member_id, members_table.c.tier_code]
        if with_birth_date:
            columns.append(members_table.c.birth_date)
        rows = await self._connection.execute(
            select(*columns).where(members_table.c.member_id.in_(member_ids))
        )
        facts = {}
        for row in rows:
            born = row.birth_date if with_birth_date else None
            facts[row.member_id] = EarningFacts(
                row.member_id,
                row.tier_code,
                born.month if born else 0,
                born.day if born else 0,
            )
        return facts

    async def stubs_after(self, revision: int, limit: int) -> list[MemberStub]:
        """The next stubs in order of revision, at most `limit`."""
        # The page is cut first: joining all that is behind it would cost more with each page.
        page = (
            select(stub_changes_table)
            .where(stub_changes_table.c.revision > revision)
            .order_by(stub_changes_table.c.revision)
            .limit(limit)
            .subquery()
        )
        numbers = func.array_agg(
            aggregate_order_by(
                cards_table.c.card_number, cards_table.c.issued_at, cards_table.c.card_number
            )
        ).filter(cards_table.c.card_number.is_not(None))
        rows = await self._connection.execute(
            select(page.c.member_id, page.c.revision, numbers.label("card_numbers"))
            .select_from(page.outerjoin(cards_table, cards_table.c.member_id == page.c.member_id))
            .group_by(page.c.member_id, page.c.revision)
            .order_by(page.c.revision)
        )
        return [
            MemberStub(row.member_id, tuple(row.card_numbers or ()), row.revision) for row in rows
        ]

    async def _one(self, condition: ColumnElement[bool]) -> Member | None:
        rows = await self._connection.execute(
            select(members_table, cards_table.c.card_number, cards_table.c.issued_at)
            .outerjoin(cards_table, cards_table.c.member_id == members_table.c.member_id)
            .where(condition)
            .order_by(cards_table.c.issued_at, cards_table.c.card_number)
        )
        return _member(rows.all())


def _member(rows: Sequence[Any]) -> Member | None:
    """A member from rows that repeat it once a card."""
    if not rows:
        return None
    first = rows[0]
    return Member(
        member_id=first.member_id,
        name=first.name,
        phone=first.phone,
        cards=tuple(Card(row.card_number, row.issued_at) for row in rows if row.card_number),
        store_id=first.store_id,
        channel=Channel(first.channel),
        registered_at=first.registered_at,
        tier_code=first.tier_code,
        birth_date=first.birth_date,
    )
