"""What a day's sales look like to the people who answer for them. Integers only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


def divide_half_even(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest integer, halves to the even one. denominator > 0."""
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient % 2):
        return quotient + 1
    return quotient


@dataclass(frozen=True, slots=True)
class Sum:
    """Revenue and number of sales of something; `returned_fen` is already taken off the revenue."""

    revenue_fen: int = 0
    sale_count: int = 0
    returned_fen: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(
            self.revenue_fen + other.revenue_fen,
            self.sale_count + other.sale_count,
            self.returned_fen + other.returned_fen,
        )

    @property
    def basket_fen(self) -> int | None:
        """Average of a sale (客单价); None without sales.

        Before returns: what comes back today was mostly sold on other days.
        """
        if self.sale_count <= 0:
            return None
        return divide_half_even(self.revenue_fen + self.returned_fen, self.sale_count)


def change_bp(now: int | None, before: int | None) -> int | None:
    """Growth in basis points; None where there is nothing to compare with."""
    if now is None or before is None or before <= 0:
        return None
    return divide_half_even((now - before) * 10_000, before)


@dataclass(frozen=True, slots=True)
class StoreFigures:
    """One store's day beside the day before."""

    store_id: str
    name: str
    today: Sum
    yesterday: Sum


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of a ranking: a category or a product."""

    name: str
    revenue_fen: int
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class Series:
    """Revenue of one store, or of the remaining ones, day by day."""

    name: str  # empty: the remaining stores
    revenue_fen: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Revenue by store over the last days. Each series has one amount per day."""

    days: tuple[date, ...]
    series: tuple[Series, ...]

    @property
    def totals_fen(self) -> tuple[int, ...]:
        """Revenue of all stores per day."""
        return tuple(sum(s.revenue_fen[i] for s in self.series) for i in range(len(self.days)))


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Everything the home page shows of a day.

    `categories` and `products` are None when the person's stores do not allow them.
    """

    day: date
    stores: tuple[StoreFigures, ...]
    chart: Chart
    categories: tuple[Ranked, ...] | None
    products: tuple[Ranked, ...] | None
    latest_day: date | None  # last day with sales before this one, when this one has none

    @property
    def today(self) -> Sum:
        """The day over all stores shown."""
        return sum((store.today for store in self.stores), Sum())

    @property
    def yesterday(self) -> Sum:
        """The day before over all stores shown."""
        return sum((store.yesterday for store in self.stores), Sum())


def days_until(day: date, count: int) -> tuple[date, ...]:
    """The `count` days that end with `day`."""
    return tuple(day - timedelta(days=back) for back in reversed(range(count)))


def compare_stores(
    names: Mapping[str, str], today: Mapping[str, Sum], yesterday: Mapping[str, Sum]
) -> tuple[StoreFigures, ...]:
    """Every named store with its two days: largest revenue of the day first, then by name."""
    stores = [
        StoreFigures(
            store_id, name or store_id, today.get(store_id, Sum()), yesterday.get(store_id, Sum())
        )
        for store_id, name in names.items()
    ]
    return tuple(sorted(stores, key=lambda s: (-s.today.revenue_fen, s.name, s.store_id)))


def draw_chart(
    days: Sequence[date],
    top: Iterable[tuple[str, str]],
    by_store: Mapping[tuple[str, date], int],
    totals: Mapping[date, int],
) -> Chart:
    """A series per store of `top` (id, name) and one for the rest, if the rest sold anything.

    A sale that is booked between the questions shows as a small rest; the next refresh puts it
    right.
    """
    series = [
        Series(name or store_id, tuple(by_store.get((store_id, day), 0) for day in days))
        for store_id, name in top
    ]
    rest = tuple(totals.get(day, 0) - sum(s.revenue_fen[i] for s in series)
                 for i, day in enumerate(days))  # fmt: skip
    if any(rest):
        series.append(Series("", rest))
    return Chart(tuple(days), tuple(series))
