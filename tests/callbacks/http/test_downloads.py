"""Files of reports over HTTP: named in Chinese, never shown inline, only to whom they belong."""

from uuid import uuid4

import pytest
from flask import Flask

from callbacks.context import Context
from callbacks.http.downloads import add_downloads, disposition
from services import jobs
from services.data import reports
from services.data.engine import SYSTEM_SCOPE
from services.reports.ordering import order_report
from tests.services.reports.filed import YEAR, Firm, Queue

CONTENT = {"docx": b"word", "pdf": b"%PDF-1.7", "xlsx": b"sheet"}


@pytest.fixture
def firm(database):
    return Firm(database)


@pytest.fixture
def report_id(firm):
    queue = Queue()
    ordered = order_report(firm.reporter, firm.database, queue, firm.key, YEAR, "zh-CN")
    new = reports.NewReport(firm.run_id, ordered.job_id, "zh-CN", "1", firm.reporter.person_id)
    files = [reports.NewFile(f, f"报告 {YEAR}.{f}", c) for f, c in CONTENT.items()]
    with firm.database.work(SYSTEM_SCOPE) as work:
        stored = reports.add(work, firm.organization, new, files)
        jobs.finish(work, jobs.take(work, ordered.job_id), {"report_id": str(stored.report_id)})
        work.commit()
    return stored.report_id


def client_of(firm, actor):
    server = Flask("downloads")
    add_downloads(server, Context(firm.database, None, None, Queue(), lambda: actor))
    return server.test_client()


@pytest.mark.postgres
@pytest.mark.parametrize("format", CONTENT)
def test_a_file_comes_whole_as_an_attachment_that_is_not_guessed_at(firm, report_id, format):
    answer = client_of(firm, firm.approver).get(f"/download/report/{report_id}/{format}")
    assert (answer.status_code, answer.data) == (200, CONTENT[format])
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.postgres
def test_a_person_of_another_organization_learns_nothing(firm, report_id):
    stranger = Firm(firm.database, "R2").reporter
    client = client_of(firm, stranger)
    found = client.get(f"/download/report/{report_id}/pdf")
    missing = client.get(f"/download/report/{uuid4()}/pdf")
    assert found.status_code == missing.status_code == 404
    assert CONTENT["pdf"] not in found.data


@pytest.mark.postgres
@pytest.mark.parametrize("path", ["exe", "PDF", "..%2f..%2fetc%2fpasswd"])
def test_an_unknown_format_is_not_found(firm, report_id, path):
    answer = client_of(firm, firm.reporter).get(f"/download/report/{report_id}/{path}")
    assert answer.status_code == 404


@pytest.mark.postgres
def test_an_address_that_is_no_report_is_not_found(firm):
    answer = client_of(firm, firm.reporter).get("/download/report/1%20or%201=1/pdf")
    assert answer.status_code == 404


def test_a_chinese_name_travels_in_both_forms():
    assert disposition("报告 2023.pdf") == (
        "attachment; filename=\"___2023.pdf\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A%202023.pdf"
    )


@pytest.mark.parametrize("name", ['a"b.pdf', "a\r\nSet-Cookie: x.pdf", "a;b.pdf", "../../a.pdf"])
def test_a_name_cannot_leave_its_header(name):
    told = disposition(name)
    assert told.count('"') == 2
    assert not set("\r\n") & set(told)
    assert "/" not in told.replace("UTF-8''", "")
