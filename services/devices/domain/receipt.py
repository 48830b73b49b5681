"""The receipt (小票) as text in fixed columns, where a Chinese character takes two. Pure."""

import unicodedata

from services.devices.domain.business_day import CHINA_TIME
from services.devices.domain.journal import receipt_number
from services.devices.domain.sale import Sale, SoldLine

_TENDER_NAMES = {
    "cash": "现金",
    "bank_card": "银行卡",
    "wechat_pay": "微信支付",
    "alipay": "支付宝",
    "manufacturer_coupon": "厂家券",
}


def render_receipt(sale: Sale, *, store_name: str, sequence: int, columns: int) -> str:
    """The receipt's text, each line at most `columns` wide, ending in a newline."""
    local = sale.sold_at.astimezone(CHINA_TIME)
    rule = "-" * columns
    lines = [_centred(part, columns) for part in _wrapped(store_name, columns) if part]
    lines.append(rule)
    lines += _pair("单号", receipt_number(sale.register_id, sequence), columns)
    lines += _pair("时间", local.strftime("%Y-%m-%d %H:%M:%S"), columns)
    if sale.staff_id:
        lines += _pair("收银员", sale.staff_id, columns)
    lines.append(rule)
    for line in sale.basket.lines:
        lines += _product(line, columns)
    lines.append(rule)
    lines += _pair("合计", f"￥{money(sale.basket.total_fen)}", columns)
    for tender in sale.tenders:
        # Cash is shown as it was handed over, so that the change beside it makes sense.
        handed_fen = tender.amount_fen + (sale.change_fen if tender.kind == "cash" else 0)
        lines += _pair(_TENDER_NAMES.get(tender.kind, tender.kind), money(handed_fen), columns)
    if sale.change_fen:
        if all(tender.kind != "cash" for tender in sale.tenders):
            lines += _pair(_TENDER_NAMES["cash"], money(sale.change_fen), columns)
        lines += _pair("找零", money(sale.change_fen), columns)
    if sale.basket.member_id:
        lines += _pair("本单积分", str(sale.basket.points_earned), columns)
    lines += [rule, _centred("谢谢惠顾", columns)]
    return "\n".join(lines) + "\n"


def render_reprint(receipt_text: str, *, copy_number: int, columns: int) -> str:
    """The same receipt marked as a copy at both ends, so that it never passes for a second sale."""
    mark = _centred(f"*** 补打 第{copy_number}次 ***", columns)
    return f"{mark}\n{receipt_text}{mark}\n"


def money(amount_fen: int) -> str:
    """Fen as yuan with two places."""
    yuan, fen = divmod(amount_fen, 100)
    return f"{yuan}.{fen:02d}"


def quantity(quantity_milli: int) -> str:
    """Thousandths as people write them: 2, 0.754."""
    whole, thousandths = divmod(quantity_milli, 1000)
    return f"{whole}.{thousandths:03d}".rstrip("0").rstrip(".")


def display_width(text: str) -> int:
    """Columns that a text takes on a receipt printer."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    # A: what GBK holds in two bytes (·, —, ①) takes two columns on a Chinese printer.
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1


def _product(line: SoldLine, columns: int) -> list[str]:
    lines = _wrapped(line.name, columns)
    amount = f"{quantity(line.quantity_milli)}{line.unit} x {money(line.price_fen)}"
    lines += _pair(f"  {amount}", money(line.list_fen), columns)
    if line.discount_fen:
        lines += _pair("  优惠", f"-{money(line.discount_fen)}", columns)
    return lines


def _pair(left: str, right: str, columns: int) -> list[str]:
    """Left and right on one line; on two or more where they do not fit."""
    gap = columns - display_width(left) - display_width(right)
    if gap >= 1:
        return [left + " " * gap + right]
    tail = _wrapped(right, columns)
    tail[-1] = " " * (columns - display_width(tail[-1])) + tail[-1]
    return [*_wrapped(left, columns), *tail]


def _centred(text: str, columns: int) -> str:
    return " " * ((columns - display_width(text)) // 2) + text


def _wrapped(text: str, columns: int) -> list[str]:
    """The text cut into lines that fit; control characters, which steer printers, become blanks."""
    lines, current, width = [], "", 0
    for character in text:
        shown = " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        taken = _width(shown)
        if width + taken > columns:
            lines.append(current)
            current, width = "", 0
        current += shown
        width += taken
    return [*lines, current] if current or not lines else lines
