"""The table of expiry notices: how far the telling of expiring lots has come."""

from sqlalchemy import Column, Date, Integer, Table, Uuid

from services.points.storage.metadata import metadata

# One row for each number of days. Lots up to (told_date, told_member_id) in that order are told:
# the row changes in the commit that holds the event, so that each is told once.
expiry_notices = Table(
    "expiry_notices",
    metadata,
    Column("notice_days", Integer, primary_key=True, autoincrement=False),
    Column("told_date", Date, nullable=False),
    Column("told_member_id", Uuid(as_uuid=False), nullable=False),
)
