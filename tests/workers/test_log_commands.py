"""`shuangtan log …`: a witness over HTTP, and what an auditor reads of a self-check."""

import threading
from contextlib import contextmanager
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

import cli
from services.consistency.log_audit import Audit
from services.data.engine import SYSTEM_SCOPE
from services.i18n.texts import use_language
from services.security.signing import Signer
from services.transparency import proofs
from services.transparency.sealing import seal
from tests.tampering import audit_line
from workers.log_commands import told

SIGNER = Signer.from_text("5e" * 32, "test")


class Silent(WSGIRequestHandler):
    def log_message(self, *_arguments):
        """Say nothing."""


@contextmanager
def served(server):
    with make_server("127.0.0.1", 0, server, handler_class=Silent) as web:
        thread = threading.Thread(target=web.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{web.server_port}"
        finally:
            web.shutdown()
            thread.join()


@pytest.mark.postgres
def test_a_witness_visits_over_http_and_is_told_when_nobody_knows_it(
    app, app_database, tmp_path, capsys
):
    with app_database.work(SYSTEM_SCOPE) as work:
        audit_line(work, "seen")
        work.commit()
    seal(app_database, SIGNER)
    key = proofs.published_keys(app_database).strip()
    folder = tmp_path / "witness"
    words = ["log", "witness", "--folder", str(folder), "--key", key]
    folder.mkdir()
    (folder / "key").write_text("7d" * 32)
    with served(app.server) as address:
        assert cli.main([*words, "--name", "witness.example", address]) == 0
        assert cli.main([*words, "--name", "nobody.example", address]) == 2
    assert "403" in capsys.readouterr().err
    assert "\u2014 witness.example " in proofs.newest_checkpoint(app_database)
    assert cli.main([*words, "--name", "witness.example", address]) == 2
    other = SIGNER.public_keys("shuangtan.log/other")[0].written()
    with served(app.server) as address:
        words[-1] = other
        assert cli.main([*words, "--name", "witness.example", address]) == 1


def test_an_auditor_reads_each_difference_by_the_name_of_its_record():
    found = Audit(records={"run": 3}, size=9, erased=1, removed=2)
    found.add("run", "b0093a6d", "changed")
    with use_language("en"):
        assert told(found) == [
            "✗ run b0093a6d: is not what was sealed",
            "3 records, 9 leaves, 1 differences",
            "Records removed openly with the sample: 2",
            "Records erased, which nobody can check any more: 1",
        ]
