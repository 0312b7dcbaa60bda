"""Templates over HTTP, and what of a sent file waits to be mended."""

import io
from types import SimpleNamespace

import openpyxl
import pytest
from flask import Flask

from callbacks.context import Context
from callbacks.http.files import add_files
from callbacks.http.imports import add_imports
from services.standards.catalog import load_catalog
from tests.services.collection.test_attachments import Plant

pytestmark = pytest.mark.postgres
ROWS = "排放源,品种,FC,NCV\nfuel,diesel,坏,43.33\nfuel,diesel,5,43.33\n"


@pytest.fixture
def plant(database, tmp_path):
    found = Plant(database)
    found.folder = tmp_path
    return found


def client_of(plant, actor):
    server = Flask("imports")
    settings = SimpleNamespace(file_mb=1, files_mb=2, data_folder=plant.folder)
    context = Context(plant.database, load_catalog(), settings, None, lambda: actor)
    add_files(server, context)
    add_imports(server, context)
    return server.test_client()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_names_its_method_and_year(plant, kind):
    answer = client_of(plant, plant.reporter).get(f"/download/template/{plant.key}/2023/{kind}")
    assert answer.status_code == 200
    assert "2023" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"PK" if kind == "xlsx" else b"\xef\xbb\xbf#shuangtan")


def test_whoever_may_not_fill_in_gets_no_template(plant):
    address = f"/download/template/{plant.key}/2023"
    assert client_of(plant, plant.approver).get(f"{address}/xlsx").status_code == 403
    assert client_of(plant, plant.reporter).get(f"{address}/pdf").status_code == 404


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_bad_rows_come_back_as_a_workbook_with_their_reasons(plant, encoding):
    client = client_of(plant, plant.reporter)
    to = f"/api/v1/entries/{plant.key}/2023/files?name=a.csv"
    sent = client.post(to, data=ROWS.encode(encoding))
    address = f"/download/rows-to-mend/{plant.key}/2023/{sent.json['sha256']}"
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(address).data)).active
    cells = [cell.value for cell in sheet[2]]
    assert (sheet.max_row, cells[:4]) == (2, ["fuel", "diesel", "坏", "43.33"])
    assert "FC" in cells[4]
    assert client_of(plant, plant.approver).get(address).status_code in (403, 404)
