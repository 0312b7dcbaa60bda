"""The client of the guide, run against the platform's own processes."""

import importlib.util

import pytest

from services.collection import manual
from services.data.drafts import DraftVersion
from services.security.permissions import PERMISSIONS, Role
from services.standards.catalog import load_catalog
from tests.architecture.sources import ROOT
from tests.callbacks.programs import token_for
from tests.fixtures.databases import opened
from tests.places import add_firm, add_person

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

YEAR, METHOD = 2023, "GB/T 32150-2015"
# 10 t of diesel are 10 × 43.33 GJ/t of 0.0202 tC/GJ at 0.98, times 44/12.
ROW = {"source": "fuel", "item": "diesel", "FC": "10", "NCV": "43.33"}


@pytest.fixture
def module():
    found = importlib.util.spec_from_file_location("api_client", ROOT / "docs" / "api_client.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_client_enters_a_year_and_takes_its_report(live_server, live_database, module, capsys):
    with opened(live_database.url) as database:
        firm = add_firm(database, "CLIENT1", method=METHOD)
        key = firm.organization_id
        reporter = add_person(database, "client.one", (Role.REPORTER, key))
        token = token_for(database, "client.one", PERMISSIONS[Role.REPORTER])
        client = module.Client(live_server.url, token, "en")
        assert [one["code"] for one in client.pages("/organizations", limit=1)] == ["CLIENT1"]
        with pytest.raises(module.ProblemError, match=r"^404"):
            client.get("/organizations/320100")
        entry = client.put_rows(key, YEAR, [ROW])
        assert (entry["rows"], entry["revision"]) == ([ROW], 1)
        version = DraftVersion(key, YEAR, entry["revision"])
        run = manual.submit_draft(reporter, database, load_catalog(), version)
        (listed,) = client.pages(f"/organizations/{key}/results")
        assert (listed["id"], listed["total_t"]) == (str(run.run_id), run.total_t)
        report = client.report(key, YEAR, "en")
        assert (report["state"], report["progress"]) == ("done", 1)
        assert client.file(report["id"], "pdf").startswith(b"%PDF")
        module.main(live_server.url, token)
        assert "CLIENT1 测试企业CLIENT1 2023" in capsys.readouterr().out
