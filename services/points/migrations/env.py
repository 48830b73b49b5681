"""Alembic's entry for the points service."""

from chassis.migrations import run_env
from services.points.storage import tables  # noqa: F401  # for what they add to the metadata
from services.points.storage.metadata import metadata

run_env(metadata)
