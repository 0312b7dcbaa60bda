"""Every word on screen exists in both languages, is used, and keeps its places."""

import ast
import re
from string import Formatter

import pytest

from components.shell.places import PLACES
from services.i18n.texts import LANGUAGES, texts
from tests.architecture.sources import MODULES, ROOT, TOP, dotted, nodes

PATHS = [*MODULES, *(path for path in TOP if path.name != "run.py")]
ERROR_PARTS = ("what", "why", "do")
# Functions whose first argument is a key.
TRANSLATORS = {"t", "has_text", "say"}
KEY = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_\-]+)+")


def constants(path):
    return {node.value for node in nodes(path, ast.Constant) if isinstance(node.value, str)}


def patterns(path):
    """Return a regular expression for each string with places in it: f"errors.{key}.what"."""
    for node in nodes(path, ast.JoinedStr):
        parts = [
            re.escape(part.value) if isinstance(part, ast.Constant) else ".+"
            for part in node.values
        ]
        # A pattern without a fixed beginning would match everything.
        if parts and parts[0] != ".+" and "." in parts[0]:
            yield re.compile("".join(parts))


def translated(path):
    for call in nodes(path, ast.Call):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name in TRANSLATORS and call.args and isinstance(call.args[0], ast.Constant):
            yield call.args[0].value


def error_keys():
    for path in MODULES:
        for node in nodes(path, ast.Assign, ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(getattr(target, "id", "") == "text_key" for target in targets) and isinstance(
                node.value, ast.Constant
            ):
                yield node.value.value


def named_in_data():
    """Return every word of the standards' own data, where names of texts may stand."""
    folder = ROOT / "services" / "standards" / "data"
    files = [path for kind in ("*.toml", "*.csv") for path in folder.rglob(kind)]
    return {found.group() for path in files for found in KEY.finditer(path.read_text("utf-8"))}


def named_in_templates():
    """Return every key that the plain HTML forms ask for: t("sign_in.title")."""
    files = (ROOT / "components" / "templates").glob("*.html")
    asked = re.compile(r't\("([^"]+)"[,)]|t\(\'([^\']+)\'[,)]')
    return {
        next(filter(None, found.groups()))
        for path in files
        for found in asked.finditer(path.read_text("utf-8"))
    }


def places(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys():
    chinese, english = (set(texts(code)) for code in LANGUAGES)
    assert chinese ^ english == set()


def test_both_languages_fill_the_same_places():
    chinese, english = (texts(code) for code in LANGUAGES)
    unlike = [
        key
        for key in chinese.keys() & english.keys()
        if places(chinese[key]) != places(english[key]) and not key.startswith("errors.")
    ]
    assert unlike == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_text_is_empty(code):
    assert [key for key, text in texts(code).items() if not text.strip()] == []


def test_every_text_that_is_used_exists():
    known = texts("zh-CN")
    missing = [
        f"{dotted(path)}: {key}" for path in PATHS for key in translated(path) if key not in known
    ]
    assert missing == []


def test_every_error_explains_itself():
    wanted = {f"errors.{key}.{part}" for key in error_keys() for part in ERROR_PARTS}
    assert wanted - set(texts("zh-CN")) == set()


def test_no_text_lies_unused():
    used = set().union(*(constants(path) for path in PATHS)) | named_in_data()
    used |= named_in_templates()
    used |= {f"errors.{key}.{part}" for key in error_keys() for part in ERROR_PARTS}
    shapes = {found for path in PATHS for found in patterns(path)}
    # errors.{key}.what is how every error finds its texts; error_keys() says which there are.
    shapes = {found for found in shapes if not found.pattern.startswith("errors")}
    unused = [
        key
        for key in texts("zh-CN")
        if key not in used and not any(shape.fullmatch(key) for shape in shapes)
    ]
    assert unused == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_place_but_the_home_page_says_on_it_what_it_is_for(code):
    wanted = {f"home.about.{p.path.strip('/').replace('/', '_')}" for p in PLACES if p.path != "/"}
    assert wanted - set(texts(code)) == set()
