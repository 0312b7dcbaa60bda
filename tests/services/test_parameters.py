"""What is in force is told with where it is from, and no secret with it."""

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from components.panels.parameters import parameters_screen
from services.clock import today
from services.errors import NotAllowedError
from services.i18n.texts import LANGUAGES, has_text, use_language
from services.parameters import (
    ENVIRONMENT,
    FILE,
    GROUPS,
    SECRETS,
    SETTINGS,
    STANDARD,
    VARIABLES,
    parameters,
    with_dated,
)
from services.security.permissions import Actor, Membership, Role
from services.security.retention import set_retention
from services.settings import Settings
from tests.places import add_person

DAY = date(2026, 5, 1)
SECRET, SEED, PASSWORD = "s3cret-of-these-tests-0123456789", "0f1e2d3c" * 8, "pa55word"
DEVICE = "3c2d1e0f" * 8
GIVEN = {
    "DATABASE_URL": f"postgresql://app:{PASSWORD}@db.example:5432/shuangtan?password={PASSWORD}",
    "REDIS_URL": f"redis://:{PASSWORD}@cache.example:6379/0",
    "MQTT_URL": f"mqtt://listener:{PASSWORD}@broker.example:1883",
    "SHUANGTAN_SECRET_KEY": SECRET,
    "SHUANGTAN_FACTOR_KEY": SEED,
    "SHUANGTAN_DEVICE_KEY": DEVICE,
    "SHUANGTAN_LOG_SIGNING": "5e" * 32,
    "SHUANGTAN_PORT": "9000",
}


def actor(role):
    return Actor(1, "somebody", (Membership(role, 100_000, "cn"),))


def told(folder: Path, **changed):
    environ = {**GIVEN, "SHUANGTAN_DATA": str(folder), **changed}
    settings = Settings.from_environment(environ)
    found = parameters(actor(Role.SYSTEM_ADMINISTRATOR), settings, frozenset(environ), DAY)
    return found, {row.name: row for row in found.rows}


def test_every_setting_is_told_and_no_other(tmp_path):
    found, _ = told(tmp_path)
    assert {row.name for row in found.of(SETTINGS)} == set(VARIABLES)
    assert set(VARIABLES.values()) == {field.name for field in dataclasses.fields(Settings)}


def test_no_secret_and_no_password_is_in_it(tmp_path):
    text = str(told(tmp_path)[0])
    for secret in (SECRET, SEED, DEVICE, PASSWORD, "5e5e5e5e"):
        assert secret not in text
    _, rows = told(tmp_path)
    assert all(rows[name].value is None for name in SECRETS)
    assert rows["DATABASE_URL"].value == "postgresql://db.example:5432/shuangtan"


def test_where_a_value_is_from_is_told(tmp_path):
    _, rows = told(tmp_path)
    assert (rows["SHUANGTAN_PORT"].value, rows["SHUANGTAN_PORT"].source) == ("9000", ENVIRONMENT)
    assert rows["SHUANGTAN_HOST"].source == STANDARD
    assert rows["SHUANGTAN_SECRET_KEY"].source == ENVIRONMENT
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "session-key").write_text(SECRET + "\n", encoding="utf-8")
    _, rows = told(tmp_path, SHUANGTAN_LOG_SIGNING="")
    assert rows["SHUANGTAN_SECRET_KEY"].source == FILE
    assert rows["SHUANGTAN_SECRET_KEY"].where.endswith("secrets/session-key")
    assert rows["SHUANGTAN_LOG_SIGNING"].source == FILE


def test_the_numbers_of_sign_in_are_those_of_the_profile_in_force(tmp_path):
    found, rows = told(tmp_path, SHUANGTAN_SIGN_IN="asvs")
    assert found.profile.name == "asvs"
    assert (rows["classes"].value, rows["age_days"].value) == ("0", "0")
    _, rows = told(tmp_path)
    assert (rows["tries"].value, rows["shortest"].value) == ("5", "12")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_parameter_has_words(tmp_path, code):
    found, _ = told(tmp_path)
    assert {row.group for row in found.rows} == set(GROUPS)
    with use_language(code):
        keys = [f"parameters.names.{row.name.lower()}" for row in found.rows]
        assert [key for key in keys if not has_text(key)] == []


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SYSTEM_ADMINISTRATOR])
def test_nobody_else_sees_them(tmp_path, role):
    settings = Settings.from_environment({**GIVEN, "SHUANGTAN_DATA": str(tmp_path)})
    with pytest.raises(NotAllowedError):
        parameters(actor(role), settings, frozenset(), DAY)


@pytest.mark.postgres
def test_dated_values_are_told_with_their_day_source_and_status(database, tmp_path):
    found = with_dated(told(tmp_path)[0], database)
    rates = {row.name: row for row in found.dated_of("rates")}
    assert rates["api"].value == {"amount": 600, "seconds": 60, "per": "person"}
    kept = {row.name: row for row in found.dated_of("retention")}
    # Ten years and at least five; nobody said when that became known.
    assert kept["carbon_records"].value == {"days": 3653, "floor": 1827}
    assert kept["carbon_records"].published is None
    chosen = {row.name: row.value["chosen"] for row in found.dated_of("profiles")}
    assert chosen == {"mlps3": "chosen", "asvs": "not_chosen"}
    for row in found.dated:
        assert set(row.source) == set(LANGUAGES)
        assert row.status == "secondary" or row.group == "retention"
        assert row.applies_from <= DAY or row.group == "retention"


@pytest.mark.postgres
def test_a_rule_that_somebody_set_here_says_since_when(database, tmp_path):
    security = add_person(database, "security", (Role.SECURITY_ADMINISTRATOR, 100_000))
    set_retention(security, database, "trail", 2000, "longer than asked")
    found = with_dated(told(tmp_path)[0], database)
    [trail] = [row for row in found.dated_of("retention") if row.name == "trail"]
    assert (trail.value["days"], trail.applies_from) == (2000, today())
    assert trail.published is not None


@pytest.mark.postgres
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_says_all_of_them_in_words(database, tmp_path, code):
    with use_language(code):
        shown = str(parameters_screen(with_dated(told(tmp_path)[0], database)))
    for word in {"zh-CN": ("每人 60 秒内 600 次", "在用"), "en": ("600 in 60 s", "in use")}[code]:
        assert word in shown
