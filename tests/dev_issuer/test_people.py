"""The demo people can do what the contract knows, and no two share a login."""

from google.protobuf import descriptor_pool

from chassis.grpc_server import permissions_of
from tools.dev_issuer.people import PEOPLE, READ_PERMISSIONS
from yika.inventory.v1 import inventory_service_pb2
from yika.members.v1 import member_service_pb2
from yika.messaging.v1 import messaging_service_pb2
from yika.points.v1 import (
    audit_service_pb2,
    coupon_service_pb2,
    hold_service_pb2,
    pass_service_pb2,
    points_service_pb2,
    programme_service_pb2,
    return_service_pb2,
    reward_service_pb2,
    stored_value_service_pb2,
    wallet_service_pb2,
)
from yika.reports.v1 import report_service_pb2

CONTRACT = (
    inventory_service_pb2,
    member_service_pb2,
    messaging_service_pb2,
    audit_service_pb2,
    coupon_service_pb2,
    pass_service_pb2,
    hold_service_pb2,
    points_service_pb2,
    programme_service_pb2,
    report_service_pb2,
    return_service_pb2,
    reward_service_pb2,
    wallet_service_pb2,
    stored_value_service_pb2,
)


def known_permissions() -> set[str]:
    """Every permission that an RPC asks for."""
    pool = descriptor_pool.Default()
    names = [
        service.full_name
        for module in CONTRACT
        for service in pool.FindFileByName(module.DESCRIPTOR.name).services_by_name.values()
    ]
    return {permission for name in names for permission in permissions_of(name).values()}


class TestPeople:
    def test_hold_permissions_that_the_contract_knows(self) -> None:
        known = known_permissions()
        for person in PEOPLE:
            assert set(person.permissions) <= known, person.login

    def test_headquarters_may_read_everything_but_contacts_and_birthdays(self) -> None:
        # How to reach a member is for messaging alone, and what rules ask is for points alone.
        reads = {p for p in known_permissions() if p.endswith(".read")}
        assert reads - {"members.contacts.read", "members.facts.read"} == set(READ_PERMISSIONS)

    def test_have_logins_of_their_own(self) -> None:
        assert len({person.login for person in PEOPLE}) == len(PEOPLE)
