"""What the gateway tells Prometheus about itself."""

from prometheus_client import Counter, Gauge

SALES = Counter(
    "yika_gateway_sales_total", "Sales asked for: sold, replayed or refused.", ["outcome"]
)
UPLOADED = Counter(
    "yika_gateway_uploaded_sales_total",
    "Sales that headquarters answered: posted or parked.",
    ["outcome"],
)
DIFFERENCES = Counter(
    "yika_gateway_points_differences_total",
    "Sales for which headquarters granted other points than the receipt says.",
)
PENDING = Gauge("yika_gateway_journal_pending_sales", "Sales not handed to headquarters yet.")
PARKED = Gauge("yika_gateway_journal_parked_sales", "Sales that headquarters refused.")
PENDING_SECONDS = Gauge(
    "yika_gateway_journal_oldest_pending_seconds", "Age of the oldest sale not handed over."
)
HEADQUARTERS_SECONDS = Gauge(
    "yika_gateway_headquarters_silent_seconds",
    "Time since headquarters last answered, or since the start when it never did.",
)
CATALOGUE_SECONDS = Gauge(
    "yika_gateway_catalogue_age_seconds",
    "Time since the catalogue was last known to be complete; -1 when it never was.",
)
PRINT_FAILURES = Counter("yika_gateway_spool_failures_total", "Tries to spool that failed.")
DISK_FREE_BYTES = Gauge("yika_gateway_disk_free_bytes", "Free space where the journal lies.")
