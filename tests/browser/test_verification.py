"""A verification from its assignment to the locked year: bureau, verifier, firm (5.2.1 a)."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from services import institution_keeping
from services.accounting import filing, reading
from services.clock import today
from services.collection import manual
from services.data.drafts import DraftVersion
from services.institution_keeping import NewInstitution, NewTie, Term
from services.security.actors import actor_of_login
from services.security.permissions import Role
from services.security.rights import Grant, grant
from services.standards.catalog import load_catalog
from tests.browser.axe import serious_findings
from tests.browser.people import YEAR, patient, settled_in
from tests.places import NANJING, add_login, add_person

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]
FOUND, SAID = "柴油消耗量与发票不符", "发票已补，数据无误"
PHONE = {"width": 390, "height": 844}
PATH = "/collection/verification"
PARTS = ("", "rows", "checklist", "findings", "opinion")
ROWS = (
    {"source": "fuel", "item": "bituminous", "FC": "1000", "NCV": "20", "CC": "0.025", "OF": "90%"},
    {"source": "fuel", "item": "diesel", "FC": "1", "NCV": "43.33"},
)


def named(name):
    """Return where a field or a button of the page is found."""
    return f"#collection-verification-{name}"


def file_year(live, plant):
    """Have the plant's year submitted and accepted, beside the browser."""
    place, catalog = plant.organization_id, load_catalog()
    reporter, approver = (
        actor_of_login(live, f"path-{role}-{place}") for role in ("reporter", "approver")
    )
    draft = manual.save_draft(reporter, live, DraftVersion(place, YEAR, 0), ROWS)
    manual.submit_draft(reporter, live, catalog, draft.version)
    found = reading.result_of(reporter, live, place, YEAR).filing
    filing.approve(approver, live, place, found.submission_id)


def appoint(live, plant):
    """Register an institution for the plant with a verifier; return the one-time password."""
    place = plant.organization_id
    security = add_person(live, f"path-security-{place}", (Role.SECURITY_ADMINISTRATOR, 100_000))
    new = NewInstitution("technical_service", f"JG-{place}", "绿核公司")
    institution = institution_keeping.add(security, live, new)
    login, term = f"path-verifier-{place}", Term(today())
    made = add_login(live, login)
    institution_keeping.employ(security, live, institution, login, term)
    tie = NewTie(institution, plant.code, "verifies", term, (YEAR, YEAR))
    institution_keeping.tie(security, live, tie)
    last = today() + timedelta(days=30)
    grant(security, live, Grant(login, Role.VERIFIER, place, today(), last))
    return made


def bureau_of(live, plant):
    """Add an officer of the plant's city; return the one-time password."""
    login = f"path-officer-{plant.organization_id}"
    return add_login(live, login, (Role.BUREAU_OFFICER, NANJING))


def assign(page, plant):
    """Ask who may verify the year, and assign it; return the address."""
    page.goto(PATH)
    page.locator(named("code")).fill(plant.code)
    page.locator("select[name=year]").select_option(str(YEAR))
    page.get_by_role("button", name="查可委派的核查员").click()
    page.locator(named("assign")).click()
    expect(page.locator("h1")).to_contain_text(f"{YEAR} 年度核查")
    return page.url


def to_part(page, address, part):
    """Open a part of the verification."""
    page.goto(f"{address}&part={part}")
    expect(page.locator("h1")).to_contain_text("年度核查")


def stands(page, state):
    """Expect how far the verification is, as the badge beside its name says."""
    expect(page.locator(".page-actions .badge").first).to_have_text(state)


def begin(page, address):
    """Draw the sample and begin."""
    to_part(page, address, "rows")
    page.locator(named("draw")).click()
    expect(page.locator(".badge-good")).to_have_text("按种子重抽一致")
    to_part(page, address, "")
    page.get_by_role("button", name="开始核查").click()
    stands(page, "核查中")


def look_at_all(page, address):
    """Look at each row of the sample."""
    to_part(page, address, "rows")
    rows = page.locator(".table tbody tr")
    for at in range(rows.count()):
        page.locator(".table tbody tr").nth(at).locator("a").click()
        page.locator(named("look-note")).fill("与磅单一致")
        page.locator(named("look")).click()
        expect(page.locator(".table tbody tr").nth(at)).to_contain_text("已核对")


