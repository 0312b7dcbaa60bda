"""Pictures of every page in every size, language and theme, into var/screens/ (run.py screens).

Words choose: `run.py screens region phone en` takes what has "region" in its name or address, on
the phone, in English. Without words everything is taken.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import TimeoutError

from components.shell.places import PLACES
from components.theme import THEMES
from services.i18n.texts import LANGUAGES
from services.security.permissions import PERMISSIONS, Action
from tests.doors import Person
from tests.fixtures.browser import running_chromium, sign_in, watch
from tests.fixtures.databases import ROLES, TestDatabase, make_base_template, make_sample_template
from tests.fixtures.live import LiveServer, live_platform
from tests.fixtures.servers import running_servers

TARGET = Path(__file__).resolve().parents[1] / "var" / "screens"
LOOKS = Path(__file__).with_suffix(".toml")
SIZES = {
    "wall": (1920, 1080),
    "touch": (1080, 1920),
    "desktop": (1440, 900),
    "phone": (390, 844),
}
# A look beyond the first is taken once a size, so that every language and theme is seen.
ONE_EACH = {
    "wall": ("zh-CN", "dark"),
    "touch": ("en", "light"),
    "desktop": ("zh-CN", "light"),
    "phone": ("en", "dark"),
}
QUIET_MILLISECONDS = 30_000
# Chromium draws nothing beyond 8,192 px of a picture, so a taller page comes in parts.
TALLEST = 8_000
# What the pages show while they are still loading, and what must be gone in a picture.
LOADING = ".dash-loading, ._dash-loading, [aria-busy=true], .skeleton"
CHARTS = '[data-view="chart"] .chart-view'
CALLBACKS = "**/_dash-update-component*"
PAGE_OUTPUT = "_pages_content.children"


@dataclass(frozen=True, slots=True)
class Look:
    """One way to see a page."""

    size: str
    language: str
    theme: str

    @property
    def words(self) -> tuple[str, str, str]:
        """Return the words by which the look is chosen and its file named."""
        return self.size, self.language, self.theme


@dataclass(frozen=True, slots=True)
class Scene:
    """What is pictured, and as whom; tools/screens.toml says what the fields mean."""

    name: str
    path: str
    role: str
    steps: Sequence[Sequence[str]] = ()
    held: bool = False
    refused: int = 0
    since: date | None = None


def main(wanted: list[str]) -> int:
    """Take the pictures that the words choose, or all of them."""
    complaints = []
    with running_servers() as servers, running_chromium() as browser:
        template = make_sample_template(servers, make_base_template(servers))
        database = TestDatabase(servers.postgres, "screens")
        database.create(template.name)
        with live_platform(servers, database) as live:
            for look in chosen_looks(wanted):
                complaints += picture_all(browser, live, template.people, look, wanted)
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


def chosen_looks(wanted: Sequence[str]) -> list[Look]:
    """Return the looks of the sizes, languages and themes among the words, or all of them."""
    asked = [[w for w in wanted if w in kind] for kind in (SIZES, LANGUAGES, THEMES)]
    return [
        look
        for look in looks()
        if all(not words or word in words for word, words in zip(look.words, asked, strict=True))
    ]


def scenes(look: Look, wanted: Sequence[str]) -> list[Scene]:
    """Return what is to be pictured in a look: every page, and once a size the further looks."""
    named = [w for w in wanted if not any(w in kind for kind in (SIZES, LANGUAGES, THEMES))]
    is_asked = any(w in LANGUAGES or w in THEMES for w in wanted)
    found = first_scenes()
    if is_asked or ONE_EACH[look.size] == (look.language, look.theme):
        found += further_scenes()
    return [
        scene
        for scene in found
        if not named or any(word in scene.name or word in scene.path for word in named)
    ]


def first_scenes() -> list[Scene]:
    """Return the sign-in page, and every page as the first role that may open it."""
    pages = [
        Scene(
            place.path.strip("/").replace("/", "-") or "home",
            place.path,
            first_role(place.permission),
        )
        for place in PLACES
    ]
    return [Scene("login", "/login", ""), *pages]


def further_scenes() -> list[Scene]:
    """Return the looks that are written down beside this program."""
    document = tomllib.loads(LOOKS.read_text(encoding="utf-8"))
    return [Scene(**entry) for entry in document["look"]]


def first_role(action: Action) -> str:
    """Return the first role of the sample's people that may do the action."""
    return next(
        role.value for role in PERMISSIONS if role.value in ROLES and action in PERMISSIONS[role]
    )


