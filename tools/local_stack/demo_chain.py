"""The demo chain as data: three stores, their goods, their members and what these buy.

Pure and repeatable: the same day of the same store always holds the same sales, so that seeding
again, on whatever day, adds what is missing and changes nothing. All of it is made up: the
members' phone numbers simply count on from 190 0000 0000.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from pathlib import Path

from chassis.clock import CHINA_TIME
from tools.local_stack.demo_ids import GATEWAY_STORE_CODE, GATEWAY_STORE_NAME, stable_id, store_id

OPENED = date(2025, 1, 6)  # the stores' first stock and first members
MEMBER_COUNT = 60
SALE_DAYS = 14
OPENING_STOCK_MILLI = 2_000_000

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN_NAMES = (
    *("秀英", "建国", "丽华", "志强", "晓燕", "海涛", "雨桐", "子涵", "国栋", "美玲"),
    *("文博", "佳怡", "振华", "淑芬", "俊杰", "梓萱", "德明", "春梅", "浩然", "静怡"),
)
_TENDERS = ("wechat_pay", "alipay", "cash", "bank_card")
_TENDER_WEIGHTS = (52, 28, 12, 8)
# Customers by hour of the day, from midnight; the evening meal is bought after work.
_HOUR_WEIGHTS = (0, 0, 0, 0, 0, 0, 0, 3, 6, 8, 9, 8, 6, 5, 5, 6, 8, 11, 12, 9, 6, 3, 0, 0)


@dataclass(frozen=True, slots=True)
class DemoStore:
    """A store and how many customers it sees on a working day."""

    code: str
    name: str
    sales_per_day: int

    @property
    def store_id(self) -> str:
        """Its id."""
        return store_id(self.code)


STORES = (
    DemoStore(GATEWAY_STORE_CODE, GATEWAY_STORE_NAME, 90),
    DemoStore("S002", "一卡超市（大学城店）", 70),
    DemoStore("S003", "一卡超市（人民路店）", 55),
)


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """A product of the goods list."""

    product_id: str
    sku: str
    barcode: str
    category_path: tuple[str, ...]
    name: str
    unit: str
    price_fen: int

    @property
    def is_weighed(self) -> bool:
        """True for what goes over the scale."""
        return self.unit == "kg"


@dataclass(frozen=True, slots=True)
class DemoMember:
    """A member with a first card."""

    member_id: str
    name: str
    phone: str
    card_number: str
    store_id: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class DemoLine:
    """A line of a sale."""

    product_id: str
    quantity_milli: int
    list_fen: int
    discount_fen: int


@dataclass(frozen=True, slots=True)
class DemoSale:
    """A sale."""

    sale_id: str
    member_id: str  # empty for a walk-in customer
    store_id: str
    register_id: str
    staff_id: str
    business_date: date
    sold_at: datetime
    lines: tuple[DemoLine, ...]
    tender: str

    @property
    def total_fen(self) -> int:
        """Sum of the lines' nets."""
        return sum(line.list_fen - line.discount_fen for line in self.lines)


def read_products() -> tuple[DemoProduct, ...]:
    """The 200 products of demo_goods.tsv."""
    with Path(__file__).with_name("demo_goods.tsv").open(encoding="utf-8", newline="") as file:
        return tuple(
            DemoProduct(
                product_id=stable_id("product", row["sku"]),
                sku=row["sku"],
                barcode=row["barcode"],
                category_path=tuple(row["category"].split("/")),
                name=row["name"],
                unit=row["unit"],
                price_fen=int(row["price_fen"]),
            )
            for row in csv.DictReader(file, delimiter="\t")
        )


def category_paths(products: tuple[DemoProduct, ...]) -> tuple[tuple[str, ...], ...]:
    """Every node of the category tree, parents before children."""
    nodes = dict.fromkeys(
        path[:depth] for depth in (1, 2, 3) for path in (p.category_path for p in products)
    )
    return tuple(nodes)


def category_id(path: tuple[str, ...]) -> str:
    """The id of a node; empty above the top."""
    return stable_id("category", "/".join(path)) if path else ""


def members() -> tuple[DemoMember, ...]:
    """The members of the chain, registered one an hour from the opening on."""
    opened_at = datetime.combine(OPENED, time(9), CHINA_TIME).astimezone(UTC)
    return tuple(
        DemoMember(
            member_id=stable_id("member", str(n), opened_at + timedelta(hours=n)),
            name=_SURNAMES[n * 7 % len(_SURNAMES)] + _GIVEN_NAMES[(n * 3 + n // 20) % 20],
            phone=f"+861900000{n:04d}",
            card_number=f"8800{n:06d}",
            store_id=STORES[n % len(STORES)].store_id,
            registered_at=opened_at + timedelta(hours=n),
        )
        for n in range(MEMBER_COUNT)
    )


def sales_of_day(store: DemoStore, day: date) -> Iterator[DemoSale]:
    """What a store sells on a day, in order of time."""
    chance = random.Random(f"{store.code}/{day}")
    products, people = read_products(), members()
    # A few products make most of the baskets, and each store has favourites of its own.
    liked = random.Random(store.code).sample(products, len(products))
    weights = list(accumulate(1000 // (rank + 8) for rank in range(len(liked))))
    count = round(store.sales_per_day * chance.uniform(0.85, 1.15))
    count = count * 13 // 10 if day.weekday() >= 5 else count
    seconds = sorted(
        3600 * hour + chance.randrange(3600)
        for hour in chance.choices(range(24), _HOUR_WEIGHTS, k=count)
    )
    midnight = datetime.combine(day, time(), CHINA_TIME)
    for number, second in enumerate(seconds):
        sold_at = (midnight + timedelta(seconds=second)).astimezone(UTC)
        size = min(1 + int(chance.expovariate(1 / 5)), 30)
        basket = dict.fromkeys(chance.choices(liked, cum_weights=weights, k=size))
        yield DemoSale(
            sale_id=stable_id("sale", f"{store.code}/{day}/{number}", sold_at),
            member_id=chance.choice(people).member_id if chance.random() < 0.6 else "",
            store_id=store.store_id,
            register_id=f"0{1 + number % 2}",
            staff_id=f"{store.code}-{1 + number % 2}",
            business_date=day,
            sold_at=sold_at,
            lines=tuple(_line(product, chance) for product in basket),
            tender=chance.choices(_TENDERS, _TENDER_WEIGHTS)[0],
        )


def _line(product: DemoProduct, chance: random.Random) -> DemoLine:
    if product.is_weighed:
        quantity_milli = chance.randrange(200, 1800, 2)
    else:
        quantity_milli = 1000 * chance.choice((1, 1, 1, 1, 2, 2, 3))
    list_fen = (product.price_fen * quantity_milli + 500) // 1000
    # One line in eight is on offer, at a tenth off.
    discount_fen = list_fen // 10 if chance.randrange(8) == 0 else 0
    return DemoLine(product.product_id, quantity_milli, list_fen, discount_fen)
