"""A block of 500 × 8 cells pasted into the entry grid, until every wrong cell is marked.

In Chromium, in the page's own clock, from the paste event to the frame in which the wrong cells
have their marks and the count of errors stands: reading, drawing, the check on the server, and
marking. Every paste goes into an empty grid of the same firm. Goal: median ≤ 1 s.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from bench._firms import PASSWORD, YEAR, Visitor
from bench.sessions import environment, fill
from services.settings import Settings
from workers.embedded.ports import LOOPBACK, answers, free_port, wait_for
from workers.embedded.servers import Servers
from workers.programs import web

ROOT = Path(__file__).resolve().parents[1]
ROWS, GOAL_SECONDS = 500, 1.0
# What is wrong, and where: first, in the middle and last row, in three columns.
WRONG = {(3, 2): "十二吨", (250, 1): "石头", (499, 2): "-5"}
# Years of the firm's method before the one that is filed.
FREE_YEARS = range(2017, YEAR)

# Resolves with the milliseconds from the paste to the frame after the marks stand.
PASTE = """([text, errors]) => new Promise((resolve) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const given = {clipboardData: data, bubbles: true, cancelable: true};
    const started = performance.now();
    const marked = () => {
        const said = document.querySelector("[data-entry-reason]");
        return said && said.textContent.includes(errors)
            && document.querySelector(".entry-cell-error");
    };
    const look = () => marked() ? resolve(performance.now() - started)
        : requestAnimationFrame(look);
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", given));
    requestAnimationFrame(look);
})"""


def main() -> int:
    """Paste into empty years one after the other and print how long the marks took."""
    with serving() as (port, visitor), chromium() as page:
        sign_in(page, port, visitor)
        seconds = [pasted(page, port, visitor, year) for year in FREE_YEARS]
    first, later = seconds[0], seconds[1:]
    reached = median(later) <= GOAL_SECONDS
    print(f"first page after the start  {first:.2f} s")
    print(
        f"median of {len(later)} later     {median(later):.2f} s, longest {max(later):.2f} s"
        f"   goal {GOAL_SECONDS:.0f} s   {'reached' if reached else 'MISSED'}"
    )
    return 0


def block() -> str:
    """Return 500 × 8 cells as a spreadsheet hands them over: names, full-width digits, per cent."""
    rest = ["", "", "", "９８％", "0"]
    rows = [
        ["化石燃料燃烧", "烟煤", "１，２３４．５" if at % 2 else "1,234.5", *rest]
        for at in range(ROWS)
    ]
    for (row, column), wrong in WRONG.items():
        rows[row][column] = wrong
    return "\r\n".join("\t".join(row) for row in rows) + "\r\n"


@contextmanager
def serving() -> Iterator[tuple[int, Visitor]]:
    """Serve the application with one firm, and yield its port and the firm's reporter."""
    folder = Path(tempfile.mkdtemp(prefix="shuangtan-bench-"))
    folder.chmod(0o755)
    servers = Servers.needed(folder, environment())
    try:
        servers.start(lambda _server: None)
        visitor = fill(Settings.from_environment(servers.owner_addresses()))[0]
        port = free_port()
        program = web(ROOT, folder / "log", LOOPBACK, port, 2)
        program.start(servers.addresses())
        try:
            if not wait_for(lambda: answers(port), 60):
                raise program.process.not_started()
            yield port, visitor
        finally:
            program.stop()
    finally:
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def chromium() -> Iterator[Page]:
    """Yield a page of the installed Chromium at desktop size."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        raise SystemExit("Chromium is missing: run python3 run.py test once, or install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        browser.close()


def sign_in(page: Page, port: int, visitor: Visitor) -> None:
    """Sign in by the forms."""
    page.goto(f"http://{LOOPBACK}:{port}/login")
    page.locator("input[name=login]").fill(visitor.login)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.locator("#code").fill(visitor.code())
    page.locator("#code").press("Enter")
    page.locator("#shell-main h1").wait_for()


def pasted(page: Page, port: int, visitor: Visitor, year: int) -> float:
    """Open the grid of an empty year, paste, and return the seconds until the marks."""
    place = f"organization={visitor.organization_id}&year={year}"
    page.goto(f"http://{LOOPBACK}:{port}/collection/manual?{place}")
    page.locator('[row-index="0"] [col-id="source"]').wait_for()
    page.locator("[data-entry-section=fuel]").click()
    page.locator('[row-index="0"] [col-id="source"]').click()
    return float(page.evaluate(PASTE, [block(), f"{len(WRONG)} 处错误"])) / 1000


if __name__ == "__main__":
    sys.exit(main())
