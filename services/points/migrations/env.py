"""Alembic's entry for the points service."""

from chassis.migrations import run_env
from services.points.storage.tables import metadata

run_env(metadata)
