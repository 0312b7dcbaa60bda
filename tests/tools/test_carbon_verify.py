"""The verifier recomputes a bundle to the last digit, and names what differs."""

import importlib.util
import json
import math
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.accounting.archive import archive_of
from services.accounting.bundle import MANIFEST, SEAL
from services.standards.catalog import load_catalog
from services.standards.formulas.registry import FORMULAS
from tests.services.standards.asking import REGION, record
from tests.services.standards.plausible import every_source, record_of, year_of
from tests.services.standards.slow.calculator import BALANCE
from tests.services.standards.slow.golden import file_of
from tests.services.standards.slow.kinds import KINDS
from tests.services.standards.slow.tables import methods
from tests.services.standards.test_inventory import ONE_OF_EACH
from tests.tools.bundles import (
    INVOICE_HASH,
    TOOL,
    bundle,
    changed,
    evidence,
    members_of,
    packed,
    resealed,
    run,
    verify,
)

METHODS = [m for m in load_catalog().methods.values() if m.is_loaded]
TOTALS = ("total_t", "direct_t", "indirect_t", "deducted_t")


@pytest.fixture(scope="module")
def verifier():
    """The verifier as a module, for what would take long in processes of its own."""
    spec = importlib.util.spec_from_file_location("carbon_verify", TOOL)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sound():
    return bundle()


def found(verifier, data):
    return [str(finding) for finding in verifier.verify(data)[0]]


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.designation)
def test_every_method_recomputes_to_the_last_digit_on_a_bare_python(method, tmp_path):
    records = [
        record_of(source, item)
        for source in method.sources.values()
        for item in range(-1, len(source.items))
    ]
    data = bundle(method.designation, records, year_of(method))
    done = verify(data, tmp_path)
    assert (done.returncode, done.stderr) == (0, b""), done.stdout.decode()
    expected = evidence(method.designation, records, year_of(method)).calculation
    told = done.stdout.decode()
    for name in TOTALS:
        assert f"{name} = {getattr(expected, name)!r} tCO2e" in told
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.mark.parametrize("designation", list(methods()))
def test_every_alternative_and_item_recomputes_to_the_number_worked_out_by_hand(
    designation, verifier
):
    golden = json.loads(file_of(designation).read_text(encoding="utf-8"))
    records = [case["record"] for case in golden["cases"]]
    data = bundle(designation, records, golden["year"])
    assert found(verifier, data) == []
    again = verifier.bundle_from(verifier.documents_of(members_of(data))[0])
    assert list(verifier.check_lines(again)) == []
    recomputed = {
        (line["record"], line["gas"]): counted.co2e_t
        for line, counted in zip(again.lines, again.counted, strict=True)
    }
    by_hand = {
        (number, gas): co2e_t
        for number, case in enumerate(golden["cases"])
        for gas, (_, co2e_t) in case["gas_t_and_co2e_t"].items()
    }
    assert recomputed == pytest.approx(by_hand, rel=1e-12)


BALANCES = (
    {
        "source": "fuel",
        "item": "bituminous",
        "balance": {"opening": 100, "purchased": {"value": 1, "unit": "kt"}, "closing": 300},
    },
    {"source": "fuel", "item": "cog", "balance": {"produced": 500, "flared": 20, "sold": 30}},
    {"source": "el_buy", "balance": {"purchased": 100, "generated": 700, "sold": 300}},
)


def _term(place, name, value):
    """Return what changes an input of a line of the result."""

    def change(document):
        inputs = document["lines"][place]["inputs"]
        next(given for given in inputs if given["symbol"] == name)["value"] = value

    return change


@pytest.mark.parametrize(
    ("member", "change", "told"),
    [
        ("result.json", _term(0, "balance.closing", 290.0), "balance.closing"),
        ("result.json", _term(0, "FC", 790.0), "inputs.FC"),
        ("result.json", _term(1, "balance.own_use", 440.0), "balance.own_use"),
        ("result.json", lambda d: d["lines"][1].update(emission_scope="direct"), "emission_scope"),
        ("result.json", lambda d: d["lines"][2].update(sign=1), "sign"),
        ("request.json", lambda d: d["records"][2]["balance"].update(sold=299), "balance.sold"),
        ("request.json", lambda d: d["records"][0]["balance"].update(transfer_in=1), "transfer_in"),
        ("method.json", lambda d: d["sources"][0].update(balances=[]), "balance"),
    ],
)
def test_amounts_that_follow_from_balances_recompute(member, change, told, verifier):
    data = bundle("GB/T 32151.5-2015", BALANCES)
    assert found(verifier, data) == []
    assert any(told in text for text in found(verifier, changed(data, member, change)))


