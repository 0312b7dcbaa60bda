"""Pictures of every page in every size, language and theme, into var/screens/ (run.py screens)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from components.shell.places import PLACES
from services.i18n.texts import LANGUAGES
from services.security.permissions import PERMISSIONS, Action
from tests.fixtures.browser import running_chromium, sign_in, watch
from tests.fixtures.databases import TestDatabase, make_base_template, make_sample_template
from tests.fixtures.live import live_platform
from tests.fixtures.servers import running_servers

TARGET = Path(__file__).resolve().parents[1] / "var" / "screens"
SIZES = {
    "wall": (1920, 1080),
    "touch": (1080, 1920),
    "desktop": (1440, 900),
    "phone": (390, 844),
}
THEMES = ("light", "dark")
QUIET_MILLISECONDS = 30_000
# What the pages show while they are still loading, and what must be gone in a picture.
LOADING = ".dash-loading, ._dash-loading, [aria-busy=true], .skeleton"


@dataclass(frozen=True, slots=True)
class Look:
    """One way to see a page."""

    size: str
    language: str
    theme: str


def main(wanted: list[str]) -> int:
    """Take the pictures of the pages whose path has one of the words, or of all pages."""
    complaints = []
    with running_servers() as servers, running_chromium() as browser:
        template = make_sample_template(servers, make_base_template(servers))
        database = TestDatabase(servers.postgres, "screens")
        database.create(template.name)
        with live_platform(servers, database) as live:
            for look in looks():
                complaints += picture_all(browser, live.url, template.people, look, wanted)
    for line in dict.fromkeys(complaints):
        print(line)
    print(TARGET)
    return 1 if complaints else 0


def looks() -> Iterator[Look]:
    """Yield every combination of size, language and theme."""
    for size in SIZES:
        for language in LANGUAGES:
            for theme in THEMES:
                yield Look(size, language, theme)


def picture_all(
    browser: Any, url: str, people: dict[str, tuple[str, str]], look: Look, wanted: list[str]
) -> list[str]:
    """Take one picture of each page as the first role that may open it; return complaints."""
    complaints = []
    for role, paths in pages_by_role(people).items():
        chosen = [path for path in paths if not wanted or any(word in path for word in wanted)]
        if not chosen:
            continue
        context = new_context(browser, url, look)
        page = watch(context.new_page())
        if role:
            sign_in(page, people[role])
        for path in chosen:
            picture(page, path, look)
        complaints += [f"{look}: {text}" for text in [*page.complaints, *page.foreign]]
        context.close()
    return complaints


def pages_by_role(people: dict[str, tuple[str, str]]) -> dict[str, list[str]]:
    """Return the pages each role is to open; the empty role is a visitor without a session."""
    found: dict[str, list[str]] = {"": ["/login"]}
    for place in PLACES:
        role = first_role(place.permission, people)
        found.setdefault(role, []).append(place.path)
    return found


def first_role(action: Action, people: dict[str, tuple[str, str]]) -> str:
    """Return the first role of the sample that is permitted the action."""
    return next(
        role.value
        for role, actions in PERMISSIONS.items()
        if action in actions and role.value in people
    )


def new_context(browser: Any, url: str, look: Look) -> Any:
    """Return a browser context with the size, language and theme of a look."""
    width, height = SIZES[look.size]
    context = browser.new_context(
        base_url=url,
        locale=look.language,
        viewport={"width": width, "height": height},
        color_scheme=look.theme,
        reduced_motion="reduce",
        has_touch=look.size in ("touch", "phone"),
        is_mobile=look.size == "phone",
    )
    host = urlsplit(url).hostname
    context.add_cookies(
        [
            {"name": name, "value": value, "domain": host, "path": "/"}
            for name, value in (("language", look.language), ("theme", look.theme))
        ]
    )
    return context


def picture(page: Any, path: str, look: Look) -> None:
    """Open a page, wait until it stands still, and save the whole of it."""
    page.goto(path)
    page.wait_for_load_state("networkidle", timeout=QUIET_MILLISECONDS)
    for waiting in page.locator(LOADING).all():
        waiting.wait_for(state="hidden", timeout=QUIET_MILLISECONDS)
    name = path.strip("/").replace("/", "-") or "home"
    target = TARGET / f"{name}.{look.size}.{look.language}.{look.theme}.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(target), full_page=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
