"""What members or inventory answer when the ledger asks for itself, with its own token."""

import grpc

from chassis.error_mapping import from_grpc
from chassis.errors import DomainError, Unavailable
from chassis.logs import get_logger

log = get_logger(__name__)


def told_by_peer(error: grpc.RpcError) -> DomainError:
    """Why a peer did not answer; a refusal is logged, for operations alone can mend that."""
    told = from_grpc(error)
    if not isinstance(told, Unavailable):
        log.error("peer_refused_the_ledger", reason=told.reason, message=told.message)
    return told


def peer_unavailable(error: grpc.RpcError) -> Unavailable:
    """What callers of the ledger are told: a refusal of its own question is none of theirs.

    They may send the same request again, as when the peer is away.
    """
    told = told_by_peer(error)
    if isinstance(told, Unavailable):
        return told
    message = "a service that had to be asked refused the ledger"
    return Unavailable("PEER_UNAVAILABLE", message, {"cause": told.reason})
