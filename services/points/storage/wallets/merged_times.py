"""The only SQL that says what was booked while a merge stood, on whichever account. No clock.

Clocks of replicas differ and bills of a batch share their moment, but each account has its chain:
on the account that a merge led to it stood from its second bill there until the bill of its
undoing; and on the accounts that this one was merged into meanwhile likewise.
"""

from services.points.domain.assets import BillKind

_LED_TO = f"""
    JOIN bills AS arrival
      ON arrival.original_bill_id = merge.bill_id AND arrival.kind = {BillKind.MERGE:d}
    LEFT JOIN bills AS undoing
      ON undoing.original_bill_id = merge.bill_id AND undoing.kind = {BillKind.MERGE_REVERSAL:d}
     AND undoing.member_id = arrival.member_id
    """
# The merges of $1 are named by their first bills. Each row appears once: a chain that was changed
# by hand may lead in a circle.
MERGED_TIMES = f"""
    WITH RECURSIVE times (merge_bill_id, member_id, after, until) AS (
        SELECT merge.bill_id, arrival.member_id, arrival.sequence, undoing.sequence
        FROM bills AS merge {_LED_TO}
        WHERE merge.bill_id = ANY($1::uuid[]) AND merge.kind = {BillKind.MERGE:d}
        UNION
        SELECT times.merge_bill_id, arrival.member_id, arrival.sequence, undoing.sequence
        FROM times
        JOIN bills AS merge
          ON merge.member_id = times.member_id AND merge.kind = {BillKind.MERGE:d}
         AND merge.original_bill_id IS NULL
         AND merge.sequence > 0 AND merge.sequence > times.after
         AND (times.until IS NULL OR merge.sequence < times.until)
        {_LED_TO}
    )
    """  # noqa: S608 - constants of this file


def in_times(bill: str) -> str:
    """The condition that a bill was booked in one of the times; its end, the undoing, included."""
    return f"""({bill}.member_id = times.member_id AND {bill}.sequence > 0
        AND {bill}.sequence > times.after
        AND (times.until IS NULL OR {bill}.sequence <= times.until))"""
