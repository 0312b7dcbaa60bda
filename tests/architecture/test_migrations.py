"""The migrations are one chain: two that follow the same one could not be brought up to date."""

from alembic.script import ScriptDirectory

from tests.architecture.sources import ROOT


def test_migrations_are_one_chain():
    heads = ScriptDirectory(str(ROOT / "services" / "data" / "migrations")).get_heads()
    assert len(heads) == 1, f"more than one migration is the last: {heads}"
