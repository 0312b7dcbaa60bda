"""The files of the result page open, say what they are, and add up to the database's total."""

import csv
import io
import math
from dataclasses import dataclass

import openpyxl
import pytest
from playwright.sync_api import expect

from services.accounting import reading
from services.security.actors import actor_of_login
from tests.browser.people import patient
from tests.tools.bundles import verify

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

LANGUAGES = {"zh-CN": "中", "en": "EN"}
LINES, CHART = "#result-lines", ".chart-card"
# What ui.md asks a file to carry beside its title, by the words of the language.
UNIT = {"zh-CN": ("单位", "吨 CO₂e"), "en": ("Unit", "t CO₂e")}
SOURCE = {
    "zh-CN": ("来源", "{}填报的活动数据，本平台核算"),
    "en": ("Source", "Activity data of {}, computed by this platform"),
}
FACTORS = {"zh-CN": "因子集", "en": "Factor set"}
FILTER = {"zh-CN": "核算主体", "en": "Organization"}
BUNDLE = {"zh-CN": "下载证据包", "en": "Download the bundle"}
TIME = {"zh-CN": "导出时间", "en": "Exported at"}
AMOUNT = {
    LINES: {"zh-CN": "计入总量（吨 CO₂e）", "en": "Counted in total (t CO₂e)"},
    CHART: {"zh-CN": "排放量 (吨 CO₂e)", "en": "Emissions (t CO₂e)"},
}
# The lines add up to the last digit; a bar is itself a sum, so that its last digit may differ.
LEEWAY = {LINES: 0.0, CHART: 1e-12}


@dataclass(frozen=True)
class File:
    """A downloaded file: its title, what it says of itself, and its table."""

    title: str
    about: dict
    headings: list
    rows: list

    def column(self, heading):
        """Return the numbers of a column; a memo line shows a dash there."""
        cells = [row[self.headings.index(heading)] for row in self.rows]
        return [float(cell) for cell in cells if cell not in ("—", "", None)]


def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def read_xlsx(content):
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = [["" if cell is None else cell for cell in row] for row in page.values]
    return [row if any(cell != "" for cell in row) else [] for row in rows]


READERS = {"CSV": read_csv, "XLSX": read_xlsx}


def fetch(page, card, kind):
    """Press a button of a card and return the file that comes."""
    with page.expect_download() as saved:
        page.locator(card).first.get_by_role("button", name=kind, exact=True).click()
    assert saved.value.suggested_filename.endswith(kind.lower())
    rows = READERS[kind](saved.value.path().read_bytes())
    gap = rows.index([])
    about = {row[0]: row[1] for row in rows[1:gap]}
    return File(rows[0][0], about, list(rows[gap + 1]), rows[gap + 2 :])


@pytest.fixture
def current(live, sample_people):
    """The newest run of the sample's cement plant."""
    reporter = actor_of_login(live, sample_people["reporter"][0])
    (plant,) = reading.organizations_of(reporter, live)
    years = reading.years_of(reporter, live, plant.organization_id)
    return next(state.run for state in years if state.run)


@pytest.fixture
def opened(signed_in, current):
    """Return a function that opens the result page in a language."""

    def open_page(language):
        page = patient(signed_in("reporter"))
        place = f"organization={current.subject.organization_id}&year={current.year}"
        page.goto(f"/enterprise/accounting?{place}")
        page.get_by_role("button", name=LANGUAGES[language], exact=True).click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator(f"{LINES} tbody tr").first).to_be_visible()
        return page

    return open_page


@pytest.mark.parametrize("card", [LINES, CHART])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_opens_adds_up_to_the_total_and_says_what_it_is(opened, current, language, card):
    page = opened(language)
    name = current.subject.names[language]
    files = [fetch(page, card, kind) for kind in READERS]
    for file in files:
        total_t = math.fsum(file.column(AMOUNT[card][language]))
        assert total_t == pytest.approx(current.total_t, rel=LEEWAY[card], abs=0)
        assert page.locator(f"{card} h2").first.inner_text() in file.title
        assert file.about[UNIT[language][0]] == UNIT[language][1]
        assert file.about[FILTER[language]] == name
        assert file.about[SOURCE[language][0]] == SOURCE[language][1].format(name)
        assert current.method in file.about[FACTORS[language]]
        assert file.about[TIME[language]].startswith("20")
        assert str(current.year) in " ".join([file.title, *file.about.values()])
    # The same numbers to the last digit in both kinds.
    assert files[0].column(AMOUNT[card][language]) == files[1].column(AMOUNT[card][language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_evidence_bundle_of_the_page_verifies_without_the_platform(
    opened, current, language, tmp_path
):
    page = opened(language)
    with page.expect_download() as saved:
        page.get_by_role("link", name=BUNDLE[language]).click()
    assert current.subject.names[language].split()[0] in saved.value.suggested_filename
    done = verify(saved.value.path().read_bytes(), tmp_path)
    assert done.returncode == 0
    assert f"total_t = {current.total_t!r} tCO2e" in done.stdout.decode()
