"""The page of restatements: as filed, as known, and the difference part by part (5.2.1 b)."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from components.panels.restated import restated_card
from components.panels.restatement import RestatementView, restatement_screen
from services.accounting.restatement import Restatement
from services.accounting.results import RunSummary, Subject
from services.algorithms.bridge import bridge
from services.i18n.texts import LANGUAGES, use_language

RUN = RunSummary(
    run_id=UUID(int=1),
    subject=Subject(
        7, {"zh-CN": "示例厂", "en": "Sample"}, "enterprise", "T", "320000", "cn", True
    ),
    year=2023,
    method="GB/T 32150-2015",
    purpose="voluntary",
    known_on=date(2026, 1, 31),
    gwp_set="SAR",
    input_hash="",
    total_t=1000.1,
    direct_t=1000.1,
    indirect_t=0.0,
    deducted_t=0.0,
    memo={},
    computed_at=datetime(2026, 2, 1, tzinfo=UTC),
)
OTHER = replace(RUN, run_id=UUID(int=2), known_on=date(2026, 11, 1), total_t=990.3)
STEPS = bridge(1000.1, [("factor", 990.2), ("gwp", 990.2), ("activity", 990.3)])


def screen(**changes):
    view = RestatementView(
        organization_id=7,
        name="示例厂",
        year=2023,
        years=[2023],
        way=[("示例厂", "")],
        filed=RUN,
        found=[Restatement(RUN, OTHER, STEPS)],
        days=[date(2026, 11, 1), date(2026, 1, 31)],
        gwp_sets=[("SAR", "SAR"), ("AR5", "AR5")],
    )
    return json.dumps(
        restatement_screen(replace(view, **changes)).to_plotly_json(), default=vars_of,
        ensure_ascii=False,
    )  # fmt: skip


def vars_of(component):
    return component.to_plotly_json()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_is_shown_with_all_its_digits(language):
    with use_language(language):
        shown = screen()
    # 990.2 − 1000.1 in binary: the exact decimal is longer than what a float prints.
    assert "-9.89999999999997726263245567679405212402343" in shown
    assert "990.3" in shown


def test_without_a_filed_result_the_page_says_what_to_do():
    shown = screen(filed=None, found=[], days=[])
    assert "归档" in shown
    assert "/enterprise/accounting?organization=7&year=2023" in shown


def test_without_restatement_there_is_an_order_and_a_hint():
    shown = screen(found=[])
    assert "enterprise-restatement-order" in shown
    assert "尚无重述" in shown


@pytest.mark.parametrize(("language", "cause"), [("zh-CN", "排放因子"), ("en", "Emission factors")])
def test_the_result_page_says_what_a_restatement_changes_and_leads_there(language, cause):
    with use_language(language):
        hint = restated_card(Restatement(RUN, OTHER, STEPS))
        shown = json.dumps(hint.to_plotly_json(), default=vars_of, ensure_ascii=False)
    assert "-9.80" in shown  # 990.3 − 1000.1
    assert cause in shown  # −9.9, the largest of three
    assert "/enterprise/restatement?organization=7&year=2023" in shown
    assert restated_card(None) is None
