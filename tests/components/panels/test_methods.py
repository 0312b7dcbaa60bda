"""The page of a method: what it covers, and that the longest one stays light (4.5)."""

import json

import pytest

from components.panels.methods import Formulas, MethodView, method_screen
from services.i18n.texts import LANGUAGES, use_language
from services.reports.formulas import as_data
from services.reports.method_text import formula_node
from services.standards.catalog import load_catalog
from services.standards.written import formulas_of

CATALOG = load_catalog()
REGIONAL, CEMENT = "省级温室气体清单编制指南(试行)2011", "GB/T 32151.8-2015"


def screen(designation):
    method = CATALOG.method(designation)
    ways = [
        Formulas(source.code, [(text, as_data(formula_node(text))) for text in formulas_of(source)])
        for source in method.sources.values()
    ]
    return method_screen(MethodView(CATALOG.describe(designation), ways, ()))


def words(component):
    return json.dumps(component.to_plotly_json(), default=lambda part: part.to_plotly_json())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_region_has_another_boundary_than_a_firm(language):
    told = {"zh-CN": "行政区域内", "en": "within the region"}[language]
    with use_language(language):
        shown = {name: json.loads(words(screen(name))) for name in (REGIONAL, CEMENT)}
    assert [told in str(shown[name]) for name in (REGIONAL, CEMENT)] == [True, False]


def test_the_longest_method_has_few_elements_for_dash_to_draw():
    # 51 sources with 70 formulas; set as elements the formulas alone were 600.
    with use_language("zh-CN"):
        assert len(list(screen(REGIONAL)._traverse())) < 900
