"""Evidence files over HTTP: sent as they are, refused in words, handed out as attachments."""

from types import SimpleNamespace

import pytest
from flask import Flask

from callbacks.context import Context
from callbacks.http.downloads import add_downloads
from callbacks.http.files import add_files
from services.clock import today
from services.standards.catalog import load_catalog
from tests.services.collection.test_attachments import INVOICE, Plant
from tests.services.collection.test_inspecting import bomb

pytestmark = pytest.mark.postgres


@pytest.fixture
def plant(database, tmp_path):
    found = Plant(database)
    found.folder = tmp_path
    return found


def client_of(plant, actor):
    server = Flask("files")
    # As on the real server, where a file may be larger than any other body.
    server.config["MAX_CONTENT_LENGTH"] = len(INVOICE.content) - 1
    settings = SimpleNamespace(file_mb=1, files_mb=2, data_folder=plant.folder)
    context = Context(plant.database, load_catalog(), settings, None, lambda: actor)
    add_files(server, context)
    add_downloads(server, context)
    return server.test_client()


def send(plant, actor=None, **given):
    address = f"/api/v1/entries/{plant.key}/2023/files"
    given = {"query_string": {"name": INVOICE.name}, "data": INVOICE.content} | given
    return client_of(plant, actor or plant.reporter).post(address, **given)


def test_a_file_is_taken_and_comes_back_under_its_own_name(plant):
    told = send(plant)
    assert told.status_code == 201
    assert told.json["name"] == "发票 1.pdf"
    client = client_of(plant, plant.approver)
    answer = client.get(f"/download/file/{plant.key}/2023/{told.json['sha256']}")
    assert (answer.status_code, answer.data) == (200, INVOICE.content)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "%E5%8F%91%E7%A5%A8" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("given", "status", "what"),
    [
        ({"data": b"MZ"}, 400, "内容与扩展名不符"),
        ({"data": b"%PDF-" + b" " * 1024 * 1024}, 413, "大于 1 MB"),
        ({"query_string": {}}, 400, "不能使用"),
        ({"data": bomb(), "query_string": {"name": "a.xlsx"}}, 400, "没有接收"),
    ],
    ids=["kind", "size", "name", "bomb"],
)
def test_a_refusal_says_what_is_wrong(plant, given, status, what):
    told = send(plant, **given)
    assert told.status_code == status
    assert what in told.json["what"]
    assert plant.kept() == {}


def test_the_evidence_of_a_value_is_kept_in_the_year_in_which_it_comes(plant):
    plant.submit({"source": "el_buy", "MWh": "1,000"})  # its year waits for a decision
    given = {"query_string": {"name": INVOICE.name}, "data": INVOICE.content}
    client = client_of(plant, plant.reporter)
    told = client.post(f"/api/v1/own-values/{plant.key}/files", **given)
    assert (told.status_code, told.json["year"]) == (201, today().year)
    assert plant.kept() == {}


def test_a_person_of_another_organization_learns_nothing(plant, database):
    stranger = Plant(database, "A2").reporter
    assert send(plant, stranger).status_code == 404
    to_value = client_of(plant, stranger).post(f"/api/v1/own-values/{plant.key}/files?name=a.pdf")
    assert to_value.status_code == 404
    sha256 = send(plant).json["sha256"]
    for address in (sha256, "0" * 64, "x"):
        found = client_of(plant, stranger).get(f"/download/file/{plant.key}/2023/{address}")
        assert found.status_code == 404
        assert INVOICE.content not in found.data
