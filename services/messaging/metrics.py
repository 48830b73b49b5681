"""What the messaging service counts, beside what every service does."""

from prometheus_client import Counter, Gauge

MESSAGES = Counter(
    "yika_messages_total",
    "Messages that reached a state: queued, sent, skipped, failed.",
    ["state"],
)
RETRIES = Counter(
    "yika_message_retries_total", "Messages that had to wait, by what they wait for.", ["reason"]
)
BACKLOG = Gauge("yika_messages_waiting", "Messages that wait to be sent.")
BACKLOG_AGE_SECONDS = Gauge(
    "yika_messages_oldest_waiting_seconds", "Age of the oldest message that waits to be sent."
)
