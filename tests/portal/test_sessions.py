"""Sessions in a real Valkey: they end by themselves and are worth nothing to who reads them."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from chassis.clock import utc_now
from chassis.errors import Unavailable
from services.portal.storage.sessions import Session, Sessions, SignIn
from tests.fixtures.polling import eventually
from tests.fixtures.portal_site import Browser, Site, running_site
from tests.fixtures.servers import Servers
from tools.local_stack.servers import free_port


def build_session(*, now: datetime | None = None) -> Session:
    """A session of somebody who may read sales; it ends after an hour in any case."""
    return Session(
        subject="somebody",
        name="财务",
        access_token="access",
        id_token="identity",
        permissions=("reports.sales.read",),
        stores=("*",),
        csrf_token="csrf",
        ends_at=((now or utc_now()) + timedelta(hours=1)).timestamp(),
    )


@pytest.fixture
async def sessions(redis_url: str) -> AsyncIterator[Sessions]:
    """Sessions that end after half an hour without an action."""
    sessions = Sessions(redis_url, idle=timedelta(minutes=30))
    yield sessions
    await sessions.close()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """The store itself."""
    async with Redis.from_url(redis_url, decode_responses=True) as redis:
        yield redis


async def only_key(redis: Redis, session_id: str, sessions: Sessions) -> str:
    """The key of a session: the one that goes when the session is ended."""
    before = set(await redis.keys("yika:portal:session:*"))
    await sessions.end(session_id)
    (key,) = before - set(await redis.keys("yika:portal:session:*"))
    return str(key)


class TestSessions:
    async def test_gives_back_what_was_kept(self, sessions: Sessions) -> None:
        session = build_session()
        session_id = await sessions.start(session, now=utc_now())
        assert await sessions.read(session_id, now=utc_now(), acts=True) == session

    async def test_names_each_by_a_new_random_id(self, sessions: Sessions) -> None:
        ids = {await sessions.start(build_session(), now=utc_now()) for _ in range(20)}
        assert len(ids) == 20
        assert min(map(len, ids)) >= 43  # 32 bytes

    async def test_keeps_no_id_that_a_cookie_could_carry(
        self, sessions: Sessions, redis: Redis
    ) -> None:
        session_id = await sessions.start(build_session(), now=utc_now())
        for key in await redis.keys("yika:portal:session:*"):
            assert session_id not in key
            assert session_id not in (await redis.get(key) or "")

    async def test_ends_at_the_absolute_end_whatever_happens(self, sessions: Sessions) -> None:
        now = utc_now()
        session_id = await sessions.start(build_session(now=now), now=now)
        for minutes in (20, 40, 59):
            later = now + timedelta(minutes=minutes)
            assert await sessions.read(session_id, now=later, acts=True)
        assert not await sessions.read(session_id, now=now + timedelta(minutes=60), acts=True)
        assert not await sessions.read(session_id, now=now, acts=True)  # gone, not hidden

    async def test_ends_when_nobody_acts(self, redis_url: str) -> None:
        sessions = Sessions(redis_url, idle=timedelta(seconds=1))
        session_id = await sessions.start(build_session(), now=utc_now())

        async def ended() -> bool:
            return await sessions.read(session_id, now=utc_now(), acts=False) is None

        assert await sessions.read(session_id, now=utc_now(), acts=False)
        await eventually(ended)
        await sessions.close()

    async def test_lives_on_by_actions_only(self, sessions: Sessions, redis: Redis) -> None:
        session_id = await sessions.start(build_session(), now=utc_now())
        keys = [k for k in await redis.keys("yika:portal:session:*") if await redis.expire(k, 60)]
        await sessions.read(session_id, now=utc_now(), acts=False)
        assert all([await redis.ttl(key) <= 60 for key in keys])
        await sessions.read(session_id, now=utc_now(), acts=True)
        key = max([(await redis.ttl(key), key) for key in keys])
        assert key[0] > 1700
        assert key[1] == await only_key(redis, session_id, sessions)

    async def test_takes_a_session_of_another_shape_for_ended(
        self, sessions: Sessions, redis: Redis
    ) -> None:
        session_id = await sessions.start(build_session(), now=utc_now())
        key = await only_key(redis, session_id, sessions)
        await redis.set(key, json.dumps({"subject": "somebody"}), ex=60)
        assert await sessions.read(session_id, now=utc_now(), acts=True) is None
        assert not await redis.exists(key)

    async def test_says_so_when_the_store_is_away(self) -> None:
        sessions = Sessions(f"redis://127.0.0.1:{free_port()}/0", idle=timedelta(minutes=1))
        with pytest.raises(Unavailable, match="SESSIONS_UNAVAILABLE"):
            await sessions.ping()
        with pytest.raises(Unavailable, match="SESSIONS_UNAVAILABLE"):
            await sessions.read("id", now=utc_now(), acts=True)
        await sessions.close()


class TestSignInUnderWay:
    async def test_is_given_back_once_to_its_browser(self, sessions: Sessions) -> None:
        begun = SignIn(state="state", nonce="nonce", code_verifier="verifier", next_path="/")
        await sessions.begin_sign_in("browser", begun)
        assert await sessions.finish_sign_in("another", "state") is None
        assert await sessions.finish_sign_in("browser", "other") is None
        assert await sessions.finish_sign_in("browser", "state") == begun
        assert await sessions.finish_sign_in("browser", "state") is None


class TestPages:
    async def test_refresh_does_not_keep_a_session_alive(
        self, browser: Browser, redis: Redis
    ) -> None:
        await browser.sign_in()
        keys = await redis.keys("yika:portal:session:*")
        for key in keys:
            await redis.expire(key, 60)
        assert (await browser.get("/figures")).status_code == 200
        assert max([await redis.ttl(key) for key in keys]) <= 60
        assert (await browser.get("/")).status_code == 200
        assert max([await redis.ttl(key) for key in keys]) > 60

    async def test_refresh_of_an_ended_session_leads_to_sign_in_and_back(
        self, browser: Browser
    ) -> None:
        current = {"hx-request": "true", "hx-current-url": f"{browser.site.url}/?day=2026-03-14"}
        answer = await browser.client.get("/figures", headers=current)
        assert answer.status_code == 401
        assert answer.headers["hx-redirect"] == "/sign-in?next=/%3Fday%3D2026-03-14"

    async def test_token_that_ended_early_leads_to_sign_in(
        self, site: Site, browser: Browser, sessions: Sessions
    ) -> None:
        token = site.key.sign("hq", ["reports.sales.read"], lifetime_seconds=-10)
        session = build_session()
        session = Session(
            **{**{n: getattr(session, n) for n in Session.__slots__}, "access_token": token}
        )
        session_id = await sessions.start(session, now=utc_now())
        browser.client.cookies.set("yika_session", session_id, domain="127.0.0.1")
        answer = await browser.get("/")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        # Without the cookie, or sign-in would lead straight back to a token that is refused.
        assert 'yika_session=""' in answer.headers["set-cookie"]

    async def test_page_says_so_when_the_store_is_away(
        self, servers: Servers, tmp_path: Path
    ) -> None:
        away = f"redis://127.0.0.1:{free_port()}/0"
        async with (
            running_site(servers, tmp_path, redis_url=away) as site,
            site.browser() as browser,
        ):
            browser.client.cookies.set("yika_session", "x", domain="127.0.0.1")
            answer = await browser.get("/")
            assert answer.status_code == 503
            assert "SESSIONS_UNAVAILABLE" in answer.text
            with pytest.raises(Unavailable):
                await site.portal.readiness["sessions"]()
