"""A wall's browser reaches its pages and nothing that writes, and is refused once it is ended."""

import dataclasses
from datetime import timedelta

import pytest

from callbacks.gate import OF_WALLS
from callbacks.routes import public_endpoints
from callbacks.wall_token import COOKIE
from callbacks.wiring import register_of
from services import walls
from services.data import audit
from services.data import walls as rows
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.data.work import Scope
from services.security.actors import actor_of_login
from services.security.permissions import PERMISSIONS, Role
from services.walls import WallOrder
from tests.callbacks.conftest import OWN, add_once, body_of, call, callable_keys
from tests.doors import door_of

pytestmark = pytest.mark.postgres
HOME = "home-register.children"
REGION = "government-accounting-content.children"
ORDER = WallOrder("一号大屏", "三楼", "320000", 30)
# A wall is seen, and what it is refused leaves its trace.
OWN_TABLES = {"base.wall_device", "business.audit_event", "base.log_leaf"}


@pytest.fixture
def security(app_database):
    add_once(app_database, "security", Role.SECURITY_ADMINISTRATOR)
    return actor_of_login(app_database, "security")


@pytest.fixture
def invitation(app_database, security):
    return walls.add_wall(security, door_of(app_database), ORDER)


@pytest.fixture
def wall(app, invitation):
    """The browser of a wall that was enrolled."""
    client = app.server.test_client()
    assert client.get(f"/wall/{invitation}").status_code == 200
    answer = client.post(f"/wall/{invitation}", headers=OWN)
    assert answer.location == "/government/accounting"
    return client


def test_looking_at_the_address_uses_nothing_up_and_pressing_does(app, stranger, invitation):
    for _ in range(2):
        assert "一号大屏" in stranger.get(f"/wall/{invitation}").get_data(as_text=True)
    answer = stranger.post(f"/wall/{invitation}", headers=OWN)
    kept = answer.headers["Set-Cookie"]
    assert kept.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in kept.split(";")}
    assert app.server.test_client().post(f"/wall/{invitation}", headers=OWN).status_code == 404
    assert stranger.get("/wall/1.x").status_code == 404


def test_a_press_from_another_site_enrols_nothing(stranger, invitation):
    assert stranger.post(f"/wall/{invitation}").status_code == 403
    assert stranger.get(f"/wall/{invitation}").status_code == 200


def test_the_token_travels_encrypted_only_where_the_page_did(stranger, invitation):
    base = {"base_url": "https://localhost", "headers": OWN | {"Origin": "https://localhost"}}
    assert "Secure" in stranger.post(f"/wall/{invitation}", **base).headers["Set-Cookie"]


def test_a_wall_calls_what_shows_and_no_other_callback(app, wall, everything):
    allowed = PERMISSIONS[Role.WALL]
    register, before = register_of(app), everything()
    for key in callable_keys(app):
        answer = call(wall, body_of(app, key))
        if register[key].permission in allowed:
            assert answer.status_code < 500, key
        else:
            assert answer.status_code == 403, key
            assert "response" not in answer.get_json()
    assert everything() == before


def test_a_wall_sees_its_own_place_and_none_that_is_none(app, wall):
    body = body_of(app, next(key for key in callable_keys(app) if REGION in key))
    for region, is_seen in (("320000", True), ("1", False), ("x", False)):
        body["inputs"][0]["value"] = {"region": region, "year": "", "edition": ""}
        text = call(wall, body).get_data(as_text=True)
        assert ("state-error" not in text) == is_seen, region


def test_a_wall_crawls_and_finds_only_what_is_written_down_for_walls(app, wall):
    for rule in app.server.url_map.iter_rules():
        if rule.endpoint in public_endpoints(app.server) | OF_WALLS:
            continue
        address = rule.rule.split("<")[0] + ("x" if "<" in rule.rule else "")
        method = "GET" if "GET" in rule.methods else "POST"
        answer = wall.open(address, method=method, headers=OWN)
        assert answer.status_code in (403, 404, 405), (address, answer.status_code)


