"""The welcome SMS: its text, and who gets one."""

from datetime import datetime, timedelta

from services.messaging.domain.message import Message, MessageState

TEMPLATE = "welcome"
# With a signature of up to 16 characters it stays within 70 characters, the length of one SMS.
_TEXT = "【{signature}】欢迎加入会员！即日起在任一门店消费均可累计积分，结账时请出示会员卡。"


def welcome_message(
    *,
    message_id: str,
    member_id: str,
    has_phone: bool,
    registered_at: datetime,
    signature: str,
    age_max: timedelta,
    now: datetime,
) -> Message:
    """The message for a new member: queued, or skipped with NO_PHONE or TOO_OLD.

    An import or a replay brings members who joined long ago: a welcome would puzzle them.
    """
    reason = ""
    if not has_phone:
        reason = "NO_PHONE"
    elif now - registered_at > age_max:
        reason = "TOO_OLD"
    return Message(
        message_id=message_id,
        member_id=member_id,
        template=TEMPLATE,
        text=_TEXT.format(signature=signature),
        state=MessageState.SKIPPED if reason else MessageState.QUEUED,
        reason=reason,
        queued_at=now,
    )
