"""What a stored bill says of each lot and tender that it took: units, and what they were worth."""

from services.points.domain.assets import Asset
from services.points.domain.draft import Source
from services.points.domain.lot import LotKey
from yika.points.v1 import ledger_pb2


def sources_of(message: ledger_pb2.Allocation) -> tuple[Source, ...]:
    """The sources of an allocation."""
    return tuple(
        Source(
            source.tender_kind,
            source.amount_fen,
            Asset(source.asset),
            source.units,
            LotKey(source.lot_bill_id, source.lot_ordinal) if source.lot_bill_id else None,
        )
        for source in message.sources
    )


def read_sources(stored: bytes) -> tuple[Source, ...]:
    """The sources of an allocation in its stored form; none of a bill that has no allocation."""
    return sources_of(ledger_pb2.Allocation.FromString(stored))
