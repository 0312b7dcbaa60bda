"""What a browser calls itself, as a person would name it; nothing is decided by it."""

from __future__ import annotations

import re

# In this order: most browsers also name those they descend from.
BROWSERS = (
    ("Edge", "Edg"),
    ("Opera", "OPR"),
    ("WeChat", "MicroMessenger"),
    ("Firefox", "Firefox"),
    ("Chromium", "HeadlessChrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Version"),
    ("curl", "curl"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS|OpenHarmony"),
    ("Android", "Android"),
    ("iOS", "iPhone|iPad"),
    ("Windows", "Windows"),
    ("macOS", "Mac OS X"),
    ("Linux", "Linux|X11"),
)


def browser_and_system(agent: str) -> tuple[str, str]:
    """Return the browser with its main version, and the system; empty where nothing is known."""
    browser = ""
    for name, mark in BROWSERS:
        found = re.search(rf"{mark}/(\d+)", agent)
        if found:
            browser = f"{name} {found[1]}"
            break
    system = next((name for name, marks in SYSTEMS if re.search(marks, agent)), "")
    return browser, system
