"""What stands in the books and makes no sense: a defect of the books, and of no request."""

from chassis.errors import Unavailable


class BooksUnreadable(Unavailable):
    """Of one wallet or one bill: whoever needs none of it is served, see halves.py.

    Once somebody has put it right, the same request may succeed.
    """

    def __init__(self, what: str) -> None:
        super().__init__("BOOKS_UNREADABLE", f"the books cannot be read: {what}")
