"""Which sums can be asked for: the dimensions, how they combine, and over which days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from chassis.errors import Forbidden, Invalid

RANGE_YEARS_MAX = 5
STORES_MAX = 5_000
EVERY_STORE = "*"


class Dimension(Enum):
    """What sales are summed by; the values are those of the contract."""

    STORE = 1
    DAY = 2
    MONTH = 3
    CATEGORY = 4
    PRODUCT = 5
    MEMBER = 6


class Order(Enum):
    """In what order sums come; the values are those of the contract."""

    KEY = 0
    REVENUE_DESCENDING = 1


PERIODS = frozenset({Dimension.DAY, Dimension.MONTH})


@dataclass(frozen=True, slots=True)
class Grouping:
    """At most one key and at most one period; at least one of the two."""

    key: Dimension | None
    period: Dimension | None

    @property
    def store_grained(self) -> bool:
        """True when the sums come from the model by store, so that stores can be told apart."""
        return self.key in (None, Dimension.STORE)


def parse_grouping(numbers: Sequence[int]) -> Grouping:
    """The grouping behind the contract's numbers; Invalid when they do not combine."""
    if not numbers:
        raise Invalid("GROUP_BY_MISSING", "group_by must name at least one dimension")
    try:
        dimensions = [Dimension(number) for number in numbers]
    except ValueError:
        raise Invalid("UNKNOWN_DIMENSION", "group_by holds a dimension that is not known") from None
    if len(set(dimensions)) != len(dimensions):
        raise Invalid("DUPLICATE_DIMENSION", "group_by names a dimension twice")
    keys = [dimension for dimension in dimensions if dimension not in PERIODS]
    periods = [dimension for dimension in dimensions if dimension in PERIODS]
    if len(keys) > 1:
        raise Invalid(
            "DIMENSIONS_DO_NOT_COMBINE",
            "group_by takes one of STORE, CATEGORY, PRODUCT and MEMBER at a time",
        )
    if len(periods) > 1:
        raise Invalid("DIMENSIONS_DO_NOT_COMBINE", "group_by takes DAY or MONTH, not both")
    return Grouping(keys[0] if keys else None, periods[0] if periods else None)


def parse_order(number: int) -> Order:
    """The order behind the contract's number."""
    try:
        return Order(number)
    except ValueError:
        raise Invalid("UNKNOWN_ORDER", "order is not known") from None


def check_category_depth(grouping: Grouping, depth: int) -> None:
    """Invalid unless the depth is 0, or positive and categories are grouped by."""
    if depth < 0:
        raise Invalid("INVALID_CATEGORY_DEPTH", "category_depth must not be negative")
    if depth and grouping.key is not Dimension.CATEGORY:
        raise Invalid("INVALID_CATEGORY_DEPTH", "category_depth needs CATEGORY in group_by")


def check_range(first: date, last: date) -> None:
    """Invalid when the days are in the wrong order or more than 5 years apart."""
    days = {"from_date": first, "to_date": last}
    if last < first:
        raise Invalid("DATES_REVERSED", "to_date lies before from_date", days)
    # Compared by parts: adding years to a date fails on 29 February and at the end of time.
    if (last.year - RANGE_YEARS_MAX, last.month, last.day) > (first.year, first.month, first.day):
        raise Invalid("RANGE_TOO_LONG", f"a range is at most {RANGE_YEARS_MAX} years", days)


def stores_to_sum(
    grouping: Grouping, wanted: frozenset[str], scope: frozenset[str]
) -> frozenset[str] | None:
    """The stores that a query may sum, None for all of them.

    `scope` is what the caller's token reaches. Rows by store say whose they are, so those are
    filtered to the scope; a total over stores would pass for the chain's, so its stores must be
    named; and the models by category, product and member know no stores.
    """
    if len(wanted) > STORES_MAX:
        raise Invalid("TOO_MANY_STORES", f"store_ids holds more than {STORES_MAX} stores")
    if wanted and not grouping.store_grained:
        raise Invalid(
            "STORE_FILTER_NOT_ALLOWED",
            "store_ids goes with STORE, or with DAY or MONTH alone; other sums know no stores",
        )
    if EVERY_STORE in scope:
        return wanted or None
    if not grouping.store_grained:
        raise Forbidden(
            "STORE_OUT_OF_SCOPE",
            "sums by category, product or member are over the whole chain; "
            "the token reaches some stores only",
        )
    if not scope:
        raise Forbidden("STORE_OUT_OF_SCOPE", "the token reaches no store")
    beyond = wanted - scope
    if beyond:
        store_id = min(beyond)
        raise Forbidden(
            "STORE_OUT_OF_SCOPE",
            f"the token does not reach store {store_id}",
            {"store_id": store_id},
        )
    if wanted:
        return wanted
    if grouping.key is Dimension.STORE:
        return scope
    raise Forbidden(
        "STORE_FILTER_MISSING", "the token reaches some stores only; name them in store_ids"
    )
