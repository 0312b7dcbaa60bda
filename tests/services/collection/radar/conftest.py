"""The catalog of standards, for all tests of the radar."""

import pytest

from services.standards.catalog import load_catalog


@pytest.fixture(scope="session")
def catalog():
    return load_catalog()
