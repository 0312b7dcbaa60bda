"""The evidence bundle over HTTP: a zip that verifies, refused in words, only for its own people."""

from uuid import uuid4

import pytest
from flask import Flask

from callbacks.context import Context
from callbacks.http.downloads import add_downloads
from services.standards.catalog import load_catalog
from tests.services.reports import filed
from tests.services.reports.test_explaining import Firm
from tests.tools.bundles import verify

pytestmark = pytest.mark.postgres


def answer(firm, actor, run_id):
    server = Flask("downloads")
    context = Context(firm.database, load_catalog(), None, filed.Queue(), lambda: actor)
    add_downloads(server, context)
    return server.test_client().get(f"/download/evidence/{run_id}")


def test_a_bundle_comes_as_an_attachment_and_verifies(database, tmp_path):
    firm = Firm(database)
    told = answer(firm, firm.approver, firm.run.run_id)
    assert (told.status_code, told.mimetype) == (200, "application/zip")
    assert told.headers["Content-Disposition"].startswith("attachment; ")
    assert told.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in told.headers["Cache-Control"]
    assert verify(told.data, tmp_path).returncode == 0


def test_a_person_of_another_organization_learns_nothing(database):
    firm, stranger = Firm(database), Firm(database, "X2")
    found = answer(firm, stranger.reporter, firm.run.run_id)
    missing = answer(firm, stranger.reporter, uuid4())
    assert found.status_code == missing.status_code == 404
    assert not found.data.startswith(b"PK")


def test_a_run_without_its_records_is_refused_in_words(database):
    firm = filed.Firm(database)
    told = answer(firm, firm.reporter, firm.run_id)
    assert told.status_code == 409
    assert "证据包" in told.get_data(as_text=True)
