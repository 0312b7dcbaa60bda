"""What programs read and write over the API, with their tokens."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from services import clock
from services.accounting import reading
from services.data import audit
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.security.permissions import PERMISSIONS, Role
from services.standards.catalog import load_catalog
from services.standards.library import loaded_library
from tests.callbacks.other_firm import BEGUN, CONTENT, FILED, METHOD, OtherFirm
from tests.callbacks.programs import Program, token_for

pytestmark = pytest.mark.postgres

OF_REPORTER = PERMISSIONS[Role.REPORTER]
BOOT = "00000000000000bb"


@pytest.fixture(scope="module")
def firm(app_database):
    return OtherFirm(app_database)


@pytest.fixture(scope="module")
def token(firm):
    return token_for(firm.database, firm.login(Role.REPORTER), OF_REPORTER)


@pytest.fixture
def program(app, firm, token):
    return Program(app, token)


def events(database, action):
    """Return how often a deed stands in the trail."""
    with database.work(SYSTEM_SCOPE) as work:
        return [each.event for each in audit.search(work, AuditQuery(action=action), 500)]


def test_a_firms_program_sees_its_firm_alone(program, firm):
    told = program.get("/organizations").json
    assert [(one["id"], one["code"]) for one in told["items"]] == [(firm.key, firm.code)]
    assert told["next"] is None
    assert program.get(f"/organizations/{firm.key}").json == told["items"][0]


def test_pages_hold_every_item_once_whatever_their_size(program):
    whole = [value.code for value in loaded_library(load_catalog())]
    for limit in (7, 500):
        items = program.all_of("/factors", limit)
        assert [one["code"] for one in items] == whole
    assert len(whole) > 500


def test_a_page_does_not_move_when_something_new_comes(program, firm):
    place = f"/organizations/{firm.key}/reports"
    for language in ("zh-CN", "en"):
        program.post(place, {"year": FILED, "language": language})
    first = program.get(f"{place}?limit=1").json
    rest = f"{place}?cursor={first['next']}"
    behind = [one["id"] for one in program.get(rest).json["items"]]
    program.post(place, {"year": 2022, "language": "en"})
    assert program.get(f"{place}?limit=1").json["items"] != first["items"]
    assert [one["id"] for one in program.get(rest).json["items"]] == behind
    assert behind
    assert first["items"][0]["id"] not in behind


def test_a_result_is_what_the_page_shows_to_the_last_digit(program, firm):
    stored = reading.result_of(firm.staff[0], firm.database, firm.key, FILED)
    told = program.get(f"/runs/{firm.run_id}").json
    assert (told["total_t"], told["is_filed"]) == (stored.summary.total_t, True)
    lines = program.all_of(f"/runs/{firm.run_id}/lines", 1)
    assert [one["co2e_t"] for one in lines] == [line.co2e_t for line in stored.lines]
    assert [one["line"] for one in lines] == list(range(len(stored.lines)))


def test_what_was_read_bears_its_label_and_leaves_a_trace(program, firm):
    before = len(events(firm.database, "read_api"))
    answer = program.get(f"/runs/{firm.run_id}")
    assert answer.headers["Data-Label"] == "sensitive"
    after = events(firm.database, "read_api")
    assert len(after) == before + 1
    assert after[0].after == {"label": "sensitive"}
    assert (after[0].channel, after[0].resource) == ("api", f"/api/v1/runs/{firm.run_id}")


def test_what_has_not_changed_is_not_sent_again(program, firm):
    for path in ("/factors?limit=3", f"/runs/{firm.run_id}", "/organizations"):
        first = program.get(path)
        again = program.get(path, If_None_Match=first.headers["ETag"])
        assert (again.status_code, again.data) == (304, b"")
        assert program.get(path, If_None_Match='"other"').status_code == 200


def test_a_factor_is_told_with_its_versions(program):
    told = program.get("/factors/GWP.AR5.CH4").json
    assert told["factor"]["value"] == 28  # IPCC AR5, table 8.7, without feedbacks
    assert "GWP.AR5.CH4" in [one["code"] for one in told["versions"]]
    found = program.get("/factors?text=ch4%20ar5&group=gwp").json["items"]
    assert "GWP.AR5.CH4" in [one["code"] for one in found]


def test_alerts_are_what_disagrees_in_results(program, firm):
    items = program.get(f"/organizations/{firm.key}/alerts").json["items"]
    (told,) = [item for item in items if item["kind"] == "inconsistency"]
    assert (told["id"], told["state"]) == (str(firm.finding), "open")
    assert (told["expected"], told["found"]) == (1, 2)


def test_alerts_are_listed_beside_what_disagrees_page_by_page(program, firm):
    path = f"/organizations/{firm.key}/alerts?limit=1"
    first = program.get(path).json
    second = program.get(f"{path}&cursor={first['next']}").json
    assert second["next"] is None
    found = {item["kind"]: item for item in (*first["items"], *second["items"])}
    assert set(found) == {"inconsistency", "alert"}
    assert found["alert"]["id"] == str(firm.warn())
    assert (found["alert"]["rule"], found["alert"]["state"]) == ("point.range", "open")
    assert found["alert"]["subject"]["en"] == firm.warning


def entry_of(firm):
    return f"/organizations/{firm.key}/entries/{BEGUN}"


def test_a_draft_is_put_from_the_revision_that_was_read(program, firm):
    read = program.get(entry_of(firm))
    tag, revision = read.headers["ETag"], read.json["revision"]
    assert tag.startswith(f'"r{revision}.')
    row = firm.row() | {"FC": "12"}
    put = program.put(entry_of(firm), {"method": METHOD, "rows": [row]}, If_Match=tag)
    assert put.status_code == 200, put.json
    assert put.json["rows"] == [row]
    assert put.json["revision"] == revision + 1
    stale = program.put(entry_of(firm), {"rows": []}, If_Match=tag)
    assert (stale.status_code, stale.json["code"]) == (412, "stale_draft")
    now = program.get(entry_of(firm))
    assert (now.headers["ETag"], now.json) == (put.headers["ETag"], put.json)


def test_a_wrong_cell_keeps_the_whole_of_it_out_unless_that_is_meant(program, firm):
    read = program.get(entry_of(firm))
    body = {"rows": [{"source": "fuel", "item": "diesel", "FC": "a lot"}]}
    match = {"If_Match": read.headers["ETag"]}
    told = program.put(entry_of(firm), body, **match)
    assert told.status_code == 422
    assert (0, "FC", "error") in [
        (p["row"], p["field"], p["severity"]) for p in told.json["problems"]
    ]
    assert program.get(entry_of(firm)).json == read.json
    kept = program.put(f"{entry_of(firm)}?keep=true", body, **match)
    assert (kept.status_code, kept.json["rows"]) == (200, body["rows"])
    assert "FC" in [p["field"] for p in kept.json["problems"]]


def test_a_year_that_waits_for_a_decision_is_not_changed(program, firm):
    place = f"/organizations/{firm.key}/entries/2022"
    tag = program.get(place).headers["ETag"]
    body = {"rows": [{"source": "fuel", "item": "diesel", "FC": "1", "NCV": "43.33"}]}
    assert program.put(place, body, If_Match=tag).status_code in (409, 422)


def message(firm, sequence=1, **changes):
    at = int((clock.now() - timedelta(minutes=1)).timestamp() * 1000)
    sample = {"ts": at, "tq": 2, "q": 0, "vals": {"P": 5.5, "E": 7}}
    usual = {"device": firm.meter, "boot": BOOT, "sequence": sequence, "readings": [sample]}
    return usual | changes


def stored_readings(firm):
    query = (
        "SELECT m.integrity, r.value FROM collected.reading r JOIN collected.message m"
        " USING (organization_id, message_id) WHERE m.organization_id = :key AND m.boot = :boot"
        " ORDER BY m.sequence, r.value"
    )
    with firm.database.work(SYSTEM_SCOPE) as work:
        rows = work.connection.execute(text(query), {"key": firm.key, "boot": BOOT})
        return [tuple(row) for row in rows]


def test_readings_are_stored_once_and_marked_as_vouched_for_by_a_token(program, firm):
    place = f"/organizations/{firm.key}/readings"
    good, unknown = message(firm), message(firm, 2, device="NOBODY")
    early = message(firm, 3)
    early["readings"][0]["ts"] = 1_000
    told = program.post(place, {"messages": [good, unknown, early]}).json
    assert (told["stored"], told["readings"], told["integrity"]) == (1, 2, "token")
    assert [(r["message"], r["reason"]) for r in told["refused"]] == [
        (1, "unknown_device"),
        (2, "too_old"),
    ]
    again = program.post(place, {"messages": [good]}).json
    assert (again["stored"], again["repeated"]) == (0, 1)
    other = good | {"readings": message(firm)["readings"]}
    other["readings"][0]["vals"] = {"P": 6}
    reused = program.post(place, {"messages": [other]}).json
    assert [r["reason"] for r in reused["refused"]] == ["key_reused"]
    assert stored_readings(firm) == [("token", 5.5), ("token", 7.0)]
    assert events(firm.database, "send_readings")[0].after["label"] == "sensitive"


def test_a_report_is_ordered_once_for_a_key(program, firm):
    place, key = f"/organizations/{firm.key}/reports", str(uuid4())
    body = {"year": FILED, "language": "en"}
    first = program.post(place, body, Idempotency_Key=key)
    assert first.status_code == 202
    assert first.headers["Location"] == f"/api/v1/reports/{first.json['id']}"
    again = program.post(place, body, Idempotency_Key=key)
    assert (again.status_code, again.json) == (202, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = program.post(place, body | {"language": "zh-CN"}, Idempotency_Key=key)
    assert (other.status_code, other.json["code"]) == (422, "key_reused")
    with firm.database.work(SYSTEM_SCOPE) as work:
        asked = {"key": key, "person": firm.staff[0].person_id}
        work.connection.execute(text(f"SET LOCAL app.person = '{asked['person']}'"))
        work.connection.execute(
            text("UPDATE base.api_answer SET status = NULL WHERE key = :key"), asked
        )
        work.commit()
    busy = program.post(place, body, Idempotency_Key=key)
    assert (busy.status_code, busy.json["code"]) == (409, "in_flight")


def test_a_refused_request_may_be_sent_again_under_its_key(program, firm):
    place, key = f"/organizations/{firm.key}/reports", str(uuid4())
    nothing = {"year": 2001, "language": "en"}
    for _ in range(2):
        assert program.post(place, nothing, Idempotency_Key=key).status_code == 404


def test_a_report_is_waited_for_and_taken(program, firm):
    listed = program.get(f"/organizations/{firm.key}/reports").json["items"]
    (made,) = [one for one in listed if one["state"] == "done"]
    assert program.get(f"/reports/{made['id']}").json == made
    for each in made["files"]:
        answer = program.client.get(each["address"], headers=program.headers)
        assert (answer.status_code, answer.data) == (200, CONTENT[each["format"]])
        assert answer.headers["Data-Label"] == "sensitive"


def test_the_page_of_the_contract_tells_every_operation(app, program):
    for language, word in (("en", "List organizations"), ("zh-CN", "列出组织")):
        page = app.server.test_client().get("/api/v1/docs", headers={"Accept-Language": language})
        shown = page.get_data(as_text=True)
        assert word in shown
        told = program.get("/openapi.json").json
        ways = [way for path in told["paths"].values() for way in path.values()]
        assert [way for way in ways if f'id="{way["operationId"]}"' not in shown] == []