POWER = "GB/T 32151.1-2015"
# 1000 t × 0.6 × 44/12 = 2200 t; a quarter of the heat is supplied.
SPLIT = {
    "method": POWER,
    "heat_supplied": 250_000.0,
    "heat_generated": 1_000_000.0,
    "power_supplied": 50_000.0,
    "supply_ratio": 0.25,
    "heat_t": 550.0,
    "power_t": 1650.0,
    "heat_t_per_gj": 0.0022,
    "power_t_per_mwh": 0.033,
}


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({}, ""),
        ({"heat_t": 551.0}, "heat_t"),
        ({"power_t_per_mwh": None}, "power_t_per_mwh"),
        ({"heat_supplied": 250_001.0}, "supply_ratio"),
        ({"heat_supplied": 1_000_001.0}, "heat_supplied"),
        ({"heat_supplied": -1.0}, "heat_supplied"),
        ({"method": "GB/T 32150-2015"}, "method"),
    ],
)
def test_the_split_of_heat_and_power_recomputes(stated, told, verifier):
    coal = record("fuel", "bituminous", FC=1000, C=0.6, OF=1)
    data = bundle(POWER, [coal], heat_power=SPLIT | stated)
    findings = found(verifier, data)
    assert bool(findings) == bool(told)
    assert all(f"heat_power.json · {told}" in findings[0] for _ in findings[:1])


def test_a_split_that_was_taken_out_of_the_bundle_is_missed(verifier):
    coal = record("fuel", "bituminous", FC=1000, C=0.6, OF=1)
    members = members_of(bundle(POWER, [coal], heat_power=SPLIT))
    del members["heat_power.json"]
    assert found(verifier, archive_of(members, members[SEAL][:64]))


def test_every_kind_of_formula_is_there_and_has_its_slow_twin(verifier):
    assert set(verifier.FORMULAS) == set(FORMULAS) == set(KINDS) | {BALANCE}


def test_a_region_recomputes_by_sector_with_and_without_land_use(verifier):
    data = bundle(REGION, ONE_OF_EACH, 2023)
    assert found(verifier, data) == []

    def less_removed(document):
        document["sectors"]["land_use"] += 1

    told = found(verifier, changed(data, "result.json", less_removed))
    assert [line.split(":")[0] for line in told] == ["✗ result.json · sectors.land_use"]


def test_biomass_without_its_carbon_content_recomputes(verifier):
    records = [record("biomass", "fuelwood", Q=10.0, C=0.4), record("biomass", "straw", Q=10.0)]
    data = bundle(REGION, records, 2023)
    assert found(verifier, data) == []
    memo = json.loads(members_of(data)["result.json"])["memo"]
    assert memo["biomass_co2_t"] == pytest.approx(10 * 0.4 * 44 / 12)


def test_units_streams_and_records_without_a_number_recompute(verifier, sound):
    assert found(verifier, sound) == []


def test_a_bundle_with_other_warming_potentials_recomputes(verifier):
    assert found(verifier, bundle(gwp_set="AR6")) == []


def test_a_bundle_for_comparison_recomputes(verifier):
    records = [record_of(s) for _, s in every_source() if s.method == "GB/T 32151.8-2015"]
    data = bundle("GB/T 32151.8-2015", records, 2012, is_comparison=True)
    assert found(verifier, data) == []


def test_the_same_calculation_gives_the_same_bytes():
    assert bundle() == bundle()


def test_the_verifier_in_the_bundle_verifies_it(sound, tmp_path):
    inside = tmp_path / "carbon_verify.py"
    inside.write_bytes(members_of(sound)["carbon_verify.py"])
    assert verify(sound, tmp_path, inside).returncode == 0


