"""Tells others of a change of the catalogue, in the commit that makes it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from google.protobuf.message import Message

from chassis.database import Transaction
from chassis.events import EVENT_BYTES_MAX
from services.inventory import presenters
from services.inventory.domain.catalogue import Price, Product, Store
from services.inventory.domain.category_tree import PlacedCategory
from yika.inventory.v1 import events_pb2

MessageT = TypeVar("MessageT", bound=Message)

# Tag and length of each part, and the revision: far below the room left here.
_PART_OVERHEAD_BYTES = 8
_PARTS_BYTES_MAX = EVENT_BYTES_MAX - 64


def announce_stores(tx: Transaction, stores: Sequence[Store], revision: int) -> None:
    """Publishes StoresUpserted."""
    for part in split(map(presenters.store_message, stores)):
        tx.publish(events_pb2.StoresUpserted(stores=part, revision=revision))


def announce_categories(tx: Transaction, placed: Sequence[PlacedCategory], revision: int) -> None:
    """Publishes CategoriesUpserted; `placed` includes the nodes whose path changed with it."""
    for part in split(map(presenters.category_message, placed)):
        tx.publish(events_pb2.CategoriesUpserted(categories=part, revision=revision))


def announce_products(tx: Transaction, products: Sequence[Product], revision: int) -> None:
    """Publishes ProductsUpserted."""
    for part in split(map(presenters.product_message, products)):
        tx.publish(events_pb2.ProductsUpserted(products=part, revision=revision))


def announce_prices(tx: Transaction, prices: Sequence[Price], revision: int) -> None:
    """Publishes PricesSet."""
    for part in split(map(presenters.price_message, prices)):
        tx.publish(events_pb2.PricesSet(prices=part, revision=revision))


def split(messages: Iterable[MessageT]) -> Iterator[list[MessageT]]:
    """Cuts messages into parts that each fit an event."""
    part: list[MessageT] = []
    size = 0
    for message in messages:
        message_size = message.ByteSize() + _PART_OVERHEAD_BYTES
        if part and size + message_size > _PARTS_BYTES_MAX:
            yield part
            part, size = [], 0
        part.append(message)
        size += message_size
    if part:
        yield part
