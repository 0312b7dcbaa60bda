"""The distribution of docs/extend.md, built and installed outside of the tree, brings all three."""

import importlib.metadata
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import dash
import pytest

from app import create_app
from callbacks.context import Context
from callbacks.session import present_actor
from services import clock, extensions
from services.bootstrap import Platform
from services.collection import connecting, manual
from services.collection.connecting import ConnectorOrder
from services.connectors import Schedule
from services.extensions import ExtensionError, catalog_of, kinds_of, pages_of, refuse_broken
from services.outbound import Outbound
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from tests.callbacks.conftest import add_known, call, come_in
from tests.fixtures.web import web_settings
from tests.places import add_firm, add_person, add_staff
from tests.services.reports.filed import Queue
from workers.jobs import run_on
from workers.queue import connect

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "extend.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
NAME, METHOD = "shuangtan-example", "EX-GLAZE-2025"
GREETING = "/collection/greeting"


def write(folder, blocks):
    for name, text in blocks.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Where pip put the distribution of the page: no folder of ours."""
    folder = tmp_path_factory.mktemp("extension")
    source, target = folder / "source", folder / "site"
    write(source, {name: text for name, text in BLOCKS.items() if name != "case"})
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--quiet")
    command = [sys.executable, "-m", "pip", "install", *offline, "--target", target, source]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return target


@pytest.fixture(scope="module")
def extended(installed):
    """The distribution on the path of this process for the tests of the module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(installed)
        yield NAME
    for name in [each for each in sys.modules if each.startswith("shuangtan_example")]:
        del sys.modules[name]


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """Return a function that puts a distribution with one entry point and files on the path."""

    def _broken(group, value, **files):
        place = tmp_path / "broken-1.0.dist-info"
        write(place, {"METADATA": "Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n"})
        write(place, {"entry_points.txt": f"[{group}]\nit = {value}\n"})
        write(tmp_path, {name.replace("__", "/"): text for name, text in files.items()})
        monkeypatch.syspath_prepend(tmp_path)
        return "broken"

    yield _broken
    for name in [each for each in sys.modules if each.startswith("broken_")]:
        del sys.modules[name]


def test_what_is_installed_and_not_named_is_not_loaded(extended):
    assert importlib.metadata.distribution(NAME).version == "1.0"
    assert set(kinds_of("", Outbound())) == {"rest", "sql"}
    assert catalog_of("") is load_catalog()
    assert pages_of("") == ()
    assert not any(name.startswith("shuangtan_example") for name in sys.modules)


def test_its_method_is_computed_by_the_command_in_a_process_of_its_own(installed, tmp_path):
    case = tmp_path / "case.json"
    case.write_text(BLOCKS["case"], encoding="utf-8")
    command = [sys.executable, "-m", "cli", "calculate", str(case), "--json"]
    given = {"PYTHONPATH": str(installed), "SHUANGTAN_EXTENSIONS": NAME, "PATH": ""}
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, timeout=60)
    # 1,000 × 0.05 × 0.44
    assert json.loads(done.stdout)["total_t"] == pytest.approx(22)
    without = subprocess.run(command, cwd=ROOT, env={"PATH": ""}, capture_output=True, timeout=60)
    assert METHOD in json.loads(without.stderr)["error"]["what"]


def test_its_method_stands_beside_ours_and_names_who_brought_it(extended):
    ours, catalog = load_catalog(), catalog_of(extended)
    assert catalog.describe(METHOD).brought_by == NAME
    assert catalog.describe("GB/T 32150-2015").brought_by == ""
    assert {name: m for name, m in catalog.methods.items() if name != METHOD} == ours.methods
    assert catalog.fingerprint != ours.fingerprint


@pytest.mark.postgres
def test_its_connector_is_looked_at_and_imported_like_every_other(extended, database, tmp_path):
    firm = add_firm(database)
    reporter, _ = add_staff(database, firm)
    manager = add_person(database, "leiter", (Role.MANAGER, firm.organization_id))
    kinds = kinds_of(extended, Outbound())
    order = ConnectorOrder("行", "lines", {"rows": "fuel,diesel,5;fuel,gasoline,7"}, Schedule())
    key = firm.organization_id
    held = key, connecting.make(manager, database, kinds, key, order)
    now, queue = clock.now(), Queue()
    connecting.start(reporter, database, held, now)
    connecting.order_due(database, queue, now.replace(year=now.year + 1, day=1))
    settings = replace(web_settings(tmp_path), file_mb=1, files_mb=10)
    run_on(Platform(database, load_catalog(), settings, None, kinds), *queue.ids)
    (fetch,) = connecting.view_of(reporter, database, key).fetches
    assert (fetch.state, fetch.new_rows) == ("imported", 2)
    rows = manual.read_entry(reporter, database, key, fetch.year).rows
    assert [(row["item"], row["FC"]) for row in rows] == [("diesel", "5"), ("gasoline", "7")]


