"""An amount that follows from a balance: stock, own generation, transfers, by-product gas (4.5)."""

import pytest

from services.accounting.propagation import Propagation, RunLines
from services.i18n.texts import use_language
from services.reports.line_lineage import Explained, line_json
from services.standards.balances import (
    BalanceWithAmountError,
    NegativeUseError,
    NoBalanceError,
)
from services.standards.catalog import load_catalog
from services.standards.context import context_of
from services.standards.describing import description_json
from services.standards.problems import (
    MissingQuantityError,
    UnknownFieldError,
    UnknownSymbolError,
    UnlikeUnitError,
    WrongTypeError,
)
from tests.services.standards.asking import (
    ETS_STEEL,
    GENERAL,
    POWER,
    notices,
    record,
    request,
    result,
)

STEEL = "GB/T 32151.5-2015"
STOCK = {"opening": 100, "purchased": 1000, "closing": 300}


def balanced(source, item="", inputs=None, **terms):
    return {"source": source, "item": item, "inputs": inputs or {}, "balance": terms}


def of(*records, method=STEEL, **others):
    return result(*records, method=method, **others)


def only_line(*records, **others):
    (line,) = of(*records, **others).lines
    return line


@pytest.mark.parametrize(
    ("more", "used"),
    [
        # 100 + 1000 - 300
        ({}, 800),
        # 800 + 50 + 20 - 10 - 30 - 5
        ({"produced": 50, "transfer_in": 20, "sold": 10, "transfer_out": 30, "other_use": 5}, 825),
        ({"purchased": {"value": 1, "unit": "kt"}}, 800),
    ],
)
def test_consumption_follows_from_stock_purchases_and_what_left(more, used):
    found = only_line(balanced("fuel", "bituminous", **(STOCK | more)))
    direct = only_line(record("fuel", "bituminous", FC=used))
    assert found.co2e_t == direct.co2e_t
    assert (found.inputs["FC"].value, found.inputs["FC"].origin) == (used, "derived")


def test_what_is_left_of_terms_that_cancel_is_nothing():
    found = only_line(balanced("fuel", "diesel", opening=0.1, purchased=0.2, closing=0.3))
    assert found.inputs["FC"].value == found.co2e_t == 0.0


def test_a_material_has_stocks_too_and_its_other_inputs_stand_beside():
    found = only_line(balanced("flux", "limestone", {"EF": 0.4}, **STOCK))
    assert found.co2e_t == pytest.approx(320)


def test_gas_made_and_used_inside_is_not_counted_twice():
    found = only_line(balanced("fuel", "cog", produced=500, flared=20, sold=0))
    assert found.co2e_t == 0.0
    assert found.inputs["balance.own_use"].value == 480
    assert str(found.inputs["balance.own_use"].reference) == "produced − flared − sold"


@pytest.mark.parametrize("method", [STEEL, ETS_STEEL])
def test_gas_that_is_bought_counts_and_gas_that_is_sold_is_taken_off(method):
    year = {"method": method, "year": 2024}
    one = only_line(record("fuel", "bfg", FC=30), **year).co2e_t
    bought = of(balanced("fuel", "bfg", produced=500, purchased=40, flared=20, sold=10), **year)
    assert (bought.direct_t, bought.deducted_t) == (one, 0.0)
    sold = of(balanced("fuel", "bfg", produced=500, flared=20, sold=30), **year)
    assert (sold.direct_t, sold.deducted_t, sold.total_t) == (0.0, one, -one)
    (line,) = sold.lines
    assert (line.emission_scope, line.sign) == ("deduct", -1)


def test_own_generation_is_not_purchased_electricity():
    found = only_line(balanced("el_buy", "", {"EF": 0.5}, purchased=100, generated=700, sold=40))
    assert (found.inputs["MWh"].value, found.co2e_t, found.sign) == (60, 30, 1)
    assert found.inputs["balance.own_use"].value == 760


def test_who_sells_more_than_is_bought_is_credited_as_by_two_rows():
    net = of(balanced("el_buy", "", {"EF": 0.5}, purchased=100, generated=700, sold=300))
    two = of(record("el_buy", MWh=100, EF=0.5), record("el_sell", MWh=300, EF=0.5))
    assert net.indirect_t == two.indirect_t == -100
    assert net.total_t == two.total_t


def test_a_power_plant_takes_nothing_off_for_what_it_sells():
    found = only_line(
        balanced("el_buy", "", {"EF": 0.5}, purchased=100, generated=90_000, sold=85_000),
        method=POWER,
    )
    assert (found.inputs["MWh"].value, found.co2e_t, found.sign) == (100, 50, 1)


