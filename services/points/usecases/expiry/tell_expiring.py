"""Tells of value before it expires: each lot once for each notice, in the commit that says so."""

from collections.abc import Sequence
from datetime import date, timedelta

from chassis.clock import to_proto_date
from chassis.database import Database, Transaction
from chassis.logs import get_logger
from services.points.storage.expiry.expiry import ExpiringValue, ExpiryRepository, Place
from services.points.storage.queries.ledger_queries import LAST_ID
from yika.points.v1 import events_pb2, ledger_pb2

log = get_logger(__name__)

# A value takes at most 110 bytes, an event at most 512 KiB.
_VALUES_AN_EVENT_MAX = 2_000


async def tell_expiring(
    database: Database, notice_days: Sequence[int], position: str, *, today: date, limit: int
) -> str | None:
    """Tells of the lots of the next `limit` members; returns where to go on, None at the end.

    A lot is told when its last day comes within the days of a notice, with what is left of it
    then: for 30 and 7, lots with 7 days or less are told by the second alone. What is granted
    within the days of a notice is not told by it, nor is value of an asset that this release does
    not know: it is logged, and keeps no notice from others. The position names the notice; how far
    that one has come is kept beside its events, so a step that is done again tells nothing again.
    """
    ordered = sorted(set(notice_days))
    if not ordered:
        return None
    days = int(position or ordered[0])
    if days not in ordered:
        return _after(ordered, days)  # the setting has changed since
    nearer = ordered[ordered.index(days) - 1] if days != ordered[0] else -1
    begin = Place(today + timedelta(days=nearer), LAST_ID)
    end = Place(today + timedelta(days=days), LAST_ID)
    async with database.transaction() as tx:
        repository = ExpiryRepository(tx.connection)
        told = await repository.lock_notice(days, begin)
        after = max(told, begin)
        values = await repository.expiring(end.date, after, limit)
        _publish(tx, days, _messages(values))
        is_last = len({(each.expiry_date, each.member_id) for each in values}) < limit
        reached = end if is_last else Place(values[-1].expiry_date, values[-1].member_id)
        # A clock that was set back must not tell again what has been told.
        await repository.move_notice(days, max(told, reached))
    return _after(ordered, days) if is_last else str(days)


def _after(ordered: Sequence[int], days: int) -> str | None:
    return next((str(each) for each in ordered if each > days), None)


def _messages(values: Sequence[ExpiringValue]) -> list[events_pb2.ExpiringValue]:
    told = []
    for each in values:
        if each.asset is None:
            log.error("expiring_asset_unknown", member_id=each.member_id)
            continue
        value = events_pb2.ExpiringValue(
            member_id=each.member_id,
            asset=ledger_pb2.Asset.Name(each.asset),
            pass_id=each.pass_id or "",
            amount=each.amount,
            expiry_date=to_proto_date(each.expiry_date),
        )
        told.append(value)
    return told


def _publish(tx: Transaction, days: int, values: Sequence[events_pb2.ExpiringValue]) -> None:
    for start in range(0, len(values), _VALUES_AN_EVENT_MAX):
        part = values[start : start + _VALUES_AN_EVENT_MAX]
        event = events_pb2.LotsExpiring(notice_days=days, values=part)
        tx.publish(event, member_id=part[0].member_id)
