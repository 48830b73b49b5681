"""Integers as people read them. No float comes near an amount."""

from services.portal.domain.figures import divide_half_even


def format_fen(amount_fen: int) -> str:
    """123456 -> "¥1,234.56"."""
    yuan, fen = divmod(abs(amount_fen), 100)
    return f"{'-' if amount_fen < 0 else ''}¥{yuan:,}.{fen:02d}"


def format_count(count: int) -> str:
    """1234 -> "1,234"."""
    return f"{count:,}"


def format_milli(quantity_milli: int) -> str:
    """754 -> "0.754", 12000 -> "12": no digit that says nothing."""
    whole, milli = divmod(abs(quantity_milli), 1000)
    fraction = f"{milli:03d}".rstrip("0")
    sign = "-" if quantity_milli < 0 else ""
    return f"{sign}{whole:,}.{fraction}" if fraction else f"{sign}{whole:,}"


def format_change(ratio_bp: int) -> str:
    """1234 -> "+12.3%"; a change that rounds to nothing is "0.0%"."""
    tenths = divide_half_even(ratio_bp, 10)
    whole, tenth = divmod(abs(tenths), 10)
    sign = "+" if tenths > 0 else "-" if tenths < 0 else ""
    return f"{sign}{whole:,}.{tenth}%"
