"""Alembic's entry; everything is in chassis.migrations."""

from chassis.migrations import run_env
from services.messaging.storage.tables import metadata

run_env(metadata)
