"""Alembic's entry; everything is in chassis.migrations."""

from chassis.migrations import run_env
from services.members.storage.tables import metadata

run_env(metadata)
