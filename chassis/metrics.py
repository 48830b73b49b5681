"""Metrics that every service has. A service declares its own beside the code that counts."""

from prometheus_client import Counter, Gauge, Histogram

RPC_SECONDS = Histogram(
    "yika_rpc_seconds",
    "Time to answer an RPC, by method and gRPC code.",
    ["method", "code"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
RPC_IN_FLIGHT = Gauge("yika_rpc_in_flight", "RPCs being answered.", ["method"])
OUTBOX_PENDING = Gauge("yika_outbox_pending_events", "Events committed and not yet published.")
OUTBOX_AGE_SECONDS = Gauge(
    "yika_outbox_oldest_event_seconds", "Age of the oldest event not yet published."
)
EVENTS_PUBLISHED = Counter("yika_events_published_total", "Events published.", ["type"])
EVENTS_CONSUMED = Counter(
    "yika_events_consumed_total",
    "Events taken from a stream, by what became of them: applied, duplicate, dead.",
    ["type", "outcome"],
)
CONSUMER_PENDING = Gauge(
    "yika_consumer_pending_events", "Events of a type this service has not handled.", ["type"]
)
DEAD_LETTERS = Gauge("yika_dead_letters", "Events in the dead-letter table, not re-driven.")