def test_it_says_what_it_does_not_prove(sound, tmp_path):
    told = verify(sound, tmp_path).stdout.decode()
    assert "不证明" in told
    assert "does not prove" in told


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_one_flipped_byte_of_a_file_is_found_and_the_file_named(verifier, sound, data):
    members = members_of(sound)
    name = data.draw(st.sampled_from(sorted(members)))
    place = data.draw(st.integers(0, len(members[name]) - 1))
    content = bytearray(members[name])
    content[place] ^= data.draw(st.integers(1, 255))
    told = found(verifier, packed(sound, **{name: bytes(content)}))
    assert any(line.startswith(f"✗ {name}") for line in told), told


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_one_flipped_byte_of_the_archive_is_found_and_its_place_named(verifier, sound, data):
    place = data.draw(st.integers(0, len(sound) - 1))
    flipped = bytearray(sound)
    flipped[place] ^= data.draw(st.integers(1, 255))
    told = found(verifier, bytes(flipped))
    assert told
    at = _member_at(sound, place)
    assert any(line.startswith(f"✗ {at}") for line in told), (at, told)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_byte_of_the_directory_and_the_end_counts(verifier, sound, data):
    start = sound.index(b"PK\x01\x02")
    place = data.draw(st.integers(start, len(sound) - 1))
    flipped = bytearray(sound)
    flipped[place] ^= data.draw(st.integers(1, 255))
    assert found(verifier, bytes(flipped))


def _member_at(sound, place):
    """Return which file a byte of the archive belongs to: its header, content or entry."""
    offset = 0
    members = members_of(sound)
    for name, content in members.items():
        offset += 30 + len(name) + len(content)
        if place < offset:
            return name
    for name in members:
        offset += 46 + len(name)
        if place < offset:
            return name
    return "archive"


@pytest.mark.parametrize("cut", [1, 100, 5_000])
def test_a_bundle_that_was_cut_is_found(verifier, sound, cut):
    assert found(verifier, sound[:-cut])
    assert found(verifier, sound + b"x" * cut)


def line(number, key, value):
    def change(document):
        document["lines"][number][key] = value

    return "result.json", change, f"lines[{number}] · {key}"


def given_value(number, symbol, value):
    def change(document):
        inputs = document["lines"][number]["inputs"]
        next(i for i in inputs if i["symbol"] == symbol)["value"] = value

    return "result.json", change, symbol


def total(name, value):
    def change(document):
        document["totals"][name] = value

    return "result.json", change, name


def factor(code, key, value):
    def change(document):
        next(f for f in document["factors"] if f["code"] == code)[key] = value

    return "factors.json", change, "inputs.NCV"


def amount(number, symbol, value):
    def change(document):
        document["records"][number]["inputs"][symbol] = value

    return "request.json", change, f"inputs.{symbol}"


def method_of(number, key, value):
    def change(document):
        document["sources"][number][key] = value

    return "method.json", change, key


