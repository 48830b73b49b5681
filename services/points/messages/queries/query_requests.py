"""Questions about bills and statements from the wire, checked: one place that knows their form."""

from chassis.clock import from_proto_date
from chassis.errors import Invalid
from chassis.ids import canonical_id
from services.points.domain.assets import Asset, BillKind
from services.points.messages.texts import check_register_id
from services.points.pages import check_range
from services.points.storage.queries.bill_search import BillFilter
from yika.points.v1 import points_service_pb2


def read_bill_filter(request: points_service_pb2.ListBillsRequest) -> BillFilter:
    """What is asked of bills.

    Invalid INVALID_DATE without a business date where no member is named, INVALID_RANGE,
    RANGE_TOO_LONG, INVALID_FILTER for a till of no store, UNKNOWN_BILL_KIND,
    CODE_TOO_LONG or INVALID_TEXT for what is no till.
    """
    first = last = None
    if request.HasField("business_date") or not request.member_id:
        first = last = from_proto_date(request.business_date, "business_date")
    if request.HasField("last_business_date"):
        last = from_proto_date(request.last_business_date, "last_business_date")
        if first is None:
            raise Invalid(
                "INVALID_DATE",
                "last_business_date needs a business_date",
                {"field": "business_date"},
            )
        check_range(first, last)
    if request.register_id and not (request.store_id or request.member_id):
        raise Invalid(
            "INVALID_FILTER",
            "register_id needs store_id or member_id",
            {"field": "register_id"},
        )
    return BillFilter(
        store_id=canonical_id(request.store_id, "store_id") if request.store_id else None,
        register_id=check_register_id(request.register_id),
        kind=_kind(request.kind),
        first_date=first,
        last_date=last,
    )


def _kind(kind: int) -> BillKind | None:
    if not kind:
        return None
    if kind not in set(map(int, BillKind)):
        raise Invalid("UNKNOWN_BILL_KIND", "no such kind of bill", {"kind": kind})
    return BillKind(kind)


def read_asset(asset: int, pass_id: str) -> tuple[Asset, str | None]:
    """The asset of a statement, and of PASS which one.

    Invalid UNKNOWN_ASSET, INVALID_ID, or PASS_ID_NOT_WANTED for another asset.
    """
    if asset not in set(map(int, Asset)):
        raise Invalid("UNKNOWN_ASSET", "asset must be given", {"asset": asset})
    if Asset(asset) is Asset.PASS:
        return Asset.PASS, canonical_id(pass_id, "pass_id")
    if pass_id:
        raise Invalid(
            "PASS_ID_NOT_WANTED", "only ASSET_PASS has a pass_id", {"asset": Asset(asset).name}
        )
    return Asset(asset), None