@pytest.mark.parametrize(
    ("source", "item", "terms", "told"),
    [
        (
            *("fuel", "bituminous", {"opening": 1, "purchased": 2, "closing": 5}),
            "opening 1 + purchased 2 − closing 5 = -2",
        ),
        (
            *("fuel", "cog", {"produced": 100, "flared": 10, "sold": 120}),
            "produced 100 − flared 10 − sold 120 = -30",
        ),
        (
            *("el_buy", "", {"purchased": 1, "generated": 2, "sold": 4}),
            "purchased 1 + generated 2 − sold 4 = -1",
        ),
    ],
)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_negative_use_is_an_error_that_names_the_terms(source, item, terms, told, language):
    with pytest.raises(NegativeUseError) as caught, use_language(language):
        of(record("el_buy", MWh=1), balanced(source, item, **terms))
    assert caught.value.where == "records[1].balance"
    with use_language(language):
        assert told in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "error", "where"),
    [
        (
            balanced("fuel", "bituminous", opening=1, closing=5),
            *(MissingQuantityError, "balance.purchased"),
        ),
        (balanced("fuel", "bituminous", **STOCK, x=1), *(UnknownSymbolError, "balance.x")),
        (
            balanced("fuel", "bituminous", **(STOCK | {"sold": {"value": 1, "unit": "MWh"}})),
            *(UnlikeUnitError, "balance.sold.unit"),
        ),
        (
            balanced("fuel", "bituminous", **(STOCK | {"sold": {"amount": 1}})),
            *(UnknownFieldError, "balance.sold"),
        ),
        (
            {"source": "fuel", "item": "bituminous", "balance": 5},
            *(WrongTypeError, "balance"),
        ),
        (
            balanced("fuel", "bituminous", {"FC": 800}, **STOCK),
            *(BalanceWithAmountError, "balance"),
        ),
        (balanced("c_fixed", "pig_iron", **STOCK), *(NoBalanceError, "balance")),
        # Stock and gas are different forms: what is made of coal has no closing stock to state.
        (balanced("fuel", "cog", **STOCK), *(UnknownSymbolError, "balance.opening")),
    ],
)
def test_a_bad_balance_names_its_cell(raw, error, where):
    with pytest.raises(error) as caught:
        of(raw)
    assert caught.value.where == f"records[0].{where}"


def test_a_region_and_what_is_made_have_no_stock_form():
    methods = load_catalog().methods
    assert not any(
        s.balances for s in methods["省级温室气体清单编制指南(试行)2011"].sources.values()
    )
    assert methods["CETS-AG-02.01-V01-2024"].sources["clinker"].balances == ()


def test_internal_transfers_are_flagged():
    moved = of(balanced("fuel", "bituminous", **STOCK, transfer_out=20))
    assert "internal_transfer" in notices(moved)
    assert "internal_transfer" not in notices(of(balanced("fuel", "bituminous", **STOCK)))


def test_a_form_that_was_not_compared_with_its_document_says_so():
    assert "recalled_rule" in notices(of(balanced("fuel", "bituminous", **STOCK)))
    assert "recalled_rule" not in notices(of(record("fuel", "bituminous", FC=800)))


def test_a_term_that_is_estimated_makes_the_line_an_estimate():
    guess = STOCK | {"closing": {"value": 300, "origin": "estimated"}}
    assert of(balanced("fuel", "bituminous", **guess)).estimated_share == 1.0


def test_the_chain_shows_every_term_and_the_sum_with_its_numbers():
    records = [balanced("fuel", "bituminous", **STOCK, transfer_out=20)]
    told = line_json(load_catalog(), Explained(of(*records), records), 0)
    inputs = {given["symbol"]: given for given in told["inputs"]}
    assert inputs["FC"]["formula"]["text"] == "opening + purchased − closing − transfer_out"
    assert inputs["FC"]["formula"]["filled"] == "100 + 1000 − 300 − 20"
    assert inputs["balance.closing"]["names"] == {"zh-CN": "期末库存", "en": "Closing stock"}
    assert inputs["balance.transfer_out"]["value"] == 20
    assert told["activity"][0]["understood"]["balance"] == records[0]["balance"]


def test_an_amount_is_as_uncertain_as_its_terms():
    stated = {code: {"value": v, "uncertainty": 0.03} for code, v in STOCK.items()}
    found = _half_widths(balanced("fuel", "bituminous", **stated))
    # √(3² + 30² + 9²) t of 800 t: every term is wrong on its own.
    assert found["FC"] == pytest.approx((9 + 900 + 81) ** 0.5 / 800)
    assert "opening" not in found


def test_what_stands_beside_the_count_moves_no_uncertainty():
    terms = {"purchased": 100, "generated": 1e6, "sold": 0}
    sure = _half_widths(balanced("el_buy", "", **terms))
    assert sure["MWh"] == pytest.approx(_half_widths(record("el_buy", MWh=100))["MWh"])


def _half_widths(raw):
    asked = request(raw, method=GENERAL)
    context = context_of(load_catalog(), asked)
    lines = result(raw, method=GENERAL).lines
    run = RunLines(2023, context.method, lines, context.as_of)
    found = Propagation(load_catalog(), [run])
    assert found.effects(0).moved().any()
    return {q.cell.symbol: q.half_width for q in found.quantities}


def test_a_method_tells_which_balances_its_sources_take():
    told = description_json(load_catalog().describe(STEEL))
    (fuel,) = (s for s in told["sources"] if s["source"] == "fuel")
    assert [form["form"] for form in fuel["balances"]] == ["stock", "gas"]
    required = [t["term"] for t in fuel["balances"][0]["terms"] if t["required"]]
    assert required == ["opening", "purchased", "closing"]


def test_a_power_plant_has_to_measure_its_coal():
    with pytest.raises(MissingQuantityError) as caught:
        of(balanced("fuel", "bituminous", {"CC": 0.026}, **STOCK), method=POWER)
    assert caught.value.where == "records[0].inputs.NCV"
    measured = balanced("fuel", "bituminous", {"CC": 0.026, "NCV": 22}, **STOCK)
    # 800 t × 22 GJ/t × 0.026 tC/GJ × 0.98 × 44/12
    assert of(measured, method=POWER).total_t == pytest.approx(800 * 22 * 0.026 * 0.98 * 44 / 12)
