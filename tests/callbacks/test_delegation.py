"""The page on which a role is delegated: who may, what is refused in words, the factor before."""

import re
from datetime import timedelta

import pytest

from services.clock import today
from services.security.permissions import Role
from tests.callbacks.conftest import OWN, add_once
from tests.doors import let_grow_old

pytestmark = pytest.mark.postgres
PATH = "/account/delegation"


def membership_on(page):
    return re.search(r'<option value="([0-9a-f-]{36})"', page)[1]


def post(client, path=PATH, **data):
    return client.post(path, data=data, headers=OWN)


def order(page, **changed):
    week = today() + timedelta(days=7)
    given = {"login": "page.deputy", "first": today().isoformat(), "last": week.isoformat()}
    return {"membership": membership_on(page), **given, **changed}


def test_a_role_is_delegated_listed_and_taken_back(app_database, visitor):
    add_once(app_database, "page.deputy")
    client = visitor("page.officer", Role.BUREAU_OFFICER)
    page = client.get(PATH).get_data(as_text=True)
    assert post(client, **order(page)).location == PATH
    page = client.get(PATH).get_data(as_text=True)
    assert "page.deputy" in page
    given = re.search(r'name="membership" value="([0-9a-f-]{36})"', page)[1]
    assert post(client, PATH + "/end", membership=given).location == PATH
    assert "page.deputy" not in client.get(PATH).get_data(as_text=True)


def test_what_cannot_be_is_explained_and_what_was_typed_stays(app_database, visitor):
    add_once(app_database, "page.deputy")
    client = visitor("page.officer", Role.BUREAU_OFFICER)
    page = client.get(PATH).get_data(as_text=True)
    far = (today() + timedelta(days=91)).isoformat()
    for changed in ({"last": far}, {"last": "morgen"}, {"login": "page.officer"}, {"login": "x"}):
        answer = post(client, **order(page, **changed))
        assert answer.status_code == 400
        text = answer.get_data(as_text=True)
        assert 'role="alert"' in text
        assert f'value="{changed.get("login", "page.deputy")}"' in text
    for membership in ("x", "", "00000000-0000-4000-8000-000000000000"):
        assert post(client, PATH + "/end", membership=membership).status_code == 400


def test_the_second_factor_is_asked_for_again_first(app_database, visitor):
    client = visitor("page.officer", Role.BUREAU_OFFICER)
    page = client.get(PATH).get_data(as_text=True)
    let_grow_old(app_database, "page.officer")
    assert post(client, **order(page)).location.startswith("/step-up")


def test_who_holds_no_such_role_is_told_and_finds_no_way_there(visitor):
    client = visitor("page.reporter", Role.REPORTER)
    assert client.get(PATH).status_code == 403
    assert PATH not in client.get("/account").get_data(as_text=True)
    assert PATH in visitor("page.officer", Role.BUREAU_OFFICER).get("/account").get_data(
        as_text=True
    )
