"""Processes end with their parent, and the supervisor starts again what ended, patiently."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import wait_until
from workers.embedded.process import Process
from workers.embedded.servers import (
    AlreadyRunningError,
    FolderNotWritableError,
    Servers,
    folder_of,
    hold,
)
from workers.programs import Program
from workers.supervisor import FIRST_WAIT_SECONDS, Supervisor, Watched

ROOT = Path(__file__).parents[2]
PARENT = """
import os, sys, time
from pathlib import Path
from workers.embedded.process import Process
child = Process("child", Path(sys.argv[1]))
child.start(["/bin/sleep", "60"], os.environ)
print(child.pid, flush=True)
time.sleep(60)
"""


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def program(tmp_path):
    made = []

    def make(code):
        made.append(Program("example", ("-c", code), ROOT, tmp_path))
        made[-1].start(os.environ)
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.mark.faults
def test_a_child_ends_when_its_parent_is_killed(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "log")], cwd=ROOT, stdout=subprocess.PIPE
    )
    with parent:
        child = int(parent.stdout.readline())
        # The guard becomes the command a moment after it was started.
        wait_until(lambda: "sleep" in Path(f"/proc/{child}/cmdline").read_text())
        parent.kill()
    wait_until(lambda: not alive(child))


def test_stopping_takes_the_whole_group(program):
    one = program("import subprocess, time; subprocess.Popen(['sleep', '60']); time.sleep(60)")
    group = one.process.pid
    wait_until(lambda: len(members(group)) == 2)
    one.stop()
    wait_until(lambda: members(group) == [])


def members(group):
    listed = subprocess.run(["ps", "-eo", "pid=,pgid=,stat="], capture_output=True, check=True)
    rows = [line.split() for line in listed.stdout.decode().splitlines()]
    return [pid for pid, pgid, state in rows if int(pgid) == group and not state.startswith("Z")]


def test_what_ignores_the_stop_signal_is_killed(tmp_path):
    stubborn = Process("stubborn", tmp_path / "log")
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    stubborn.start([sys.executable, "-c", f"{code}; time.sleep(60)"], os.environ)
    wait_until(lambda: (tmp_path / "log").read_text())
    stubborn.stop(seconds=0.2)
    assert stubborn.status == -signal.SIGKILL


def test_a_program_is_started_again_when_an_address_changed_and_only_then(program, tmp_path):
    one = program("import time; time.sleep(60)")
    given = {"DATABASE_URL": "here", "SHUANGTAN_SECRET_KEY": "given"}
    supervisor = Supervisor(Servers(tmp_path, given, {}), [one])
    supervisor.move_programs()
    moved = one.process.pid
    supervisor.move_programs()
    assert one.process.pid == moved
    given["DATABASE_URL"] = "there"
    supervisor.move_programs()
    assert one.process.pid not in (None, moved)
    environ = Path(f"/proc/{one.process.pid}/environ")
    # Empty for the moment in which the guard becomes the command.
    wait_until(lambda: b"DATABASE_URL=there" in environ.read_bytes())


@pytest.mark.faults
def test_an_ended_program_is_started_again_with_the_same_command(program, tmp_path):
    one = program("import time; time.sleep(60)")
    watcher = Supervisor(Servers(tmp_path, {}, {}), [one], [Watched(one)])
    first = one.process.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not one.process.running)

    def again():
        watcher.look({})
        return one.process.pid

    assert wait_until(again) != first


def test_what_ends_again_and_again_waits_longer_each_time(program):
    watched = Watched(program("raise SystemExit(3)"))
    started, waits = watched.started_at, []
    for _ in range(9):
        watched.note_end(started + 1)
        waits.append(watched.again_at - started - 1)
    assert waits[:4] == pytest.approx([0, FIRST_WAIT_SECONDS * 2, FIRST_WAIT_SECONDS * 4, 4.0])
    assert waits[-1] == pytest.approx(30.0)
    watched.note_end(started + 1000)
    assert watched.again_at == started + 1000


def test_a_data_folder_serves_one_platform_at_a_time(tmp_path):
    with hold(tmp_path), pytest.raises(AlreadyRunningError):
        hold(tmp_path)
    hold(tmp_path).close()


def test_a_data_folder_that_cannot_be_made_is_told_by_name(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FolderNotWritableError) as raised:
        folder_of({"SHUANGTAN_DATA": str(tmp_path / "file" / "var")}, ROOT)
    assert str(tmp_path / "file" / "var") in str(raised.value)
