"""Days and amounts in sentences for members, in Chinese and in English."""

from datetime import date

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day_zh(day: date) -> str:
    """A day as it is written in Chinese."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_en(day: date) -> str:
    """A day as it is written in English."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def yuan(fen: int) -> str:
    """An amount of 0 fen or more in yuan, with both decimals."""
    return f"{fen // 100}.{fen % 100:02}"


def short_yuan(fen: int) -> str:
    """The same without decimals when there are none."""
    return yuan(fen) if fen % 100 else str(fen // 100)
