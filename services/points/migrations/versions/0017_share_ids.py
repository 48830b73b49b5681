"""An id names one share of a pass, and one end of one, whoever the owner is."""

from alembic import op

revision = "0017"
down_revision = "0016"

# Two owners could take the same id until now. The later row gets another one; nobody but a retry
# of its own request asks for the old one, and is told that the id is taken.
_TELL_APART = """
    UPDATE pass_shares SET {id} = gen_random_uuid()
    FROM (
        SELECT member_id, share_id,
               row_number() OVER (PARTITION BY {id} ORDER BY {since}, member_id) AS place
        FROM pass_shares WHERE {id} IS NOT NULL
    ) AS given
    WHERE given.place > 1 AND pass_shares.member_id = given.member_id
      AND pass_shares.share_id = given.share_id
    """


def upgrade() -> None:
    """Makes both unique over all owners; who shares passes is few beside who buys."""
    # The release before may still be sharing.
    op.execute("LOCK TABLE pass_shares IN SHARE ROW EXCLUSIVE MODE")
    op.execute(_TELL_APART.format(id="unshare_id", since="ended_at"))
    op.execute(_TELL_APART.format(id="share_id", since="shared_at"))
    op.execute("CREATE UNIQUE INDEX uq_pass_shares_share_id ON pass_shares (share_id)")
    op.execute("DROP INDEX uq_pass_shares_unshare_id")
    op.execute(
        """
        CREATE UNIQUE INDEX uq_pass_shares_unshare_id ON pass_shares (unshare_id)
            WHERE unshare_id IS NOT NULL
        """
    )
