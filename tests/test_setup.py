"""What `python3 run.py setup` leaves behind, beside the packages."""

from pathlib import Path

import run

ROOT = Path(__file__).parents[1]


def test_our_modules_are_compiled_also_where_python_may_not_write_as_it_goes(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    for name in run.MODULES:
        module = tmp_path / name if name.endswith(".py") else tmp_path / name / "module.py"
        module.parent.mkdir(exist_ok=True)
        module.write_text("NUMBER = 1\n", encoding="utf-8")
    run.compile_modules(tmp_path)
    compiled = {path.parent.parent.name for path in tmp_path.rglob("__pycache__/module.*.pyc")}
    assert compiled == {name for name in run.MODULES if not name.endswith(".py")}
    assert len(list((tmp_path / "__pycache__").iterdir())) == 2  # app.py and cli.py


def test_every_module_to_compile_is_there():
    assert [name for name in run.MODULES if not (ROOT / name).exists()] == []
