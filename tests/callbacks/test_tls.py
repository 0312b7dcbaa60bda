"""Cookies and headers behind a proxy that ends TLS, and without one on this machine."""

import dataclasses
import html

import pytest

from app import create_app
from callbacks.context import Context
from callbacks.second_factor import present_site
from callbacks.session import present_actor, site_address
from services.security.passkeys import Site
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from tests.callbacks.conftest import OWN, PASSWORD, add_once, give_code, person_of
from tests.doors import code_of, forget_step
from tests.fixtures.web import web_settings
from workers.queue import connect

pytestmark = pytest.mark.postgres
FORWARDED = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}


@pytest.fixture
def browser(app_database, tmp_path, redis_url):
    """Return a function that gives a browser before an application with settings changed."""

    def make(**changed):
        settings = dataclasses.replace(web_settings(tmp_path), **changed)
        parts = (app_database, load_catalog(), settings, connect(redis_url), present_actor)
        add_once(app_database, "cautious", Role.REPORTER)
        return create_app(Context(*parts)).server.test_client()

    return make


def half_in(client, **options):
    form = {"login": "cautious", "password": PASSWORD}
    return client.post("/login", data=form, headers=OWN, **options)


def cookies_of(answer):
    """Return the attributes of each cookie that an answer sets, by its name."""
    lines = answer.headers.getlist("Set-Cookie")
    return {line.split("=")[0]: {part.strip() for part in line.split(";")[1:]} for line in lines}


def test_over_tls_the_cookie_is_of_this_host_alone_and_stays_at_home(browser, app_database):
    client = browser(tls=True)
    secure = {"base_url": "https://localhost"}
    form = {"login": "cautious", "password": PASSWORD}
    headers = {"Origin": "https://localhost"}
    answer = client.post("/login", data=form, headers=headers, **secure)
    session = cookies_of(answer)["__Host-shuangtan"]
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= session
    assert not [part for part in session if part.startswith("Domain")]
    assert {"Secure", "SameSite=Strict"} <= cookies_of(answer)["language"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert client.get("/factor", **secure).status_code == 200
    forget_step(app_database, "cautious")
    given = {"code": code_of(person_of(app_database, "cautious").seed), "next": "/"}
    answer = client.post("/factor", data=given, headers=headers, **secure)
    device = cookies_of(answer)["__Host-shuangtan_device"]
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= device
    assert not [part for part in device if part.startswith("Domain")]


def test_without_tls_signing_in_works_and_nothing_promises_tls(browser, app_database):
    client = browser()
    answer = half_in(client)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= cookies_of(answer)["shuangtan"]
    assert "Secure" not in cookies_of(answer)["shuangtan"]
    assert give_code(client, person_of(app_database, "cautious"), app_database).location == "/"
    assert client.get("/").status_code == 200
    # Anybody can write this, so it means nothing.
    answer = client.get("/login", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in answer.headers


def test_who_asks_is_taken_from_the_proxies_that_are_there_and_no_other(browser):
    seen = []
    for proxies in (0, 1):
        client = browser(proxies=proxies)
        client.application.after_request(lambda answer: seen.append(_present()) or answer)
        client.get("/login", headers=FORWARDED)
        client.get("/login", headers=FORWARDED | {"X-Forwarded-For": "192.0.2.1, 203.0.113.7"})
    assert seen == [("127.0.0.1", "http")] * 2 + [("203.0.113.7", "https")] * 2


def _present():
    from flask import request

    return request.remote_addr, request.scheme


def test_leaving_clears_what_the_browser_keeps(browser, app_database):
    client = browser()
    half_in(client)
    give_code(client, person_of(app_database, "cautious"), app_database)
    answer = client.post("/logout", headers=OWN)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get_cookie("shuangtan") is None


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND"])
def test_methods_that_nobody_means_are_off_for_everybody(browser, method):
    client = browser()
    for path in ("/login", "/", "/_dash-update-component", "/healthz", "/nothing"):
        assert client.open(path, method=method, headers=OWN).status_code == 405


NAME = "carbon.example.cn"
AT_HOME = {"base_url": f"https://{NAME}"}


def test_with_a_name_set_a_request_for_another_is_refused(browser):
    client = browser(tls=True, public_host=NAME)
    for name in ("localhost", "evil.example", f"{NAME}.evil.example", f"{NAME}:444"):
        for path in ("/login", "/theme.css", "/api/v1/openapi.json", "/nowhere"):
            assert client.get(path, base_url=f"https://{name}").status_code == 400, (name, path)
    assert client.get("/login", **AT_HOME).status_code == 200
    assert client.get("/login", base_url=f"https://{NAME.upper()}").status_code == 200
    # A supervisor on the machine itself knows it by another.
    assert client.get("/healthz", base_url="http://127.0.0.1:8050").status_code == 200


def test_a_page_that_leads_its_own_name_here_is_refused(browser):
    client = browser(public_host=NAME)
    form = {"login": "cautious", "password": PASSWORD}
    given = {"headers": {"Origin": "http://evil.example"}, "base_url": "http://evil.example"}
    assert client.post("/login", data=form, **given).status_code == 400


def test_passkeys_and_addresses_are_made_out_to_the_name_that_is_set(browser, app_database):
    client = browser(tls=True, public_host=NAME)
    form, headers = {"login": "cautious", "password": PASSWORD}, {"Origin": f"https://{NAME}"}
    assert client.post("/login", data=form, headers=headers, **AT_HOME).status_code == 302
    forget_step(app_database, "cautious")
    given = {"code": code_of(person_of(app_database, "cautious").seed), "next": "/"}
    assert client.post("/factor", data=given, headers=headers, **AT_HOME).status_code == 302
    page = html.unescape(client.get("/factor/new", **AT_HOME).get_data(as_text=True))
    assert f'"id": "{NAME}"' in page
    with client.application.test_request_context("/", base_url="http://localhost:8050"):
        assert site_address() == f"https://{NAME}"
        assert present_site() == Site(NAME, f"https://{NAME}")
