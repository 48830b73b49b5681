"""Ids of a programme in one form: services/points/messages/programmes/programme_ids.py."""

from google.protobuf.message import Message

from chassis.ids import new_id
from services.points.messages.programmes.programme_ids import make_ids_canonical
from yika.points.v1 import earning_pb2, gift_pb2, pass_pb2, programme_pb2, stored_value_pb2


def build_programme() -> programme_pb2.Programme:
    """A programme with every id that one can have."""
    ids = [new_id(), new_id()]
    rule = earning_pb2.EarningRule(
        rule_id="rule",
        conditions=earning_pb2.EarningConditions(store_ids=ids),
        scope=earning_pb2.EarningScope(category_ids=ids, product_ids=ids),
    )
    return programme_pb2.Programme(
        programme_id=new_id(),
        earning=earning_pb2.EarningProgramme(rule_id="base", rules=[rule]),
        gifts=[gift_pb2.Gift(gift_id=new_id(), product_id=new_id(), store_ids=ids)],
        passes=[pass_pb2.PassDefinition(pass_id=new_id(), store_ids=ids, product_ids=ids)],
        stored_value=stored_value_pb2.StoredValueProgramme(
            top_up_rules=[stored_value_pb2.TopUpRule(rule_id="more", store_ids=ids)]
        ),
    )


def put_into_upper_case(message: Message) -> None:
    """All UUIDs in a message and in those within it."""
    for field, value in message.ListFields():
        if field.message_type is not None:
            for each in value if field.is_repeated else [value]:
                put_into_upper_case(each)
        elif field.name == "rule_id" or not field.name.endswith(("_id", "_ids")):
            continue
        elif field.is_repeated:
            value[:] = [each.upper() for each in value]
        else:
            setattr(message, field.name, value.upper())


class TestMakeIdsCanonical:
    def test_brings_every_id_to_one_form(self) -> None:
        lower = build_programme()
        upper = programme_pb2.Programme.FromString(lower.SerializeToString())
        put_into_upper_case(upper)
        assert upper != lower
        make_ids_canonical(upper)
        assert upper == lower

    def test_leaves_the_rest_as_it_is(self) -> None:
        wrong = programme_pb2.Programme(programme_id="X", gifts=[gift_pb2.Gift(product_id="Y")])
        wrong.earning.rules.add(rule_id=new_id().upper())
        before = programme_pb2.Programme.FromString(wrong.SerializeToString())
        make_ids_canonical(wrong)
        assert wrong == before
