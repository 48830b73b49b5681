"""How pricing refuses: one exception, so that the package stays free of any service's code."""

from collections.abc import Mapping


class PricingError(Exception):
    """A basket or an amount that cannot be priced.

    `reason` is UPPER_SNAKE and part of the contract; `metadata` holds the figures behind the
    message. Callers map it to their own way of refusing.
    """

    def __init__(
        self, reason: str, message: str, metadata: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata = {key: str(value) for key, value in (metadata or {}).items()}

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"
