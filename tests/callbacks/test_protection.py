"""Headers, caching and error answers of the whole server."""

import pytest

from callbacks.http.protection import StaticCache
from services.security.permissions import Role
from tests.callbacks.conftest import OWN, body_of, call

pytestmark = pytest.mark.postgres


def policy_of(answer):
    parts = (
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    return dict(part for part in parts if len(part) == 2)


def test_scripts_run_only_with_the_nonce_of_their_request(visitor):
    client = visitor("reporter", Role.REPORTER)
    first, second = client.get("/"), client.get("/")
    nonce = policy_of(first)["script-src"].split("'nonce-")[1].split("'")[0]
    text = first.get_data(as_text=True)
    assert "unsafe" not in policy_of(first)["script-src"]
    assert text.count("<script>") == 0
    assert f'nonce="{nonce}"' in text
    assert nonce not in second.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/login", "/healthz", "/theme.css"])
def test_every_answer_is_closed_to_other_sites(stranger, path):
    headers = stranger.get(path).headers
    assert policy_of(stranger.get(path))["frame-ancestors"] == "'none'"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_what_a_person_sees_is_never_kept_by_a_browser(app, visitor):
    client = visitor("reporter", Role.REPORTER)
    answers = (client.get("/"), call(client, body_of(app, "home-register.children", "all")))
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


def test_static_files_are_compressed_and_kept_for_a_year(visitor):
    client = visitor("reporter", Role.REPORTER)
    text = client.get("/").get_data(as_text=True)
    address = text.split('src="/_dash-component-suites/dash/dash-renderer')[1].split('"')[0]
    answer = client.get(
        "/_dash-component-suites/dash/dash-renderer" + address, headers={"Accept-Encoding": "br"}
    )
    assert answer.headers["Content-Encoding"] == "br"
    assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_no_answer_tells_versions_of_python(visitor):
    client = visitor("reporter", Role.REPORTER)
    text = client.get("/").get_data(as_text=True)
    assert '"python_version":""' in text
    assert "validation_layout" not in text


def test_an_address_that_is_no_page_is_not_found(visitor):
    client = visitor("reporter", Role.REPORTER)
    assert client.get("/no/such/page").status_code == 404
    assert client.get("/").status_code == 200


def test_the_cloud_is_unknown_to_every_graph():
    from components.panels.graph import config

    assert config()["showSendToCloud"] is False
    assert "sendChartToCloud" in config()["modeBarButtonsToRemove"]


def test_errors_for_programs_are_json_and_for_people_a_page(stranger, visitor):
    assert stranger.post("/_dash-update-component", headers=OWN).is_json
    client = visitor("reporter", Role.REPORTER)
    answer = client.post("/theme.css", headers=OWN)
    assert answer.status_code == 405
    assert "text/html" in answer.content_type


def test_a_bundle_is_kept_once_whatever_address_it_is_asked_by(app, stranger, monkeypatch):
    kept = []
    monkeypatch.setattr(StaticCache, "set", lambda _cache, key, _value: kept.append(key))
    bundle = "/_dash-component-suites/dash/deps/react-dom@18"
    for number in range(3):
        address = f"{bundle}.v3_1m{number}.3.1.min.js?x={number}"
        answer = stranger.get(address, headers={"Accept-Encoding": "br"})
        assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "br")
        assert answer.get_data()
    assert len(set(kept)) == 1


@pytest.mark.parametrize("path", ["plotly/nothing.js", "nothing/x.js", "dash/nothing.v1m1.js"])
def test_a_bundle_that_there_is_none_of_is_not_found(stranger, path):
    answer = stranger.get(f"/_dash-component-suites/{path}")
    assert answer.status_code == 404
    assert "dash_core_components" not in answer.get_data(as_text=True)
