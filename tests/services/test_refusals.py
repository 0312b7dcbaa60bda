"""What the platform refuses to start with."""

import pickle

import pytest
from rq.serializers import DefaultSerializer, JSONSerializer

from services import refusals
from services.refusals import UnsafeStartError, refuse_pickle, refuse_unsafe
from services.settings import SettingError, Settings


@pytest.mark.parametrize("name", ["DASH_DEBUG", "FLASK_DEBUG", "DASH_MCP_ENABLED"])
@pytest.mark.parametrize("value", ["1", "true", "Yes", "anything"])
def test_a_switch_that_opens_the_process_is_refused_by_name(name, value):
    with pytest.raises(UnsafeStartError) as raised:
        refuse_unsafe({name: value})
    assert name in str(raised.value)
    assert value in str(raised.value)


@pytest.mark.parametrize("value", ["", "0", "false", "No"])
def test_a_switch_that_is_off_is_admitted(value):
    refuse_unsafe({"DASH_DEBUG": value})


@pytest.mark.parametrize("found", ["4.4.0", "4.3.9", "3.2"])
def test_an_old_dash_is_refused(monkeypatch, found):
    monkeypatch.setattr(refusals, "version", {"dash": found}.get)
    with pytest.raises(UnsafeStartError, match=found):
        refuse_unsafe({})


@pytest.mark.parametrize("found", ["4.4.1", "4.10.0", "5.0.0rc1"])
def test_a_newer_dash_is_admitted(monkeypatch, found):
    monkeypatch.setattr(refusals, "version", {"dash": found}.get)
    refuse_unsafe({})


WHOLE = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "MQTT_URL"), "x") | {
    "SHUANGTAN_SECRET_KEY": "8796a5b4c3d2e1f0" * 2,
    "SHUANGTAN_FACTOR_KEY": "0f1e2d3c4b5a6978" * 4,
    "SHUANGTAN_DEVICE_KEY": "fedcba9876543210" * 4,
}


def over(tls):
    return {"SHUANGTAN_TLS": tls, "SHUANGTAN_PROXIES": "1"}


def test_pickle_is_refused_and_json_admitted():
    refuse_pickle(JSONSerializer)
    for unsafe in (DefaultSerializer, pickle):
        with pytest.raises(UnsafeStartError):
            refuse_pickle(unsafe)


def test_one_key_for_two_purposes_is_refused_and_not_shown():
    key = "0f1e2d3c4b5a6978" * 4
    with pytest.raises(UnsafeStartError) as raised:
        refuse_unsafe({"SHUANGTAN_SECRET_KEY": key, "SHUANGTAN_FACTOR_KEY": key})
    assert "SHUANGTAN_FACTOR_KEY" in str(raised.value)
    assert key not in str(raised.value)


@pytest.mark.parametrize(
    "value", ["", "short", "0f" * 31, "0f" * 33, "0" * 64, "01" * 32, "zz" * 32]
)
def test_a_factor_key_that_could_be_guessed_or_is_none_is_refused_and_not_shown(value):
    given = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "MQTT_URL"), "x")
    given |= {"SHUANGTAN_SECRET_KEY": "0123456789abcdef" * 2, "SHUANGTAN_FACTOR_KEY": value}
    given |= {"SHUANGTAN_DEVICE_KEY": "fedcba9876543210" * 4}
    with pytest.raises(SettingError) as raised:
        Settings.from_environment(given)
    assert "SHUANGTAN_FACTOR_KEY" in str(raised.value)
    assert not value or value not in str(raised.value)


@pytest.mark.parametrize("proxies", ["0", "", "-1", "x", "100"])
def test_tls_without_the_proxy_that_ends_it_is_refused(proxies):
    given = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "MQTT_URL"), "x")
    key = "0f1e2d3c4b5a6978"
    given |= {"SHUANGTAN_SECRET_KEY": key[::-1] * 2, "SHUANGTAN_FACTOR_KEY": key * 4}
    given |= {"SHUANGTAN_TLS": "1", "SHUANGTAN_PROXIES": "1"}
    given |= {"SHUANGTAN_DEVICE_KEY": "fedcba9876543210" * 4}
    assert Settings.from_environment(given).proxies == 1
    with pytest.raises(SettingError, match="SHUANGTAN_PROXIES"):
        Settings.from_environment(given | {"SHUANGTAN_PROXIES": proxies})


@pytest.mark.parametrize(
    ("name", "tls", "site"),
    [
        ("", "0", ""),
        ("Carbon.Example.CN", "1", "https://carbon.example.cn"),
        ("carbon.example.cn:443", "1", "https://carbon.example.cn"),
        ("carbon.example.cn:443", "0", "http://carbon.example.cn:443"),
        ("localhost:8050", "0", "http://localhost:8050"),
    ],
)
def test_the_public_name_with_what_is_usual_left_out_is_where_people_come(name, tls, site):
    settings = Settings.from_environment(WHOLE | {"SHUANGTAN_PUBLIC_HOST": name} | over(tls))
    assert settings.site == site


@pytest.mark.parametrize(
    "name", ["https://carbon.example.cn", "a b", "-a.cn", "a..cn", "a.cn/", "a.cn:0", "a" * 254]
)
def test_what_is_no_name_of_a_host_is_refused(name):
    with pytest.raises(SettingError, match="SHUANGTAN_PUBLIC_HOST"):
        Settings.from_environment(WHOLE | {"SHUANGTAN_PUBLIC_HOST": name})
