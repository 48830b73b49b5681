"""One stack for all stories: seven services, three servers and the demo chain, started once."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.fixtures.stories import Chain, open_chain
from tools.local_stack.launch import running_stack
from tools.local_stack.stack import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A running stack in a directory of its own, gone after the run."""
    state = Path(tempfile.mkdtemp(prefix="yika-e2e-"))
    state.chmod(0o711)  # PostgreSQL's system user must get in
    try:
        with running_stack(state, demo=True) as stack:
            yield stack
    finally:
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture
async def chain(stack: Stack) -> AsyncIterator[Chain]:
    """Stubs of the running stack, every service ready."""
    stack.wait_ready()
    async with open_chain(stack) as chain:
        yield chain