def picture_all(
    browser: Any, live: LiveServer, people: dict[str, Person], look: Look, wanted: list[str]
) -> list[str]:
    """Take a picture of each scene, each role in a browser of its own; return complaints."""
    complaints = []
    found = scenes(look, wanted)
    for role in dict.fromkeys(scene.role for scene in found):
        context = new_context(browser, live.url, look)
        page = watch(context.new_page())
        page.database_url = live.settings.database_url
        if role:
            sign_in(page, people[role])
        for scene in found:
            if scene.role == role:
                complaints += picture(page, scene, look)
        complaints += [f"{look}: {address}" for address in page.foreign]
        context.close()
    return complaints


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
        is_mobile=look.size in ("touch", "phone"),
    )
    host = urlsplit(url).hostname
    context.add_cookies(
        [
            {"name": name, "value": value, "domain": host, "path": "/"}
            for name, value in (("language", look.language), ("theme", look.theme))
        ]
    )
    return context


def picture(page: Any, scene: Scene, look: Look) -> list[str]:
    """Open a scene, wait until it stands still, save the whole of it; return complaints."""
    page.complaints.clear()
    waiting: list[Any] = []
    if scene.held:
        page.route(CALLBACKS, partial(hold, waiting))
    try:
        go(page, scene)
    except (TimeoutError, RuntimeError) as error:
        page.complaints.append(f"not reached: {error}")
    save(page, ".".join((scene.name, *look.words)))
    expected = f"status of {scene.refused}" if scene.refused else None
    told = [text for text in page.complaints if not expected or expected not in text]
    for route in waiting:
        route.abort()
    page.unroute_all()
    return [f"{scene.name} {look}: {text}" for text in told]


def hold(waiting: list[Any], route: Any) -> None:
    """Let the page itself through, and let whoever fills it wait."""
    if PAGE_OUTPUT in (route.request.post_data or ""):
        route.continue_()
    else:
        waiting.append(route)


def go(page: Any, scene: Scene) -> None:
    """Open a scene and do its steps, each time waiting until it stands still."""
    page.goto(scene.path)
    settle(page, scene)
    arrived = urlsplit(page.url).path
    if arrived != urlsplit(scene.path).path:
        # A page that sends elsewhere, most of all to the sign-in, is not the page asked for.
        raise RuntimeError(f"{scene.path} led to {arrived}")
    for what, selector, text in scene.steps:
        STEPS[what](page.locator(selector).first, text)
        settle(page, scene)


STEPS: dict[str, Callable[[Any, str], Any]] = {
    "fill": lambda at, text: at.fill(text),
    "press": lambda at, _text: at.click(),
    "see": lambda at, _text: at.wait_for(timeout=QUIET_MILLISECONDS),
}


def settle(page: Any, scene: Scene) -> None:
    """Wait until the page has all its data, or for a held page until its skeleton stands."""
    if scene.held:
        page.locator(".skeleton").first.wait_for(timeout=QUIET_MILLISECONDS)
        return
    page.wait_for_load_state("networkidle", timeout=QUIET_MILLISECONDS)
    # A slow machine thinks for longer than the network has to be idle before anything is drawn.
    page.locator("h1").first.wait_for(state="attached", timeout=QUIET_MILLISECONDS)
    for waiting in page.locator(LOADING).all():
        waiting.wait_for(state="hidden", timeout=QUIET_MILLISECONDS)
    for chart in page.locator(CHARTS).all():
        chart.locator(".main-svg").first.wait_for(timeout=QUIET_MILLISECONDS)


def save(page: Any, name: str) -> None:
    """Save the whole page, in parts where it is taller than a picture can be.

    The window grows as tall as the page: a picture of what lies beyond a window is taken without
    its touch screen, and with a navigation that ends in the middle.
    """
    TARGET.mkdir(parents=True, exist_ok=True)
    size = page.viewport_size
    height = max(size["height"], page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": size["width"], "height": min(height, TALLEST)})
    for part, top in enumerate(range(0, height, TALLEST)):
        page.evaluate("(top) => window.scrollTo(0, top)", top)
        target = TARGET / (f"{name}.{part + 1}.png" if part else f"{name}.png")
        page.screenshot(path=str(target))
    page.set_viewport_size(size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
