"""The year is read once for all tests of the replay."""

import pandas as pd  # type: ignore[import-untyped]
import pytest

from tools.replay.expected import read_transactions
from tools.replay.journey import Journey, data_folder, load_journey


@pytest.fixture(scope="session")
def journey() -> Journey:
    """The mapped year."""
    return load_journey()


@pytest.fixture(scope="session")
def transactions() -> pd.DataFrame:
    """The raw transactions, as verification reads them."""
    return read_transactions(data_folder())
