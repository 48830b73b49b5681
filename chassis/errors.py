"""The one way to refuse: DomainError. Standard library only, so that domain/ may import it.

The mappings to gRPC and HTTP are in chassis.error_mapping.
"""

from collections.abc import Mapping
from enum import Enum


class Kind(Enum):
    """What a refusal means for the caller, independent of transport."""

    INVALID = "invalid"  # the request can never succeed as it is
    NOT_FOUND = "not_found"
    ALREADY_EXISTS = "already_exists"
    PRECONDITION = "precondition"  # it could succeed in another state of the books
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    EXHAUSTED = "exhausted"  # a limit; later it may succeed
    UNAVAILABLE = "unavailable"  # retry the same request; nothing is known to be wrong with it


class DomainError(Exception):
    """A refusal that the caller can act on. Anything else that is raised is a defect.

    `reason` is UPPER_SNAKE and part of the contract; `metadata` holds the figures behind the
    message, as strings, and never personal data.
    """

    kind = Kind.INVALID

    def __init__(
        self, reason: str, message: str, metadata: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata = {key: str(value) for key, value in (metadata or {}).items()}

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


class Invalid(DomainError):
    """The request is wrong in itself."""

    kind = Kind.INVALID


class NotFound(DomainError):
    """What the request names does not exist."""

    kind = Kind.NOT_FOUND


class AlreadyExists(DomainError):
    """The name or id is taken by something else."""

    kind = Kind.ALREADY_EXISTS


class PreconditionFailed(DomainError):
    """The state of the books forbids it now."""

    kind = Kind.PRECONDITION


class Unauthenticated(DomainError):
    """No token, or one that proves nothing."""

    kind = Kind.UNAUTHENTICATED


class Forbidden(DomainError):
    """The caller is known and not allowed."""

    kind = Kind.FORBIDDEN


class Exhausted(DomainError):
    """A limit is reached."""

    kind = Kind.EXHAUSTED


class Unavailable(DomainError):
    """A part that is needed cannot be reached; the same request may be sent again."""

    kind = Kind.UNAVAILABLE


def id_reused(what: str, identifier: str) -> AlreadyExists:
    """The refusal for an id that came before with other content."""
    return AlreadyExists(
        "ID_REUSED",
        f"{what} {identifier} was used before with other content",
        {"id": identifier},
    )
