"""Base data: divisions, gases, warming potentials, fuels, factors; loaded when they change."""

import re

import pytest
from sqlalchemy import text

from services.data import organizations
from services.data.engine import owner_work
from services.data.seed import content_hash, divisions, industries, load_base
from services.data.work import Scope
from services.errors import NotFoundError
from services.standards.catalog import load_catalog

LATIN = re.compile(r"[A-Za-zü' ]+")

pytestmark = pytest.mark.postgres


def scalar(database, statement):
    with database.work(Scope()) as work:
        return work.connection.scalar(text(statement))


def test_there_are_34_provinces_and_their_cities(database):
    kinds = "SELECT count(*) FROM base.division WHERE kind = '{}'"
    assert scalar(database, kinds.format("province")) == 34
    assert scalar(database, kinds.format("city")) == 333


def test_a_city_lies_in_its_province_and_the_province_in_the_country(database):
    with database.work(Scope()) as work:
        path = organizations.ancestors(work, 320100)
    assert [place.names["zh-CN"] for place in path] == ["中国", "江苏省", "南京市"]
    assert path[-1].access_path == "cn.p320000.c320100"


def test_children_come_in_the_order_of_codes(database):
    with database.work(Scope()) as work:
        provinces = organizations.children(work, 100000)
    assert [province.code for province in provinces][:2] == ["110000", "120000"]
    assert len(provinces) == 34


def test_methane_weighs_21_in_the_second_assessment(database):
    query = "SELECT value FROM base.gwp WHERE gas = 'CH4' AND gwp_set = 'SAR'"
    assert scalar(database, query) == 21


def test_the_national_carbon_content_of_anthracite_is_loaded(database):
    query = "SELECT value FROM base.factor WHERE code = 'NDRC_B1_METAL.ANTHRACITE.NCV'"
    assert scalar(database, query) == 20.304


def test_no_factor_is_verified_before_somebody_compared_it_with_the_document(database):
    assert scalar(database, "SELECT count(*) FROM base.factor WHERE status = 'verified'") == 0


def test_every_place_has_an_english_name():
    unnamed = [row["name_zh"] for row in divisions() if not LATIN.fullmatch(row["name_en"])]
    assert unnamed == []


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (320100, "Nanjing"),
        (320500, "Suzhou"),
        (610100, "Xi'an"),
        (150100, "Hohhot"),
        (632800, "Haixi Mongol and Tibetan Autonomous Prefecture"),
    ],
)
def test_a_city_is_called_by_its_english_name(database, code, name):
    with database.work(Scope()) as work:
        assert organizations.get(work, code).names["en"] == name


def test_there_are_20_sections_and_97_divisions_of_industry(database):
    lengths = "SELECT count(*) FROM base.industry WHERE length(code) = {}"
    assert [scalar(database, lengths.format(n)) for n in (1, 2)] == [20, 97]


def test_every_industry_lies_in_one_that_is_there():
    codes = {row["code"] for row in industries()}
    assert [r["code"] for r in industries() if r["parent_code"] not in codes | {""}] == []


def test_every_method_for_enterprises_is_named_by_an_industry_and_none_that_is_not_there():
    known = {m.designation for m in load_catalog().methods.values() if m.subject == "enterprise"}
    named = {designation for row in industries() for designation in row["methods"]}
    assert named ^ known == set()


def test_loading_again_does_nothing(owner_url):
    with owner_work(owner_url) as work:
        assert load_base(work) is False


def test_a_changed_file_is_loaded_again_and_organizations_stay(owner_url, database):
    with owner_work(owner_url) as work:
        work.connection.execute(text("UPDATE base.standard_load SET content_hash = 'older'"))
        work.connection.execute(text("DELETE FROM base.industry"))
        work.commit()
    with owner_work(owner_url) as work:
        assert load_base(work) is True
        work.commit()
    assert scalar(database, "SELECT count(*) FROM base.industry") == len(industries())
    newest = "SELECT content_hash FROM base.standard_load ORDER BY loaded_at DESC LIMIT 1"
    assert scalar(database, newest) == content_hash()


def test_an_unknown_place_is_not_found(database):
    with database.work(Scope()) as work, pytest.raises(NotFoundError, match="123456"):
        organizations.get(work, 123456)
