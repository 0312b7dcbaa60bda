"""A cement plant's year with numbers that can be added in the head, built without a database."""

from datetime import UTC, date, datetime
from uuid import UUID

from services.accounting.bands import Band, Certainty, Contribution, Uncertainty
from services.accounting.results import ActivityRow, Filing, Person, RunResult, RunSummary, Subject
from services.i18n.words import Words, same
from services.reports.names import Names
from services.standards.descriptions import (
    ItemDescription,
    MethodDescription,
    SourceDescription,
    SymbolDescription,
)
from services.standards.results import EmissionLine, InputValue, MissingRecord, Notice

ISSUED_AT = datetime(2024, 3, 31, 2, 30, tzinfo=UTC)
RUN_ID = UUID("11111111-2222-4333-8444-555555555555")
METHOD = "GB/T 32151.8-2015"

# 1000 × 20 × 0.03 × 0.99 × 44/12 = 2178
FUEL_FORMULA = "FC × NCV × CC × OF × (1 - BF) × 44/12"
CLINKER_FORMULA = (
    "(Q_clinker + dust_kiln + dust_bypass) × ((FR1 - FR10) × 44/56 + (FR2 - FR20) × 44/40)"
)


def value(amount, unit, origin="measured", reference="", status="user"):
    return InputValue(amount, unit, origin, same(reference), status)


def line(record, what, formula, inputs, amount, **changes):
    source, item = what
    given = {
        "gas": "CO2",
        "gas_t": amount,
        "gwp": 1.0,
        "co2e_t": amount,
        "emission_scope": "direct",
        "sign": 1,
    } | changes
    return EmissionLine(
        record=record, source=source, item=item, formula=formula, inputs=inputs, **given
    )


def fuel_line(record=0, item="bituminous"):
    inputs = {
        "FC": value(1000.0, "t"),
        "NCV": value(20.0, "GJ/t"),
        "CC": value(0.03, "tC/GJ", "default", "表 C.1（GB/T 32151.8-2015）", "secondary"),
        "OF": value(0.99, "0..1", "default", "NDRC_B1_METAL", "recalled"),
        "BF": value(0.0, "0..1", "constant", "GB/T 32151.8-2015", "exact"),
    }
    remarks = (Notice("default_used", {"symbols": "CC, OF"}),)
    return line(record, ("fuel", item), FUEL_FORMULA, inputs, 2178.0, warnings=remarks)


def clinker_line():
    inputs = {
        "Q_clinker": value(1400.0, "t"),
        "dust_kiln": value(0.0, "t", "constant", "GB/T 32151.8-2015", "exact"),
        "dust_bypass": value(0.0, "t", "constant", "GB/T 32151.8-2015", "exact"),
        "FR1": value(0.6, "0..1"),
        "FR10": value(0.1, "0..1"),
        "FR2": value(0.03, "0..1"),
        "FR20": value(0.01, "0..1"),
    }
    # 1400 × (0.5 × 44/56 + 0.02 × 44/40) = 550 + 30.8
    return line(1, ("clinker", ""), CLINKER_FORMULA, inputs, 580.8)


def electricity_line(record=2, source="el_buy", mwh=1000.0, sign=1):
    inputs = {
        "MWh": value(mwh, "MWh"),
        "EF": value(0.5, "tCO2/MWh", "policy", "生态环境部 2023 年公告", "verified"),
    }
    amount = mwh * 0.5
    return line(
        record, (source, ""), "MWh × EF", inputs, amount, emission_scope="indirect", sign=sign
    )


LINES = (
    fuel_line(),
    clinker_line(),
    electricity_line(),
    electricity_line(3, "el_sell", 200.0, -1),
)
# 2178 + 580.8 direct; 500 − 100 indirect.
DIRECT_T, INDIRECT_T, TOTAL_T = 2758.8, 400.0, 3158.8

ACTIVITY = (
    ActivityRow(0, "fuel", "bituminous", {"FC": "１,000", "NCV": "20"}, "地磅单 2023-001"),
    ActivityRow(
        1,
        "clinker",
        "",
        {"Q_clinker": "1400", "FR1": "60%", "FR10": "0.1", "FR2": "3%", "FR20": "0.01"},
        "",
    ),
    ActivityRow(2, "el_buy", "", {"MWh": "1000"}, ""),
    ActivityRow(3, "el_sell", "", {"MWh": "200"}, ""),
    ActivityRow(4, "fuel", "bituminous", {"FC": "未估算"}, "叉车没有台账"),
)
# Four records with a number of five that ought to have one.
MISSING = (MissingRecord(4, "fuel", "bituminous", "not_estimated", "叉车没有台账", "direct"),)
COMPLETENESS, ESTIMATED_SHARE = 0.8, 0.25
BANDS = {
    ("total",): Band(3158.8, 3000.8, 3316.8),
    ("direct",): Band(2758.8, 2608.8, 2908.8),
    ("indirect",): Band(400.0, 350.0, 450.0),
    ("deduct",): Band(0.0, 0.0, 0.0),
    ("source", "fuel"): Band(2178.0, 2078.0, 2278.0),
    ("source", "el_buy"): Band(500.0, 437.5, 562.5),
}


