"""Which stores, products and categories a programme names. Pure."""

from typing import NamedTuple

from services.points.domain.programme import Programme


class ProgrammeScope(NamedTuple):
    """Ids that rules, passes and gifts are bound to."""

    store_ids: frozenset[str]
    product_ids: frozenset[str]
    category_ids: frozenset[str]


def scope_of(programme: Programme) -> ProgrammeScope:
    """All ids that a version names, wherever it names them."""
    rules, gifts = programme.earning.rules, programme.gifts.values()
    passes = programme.passes.values()
    return ProgrammeScope(
        store_ids=frozenset().union(
            *(rule.conditions.store_ids for rule in rules),
            *(rule.store_ids for rule in programme.stored_value.top_up_rules),
            *(each.store_ids for each in passes),
            *(gift.store_ids for gift in gifts),
        ),
        product_ids=frozenset(gift.product_id for gift in gifts).union(
            *(rule.scope.product_ids for rule in rules),
            *(each.product_ids for each in passes),
        ),
        category_ids=frozenset().union(*(rule.scope.category_ids for rule in rules)),
    )
