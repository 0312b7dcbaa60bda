"""A wall's browser reaches its pages and nothing that writes, and is refused once it is ended."""

import psycopg
import pytest

from callbacks.gate import OF_WALLS
from callbacks.routes import public_endpoints
from callbacks.wall_token import COOKIE
from callbacks.wiring import register_of
from services import walls
from services.data.metadata import metadata
from services.security.actors import actor_of_login
from services.security.permissions import PERMISSIONS, Role
from services.walls import WallOrder
from tests.callbacks.conftest import OWN, add_once, body_of, call, callable_keys
from tests.doors import door_of
from workers.embedded.postgres import SUPERUSER

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


@pytest.fixture
def everything(servers, app_database):
    """Return a function that tells each table's rows with the transaction that wrote each."""
    name = app_database.engine.url.database
    with psycopg.connect(servers.postgres.url(SUPERUSER, name), autocommit=True) as connection:
        yield lambda: {
            table: connection.execute(
                f"SELECT count(*), md5(string_agg(t.xmin::text || t::text, '|' ORDER BY t::text))"
                f" FROM {table} t"
            ).fetchone()
            for table in metadata.tables
            if table not in OWN_TABLES
        }


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
