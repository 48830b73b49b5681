"""One site for all tests of the portal; a test that changes its parts starts its own."""

from collections.abc import AsyncIterator

import pytest

from tests.fixtures.portal_pages import running_chain
from tests.fixtures.portal_site import Browser, Site, running_site
from tests.fixtures.servers import Servers


@pytest.fixture(scope="session")
async def site(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The portal, its issuer and reports, running."""
    async with running_site(servers, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
async def chain(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A site whose reports know three stores and some days of sales."""
    async with running_chain(servers, tmp_path_factory.mktemp("chain")) as chain:
        yield chain


@pytest.fixture
async def browser(site: Site) -> AsyncIterator[Browser]:
    """A browser that nobody has signed in with."""
    async with site.browser() as browser:
        yield browser
