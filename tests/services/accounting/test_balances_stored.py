"""A year entered by balances: stored with its terms, printed, and verified offline (4.5)."""

import pytest

from services import clock
from services.accounting.evidence import export_evidence
from services.accounting.reading import result_of
from services.accounting.uncertainty import UncertaintyOrder, certainty_of
from services.reports.build import build_report
from services.reports.names import Names
from tests.services.accounting.test_uncertainty_stored import Firm
from tests.tools.bundles import verify

pytestmark = pytest.mark.postgres

COAL = {
    "source": "fuel", "item": "bituminous", "NCV": "20", "CC": "0.025", "OF": "1",
    "balance.opening": "１００", "balance.purchased": "1,000", "balance.closing": "300",
}  # fmt: skip
POWER = {
    "source": "el_buy", "EF": "0.5",
    "balance.purchased": "100", "balance.generated": "900", "balance.sold": "140",
}  # fmt: skip
# (100 + 1000 − 300) t × 20 GJ/t × 0.025 tC/GJ × 44/12, and (100 − 140) MWh × 0.5
COAL_T, POWER_T = 800 * 20 * 0.025 * 44 / 12, -20.0


@pytest.fixture
def filed(database):
    firm = Firm(database)
    firm.submit(COAL, POWER)
    return firm, result_of(firm.reporter, database, firm.key, 2023)


def test_the_amounts_follow_and_their_terms_are_kept(filed):
    _, result = filed
    run, (coal, power) = result.summary, result.lines
    assert (run.direct_t, run.indirect_t) == pytest.approx((COAL_T, POWER_T))
    assert coal.inputs["FC"].origin == "derived"
    assert coal.inputs["balance.closing"].value == 300
    assert (power.sign, power.inputs["balance.own_use"].value) == (-1, 860)


def test_the_report_prints_every_term_beside_what_was_typed(filed):
    firm, result = filed
    order = UncertaintyOrder(firm.key, 2023)
    certainty = certainty_of(firm.reporter, firm.database, firm.catalog, order)
    names = Names(firm.catalog.describe(result.summary.method))
    report = build_report(result, names, clock.now(), certainty)
    cells = {row.cells[2]: row.cells[3:5] for row in report.table("activity").rows}
    typed, understood = cells["balance.opening　期初库存"]
    assert (typed, understood.value) == ("１００", 100)
    (coal,) = (r for r in report.table("bands").rows if "燃烧" in r.cells[0])
    # 3 % of 100, 1000 and 300 t, each wrong on its own, of 800 t; NCV 1.5 %, CC 2 %, OF 1 %.
    tonnes = (9 + 900 + 81) ** 0.5 / 800
    assert coal.cells[-1].value == pytest.approx(
        (tonnes**2 + 0.015**2 + 0.02**2 + 0.01**2) ** 0.5, rel=1e-6
    )


def test_its_evidence_bundle_verifies_offline(filed, tmp_path):
    firm, result = filed
    run_id = result.summary.run_id
    file = export_evidence(firm.reporter, firm.database, firm.catalog, run_id)
    done = verify(file.content, tmp_path)
    assert (done.returncode, done.stderr) == (0, b""), done.stdout.decode()
