"""What is typed quickly on a slow screen stands in the field as it was typed."""

import pytest
from playwright.sync_api import expect

from components.ids import government_energy_balance as balance
from tests.browser.people import patient

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patience")]

# A control-room screen under load: keys come in faster than the page is drawn.
SLOWER = 20
TYPED = "示例省能源平衡表 2019 (初步数)"


@pytest.mark.parametrize(
    ("path", "label"),
    [
        (f"{balance.PATH}?organization=990000&year=2017", "来源文件（名称、表号、版次）"),
        ("/standards/library", "查找"),
    ],
)
def test_keys_keep_their_order(signed_in, path, label):
    page = patient(signed_in("bureau_officer"))
    page.goto(path)
    field = page.get_by_label(label)
    expect(field).to_be_visible()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    field.press_sequentially(TYPED)
    page.keyboard.press("Tab")
    expect(field).to_have_value(TYPED)


# Keys in one task come before any editor can stand, as on a machine that is busy.
AT_ONCE = """(keys) => keys.forEach((key) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true, composed: true})))"""


def test_keys_that_come_before_a_cell_opens_are_not_lost(signed_in):
    page = patient(signed_in("bureau_officer"))
    page.goto(f"{balance.PATH}?organization=990000&year=2016")

    def cell(name):
        return page.locator(f'.ag-row[row-index="1"] [col-id="{name}"]')

    cell("imports").click()
    page.keyboard.press("Enter")
    expect(page.locator(".ag-cell-editor input:focus")).to_be_visible()
    page.evaluate(AT_ONCE, ["Tab", *"0.0251", "Tab", *"77", "Backspace", "8", "Enter"])
    expect(cell("exports")).to_have_text("0.0251")
    expect(cell("bunkers")).to_have_text("78")
    # The same where the first key opens the cell.
    cell("imports").click()
    page.evaluate(AT_ONCE, [*"20.5", "Enter"])
    expect(cell("imports")).to_have_text("20.5")
