"""The page of labels draws with somebody cleared, with nobody, and in both languages."""

from datetime import UTC, date, datetime

import pytest

from components.panels.labels import LabelRow, LabelsView, PersonRow, labels_screen
from services.i18n.texts import use_language

DAY = date(2026, 5, 1)
LABELS = (LabelRow("line", "江苏", "cn.p320000", 4, DAY, "security", "因"),)


@pytest.mark.parametrize(("language", "word"), [("zh-CN", "重要"), ("en", "important")])
@pytest.mark.parametrize(
    "people", [(), (PersonRow("li.na", 4, datetime(2026, 5, 1, tzinfo=UTC), "因"),)]
)
def test_the_page_names_labels_and_levels_in_words(language, word, people):
    with use_language(language):
        drawn = str(labels_screen(LabelsView(LABELS[:1], {"reporter": 3}, people, DAY)))
    assert word in drawn
    assert ("li.na" in drawn) == bool(people)
