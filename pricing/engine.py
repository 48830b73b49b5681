"""The price of a basket: the same code at the till, offline, and at headquarters, as proof."""

from pricing.basket import Basket, BasketLine, Bundle, Outcome, PricedLine, Quote, TraceStep
from pricing.earning import points_earned
from pricing.errors import PricingError

LINES_MAX = 500
QUANTITY_MILLI_MAX = 1_000_000_000  # a million pieces or a thousand tonnes on one line
PRICE_FEN_MAX = 100_000_000
TOTAL_FEN_MAX = 1_000_000_000_000


def quote(basket: Basket, bundle: Bundle) -> Quote:
    """Prices a basket by a bundle. Deterministic.

    Raises PricingError with a reason: EMPTY_BASKET, BASKET_TOO_LARGE, INVALID_QUANTITY,
    UNKNOWN_PRODUCT, NO_PRICE, INVALID_PRICE, TOTAL_TOO_LARGE.
    """
    if not basket.lines:
        raise PricingError("EMPTY_BASKET", "the basket has no line")
    if len(basket.lines) > LINES_MAX:
        raise PricingError(
            "BASKET_TOO_LARGE",
            f"the basket has {len(basket.lines)} lines; at most {LINES_MAX}",
            {"lines": len(basket.lines), "lines_max": LINES_MAX},
        )
    lines = tuple(_price(number, line, bundle) for number, line in enumerate(basket.lines))
    total_fen = sum(line.net_fen for line in lines)
    if total_fen > TOTAL_FEN_MAX:
        raise PricingError(
            "TOTAL_TOO_LARGE",
            f"the basket comes to {total_fen} fen; at most {TOTAL_FEN_MAX}",
            {"total_fen": total_fen, "total_fen_max": TOTAL_FEN_MAX},
        )
    return Quote(
        lines=lines,
        total_fen=total_fen,
        points_earned=points_earned(bundle.earning_rule, total_fen),
        earning_rule_version=bundle.earning_rule.rule_version,
        bundle_revision=bundle.revision,
        bundle_digest=bundle.digest,
    )


def line_list_fen(price_fen: int, quantity_milli: int) -> int:
    """The price of a quantity in whole fen, half a fen going to the even neighbour."""
    fen, thousandths = divmod(price_fen * quantity_milli, 1000)
    if thousandths > 500 or (thousandths == 500 and fen % 2):
        fen += 1
    return fen


def _price(number: int, line: BasketLine, bundle: Bundle) -> PricedLine:
    where = {"line": number, "product_id": line.product_id}
    if not 0 < line.quantity_milli <= QUANTITY_MILLI_MAX:
        raise PricingError(
            "INVALID_QUANTITY",
            f"line {number}: quantity_milli must be 1 to {QUANTITY_MILLI_MAX}",
            {**where, "quantity_milli": line.quantity_milli},
        )
    if line.product_id not in bundle.prices_fen:
        raise PricingError(
            "UNKNOWN_PRODUCT", f"line {number}: the catalogue has no such product", where
        )
    price_fen = bundle.prices_fen[line.product_id]
    if price_fen is None:
        raise PricingError("NO_PRICE", f"line {number}: the product has no price here", where)
    if not 0 <= price_fen <= PRICE_FEN_MAX:
        raise PricingError(
            "INVALID_PRICE",
            f"line {number}: the catalogue's price must be 0 to {PRICE_FEN_MAX} fen",
            {**where, "price_fen": price_fen},
        )
    list_fen = line_list_fen(price_fen, line.quantity_milli)
    step = TraceStep(
        rule="list_price",
        outcome=Outcome.APPLIED,
        detail=f"{line.quantity_milli} milli at {price_fen} fen per 1,000 = {list_fen} fen",
        change_fen=list_fen,
    )
    return PricedLine(
        product_id=line.product_id,
        quantity_milli=line.quantity_milli,
        price_fen=price_fen,
        list_fen=list_fen,
        discount_fen=0,
        trace=(step,),
    )
