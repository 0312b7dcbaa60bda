"""What each rule says of rows: the worked verdicts, its evidence, and the limit it used."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.collection.check_rules import (
    LAYERS,
    ORGANIZATION,
    PLATFORM,
    POINT,
    CheckRuleError,
    Limits,
    SetLimit,
    all_rules,
    rule_of_error,
    rule_on,
    rules_on,
)
from services.collection.checks.balances import Entered, bands
from services.collection.checks.basis import Amount, Basis
from services.collection.checks.heat import Heat
from services.collection.checks.running import suspicions
from services.collection.checks.unit_factors import unit_factors
from services.collection.reasons import missing_reasons
from services.i18n.texts import LANGUAGES, use_language

DAY, AT = date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)
CEMENT, YEAR = "GB/T 32151.8-2015", 2023
NO_HEAT = Heat({}, {}, None)
# A year of coal with a season, in tonnes.
COAL = [1689, 1503, 1487, 1215, 1124, 1258, 1496, 1529, 1217, 1136, 1368, 1593]


def limits(*own):
    return Limits(DAY, tuple(SetLimit(*each, AT) for each in own))


def units(_source, _item, symbol):
    return {"FC": "t", "NCV": "GJ/t", "Q_clinker": "t"}.get(symbol, "")


def found(rows, earlier=None, heat=NO_HEAT, own=(), method=CEMENT, **basis):
    held = Basis(limits(*own), earlier or {}, **basis)
    return suspicions(Entered(method, YEAR, rows, held, heat), units)


def told(problems):
    return [(p.error.found.rule.id, p.record, p.field, p.severity) for p in problems]


def row(value, month="", **more):
    return {"source": "fuel", "item": "diesel", "FC": str(value), "month": str(month)} | more


def months(values):
    return [row(value, at) for at, value in enumerate(values, 1)]


def test_every_rule_has_its_words_source_and_layer():
    assert {rule.layer for rule in all_rules()} == set(LAYERS)
    for rule in rules_on(DAY):
        for code in LANGUAGES:
            with use_language(code):
                assert str(rule.name)
                assert str(rule.source)


def test_a_rule_that_does_not_apply_yet_is_named():
    with pytest.raises(CheckRuleError) as refused:
        rule_on("unit_slip", date(2014, 12, 31))
    assert refused.value.values["value"] == date(2014, 12, 31)


def test_what_no_rule_names_belongs_to_the_method():
    assert rule_of_error("share_sum", DAY).id == "parts_total"
    assert rule_of_error("negative_quantity", DAY).id == "method"


def test_a_month_in_another_unit_is_one_suggestion_with_its_evidence():
    values = [*COAL[:5], 1_258_000, *COAL[6:]]
    (slip,) = [p for p in found(months(values)) if p.severity == "warning"]
    told_of = slip.error.found
    assert (told_of.rule.id, slip.record, slip.field) == ("unit_slip", 5, "FC")
    assert (told_of.value, told_of.words["factor"], told_of.words["meant"]) == (
        1_258_000,
        1000,
        1258,
    )
    assert [each.period for each in told_of.evidence] == [f"2023-{m:02d}" for m in range(1, 13)]
    assert {each.origin for each in told_of.evidence} == {"typed"}
    said = slip.error.explain()
    assert "1,258,000" in said.what
    assert "1,258" in said.why


def test_earlier_years_are_evidence_and_are_not_flagged_themselves():
    before = {2022: months([*COAL[:11], 1_593_000])}
    now = months(COAL[:3])
    assert "unit_slip" not in [rule for rule, *_ in told(found(now, before))]
    (slip,) = [p for p in found(months(["168.9"]), before) if p.error.found.rule.id == "unit_slip"]
    assert {each.origin for each in slip.error.found.evidence} == {"typed", "filed"}


@pytest.mark.parametrize(
    ("value", "flagged"), [("130", []), ("131", ["jump_last_year"]), ("69", ["jump_last_year"])]
)
def test_a_year_thirty_per_cent_from_the_one_before(value, flagged):
    problems = found([row(value)], {2022: [row("100")]})
    assert [rule for rule, *_ in told(problems)] == flagged


def test_a_start_from_nothing_has_no_ratio():
    (jump,) = found([row("50")], {2022: [row("0")]})
    assert jump.severity == "warning"
    assert "—%" in jump.error.explain().what


def test_the_month_before_asks_for_a_look_and_the_same_month_for_a_reason():
    jumps = found(months([100, 131]))
    assert told(jumps) == [("jump_previous_month", 1, "FC", "info")]
    (jump,) = found(months([131])[:1], {2022: months([100])})
    assert (jump.error.found.rule.id, jump.severity) == ("jump_last_year", "warning")
    assert [p.record for p in missing_reasons([jump], months([131]))] == [0]
    assert missing_reasons(jumps, months([100, 131])) == []


def test_three_equal_months_are_a_run_and_two_are_none():
    assert [r for r, *_ in told(found(months([100, 100, 98, 99])))] == []
    (run,) = found(months([98, 100, 100, 100, 99]))
    assert told([run]) == [("identical_run", 3, "FC", "warning")]
    assert [e.period for e in run.error.found.evidence] == ["2023-02", "2023-03", "2023-04"]
    assert found(months([0, 0, 0, 0])) == []


def test_a_calorific_value_may_be_the_same_every_month():
    rows = [row(v, m, NCV="42.6") for m, v in enumerate([98, 100, 97, 99], 1)]
    assert found(rows) == []


def test_a_month_entered_twice_is_compared_with_nothing():
    assert found([*months(COAL), row("9999999", 6)])[:0] == []
    assert "unit_slip" not in [r for r, *_ in told(found([*months(COAL), row("9999999", 6)]))]


@pytest.mark.parametrize(
    ("tonnes", "verdict"),
    [(2600, []), (26000, [("emission_energy", "error")]), (3000, [("emission_energy", "info")])],
)
def test_emission_against_energy(tonnes, verdict):
    # 1000 tce.
    heat = Heat({0: 29307.6}, {0: tonnes}, None)
    problems = found([row("1000")], heat=heat)
    assert [(p.error.found.rule.id, p.severity) for p in problems] == verdict


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [
        (96.0, []),
        (94.0, [("cems_vs_calculated", "info")]),
        (89.0, [("cems_vs_calculated", "warning")]),
    ],
)
def test_measurement_beside_calculation(measured, verdict):
    problems = found([row("1")], heat=Heat({}, {}, 100.0), measured_t=measured)
    assert [(p.error.found.rule.id, p.severity) for p in problems] == verdict


def stock(month, opening, closing, purchased="900"):
    terms = {"opening": opening, "purchased": purchased, "closing": closing}
    return {"source": "fuel", "item": "diesel", "month": month} | {
        f"balance.{name}": str(value) for name, value in terms.items()
    }


def test_a_stock_opens_with_what_the_month_before_closed_with():
    before = {2022: [stock("12", "80", "120")]}
    assert found([stock("1", "120", "100"), stock("2", "100", "90")], before) == []
    (gap,) = found([stock("1", "140", "100"), stock("2", "104", "90")], before)
    # 4 of 914 used is within 1 %, 20 of 940 is not.
    assert told([gap]) == [("stock_continuity", 0, "balance.opening", "warning")]
    assert (gap.error.found.value, gap.error.found.expected) == (140, 120)


@pytest.mark.parametrize(("typed", "flagged"), [("928", False), ("944", True)])
def test_use_by_stock_is_held_to_what_was_metered(typed, flagged):
    # 120 + 900 − 100 = 920, against a meter that says what is typed here.
    metered = {(1, "fuel", "diesel", "FC"): Amount(float(typed), "t", True, 0)}
    problems = found([stock("1", "120", "100")], metered=metered)
    assert ("metered_differs" in [r for r, *_ in told(problems)]) is flagged


def test_a_month_that_is_metered_in_part_is_not_compared_but_a_counter_that_fell_is_told():
    metered = {(1, "fuel", "diesel", "FC"): Amount(10.0, "t", False, 2)}
    assert told(found([row("100", 1)], metered=metered)) == [
        ("meter_continuity", 0, "FC", "warning")
    ]


def clinker(amount, month=""):
    return {"source": "clinker", "Q_clinker": str(amount), "month": str(month)}


def test_the_heat_of_clinker_lies_in_its_band():
    rows = [row("1"), clinker(1000)]
    assert found(rows, heat=Heat({0: 3070.0}, {}, None)) == []
    (ratio,) = [
        p
        for p in found(rows, heat=Heat({0: 30_700.0}, {}, None))
        if p.error.found.rule.id == "material_ratio"
    ]
    assert ratio.error.found.value == 30.7
    assert found(rows, heat=Heat({0: 30_700.0}, {}, None), method="GB/T 32150-2015") == []


def test_a_month_whose_energy_does_not_follow_its_output():
    output = [100, 120, 90, 110, 105, 95, 115, 108, 98, 102]
    rows = [row("1", m) for m in range(1, 11)] + [clinker(q, m) for m, q in enumerate(output, 1)]
    noise = [1, -2, 1, 2, -1, 0, -1, 1, 2, -2]
    energy = {at: 50 + 3.0 * q + n for at, (q, n) in enumerate(zip(output, noise, strict=True))}
    energy[4] += 60
    problems = [
        p
        for p in found(rows, heat=Heat(energy, {}, None))
        if p.error.found.rule.id == "energy_output"
    ]
    assert told(problems) == [("energy_output", 4, "source", "warning")]
    assert problems[0].error.found.words["slope"] == pytest.approx(3.0, abs=0.2)


def test_a_level_that_shifts_is_told_once():
    values = [100 + (m * 7) % 5 for m in range(12)] + [160 + (m * 7) % 5 for m in range(12)]
    problems = found(
        months(values[12:]),
        {2022: months(values[:12])},
        own=[
            ("jump_last_year", "limit", "", 400.0),
            ("jump_previous_month", "limit", "", 400.0),
            ("hampel", "sigmas", "", 20.0),
            ("robust_z", "z_limit", "", 20.0),
        ],
    )
    assert told(problems) == [("level_shift", 0, "FC", "info")]


# Four years with a season and a little noise; the fourth month of the last year is wrong, but not
# larger than a winter month.
SEASON = np.array([160, 150, 130, 100, 80, 70, 75, 80, 95, 120, 140, 155.0])
NOISE = np.random.default_rng(7).normal(0, 1.5, 48)
OFF = [
    *[("jump_last_year", "limit", "", 400.0), ("jump_previous_month", "limit", "", 400.0)],
    *[("hampel", "sigmas", "", 20.0), ("robust_z", "z_limit", "", 20.0)],
    ("level_shift", "alpha", "", 0.0001),
]


def seasonal_years():
    values = np.tile(SEASON, 4) + NOISE
    values[39] = 150.0
    return [months([f"{v:.2f}" for v in values[at : at + 12]]) for at in (0, 12, 24, 36)]


def test_what_does_not_follow_its_season_is_told():
    *before, now = seasonal_years()
    problems = found(now, dict(zip((2020, 2021, 2022), before, strict=True)), own=OFF)
    assert told(problems)[0] == ("seasonal", 3, "FC", "info")
    # Another month or two may be told with it.
    assert len(problems) <= 3
    out = problems[0].error.found
    assert (len(out.evidence), out.expected) == (48, pytest.approx(SEASON[3] + NOISE[27], abs=0.01))
    # Three years are too few for it.
    assert found(now, {2021: before[1], 2022: before[2]}, own=OFF) == []


def test_rosners_test_speaks_of_a_batch_of_25_months_or_more():
    noise = np.random.default_rng(11).normal(0, 2, 36) + 100
    noise[30] = 130
    years = [months([f"{v:.2f}" for v in noise[at : at + 12]]) for at in (0, 12, 24)]
    own = [*OFF, ("seasonal", "z_limit", "", 20.0)]
    problems = found(years[2], {2021: years[0], 2022: years[1]}, own=own)
    assert told(problems) == [("esd", 6, "FC", "info")]
    assert found(years[2], {2022: years[1]}, own=own) == []


def test_a_limit_of_a_point_goes_before_the_organizations_and_that_before_the_rules():
    name = "fuel/diesel//FC"
    own = limits(
        ("jump_last_year", "limit", "", 50.0),
        ("jump_last_year", "limit", name, 80.0),
    )
    assert own.of("jump_last_year", "limit", name).origin == POINT
    assert own.of("jump_last_year", "limit", "fuel/ng//FC").value == 50.0
    assert own.of("jump_last_year", "limit").origin == ORGANIZATION
    assert own.of("robust_z", "z_limit", name).origin == PLATFORM
    assert (
        found(
            [row("170")],
            {2022: [row("100")]},
            own=[(*each[:3], each[3]) for each in [("jump_last_year", "limit", name, 80.0)]],
        )
        == []
    )


def test_a_limit_given_up_is_the_rules_again():
    later = SetLimit("jump_last_year", "limit", "", None, datetime(2026, 2, 1, tzinfo=UTC))
    first = SetLimit("jump_last_year", "limit", "", 50.0, AT)
    assert Limits(DAY, (first, later)).of("jump_last_year", "limit").value == 30.0


def test_a_finding_says_which_limit_was_used():
    (jump,) = found([row("200")], {2022: [row("100")]}, own=[("jump_last_year", "limit", "", 50.0)])
    used = jump.error.found.limits["limit"]
    assert (used.value, used.origin, used.set_at) == (50.0, ORGANIZATION, AT)


@settings(max_examples=50)
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=12), st.sampled_from([0.001, 1000.0]))
def test_findings_do_not_hang_on_the_unit_of_all_months(values, scale):
    def marks(factor):
        # By a power of two, so that no digit is lost.
        rows = months([float(v) * factor for v in values])
        return told(found(rows))

    assert marks(1.0) == marks(2.0 ** (10 if scale > 1 else -10))


def test_factors_of_units_are_those_of_the_units():
    named = {str(each.name): each.value for each in unit_factors()}
    assert 29.3076 in named.values() or any(
        np.isclose(each.value, 29.3076) for each in unit_factors()
    )
    assert all(
        np.isclose(one.value * other.value, 1.0)
        for one, other in zip(unit_factors()[::2], unit_factors()[1::2], strict=True)
    )


def test_bands_are_in_order():
    assert all(band.low < band.high for band in bands())
