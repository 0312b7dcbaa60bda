"""What README says about commands and settings is true."""

import ast
import re
import subprocess
import sys

import pytest

import cli
from services.settings import Settings
from tests.architecture.sources import ROOT, nodes

NAME = re.compile(r"SHUANGTAN_[A-Z_]+|[A-Z]+(?:_OWNER)?_URL")
NEEDED = {
    "DATABASE_URL": "postgresql://h/d",
    "REDIS_URL": "redis://h",
    "MQTT_URL": "mqtt://h",
    "SHUANGTAN_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "SHUANGTAN_FACTOR_KEY": "0123456789abcdef" * 4,
    "SHUANGTAN_DEVICE_KEY": "fedcba9876543210" * 4,
}
FIELDS = {
    "SHUANGTAN_DATA": "data_folder",
    "SHUANGTAN_PORT": "port",
    "SHUANGTAN_HOST": "host",
    "SHUANGTAN_WEB_PROCESSES": "web_processes",
    "SHUANGTAN_WORKERS": "workers",
    "SHUANGTAN_LOG_LEVEL": "log_level",
    "SHUANGTAN_DEVICE_PER_SECOND": "device_per_second",
    "SHUANGTAN_SEAL_SECONDS": "seal_seconds",
    "SHUANGTAN_FILE_MB": "file_mb",
    "SHUANGTAN_FILES_MB": "files_mb",
    "SHUANGTAN_SIGN_IN": "sign_in",
}


@pytest.fixture(scope="module")
def readme():
    return (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def table(readme):
    """The rows | variable | default | unit | purpose |."""
    rows = [line.strip().strip("|").split("|") for line in readme.splitlines() if "|" in line]
    cells = [[cell.strip().strip("`") for cell in row] for row in rows if len(row) == 4]
    return {row[0]: row[1:] for row in cells if NAME.fullmatch(row[0])}


def known_variables():
    strings = {
        node.value
        for node in nodes(ROOT / "services" / "settings.py", ast.Constant)
        if isinstance(node.value, str)
    }
    return {text for text in strings if NAME.fullmatch(text)}


def test_every_setting_is_told_and_every_told_setting_exists(table):
    assert set(table) == known_variables()


def test_every_setting_has_a_unit_and_a_purpose(table):
    assert [name for name, (_, unit, purpose) in table.items() if not unit or not purpose] == []


@pytest.mark.parametrize(("name", "field"), FIELDS.items())
def test_defaults_are_those_of_the_code(table, name, field):
    default = getattr(Settings.from_environment(NEEDED), field)
    assert table[name][0].rstrip("/") == str(default)


def test_every_command_of_run_py_is_told_and_works(readme):
    told = set(re.findall(r"python3 run\.py +([a-z]+)", readme))
    done = subprocess.run(
        [sys.executable, ROOT / "run.py", "--help"], capture_output=True, check=True
    )
    known = set(re.findall(r"^  ([a-z]+) ", done.stdout.decode(), re.MULTILINE))
    assert told == known


def test_every_command_of_shuangtan_is_told_and_works(readme):
    told = set(re.findall(r"^(?:\.venv/bin/)?shuangtan ([a-z]+)", readme, re.MULTILINE))
    assert told == set(cli.COMMANDS) | set(cli.PLUGGED)
