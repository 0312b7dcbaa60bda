import pytest
from playwright.sync_api import expect
from tests.browser import test_verification as tv
from tests.browser.people import patient, settled_in
from services.verification import engagements, findings, plans, opinions
from services.security.actors import actor_of_login
from services.standards.catalog import load_catalog

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]
OUT = "/tmp/w/verifier-shots"


def shot(page, name, full=True):
    page.screenshot(path=f"{OUT}/{name}.png", full_page=full)


def test_shots(new_page, live, plant, staff):
    import os

    os.makedirs(OUT, exist_ok=True)
    tv.file_year(live, plant)
    bureau, verifier, firm = (patient(new_page()) for _ in range(3))
    for p in (bureau, verifier, firm):
        p.set_viewport_size({"width": 1440, "height": 900})
    settled_in(bureau, tv.bureau_of(live, plant))
    settled_in(verifier, tv.appoint(live, plant))
    settled_in(firm, staff[0])
    verifier.goto(tv.PATH)
    expect(verifier.locator("h1")).to_be_visible()
    verifier.wait_for_timeout(800)
    shot(verifier, "empty_list")
    bureau.goto(f"{tv.PATH}?code={plant.code}&year={tv.YEAR}")
    expect(bureau.locator(tv.named("assign"))).to_be_visible()
    shot(bureau, "assign")
    address = tv.assign(bureau, plant)
    shot(bureau, "bureau_overview_planned")
    tv.begin(verifier, address)
    tv.find(verifier, address)
    tv.to_part(verifier, address, "rows")
    verifier.locator(".table tbody tr a").first.click()
    expect(verifier.locator(tv.named("look"))).to_be_visible()
    shot(verifier, "rows_one")
    tv.look_at_all(verifier, address)
    tv.reply(firm, address)
    shot(firm, "firm_findings")
    for part in tv.PARTS:
        tv.to_part(verifier, address, part)
        verifier.wait_for_timeout(300)
        shot(verifier, f"v_{part or 'overview'}")
    verifier.set_viewport_size(tv.PHONE)
    for part in tv.PARTS:
        tv.to_part(verifier, address, part)
        verifier.wait_for_timeout(300)
        shot(verifier, f"phone_{part or 'overview'}")
    verifier.set_viewport_size({"width": 1440, "height": 900})
    root = verifier.url.split("/collection")[0]
    verifier.context.add_cookies(
        [
            {"name": "language", "value": "en", "url": root},
            {"name": "theme", "value": "dark", "url": root},
        ]
    )
    for part in tv.PARTS:
        verifier.goto(f"{address}&part={part}")
        expect(verifier.locator("h1")).to_be_visible()
        verifier.wait_for_timeout(600)
        shot(verifier, f"en_{part or 'overview'}")
    verifier.set_viewport_size({"width": 1920, "height": 1080})
    verifier.goto(tv.PATH)
    expect(verifier.locator(".campaign")).to_be_visible()
    shot(verifier, "en_list_1920")