@pytest.fixture
def extended_app(extended, app_database, redis_url, tmp_path):
    """The application with the pages of the distribution."""
    given = (app_database, load_catalog(), web_settings(tmp_path), connect(redis_url))
    yield create_app(Context(*given, present_actor, pages=pages_of(extended)))
    # The list of pages is one for all applications of a process.
    for name in [each for each in dash.page_registry if each.startswith("extension.")]:
        del dash.page_registry[name]


def content_of(client, app, path):
    """Return what a browser gets as the content of a page."""
    key = next(key for key in app.callback_map if "_pages_content" in key)
    entry = app.callback_map[key]
    values = {"pathname": path, "search": ""}
    inputs = [each | {"value": values[each["property"]]} for each in entry["inputs"]]
    outputs = [found.to_dict() for found in entry["output"]]
    body = {"output": key, "outputs": outputs, "inputs": inputs, "state": [], "changedPropIds": []}
    return call(client, body).get_data(as_text=True)


def greeted(client, app):
    body = {
        "output": "example-greeting-content.children",
        "outputs": {"id": "example-greeting-content", "property": "children"},
        "inputs": [{"id": "example-greeting-query", "property": "data", "value": {}}],
        "changedPropIds": [],
    }
    return call(client, body)


@pytest.mark.postgres
def test_its_page_opens_for_who_may_and_is_refused_for_who_may_not(extended_app, app_database):
    firm = add_firm(app_database, "EXTEND").organization_id
    for login, role in (("extend.reporter", Role.REPORTER), ("extend.approver", Role.APPROVER)):
        add_known(app_database, login, (role, firm))
    reporter = come_in(extended_app, app_database, "extend.reporter")
    approver = come_in(extended_app, app_database, "extend.approver")
    stranger = extended_app.server.test_client()
    assert "example-greeting-content" in content_of(reporter, extended_app, GREETING)
    assert "example-greeting-content" not in content_of(approver, extended_app, GREETING)
    assert "extend.reporter" in greeted(reporter, extended_app).get_data(as_text=True)
    assert [greeted(each, extended_app).status_code for each in (approver, stranger)] == [403, 401]
    shells = [json.dumps(each.get("/_dash-layout").get_json()) for each in (reporter, approver)]
    assert [GREETING in shell for shell in shells] == [True, False]


@pytest.mark.parametrize(
    ("group", "value", "files", "reason"),
    [
        ("shuangtan.pages", "broken_a", {"broken_a.py": "1 / 0"}, "ZeroDivisionError"),
        ("shuangtan.pages", "broken_b", {"broken_b.py": "layout = 1"}, "PLACE, register"),
        ("shuangtan.pages", "broken_gone", {}, "ModuleNotFoundError"),
        ("shuangtan.connectors", "broken_c:make", {"broken_c.py": "make = object"}, "TypeError"),
        ("shuangtan.methods", "broken_d", {"broken_d.py": ""}, "no folder"),
        ("other.group", "broken_e", {}, "no entry point"),
    ],
)
def test_a_broken_one_is_told_by_name_and_reason(broken, group, value, files, reason):
    with pytest.raises(ExtensionError) as raised:
        refuse_broken(broken(group, value, **files))
    assert reason in str(raised.value)
    assert "broken" in raised.value.where


DOCUMENTS = "document,name_zh,name_en,published\n"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        # Ours again, other headings, a file that we have no use for, a method that is ours.
        ("items.csv", "item,kind,name_zh,name_en\nDIESEL,fuel,x,x\n", "twice"),
        ("items.csv", "item,name_zh\nX,x\n", "headings"),
        ("wishes.csv", "a\n", "no such file"),
        ("inputs.toml", "", "is there already"),
        ("methods/x.toml", 'designation = "X"\n', "broken"),
    ],
)
def test_data_that_contradict_ours_are_told_with_the_file(broken, name, text, reason):
    files = {"broken_data____init__.py": "", "broken_data__" + name.replace("/", "__"): text}
    with pytest.raises(ExtensionError, match=reason):
        refuse_broken(broken("shuangtan.methods", "broken_data", **files))


def test_a_name_that_is_not_installed_is_told():
    with pytest.raises(ExtensionError, match="nowhere-to-be-found"):
        refuse_broken("nowhere-to-be-found")


def test_a_kind_that_is_ours_is_not_replaced(broken):
    ours = BLOCKS["shuangtan_example/connector.py"].replace('"lines"', '"rest"')
    with pytest.raises(ExtensionError, match="rest"):
        refuse_broken(broken("shuangtan.connectors", "broken_f:Lines", **{"broken_f.py": ours}))


def test_the_start_says_which_why_and_what_to_do_in_both_languages(tmp_path):
    given = {"PATH": "", "SHUANGTAN_DATA": str(tmp_path), "SHUANGTAN_EXTENSIONS": "not-there"}
    command = [sys.executable, "-m", "workers.run"]
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, timeout=60)
    told = done.stderr.decode()
    assert done.returncode == 1
    for words in ("not-there", "扩展", "SHUANGTAN_EXTENSIONS", "The extension", "docs/extend.md"):
        assert words in told


def test_what_is_looked_for_is_what_the_page_tells():
    assert all(group in PAGE for group in extensions.GROUPS)
