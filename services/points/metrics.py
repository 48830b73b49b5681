"""Metrics of the points service that alerts and runbooks name."""

from prometheus_client import Counter, Gauge

JOB_RUNS = Counter(
    "yika_points_job_runs_total",
    "Runs of a scheduled job in this replica: complete, or failed and tried again from there.",
    ["name", "outcome"],
)
JOB_STEPS = Counter("yika_points_job_steps_total", "Bounded steps of a scheduled job.", ["name"])
JOB_RUNNING = Gauge("yika_points_job_running", "1 while this replica works on a job.", ["name"])
JOB_INTERVAL_SECONDS = Gauge(
    "yika_points_job_interval_seconds",
    "From the start of a job's run to that of the next.",
    ["name"],
)
JOB_AGE_SECONDS = Gauge(
    "yika_points_job_age_seconds",
    "Time since a job last ran to its end, in any replica; since it was made when it never did.",
    ["name"],
)
LEDGER_BREAKS = Gauge(
    "yika_points_ledger_breaks", "Open breaks: what in the books does not agree with itself."
)
LEDGER_VERIFIED = Counter(
    "yika_points_ledger_verified_members_total",
    "Accounts that this replica has verified against their bills.",
)
EXPIRY_BILLS = Counter(
    "yika_points_expiry_bills_total",
    "Bills for expired value: posted, replayed (had its bill of the day), refused (nothing left), "
    "failed (this member's books make no sense here; the others go on).",
    ["outcome"],
)
# From the start, or the alert would not see the first of them.
EXPIRY_BILLS.labels("failed")
