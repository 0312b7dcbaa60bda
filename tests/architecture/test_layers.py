"""Imports point one way only: pages and callbacks on components, all of them on services."""

import ast

from tests.architecture.sources import MODULES, dotted, nodes

SCREEN = {"dash", "dash_bootstrap_components", "dash_ag_grid"}
OUTSIDE = {"sqlalchemy", "flask", "flask_login", "rq", "redis", "paho"}
FORBIDDEN = {
    "pages": {"pages", "callbacks", "services", "workers"},
    "components": {"pages", "callbacks", "workers", "services.data", "services.security"},
    "components.figures": SCREEN,
    "callbacks": {"pages", "workers", "sqlalchemy", "pandas"},
    "services": {"pages", "components", "callbacks", "workers", "flask", "flask_login", "rq"}
    | SCREEN,
    "services.algorithms": {"services.data"} | OUTSIDE,
    "services.standards": {"services.data"} | OUTSIDE,
    "workers": {"pages", "callbacks", "components"} | SCREEN,
}
# Roles and permissions are a leaf that everybody but the data layer may know.
LEAF = "services.security.permissions"
# Which service may build on which: each only on those before it.
ORDER = (
    *("standards", "algorithms", "data", "security", "alerts", "accounting", "collection"),
    "reports",
)


def imports_of(path):
    for node in nodes(path, ast.Import, ast.ImportFrom):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write the full name of the module"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from (alias.name for alias in node.names)


def inside(name, package):
    return name == package or name.startswith(package + ".")


def banned_for(path):
    layers = (names for layer, names in FORBIDDEN.items() if inside(dotted(path), layer))
    return set().union(*layers)


def later_than(path):
    mine = [place for place, name in enumerate(ORDER) if inside(dotted(path), f"services.{name}")]
    return {f"services.{name}" for place in mine for name in ORDER[place + 1 :]}


def test_imports_point_the_right_way():
    wrong = [
        f"{dotted(path)} imports {name}"
        for path in MODULES
        for name in imports_of(path)
        if not inside(name, LEAF) and any(inside(name, ban) for ban in banned_for(path))
    ]
    assert wrong == []


def test_services_build_only_on_those_before_them():
    wrong = [
        f"{dotted(path)} imports {name}"
        for path in MODULES
        for name in imports_of(path)
        if (not inside(name, LEAF) or inside(dotted(path), "services.data"))
        and any(inside(name, later) for later in later_than(path))
    ]
    assert wrong == []


def test_packages_re_export_nothing():
    packages = [path for path in MODULES if path.name == "__init__.py"]
    assert [dotted(path) for path in packages if nodes(path, ast.Import, ast.ImportFrom)] == []


def test_no_field_mixes_up_what_is_typed_quickly():
    # dcc.Input of Dash 4 puts the caret back a moment after each key; dbc.Input leaves it alone.
    using = [
        f"{dotted(path)}, line {node.lineno}"
        for path in MODULES
        for node in nodes(path, ast.Attribute)
        if node.attr == "Input" and isinstance(node.value, ast.Name) and node.value.id == "dcc"
    ]
    assert using == []