def answer_all(page, address):
    """Answer every item of the checklist, and find that the answers are kept."""
    to_part(page, address, "checklist")
    answers = page.locator('select[id*="verification-answer"]')
    for at in range(answers.count()):
        answers.nth(at).select_option("conform")
    page.locator(named("save")).click()
    expect(page.locator(".row-comment .badge-good")).to_have_count(answers.count())


def find(page, address):
    """Raise a major finding at the second row, and publish it."""
    to_part(page, address, "findings")
    page.locator(named("line")).select_option("2")
    page.locator(named("effect")).fill("0.5")
    page.locator(named("body")).fill(FOUND)
    page.locator(named("raise")).click()
    expect(page.locator(".row-comment")).to_contain_text(FOUND)
    to_part(page, address, "")
    page.get_by_role("button", name="发出发现").click()
    stands(page, "已发出发现")


def reply(page, address):
    """Find the message on the first page, follow it, and answer."""
    page.goto("/")
    page.locator(".inbox-row", has_text="项发现").get_by_role("link").first.click()
    expect(page.locator("h1")).to_contain_text("年度核查")
    # Nothing of the sample is shown to the firm.
    expect(page.get_by_role("link", name="抽样与核对")).to_have_count(0)
    to_part(page, address, "findings")
    page.get_by_role("link", name="答复").click()
    page.locator(named("said")).fill(SAID)
    page.locator(named("reply")).click()
    expect(page.locator(".row-comment blockquote")).to_contain_text(SAID)


def refused(page, address):
    """Try to issue the opinion, and read what is missing."""
    to_part(page, address, "opinion")
    page.locator(named("words")).fill("未发现重大错报")
    page.locator(named("issue")).click()
    expect(page.locator(".message-over")).to_contain_text("主要不符合项未全部关闭")
    # What was typed is still there.
    expect(page.locator(named("words"))).to_have_value("未发现重大错报")


def conclude(page, address):
    """Close the finding and issue the opinion."""
    to_part(page, address, "findings")
    expect(page.locator(".row-comment blockquote")).to_contain_text(SAID)
    page.get_by_role("link", name="关闭").click()
    page.locator(named("verdict")).fill("已核对补充的发票")
    page.locator(named("close")).click()
    expect(page.locator(".row-comment .badge-good")).to_contain_text("已关闭")
    to_part(page, address, "opinion")
    page.locator(named("words")).fill("未发现重大错报")
    page.locator(named("issue")).click()
    stands(page, "已出结论")
    expect(page.locator(".facts")).to_contain_text("合理保证")


def locked(page, plant):
    """Try to open the year to be corrected, and read why not."""
    page.goto(f"/collection/manual?organization={plant.organization_id}&year={YEAR}")
    page.locator("#collection-manual-correct-reason").fill("磅单录错")
    page.locator("#collection-manual-correct").click()
    expect(page.locator(".message-over")).to_contain_text("已出具核查结论")


def fits(page, address):
    """Expect that no part is wider than a phone, and that everybody can use it."""
    for part in PARTS:
        to_part(page, address, part)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], part
        assert serious_findings(part, page) == []


def test_a_verification_goes_from_assignment_to_a_locked_year(new_page, live, plant, staff):
    file_year(live, plant)
    bureau, verifier, firm = (patient(new_page()) for _ in range(3))
    settled_in(bureau, bureau_of(live, plant))
    settled_in(verifier, appoint(live, plant))
    settled_in(firm, staff[0])
    address = assign(bureau, plant)
    verifier.goto(PATH)
    verifier.locator(".campaign a").click()
    expect(verifier).to_have_url(address)
    begin(verifier, address)
    find(verifier, address)
    look_at_all(verifier, address)
    answer_all(verifier, address)
    reply(firm, address)
    # From here on with a phone.
    verifier.set_viewport_size(PHONE)
    fits(verifier, address)
    refused(verifier, address)
    conclude(verifier, address)
    bureau.goto(address)
    bureau.get_by_role("button", name="收到结论并锁定").click()
    stands(bureau, "已锁定")
    locked(firm, plant)
