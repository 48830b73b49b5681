"""Ids are the same in every run, for ever: these literals must never change."""

import uuid

from tools.replay.ids import moment_id, name_id


class TestNameId:
    def test_is_stable_and_a_version_5(self) -> None:
        assert (
            name_id("store", 367) == name_id("store", 367) == "50c4b5f5-7d8c-548b-a080-f49a8c8ae5fd"
        )
        assert uuid.UUID(name_id("store", 367)).version == 5

    def test_kinds_do_not_meet(self) -> None:
        assert name_id("store", 1) != name_id("product", 1)


class TestMomentId:
    def test_is_stable(self) -> None:
        assert (
            moment_id("basket", 31198437603, 1483271606000)
            == "015959e0-8ef0-7c90-9213-f7cd3af21ea9"
        )

    def test_has_the_shape_of_version_7(self) -> None:
        made = uuid.UUID(moment_id("basket", 1, 1483271606000))
        assert made.version == 7
        assert made.variant == uuid.RFC_4122
        assert made.int >> 80 == 1483271606000

    def test_baskets_of_one_moment_differ(self) -> None:
        assert moment_id("basket", 1, 5) != moment_id("basket", 2, 5)
