"""People wait for the first page, so nothing is loaded on the way to it that only others need."""

import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT

# Migrations, reports, forecasts and the font are made by other processes than the web server.
FOR_OTHERS = {"alembic", "docx", "fontTools", "matplotlib", "pmdarima", "typst"}
# Whoever signs in with them waits for them, once for each process.
FOR_FACTORS = {"pyotp", "segno", "webauthn"}
PROGRAM = "import sys, {module}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"


def loaded_by(module):
    """Return the packages that a new process holds after it imported a module."""
    program = PROGRAM.format(module=module)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True
    )
    return set(done.stdout.decode().split())


@pytest.mark.parametrize(
    ("module", "too_much"),
    [
        ("app", FOR_OTHERS | FOR_FACTORS),
        # The supervisor starts the web server before it loads what prepares the database.
        ("workers.start", FOR_OTHERS | {"dash", "flask", "numpy", "sqlalchemy"}),
    ],
)
def test_nothing_is_loaded_that_only_others_need(module, too_much):
    assert loaded_by(module) & too_much == set()
