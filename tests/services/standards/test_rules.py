"""The rules that only show in whole records: parts, balances, compositions, abatement, evidence."""

import pytest

from services.errors import PlatformError
from services.i18n.texts import LANGUAGES, use_language
from tests.services.standards.asking import ETS_STEEL, notices, record, result

GRID, ALUMINIUM, CERAMICS = "GB/T 32151.2-2015", "GB/T 32151.4-2015", "GB/T 32151.9-2015"
CHEMICALS, COAL, TEXTILE = "GB/T 32151.10-2015", "GB/T 32151.11-2018", "GB/T 32151.12-2018"
ETS_CEMENT = "CETS-AG-02.01-V01-2024"
WATER = {"W": 1000, "COD_in": 2, "COD_out": 0.1}


def balance(into, out):
    return {"source": "feedstock", "inputs": {"in": into, "out": out}}


BAD = [
    (GRID, record("sf6_retire", capacity_kg=1, recovered_kg=2), "recovered_kg",
     "part_above_whole"),
    (GRID, record("td_loss", in_grid=1, sold=2), "sold", "negative_result"),
    (ALUMINIUM, record("anode", P=1, S=0.06), "S", "above_ceiling"),
    (ALUMINIUM, record("anode", P=1, A=0.4), "A", "above_ceiling"),
    (CERAMICS, record("raw", Q=1, eta=0.9, CaCO3=0.7, MgCO3=0.4), "share_MgCO3", "share_sum"),
    (CERAMICS, record("raw", Q=1, CaCO3=0.7), "eta", "missing_quantity"),
    (COAL, record("ug_ch4", vent=1, use=2), "use", "negative_result"),
    (COAL, record("ug_ch4", avg_m3_per_min=1, days=367), "days", "above_ceiling"),
    (COAL, record("flare", V=1), "CC", "empty_composition"),
    (COAL, record("flare", V=1, CH4=0.8, CO2=0.3), "CO2", "share_sum"),
    (TEXTILE, record("wastewater", "reactor", **WATER | {"COD_out": 3}), "COD_out",
     "part_above_whole"),
    (TEXTILE, record("wastewater", "reactor", **WATER, R=1e6), "R", "negative_result"),
    (TEXTILE, record("wastewater", **WATER), "item", "missing_item"),
    (ETS_STEEL, record("el_buy", MWh=1, MWh_nonfossil=2), "MWh_nonfossil", "part_above_whole"),
    (ETS_CEMENT, {**record("fuel", "coke", FC=1), "equipment": "oven"}, "equipment",
     "unknown_option"),
    (ETS_CEMENT, {**record("fuel", "coke", FC=1), "abatement": "cat"}, "abatement", "unused_key"),
    (CHEMICALS, {**record("n2o_hno3", "dual", P=1), "abatement": 3}, "abatement",
     "unknown_option"),
]  # fmt: skip
PLAIN = ("item", "equipment", "abatement")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("method", "order", "field", "key"), BAD, ids=[f"{b[2]} {b[3]}" for b in BAD]
)
def test_a_rule_names_its_cell(method, order, field, key, language):
    with pytest.raises(PlatformError) as caught:
        result(order, method=method, year=2024 if method.startswith("CETS") else 2023)
    place = field if field in PLAIN else f"inputs.{field}"
    assert (caught.value.where, caught.value.text_key) == (f"records[0].{place}", key)
    with use_language(language):
        assert "{" not in str(caught.value)


