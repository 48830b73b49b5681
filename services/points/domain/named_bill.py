"""Refusals of a bill that a document names. Pure."""

from chassis.errors import NotFound, PreconditionFailed
from services.points.domain.assets import BillKind


def unknown_bill(bill_id: str) -> NotFound:
    """The refusal of a bill that is not in the books."""
    return NotFound("UNKNOWN_BILL", f"no bill {bill_id}", {"bill_id": bill_id})


def wrong_bill_kind(bill_id: str, kind: BillKind) -> PreconditionFailed:
    """The refusal of a bill of which the document cannot be about."""
    return PreconditionFailed(
        "WRONG_BILL_KIND",
        f"bill {bill_id} is a {kind.name}",
        {"bill_id": bill_id, "kind": kind.name},
    )