def test_the_language_of_a_wall_stays_with_its_browser_and_its_theme_is_no_persons(wall):
    assert wall.post("/language", data={"language": "en"}, headers=OWN).status_code == 302
    assert wall.post("/theme", data={"theme": "dark"}, headers=OWN).status_code == 403


def test_a_wall_that_is_ended_is_a_stranger_at_once(app, app_database, wall, security):
    door = door_of(app_database)
    assert call(wall, body_of(app, HOME, "done")).status_code == 200
    for found in walls.walls_of(security, door):
        if found.ended_at is None:
            walls.end_wall(security, door, found.wall_id)
    assert call(wall, body_of(app, HOME, "done")).status_code == 401


def test_a_wall_that_leaves_has_lost_its_token_wherever_it_was_copied(app, wall):
    copied = wall.get_cookie(COOKIE).value
    wall.post("/logout", headers=OWN)
    assert wall.get_cookie(COOKIE) is None
    other = app.server.test_client()
    other.set_cookie(COOKIE, copied)
    assert call(other, body_of(app, HOME, "done")).status_code == 401


def shown(app, client, address="127.0.0.1", **headers):
    """Return how a callback that a wall may call is answered at an address."""
    path, body = "/_dash-update-component", body_of(app, HOME, "done")
    from_there = {"headers": OWN | headers, "environ_base": {"REMOTE_ADDR": address}}
    return client.post(path, json=body, **from_there).status_code


def let_grow_old(database, security, minutes=11):
    """Let it be so long since the token of the wall that lives was made."""
    door = door_of(database)
    (found,) = (each for each in walls.walls_of(security, door) if each.ended_at is None)
    with database.work(Scope(person_id=found.person_id)) as work:
        rows.write(work, found, enrolled_at=found.enrolled_at - timedelta(minutes=minutes))
        work.commit()


@pytest.fixture
def lonely(app_database, security):
    """End the walls of other tests first."""
    door = door_of(app_database)
    for found in walls.walls_of(security, door):
        if found.ended_at is None:
            walls.end_wall(security, door, found.wall_id)


@pytest.mark.usefixtures("lonely")
def test_an_answer_brings_the_next_token_once_the_present_one_is_old(
    app, app_database, security, invitation
):
    wall = app.server.test_client()
    wall.post(f"/wall/{invitation}", headers=OWN)
    before = wall.get_cookie(COOKIE).value
    assert shown(app, wall) == 200
    assert wall.get_cookie(COOKIE).value == before
    let_grow_old(app_database, security)
    assert shown(app, wall) == 200
    kept = wall.get_cookie(COOKIE)
    assert kept.value != before
    assert (kept.http_only, kept.same_site) == (True, "Strict")
    assert wall.get("/_reload-hash").status_code == 200


def test_a_bound_wall_is_believed_by_where_it_is_and_not_by_what_it_says(
    app, app_database, security
):
    bound = dataclasses.replace(ORDER, networks="203.0.113.0/24")
    token = walls.add_wall(security, door_of(app_database), bound)
    wall, inside = app.server.test_client(), {"REMOTE_ADDR": "203.0.113.5"}
    address = f"/wall/{token}"
    told = wall.post(address, headers=OWN | {"X-Forwarded-For": "203.0.113.5"})
    assert (told.status_code, wall.get_cookie(COOKIE)) == (404, None)
    assert wall.post(address, headers=OWN, environ_base=inside).status_code == 303
    assert shown(app, wall, "203.0.113.77") == 200
    for forged in ({}, {"X-Forwarded-For": "203.0.113.5"}):
        assert shown(app, wall, "198.51.100.5", **forged) == 401
    with app_database.work(SYSTEM_SCOPE) as work:
        told = audit.search(work, AuditQuery(action="wall_elsewhere", result="refused"), 9)
    assert {each.event.address for each in told} == {"198.51.100.5"}
    assert shown(app, wall, "203.0.113.77") == 200