COKE = "CHEM_NDRC.COKE.NCV"
FORGERIES = {
    "a line's gas": line(0, "gas_t", 1.0),
    "a formula": line(0, "formula", "FC × 2"),
    "a scope": line(0, "emission_scope", "memo"),
    "a sign": line(2, "sign", -1),
    "a warming potential": line(0, "gwp", 2.0),
    "an item": (*line(0, "item", "diesel")[:2], "record 0 · item"),
    "a default": given_value(0, "NCV", 28.0),
    "an amount on a line": given_value(0, "FC", 1400.0),
    "a constant": given_value(1, "BF", 0.5),
    "a derived value": given_value(3, "h", 2900.0),
    "a stream": given_value(4, "out[0].Q", 99.0),
    "a total": total("total_t", 1.0),
    "a part of the total": total("indirect_t", 1.0),
    "a factor": factor(COKE, "value", 28.0),
    "a status": factor(COKE, "status", "verified"),
    "a first day": factor(COKE, "applies_from", "2030-01-01"),
    "a day of publication": factor(COKE, "published", "2030-01-01"),
    "an amount in the order": amount(0, "FC", 1400.0),
    "an amount that no line uses": (*amount(0, "C", 0.5)[:2], "records[0] · C"),
    "a kind of formula": (*method_of(0, "kind", "MASS_EF")[:2], "lines[0] · gas_t"),
    "a sign of a source": method_of(0, "sign", -1),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_changed_number_with_fresh_hashes_is_found_by_its_place(name, sound, verifier):
    member, change, place = FORGERIES[name]
    told = found(verifier, changed(sound, member, change))
    assert any(place in line for line in told), told
    assert not any("SHA-256" in line for line in told)


def test_the_last_digit_counts(sound, verifier):
    def change(document):
        value = document["lines"][1]["co2e_t"]
        document["lines"][1]["co2e_t"] = math.nextafter(value, math.inf)

    told = found(verifier, changed(sound, "result.json", change))
    assert any("lines[1] · co2e_t" in line for line in told)


def test_a_line_that_was_taken_out_is_found(sound, verifier):
    told = found(verifier, changed(sound, "result.json", lambda d: d["lines"].pop(1)))
    assert any("request.json · records[1]" in line for line in told)


def test_a_record_that_was_added_is_found(sound, verifier):
    def change(document):
        document["records"].append({"source": "fuel", "item": "coke", "inputs": {"FC": 1}})

    told = found(verifier, changed(sound, "request.json", change))
    assert any("records[8]" in line for line in told)


def test_a_missing_factor_is_found(sound, verifier):
    told = found(verifier, changed(sound, "factors.json", lambda d: d["factors"].clear()))
    assert any("因子表中没有" in line for line in told)


INVOICE_FILE = f"files/{INVOICE_HASH}.pdf"


def test_an_evidence_file_of_other_content_is_named(sound, verifier):
    told = found(verifier, resealed(members_of(sound) | {INVOICE_FILE: b"%PDF-1.7 Invoice"}))
    assert any(line.startswith(f"✗ {INVOICE_FILE} · SHA-256") for line in told)


def test_an_evidence_file_that_was_taken_out_is_named(sound, verifier):
    members = members_of(sound)
    manifest = json.loads(members[MANIFEST])
    del manifest["members"][INVOICE_FILE], members[INVOICE_FILE]
    told = found(verifier, resealed(members | {MANIFEST: json.dumps(manifest).encode()}))
    assert [line.split(":")[0] for line in told] == [f"✗ {INVOICE_FILE}"]


def test_a_row_that_names_another_file_and_a_file_no_row_names_are_found(sound, verifier):
    def another(document):
        document["rows"][0]["cells"]["files"] = "ab" * 32

    told = found(verifier, changed(sound, "activity.json", another))
    assert any("rows[0] · files" in line for line in told)
    assert any("no row names the file" in line and INVOICE_HASH in line for line in told)


def test_a_document_of_another_shape_is_found_and_nothing_breaks(sound, verifier):
    for name in ("request.json", "method.json", "factors.json", "result.json", MANIFEST):
        assert found(verifier, packed(sound, **{name: b"[]"}))
    members = members_of(sound) | {"result.json": b"{"}
    told = found(verifier, resealed(members))
    assert any(line.startswith("✗ result.json") for line in told)


def test_a_seal_of_another_manifest_is_named(sound, verifier):
    members = members_of(sound)
    told = found(verifier, packed(sound, **{MANIFEST: members[MANIFEST] + b" "}))
    assert any(line.startswith(f"✗ {MANIFEST}") for line in told)
    wrong = b"0" + members[SEAL][1:] if members[SEAL][:1] != b"0" else b"1" + members[SEAL][1:]
    data = sound.replace(members[SEAL], wrong)
    assert any(line.startswith(f"✗ {SEAL}") for line in found(verifier, data))


def test_a_difference_gives_exit_status_1_and_both_languages(sound, tmp_path):
    flipped = bytearray(sound)
    flipped[sound.index(b"co2e_t") + 20] ^= 1
    done = verify(bytes(flipped), tmp_path)
    assert (done.returncode, done.stderr) == (1, b"")
    told = done.stdout.decode()
    assert told.startswith("不一致 · DIFFERS")
    assert "result.json" in told


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7"])
def test_what_is_no_bundle_gives_exit_status_2(content, tmp_path):
    done = verify(content, tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert "cannot verify" in done.stderr.decode()


def test_a_bundle_of_another_version_gives_exit_status_2(sound, tmp_path):
    members = members_of(sound)
    manifest = json.loads(members[MANIFEST]) | {"schema": "shuangtan.evidence/2"}
    data = resealed(members | {MANIFEST: json.dumps(manifest).encode()})
    assert verify(data, tmp_path).returncode == 2


def test_no_file_or_too_many_give_exit_status_2(tmp_path):
    for arguments in ([], ["a", "b"], ["--help"], [str(tmp_path / "none.zip")]):
        done = run(arguments, tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert "usage" in done.stderr.decode()
