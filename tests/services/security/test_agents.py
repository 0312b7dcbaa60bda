"""What browsers call themselves, in words."""

import pytest

from services.security.agents import browser_and_system

MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "browser", "system"),
    [
        (f"{LINUX} Chrome/126.0.0.0 Safari/537.36", "Chrome 126", "Linux"),
        (f"{WINDOWS} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge 126", "Windows"),
        (f"{MAC} Version/17.4 Safari/605.1.15", "Safari 17", "macOS"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:127.0) Firefox/127.0", "Firefox 127", "Android"),
        ("curl/8.5.0", "curl 8", ""),
        ("", "", ""),
        ("<script>", "", ""),
    ],
)
def test_browser_and_system_are_named(agent, browser, system):
    assert browser_and_system(agent) == (browser, system)
