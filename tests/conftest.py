"""Fixtures for every test: real servers, real databases, a live platform, a real browser."""

import os

import pytest
from hypothesis import settings

from services.i18n.texts import DEFAULT_LANGUAGE, use_language
from tests.fixtures.browser import (
    FLAGS,
    chromium_browser,
    new_page,
    page,
    signed_in,
    use_for_selenium,
)
from tests.fixtures.clocks import later
from tests.fixtures.databases import (
    _clone,
    _sample_clone,
    app_url,
    base_template,
    database,
    empty_owner_url,
    owner_url,
    sample_database,
    sample_owner_url,
    sample_people,
    sample_template,
    sample_url,
)
from tests.fixtures.live import live_database, live_server
from tests.fixtures.servers import mqtt_url, redis_url, servers
from tests.fixtures.web import app, app_database

__all__ = [
    "_clone",
    "_sample_clone",
    "app",
    "app_database",
    "app_url",
    "base_template",
    "chromium_browser",
    "database",
    "empty_owner_url",
    "later",
    "live_database",
    "live_server",
    "mqtt_url",
    "new_page",
    "owner_url",
    "page",
    "redis_url",
    "sample_database",
    "sample_owner_url",
    "sample_people",
    "sample_template",
    "sample_url",
    "servers",
    "signed_in",
]

use_for_selenium(os.environ)

# How long an example takes depends on the machine; a busy one is no failure.
settings.register_profile("shuangtan", deadline=None)
settings.load_profile("shuangtan")

MARKERS = {
    "servers": "postgres",
    "redis_url": "postgres",
    "mqtt_url": "broker",
    "chromium_browser": "browser",
    "dash_duo": "browser",
}


@pytest.fixture(autouse=True)
def _own_language():
    """Let each test begin in Chinese: a request of the one before may have asked for English."""
    with use_language(DEFAULT_LANGUAGE):
        yield


def pytest_collection_modifyitems(items):
    """Mark each test by the servers its fixtures start, so that nobody need remember to."""
    for item in items:
        for fixture in MARKERS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKERS[fixture])


def pytest_setup_options():
    """Give the browser of dash[testing] the same flags as Playwright's."""
    from selenium.webdriver.chrome.options import Options

    options = Options()
    for flag in FLAGS:
        options.add_argument(flag)
    return options