def subject(name="示例水泥有限公司", english="Sample Cement Co., Ltd.", is_sample=True):
    return Subject(
        organization_id=12,
        names={"zh-CN": name, "en": english},
        kind="enterprise",
        code="SAMPLE-0012",
        region_code="990100",
        access_path="cn.p990000.c990100.o12",
        is_sample=is_sample,
    )


def summary(**changes):
    given = {
        "run_id": RUN_ID,
        "subject": subject(),
        "year": 2023,
        "method": METHOD,
        "purpose": "voluntary",
        "known_on": date(2024, 3, 30),
        "gwp_set": "SAR",
        "input_hash": "9f" * 32,
        "total_t": TOTAL_T,
        "direct_t": DIRECT_T,
        "indirect_t": INDIRECT_T,
        "deducted_t": 0.0,
        "memo": {"quota_t": DIRECT_T},
        "computed_at": datetime(2024, 3, 30, 6, 0, tzinfo=UTC),
        "missing": MISSING,
        "completeness": COMPLETENESS,
        "estimated_share": ESTIMATED_SHARE,
    } | changes
    return RunSummary(**given)


def filing(state="approved", comment="数据与台账一致", reporter="王填报", approver="李审核"):
    is_decided = state != "submitted"
    return Filing(
        submission_id=UUID(int=7),
        state=state,
        submitted_by=Person(1, reporter),
        submitted_at=datetime(2024, 3, 30, 6, 0, tzinfo=UTC),
        decided_by=Person(2, approver) if is_decided else None,
        decided_at=datetime(2024, 3, 30, 8, 0, tzinfo=UTC) if is_decided else None,
        comment=comment if is_decided else "",
    )


def result(lines=LINES, activity=ACTIVITY, filed=None, **changes):
    return RunResult(summary(**changes), filed or filing(), tuple(activity), tuple(lines))


def certainty():
    """Return bands that need not follow from the lines: a report prints what it is given."""
    rule = Words("IPCC 2006 卷2 表2.13", "IPCC 2006 vol. 2 table 2.13")
    factor = Contribution(
        "fuel", "bituminous", "CC", "default", 0.03, "tC/GJ", same("表 C.1"), 1,
        half_width=0.07, rule=rule, status="secondary", share=0.75,
    )  # fmt: skip
    power = Contribution(
        "el_buy", "", "MWh", "measured", 1000.0, "MWh", Words(), 1,
        half_width=0.02, rule=Words(), status="user", share=0.25,
    )  # fmt: skip
    return Certainty(Uncertainty(RUN_ID, 2023, BANDS, (factor, power)))


def both(chinese, english):
    return {"zh-CN": chinese, "en": english}


def symbol(code, unit, chinese, english):
    return SymbolDescription(code, both(chinese, english), unit, True, "", "", None)


def source(code, chinese, english, symbols, items=()):
    return SourceDescription(
        source=code,
        names=both(chinese, english),
        kind="",
        gases=("CO2",),
        emission_scope="direct",
        sign=1,
        status="secondary",
        reference=Words(),
        choices=(),
        symbols=tuple(symbols),
        items=tuple(items),
    )


def names():
    bituminous = ItemDescription("bituminous", both("烟煤", "Bituminous coal"), "coal", "", {}, {})
    power = (
        symbol("MWh", "MWh", "电量", "electricity"),
        symbol("EF", "tCO2/MWh", "电力排放因子", "emission factor of electricity"),
    )
    fuel = (
        symbol("FC", "t", "消耗量", "amount burned"),
        symbol("NCV", "GJ/t", "低位发热量", "net calorific value"),
        symbol("CC", "tC/GJ", "单位热值含碳量", "carbon content"),
        symbol("OF", "0..1", "碳氧化率", "oxidation fraction"),
        symbol("BF", "0..1", "生物质比例", "biomass fraction"),
    )
    clinker = (
        symbol("Q_clinker", "t", "熟料产量", "clinker produced"),
        symbol("FR1", "0..1", "熟料中氧化钙含量", "CaO in clinker"),
    )
    return Names(
        MethodDescription(
            designation=METHOD,
            names=both(
                "温室气体排放核算与报告要求 第 8 部分：水泥生产企业",
                "Greenhouse gas accounting and reporting, part 8: cement",
            ),
            status="loaded",
            purpose="voluntary",
            subject="enterprise",
            industry="cement",
            gwp_set="SAR",
            published=date(2015, 11, 19),
            valid_from=date(2016, 6, 1),
            valid_to=date(2024, 6, 30),
            reference=Words(),
            sources=(
                source("fuel", "化石燃料燃烧", "Fuel combustion", fuel, (bituminous,)),
                source("clinker", "熟料生产过程", "Clinker production", clinker),
                source("el_buy", "购入电力", "Purchased electricity", power),
                source("el_sell", "外供电力", "Electricity sold", power),
            ),
        )
    )
