"""The section of own measured values: what is listed, and who is asked to decide (5.2.1 b)."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from components.panels.own_values import OwnValuesView, own_values_screen
from services.collection.own_values import ListedValue
from services.data.evidence_files import Attachment
from services.data.own_values import StoredOwnValue
from services.i18n.texts import LANGUAGES, use_language

AT = datetime(2024, 1, 5, tzinfo=UTC)
STORED = StoredOwnValue(
    value_id=UUID(int=3),
    organization_id=7,
    item="bituminous",
    symbol="NCV",
    value=23.5,
    unit="GJ/t",
    valid_from=date(2023, 1, 1),
    valid_to=None,
    laboratory="煤质检测中心",
    note="",
    file_year=2023,
    files=("ab",),
    supersedes=None,
    proposed_by=1,
    proposed_by_name="张三",
    proposed_at=AT,
    state="proposed",
    reason="",
    decided_by_name="",
    decided_at=None,
    known_from=None,
)
FILE = Attachment(7, 2023, "ab", "报告.pdf", "pdf", 10, "张三", AT)
WAITING = ("烟煤 · 低位发热量", ListedValue(STORED, "proposed", (FILE,), ()))


def shown(**changes):
    view = OwnValuesView(
        "示例厂",
        [("示例厂", "")],
        [WAITING],
        [("bituminous:NCV", "烟煤")],
        [],
        [],
        True,
        ("/a", 10),
    )
    screen = own_values_screen(replace(view, **changes)).to_plotly_json()
    return json.dumps(screen, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_value_is_listed_with_its_evidence_and_decided_on_only_where_asked(language):
    with use_language(language):
        listed, asked = shown(), shown(decidable=[WAITING], may_propose=False)
    assert "/download/file/7/2023/ab" in listed
    assert "standards-own-accept" not in listed
    assert "standards-own-accept" in asked
    assert ("standards-own-propose" in listed, "standards-own-propose" in asked) == (True, False)


def test_without_values_the_section_says_what_to_do():
    assert "还没有实测值" in shown(values=[])
