"""The sealer of the scheduler: its key, and that it seals until it is told to stop."""

import threading
from dataclasses import replace

import pytest

from services.data import log
from services.data.engine import SYSTEM_SCOPE
from services.security.signing import SigningKeyError
from tests.fixtures.web import web_settings
from tests.tampering import audit_line
from tests.waiting import wait_until
from workers.sealing import signer_of, start_sealing


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    settings = web_settings(tmp_path)
    first, second = signer_of(settings), signer_of(settings)
    assert first.name() == second.name()
    path = tmp_path / "keys" / "log_signing"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_key_that_is_given_is_used_and_none_is_made(tmp_path):
    settings = replace(web_settings(tmp_path), log_signing="5e" * 32)
    assert signer_of(settings).name().startswith("shuangtan.log/")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["5e" * 31, "5E" * 32, "xy" * 32, f"{'5e' * 32}\nshort"])
def test_what_is_no_key_is_refused_and_not_shown(tmp_path, text):
    settings = replace(web_settings(tmp_path), log_signing=text)
    with pytest.raises(SigningKeyError) as refused:
        signer_of(settings)
    assert text not in str(refused.value)


@pytest.mark.postgres
def test_it_seals_until_it_is_told_to_stop_and_takes_up_a_new_key(tmp_path, database):
    stop = threading.Event()
    thread = start_sealing(stop, database, web_settings(tmp_path))

    def sealed():
        with database.work(SYSTEM_SCOPE) as work:
            return log.latest(work)

    try:
        wait_until(sealed, 20)
        first = sealed().size
        with database.work(SYSTEM_SCOPE) as work:
            audit_line(work, "new")
            work.commit()
        wait_until(lambda: sealed().size == first + 1, 20)
        key = tmp_path / "keys" / "log_signing"
        key.write_text(f"{key.read_text()}\n{'0f' * 32}\n")
        wait_until(lambda: sealed().note.count("\u2014 ") == 2, 20)
        told = tmp_path / "keys" / "log_signed.txt"
        wait_until(lambda: told.read_text(encoding="utf-8") == sealed().note, 20)
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
