"""Alembic's entry for the inventory service."""

from chassis.migrations import run_env
from services.inventory.storage.tables import metadata

run_env(metadata)
