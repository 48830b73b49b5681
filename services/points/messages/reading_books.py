"""Readers of what the ledger itself has stored: what these refuse is no fault of a request."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from google.protobuf.message import DecodeError

from chassis.errors import DomainError
from chassis.logs import get_logger
from services.points.domain.unreadable_books import BooksUnreadable

Given = ParamSpec("Given")
Read = TypeVar("Read")

log = get_logger(__name__)


def reads_books(read: Callable[Given, Read]) -> Callable[Given, Read]:
    """A reader of something stored that raises BooksUnreadable where that makes no sense."""

    @wraps(read)
    def reader(*args: Given.args, **kwargs: Given.kwargs) -> Read:
        try:
            return read(*args, **kwargs)
        except BooksUnreadable:
            raise
        except (DomainError, DecodeError, ArithmeticError, LookupError, ValueError) as error:
            log.exception("books_unreadable", reader=read.__name__)
            raise BooksUnreadable(f"{type(error).__name__} in what was stored") from error

    return reader
