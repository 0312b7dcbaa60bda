"""A person of one firm gets nothing of another's, and changes nothing there, by any callback.

Every callback of Dash's own map is called with a body as the other firm's browser would send it.
The other firm's people send the same bodies, so that a body that is no longer valid is noticed.
"""

import pytest

from callbacks.routes import public_endpoints
from callbacks.wiring import register_of
from services.i18n.texts import texts
from services.security.permissions import ADMINISTRATORS, PERMISSIONS, Role
from tests.callbacks.conftest import add_known, call, callable_keys, come_in
from tests.callbacks.other_firm import CONTENT, FILED, OF_FIRMS, THEIRS, OtherFirm, valid_body
from tests.places import NANJING, add_firm

pytestmark = pytest.mark.postgres

REFUSALS = ("unexpected", "not_found", "not_allowed")
# Pages and their files, which carry nothing of anybody.
WITHOUT_DATA = {
    "/",
    "/<path:path>",
    "/_dash-layout",
    "/_dash-dependencies",
    "/_reload-hash",
}
# Of the platform itself, and open to a role alone.
OF_PLATFORM = {"download_audit", "log.inclusion", "api.factor"}
TEMPLATE = "download_template"
# Of whoever asks, and of nobody else: tests/callbacks/test_own_data.py.
OF_ONESELF = {"own_data.take_out"}


@pytest.fixture(scope="module")
def other(app_database):
    return OtherFirm(app_database)


@pytest.fixture
def enter(app, app_database):
    """Return a function that signs somebody in whose password is PASSWORD."""
    return lambda login: come_in(app, app_database, login)


@pytest.fixture(scope="module")
def logins(app_database):
    """People of another firm: its reporter, one with every role there, and its verifier."""
    place = add_firm(app_database, "EIGEN", NANJING).organization_id
    people = {"eigen.reporter": (Role.REPORTER,), "eigen.every.role": OF_FIRMS}
    people["eigen.verifier"] = (Role.VERIFIER,)
    for login, roles in people.items():
        add_known(app_database, login, *((role, place) for role in roles))
    return tuple(people)


@pytest.fixture(params=[0, 1], ids=["reporter", "every_role"])
def foreigner(logins, enter, request):
    return enter(logins[request.param])


@pytest.fixture(params=[0, 1, 2], ids=["reporter", "every_role", "verifier"])
def somebody_else(logins, enter, request):
    """Return anybody of another firm, also who may not ask for such things anywhere."""
    return enter(logins[request.param])


def answers_of(client, app, other):
    values = other.values()
    found = {}
    for key in callable_keys(app):
        answer = call(client, valid_body(app, key, values))
        found[key] = (answer.status_code, answer.get_data(as_text=True))
    return found


def told(text, name):
    """Return whether an answer tells an error, in either language."""
    words = (texts(code)[f"errors.{name}.why"] for code in ("zh-CN", "en"))
    return any(word in text for word in words)


def test_valid_bodies_without_a_session_are_refused(app, other, stranger, everything):
    before = everything()
    answers = answers_of(stranger, app, other)
    assert {key: status for key, (status, _) in answers.items() if status != 401} == {}
    assert [mark for mark in other.marks for _, text in answers.values() if mark in text] == []
    assert everything() == before


def test_nothing_of_another_firm_is_answered_and_nothing_written(
    app, other, somebody_else, everything
):
    before = everything()
    answers = answers_of(somebody_else, app, other)
    assert {key: status for key, (status, _) in answers.items() if status >= 500} == {}
    leaks = [
        (key, mark) for key, (_, text) in answers.items() for mark in other.marks if mark in text
    ]
    assert leaks == []
    after = everything()
    assert {table for table in before if before[table] != after[table]} == set()


def test_the_same_bodies_are_valid_for_the_firms_own_people(app, other, enter):
    clients = {role: enter(other.login(role)) for role in THEIRS}
    register, seen = register_of(app), ""
    for key in callable_keys(app):
        role = next((r for r in THEIRS if register[key].permission in PERMISSIONS[r]), None)
        if role is None:  # what the platform's own people do is no firm's
            assert any(register[key].permission in PERMISSIONS[r] for r in ADMINISTRATORS)
            continue
        # Anew for each: a session that was ended is not there for the next.
        answer = call(clients[role], valid_body(app, key, other.values()))
        text = answer.get_data(as_text=True)
        assert answer.status_code in (200, 204), (key, text)
        assert [name for name in REFUSALS if told(text, name)] == [], (key, text)
        seen += text
    assert [mark for mark in other.marks if mark not in seen] == []


def addresses_of(app, other):
    """Return every address that names a thing, with the other firm's in its place."""
    named = {"report_id": other.report_id, "format": "docx", "run_id": other.run_id}
    named |= {"kind": "submission", "record": str(other.submission_id)}
    named |= {"job_id": other.report_job}
    named |= {"organization_id": other.key, "year": FILED, "sha256": other.file_sha256}
    for rule in app.server.url_map.iter_rules():
        if (
            rule.endpoint
            not in WITHOUT_DATA | OF_PLATFORM | OF_ONESELF | public_endpoints(app.server)
            and rule.arguments
            and "GET" in rule.methods
        ):
            adapter = app.server.url_map.bind("localhost")
            here = named | ({"kind": "csv"} if rule.endpoint == TEMPLATE else {})
            yield adapter.build(rule.endpoint, {name: here[name] for name in rule.arguments})


def names_of(other):
    """Return the ids by which answers to programs name what is the firm's."""
    named = (other.code, other.run_id, other.report_job, other.finding)
    return [str(each) for each in named]


def test_no_address_hands_out_a_thing_of_another_firm(app, other, foreigner, everything):
    before = everything()
    addresses = list(addresses_of(app, other))
    assert addresses
    for address in addresses:
        answer = foreigner.get(address)
        assert answer.status_code == 404, address
        assert answer.data not in (*CONTENT.values(), other.sent)
        assert [mark for mark in other.marks if mark.encode() in answer.data] == []
    assert everything() == before


def test_the_trail_is_a_file_for_nobody_of_a_firm(foreigner, other, enter):
    clients = [foreigner, *(enter(other.login(role)) for role in OF_FIRMS)]
    for client in clients:
        answer = client.get("/download/audit/csv")
        assert (answer.status_code, [m for m in other.marks if m.encode() in answer.data]) == (
            403,
            [],
        )


def test_the_same_addresses_are_valid_for_the_firms_own_people(app, other, enter):
    client = enter(other.login(Role.REPORTER))
    for address in addresses_of(app, other):
        if "/rows-to-mend/" in address:
            continue  # of a file of rows, and the firm has sent none
        answer = client.get(address)
        assert answer.status_code == 200, address
        if "/template/" in address:
            continue  # holds headings, and nothing of a firm
        is_report = answer.data in CONTENT.values()
        names_it = any(each.encode() in answer.data for each in ("9876.5", *names_of(other)))
        assert is_report or answer.data == other.sent or names_it, address
