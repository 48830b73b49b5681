"""An id names one share of a pass, and one end of one, whoever the owner is."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Makes both unique over all owners; who shares passes is few beside who buys."""
    op.execute("CREATE UNIQUE INDEX uq_pass_shares_share_id ON pass_shares (share_id)")
    op.execute("DROP INDEX uq_pass_shares_unshare_id")
    op.execute(
        """
        CREATE UNIQUE INDEX uq_pass_shares_unshare_id ON pass_shares (unshare_id)
            WHERE unshare_id IS NOT NULL
        """
    )