STREAMS = [
    (balance([{"item": "methanol", "Q": 1}], [{"item": "ethylene", "Q": 1}]), "",
     "negative_balance"),
    (balance([{"item": "methanol"}], []), ".in[0].Q", "missing_quantity"),
    (balance([{"item": "x", "Q": 1}], []), ".in[0].item", "unknown_item"),
    (balance([{"item": "urea", "Q": 1}, {"item": "urea", "Q": -1}], []), ".in[1].Q",
     "negative_quantity"),
    (balance([{"item": "urea", "Q": 1}], [{"item": "ng", "Q": {"value": 1, "unit": "t"}}]),
     ".out[0].Q.unit", "unlike_unit"),
    (balance([{"Q": 1}], []), ".in[0].item", "missing_item"),
    (balance([{"item": "urea", "Q": 1, "X": 1}], []), ".in[0].X", "unknown_symbol"),
    (balance({}, []), ".in", "wrong_type"),
    (balance([3], []), ".in[0]", "wrong_type"),
    (balance([], []), ".in", "missing_field"),
    ({"source": "feedstock", "inputs": {"into": []}}, ".into", "unknown_symbol"),
    ({"source": "feedstock", "inputs": {}}, ".in", "missing_field"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("order", "place", "key"), STREAMS, ids=[f"{s[1]} {s[2]}" for s in STREAMS]
)
def test_a_defect_of_a_balance_is_named_at_its_stream(order, place, key):
    with pytest.raises(PlatformError) as caught:
        result(order, method=CHEMICALS)
    assert (caught.value.where, caught.value.text_key) == (f"records[0].inputs{place}", key)


def test_a_balance_shows_every_stream_with_origin():
    streams = balance(
        [{"item": "ethylene", "Q": 12}, {"Q": 24, "CC": 0.5}], [{"item": "ng", "Q": 1, "CC": 6}]
    )
    line = result(streams, method=CHEMICALS).lines[0]
    # (12 × 0.856 + 24 × 0.5 − 1 × 6) × 44/12
    assert line.gas_t == pytest.approx(59.664)
    assert line.formula == "(Σ in Q × CC − Σ out Q × CC) × 44/12"
    assert list(line.inputs) == [
        "in[0].Q", "in[0].CC", "in[1].Q", "in[1].CC", "out[0].Q", "out[0].CC",
    ]  # fmt: skip
    assert line.inputs["in[0].CC"].origin == "default"
    assert line.inputs["in[1].CC"].origin == "measured"
    assert line.inputs["out[0].Q"].unit == "10^4 Nm3"


def test_two_balances_are_not_mixed():
    one, two = (balance([{"item": "urea", "Q": q}], []) for q in (15, 30))
    lines = result(one, two, method=CHEMICALS).lines
    # 0.2 × 44/12 = 11/15 t per t
    assert [line.gas_t for line in lines] == pytest.approx([11, 22])


def test_a_carbon_content_may_be_the_product_of_two_defaults():
    line = result(balance([{"item": "ng", "Q": 10}], []), method=CHEMICALS).lines[0]
    content = line.inputs["in[0].CC"]
    assert content.value == pytest.approx(389.31 * 0.0153)
    assert content.unit == "tC/10^4 Nm3"
    assert "CHEM_NDRC.NG.NCV" in content.reference.zh
    assert "CHEM_NDRC.NG.CC" in content.reference.en


def test_two_gases_give_two_lines_with_their_own_inputs():
    lines = result(record("pfc", P=1000), method=ALUMINIUM).lines
    assert [line.gas for line in lines] == ["CF4", "C2F6"]
    assert [line.gas_t for line in lines] == pytest.approx([0.034, 0.0034])
    assert [line.gwp for line in lines] == [6500, 9200]
    assert list(lines[0].inputs) == ["P", "EF_CF4", "GWP_CF4"]
    assert [line.formula for line in lines] == ["P × EF_CF4 / 1000", "P × EF_C2F6 / 1000"]


def test_a_derived_factor_shows_how_it_was_derived():
    line = result(record("pfc", P=1000, AEM=0.2), method=ALUMINIUM).lines[1]
    assert line.inputs["EF_C2F6"].origin == "derived"
    assert str(line.inputs["EF_C2F6"].reference) == "ratio_C2F6 × EF_CF4"
    assert line.inputs["EF_C2F6"].value == pytest.approx(0.00286)


def test_an_efficiency_without_use_changes_nothing_and_says_so():
    plain = result(record("n2o_adipic", P=1), method=CHEMICALS)
    half = result(record("n2o_adipic", P=1, eta=0.9), method=CHEMICALS)
    assert half.total_t == plain.total_t
    assert "half_abatement" in notices(half)
    assert "half_abatement" not in notices(plain)
    whole = {**record("n2o_adipic", P=1, eta=0.9), "abatement": "nscr"}
    assert "half_abatement" not in notices(result(whole, method=CHEMICALS))


def test_green_electricity_needs_evidence():
    found = result(record("el_buy", MWh=10, MWh_nonfossil=4), method=ETS_STEEL, year=2024)
    assert found.total_t == pytest.approx(6 * 0.5306)
    assert "nonfossil" in notices(found)


def test_coal_has_no_default_oxidation_rate_in_the_aluminium_guide():
    with pytest.raises(PlatformError) as caught:
        result(record("fuel", "bituminous", FC=1), method="CETS-AG-04.01-V01-2024", year=2024)
    assert caught.value.where == "records[0].inputs.OF"


def test_a_doubtful_printed_value_is_marked():
    found = result(balance([{"item": "acrylonitrile", "Q": 1}], []), method=CHEMICALS)
    assert "doubtful_default" in notices(found)


def stream(direction, item, **inputs):
    return {**record("feedstock", item, **inputs), "direction": direction}


def test_streams_as_rows_of_their_own_are_one_balance():
    listed = balance(
        [{"item": "ethylene", "Q": 12}, {"item": "urea", "Q": 3}], [{"item": "methanol", "Q": 4}]
    )
    rows = [
        stream("in", "ethylene", Q=12),
        record("el_buy", MWh=1),
        stream("out", "methanol", Q=4),
        stream("in", "urea", Q=3),
    ]
    one, found = result(listed, method=CHEMICALS).lines[0], result(*rows, method=CHEMICALS)
    assert [line.source for line in found.lines] == ["feedstock", "el_buy"]
    assert found.lines[0].gas_t == one.gas_t
    assert dict(found.lines[0].inputs) == dict(one.inputs)
    assert [line.record for line in found.lines] == [0, 1]


@pytest.mark.parametrize(
    ("row", "field", "key"),
    [
        (record("feedstock", "urea", Q=1), "direction", "missing_field"),
        (stream("up", "urea", Q=1), "direction", "unknown_option"),
        (stream("in", "urea", Q=-1), "inputs.Q", "negative_quantity"),
        (stream("in", "urea"), "inputs.Q", "missing_quantity"),
        (stream("out", "urea", Q=1), "inputs", "negative_balance"),
    ],
)
def test_a_defect_of_a_stream_row_is_named_at_its_own_cell(row, field, key):
    with pytest.raises(PlatformError) as caught:
        result(record("el_buy", MWh=1), row, method=CHEMICALS)
    assert (caught.value.where, caught.value.text_key) == (f"records[1].{field}", key)
