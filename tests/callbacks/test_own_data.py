"""The page of one's own data: the notice, files after the second factor, and the way out."""

import csv
import io
import json

import pytest

from services.security.permissions import Role
from services.security.personal_data import personal_data
from tests.callbacks.conftest import OWN
from tests.doors import let_grow_old

pytestmark = pytest.mark.postgres

PATH = "/account/data"


def post(client, path, **data):
    return client.post(path, data=data, headers=OWN)


def test_the_notice_names_all_that_is_held_and_is_accepted_once(visitor):
    client = visitor("reads", Role.REPORTER)
    page = client.get(PATH).get_data(as_text=True)
    for held in personal_data().tables:
        assert held.purpose["zh-CN"] in page
    assert "accept-notice" in page
    assert post(client, PATH + "/notice").location == PATH
    assert "accept-notice" not in client.get(PATH).get_data(as_text=True)


def test_files_are_handed_out_shortly_after_the_second_factor_only(app_database, visitor):
    client = visitor("takes", Role.REPORTER)
    told = json.loads(client.get(PATH + "/file/json").data)
    assert [table["table"] for table in told["tables"]] == [h.name for h in personal_data().tables]
    taken = client.get(PATH + "/file/csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(taken)))
    assert ["base.person", "1", "login", "takes"] in rows
    assert client.get(PATH + "/file/exe").status_code == 404
    let_grow_old(app_database, "takes")
    for path in ("/file/json", "/file/csv"):
        assert "/step-up" in client.get(PATH + path).location


def test_what_cannot_be_kept_is_told_and_nothing_changes(visitor):
    client = visitor("corrects", Role.REPORTER)
    answer = post(client, PATH, name="某人", contact="010-1234")
    assert answer.status_code == 400
    assert "没有同意保存" in answer.get_data(as_text=True)
    assert post(client, PATH, name="某人", contact="010-1234", agreed="yes").location == PATH
    assert 'value="010-1234"' in client.get(PATH).get_data(as_text=True)


def test_an_account_closes_only_by_its_own_name_and_then_nothing_answers(visitor):
    client = visitor("closes", Role.REPORTER)
    assert post(client, PATH + "/close", login="other").status_code == 400
    answer = post(client, PATH + "/close", login="closes")
    assert answer.status_code == 200
    assert '"storage"' in answer.headers["Clear-Site-Data"]
    assert client.get("/account").location.startswith("/login")


def test_a_stale_second_factor_closes_nothing(app_database, visitor):
    client = visitor("stays", Role.REPORTER)
    let_grow_old(app_database, "stays")
    assert "/step-up" in post(client, PATH + "/close", login="stays").location
    assert client.get("/account").status_code == 200
