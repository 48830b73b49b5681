"""Codes work once and briefly; a login runs out of attempts."""

from tools.dev_issuer.codes import Attempts, Codes, Grant
from tools.dev_issuer.people import PEOPLE


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def build_grant(expires_at: float) -> Grant:
    """What a code stands for."""
    return Grant(PEOPLE[0], "yika-portal", "http://a/b", "challenge", "nonce", expires_at)


class TestCodes:
    def test_gives_a_grant_once(self) -> None:
        codes = Codes(clock=Clock())
        grant = build_grant(expires_at=1060)
        codes.put("code", grant)
        assert codes.take("code") == grant
        assert codes.take("code") is None

    def test_refuses_an_old_code(self) -> None:
        clock = Clock()
        codes = Codes(clock=clock)
        codes.put("code", build_grant(expires_at=1060))
        clock.now = 1061
        assert codes.take("code") is None

    def test_drops_the_oldest_when_too_many_wait(self) -> None:
        codes = Codes(waiting_max=2, clock=Clock())
        for code in ("first", "second", "third"):
            codes.put(code, build_grant(expires_at=1060))
        assert codes.take("first") is None
        assert codes.take("second") is not None
        assert codes.take("third") is not None


class TestAttempts:
    def test_blocks_after_five_failures_until_they_are_old(self) -> None:
        clock = Clock()
        attempts = Attempts(clock=clock)
        for _ in range(4):
            attempts.failed("hq")
        assert not attempts.blocked("hq")
        attempts.failed("hq")
        assert attempts.blocked("hq")
        assert not attempts.blocked("finance")
        clock.now += 301
        assert not attempts.blocked("hq")

    def test_forgets_failures_after_a_success(self) -> None:
        attempts = Attempts(clock=Clock())
        for _ in range(4):
            attempts.failed("hq")
        attempts.succeeded("hq")
        attempts.failed("hq")
        assert not attempts.blocked("hq")
