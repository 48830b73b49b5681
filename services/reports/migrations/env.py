"""Alembic's entry for the reports service."""

from chassis.migrations import run_env
from services.reports.storage.tables import metadata

run_env(metadata)
