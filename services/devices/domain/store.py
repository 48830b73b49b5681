"""What the gateway knows about its own store. Pure."""

from dataclasses import dataclass

from chassis.errors import NotFound


@dataclass(frozen=True, slots=True)
class Store:
    """The store that this gateway serves."""

    store_id: str
    name: str
    register_ids: frozenset[str]
    tender_kinds: frozenset[str]
    day_ends_at_hour: int  # China time
    receipt_columns: int

    def check_register(self, register_id: str) -> None:
        """NotFound with UNKNOWN_REGISTER for a register that is not of this store."""
        if register_id not in self.register_ids:
            raise NotFound(
                "UNKNOWN_REGISTER",
                f"this store has no register {register_id!r}",
                {"register_id": register_id, "known": ",".join(sorted(self.register_ids))},
            )
