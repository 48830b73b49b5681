"""The one way to refuse: DomainError. Standard library only, so that domain/ may import it.

The mappings are in chassis.error_mapping (gRPC) and chassis.http_errors.
"""

from collections.abc import Mapping
from enum import Enum


class Kind(Enum):
    """What a refusal means for the caller: (canonical gRPC code, HTTP status)."""

    INVALID = (3, 400)  # the request can never succeed as it is
    NOT_FOUND = (5, 404)
    ALREADY_EXISTS = (6, 409)
    PRECONDITION = (9, 422)  # it could succeed in another state of the books
    UNAUTHENTICATED = (16, 401)
    FORBIDDEN = (7, 403)
    EXHAUSTED = (8, 429)  # a limit; later it may succeed
    UNAVAILABLE = (14, 503)  # retry the same request; nothing is known to be wrong with it

    @property
    def grpc_code(self) -> int:
        """The number of the gRPC status code."""
        return self.value[0]

    @property
    def http_status(self) -> int:
        """The HTTP status."""
        return self.value[1]


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
        "ID_REUSED", f"{what} {identifier} was used before with other content", {"id": identifier}
    )
