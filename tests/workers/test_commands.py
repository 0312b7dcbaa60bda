"""The verbs of `shuangtan` on a machine where the platform never ran."""

import os
import pwd

import pytest

import cli
from workers import commands

VERBS = {
    "status": ("db", "status"),
    "sample": ("db", "remove-sample"),
    "user": ("user", "add", "li", "Li", "--role", "reporter", "--organization", "1"),
    "station": ("station", "add", "M1", "GW", "n", "--organization", "1", "--as", "li"),
    "node": (
        *("node", "add", "D1", "N1", "n", "--point", "E=kWh:energy"),
        *("--organization", "1", "--as", "li"),
    ),
    "data": ("data", "import", "a.csv", "--as", "li"),
}


@pytest.fixture
def never_ran(tmp_path, monkeypatch):
    """A data folder that does not exist, as after `git clone`."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "MQTT_URL"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "var"
    monkeypatch.setenv("SHUANGTAN_DATA", str(folder))
    return folder


@pytest.mark.parametrize("verb", VERBS)
def test_without_a_database_a_verb_says_so_and_makes_nothing(never_ran, verb, capsys):
    assert cli.main(VERBS[verb]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert f"There is no database in {never_ran} yet" in told.err
    assert not never_ran.exists()


def test_a_command_knows_who_runs_it(monkeypatch):
    name = pwd.getpwuid(os.getuid()).pw_name
    monkeypatch.delenv("SUDO_USER", raising=False)
    assert commands.operator() == name
    monkeypatch.setenv("SUDO_USER", "wang")
    assert commands.operator() == f"{name} (sudo: wang)"


def test_a_folder_without_a_cluster_is_left_as_it_is(never_ran, capsys):
    never_ran.mkdir()
    assert cli.main(["db", "status"]) == 1
    assert list(never_ran.iterdir()) == []
