"""Lists of member ids that callers ask about at once."""

from collections.abc import Sequence

from chassis.errors import Invalid

MEMBER_IDS_MAX = 500


def distinct_ids(member_ids: Sequence[str]) -> list[str]:
    """Each id once, in the order asked.

    Invalid with BATCH_EMPTY or BATCH_TOO_LARGE unless there are 1 to 500.
    """
    if not member_ids:
        raise Invalid("BATCH_EMPTY", "member_ids is required", {"field": "member_ids"})
    if len(member_ids) > MEMBER_IDS_MAX:
        raise Invalid(
            "BATCH_TOO_LARGE",
            f"at most {MEMBER_IDS_MAX} member_ids at a time",
            {"field": "member_ids", "count": len(member_ids), "count_max": MEMBER_IDS_MAX},
        )
    return list(dict.fromkeys(member_ids))
