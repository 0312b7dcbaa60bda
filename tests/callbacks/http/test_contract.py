"""The contract of the API is valid, whole, and told in both languages."""

import json
from types import SimpleNamespace

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from callbacks.context import Context
from callbacks.http.api import add_api
from callbacks.http.files import add_files
from callbacks.http.openapi import add_contract, document, operations_of, path_of
from callbacks.http.schemas import SCHEMAS
from callbacks.problems import KINDS, MORE_KINDS
from callbacks.routes import routes_of
from services.i18n.texts import LANGUAGES, texts, use_language
from tests.architecture.sources import ROOT


@pytest.fixture(scope="module")
def server():
    server = Flask("contract", static_folder=None)
    context = Context(None, None, SimpleNamespace(), None, lambda: None)
    for add in (add_api, add_files):
        add(server, context)
    add_contract(server)
    return server


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_contract_is_openapi_3_1(server, language):
    with use_language(language):
        told = document(server)
    assert told["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(json.loads(json.dumps(told))).validate()


def test_every_address_of_the_api_is_in_the_contract(server):
    told = document(server)["paths"]
    found = {(path, method.upper()) for path, ways in told.items() for method in ways}
    there = {(path_of(e), e.method) for e in routes_of(server).values()}
    assert found == there
    assert all(path.startswith("/api/v1/") for path, _ in there)


def test_what_an_operation_says_stands_in_both_languages(server):
    summaries = {}
    for language in LANGUAGES:
        with use_language(language):
            told = document(server)
        ways = [way for path in told["paths"].values() for way in path.values()]
        summaries[language] = {way["operationId"]: way["summary"] for way in ways}
    chinese, english = (summaries[language] for language in LANGUAGES)
    assert chinese.keys() == english.keys()
    assert [name for name in chinese if chinese[name] == english[name]] == []


def test_every_member_of_every_schema_says_what_it_means():
    names = set()

    def look(schema):
        if isinstance(schema, dict):
            names.update(schema.get("properties", {}))
            for each in schema.values():
                look(each)

    for schema in SCHEMAS.values():
        look(schema)
    known = texts("en")
    assert {name for name in names if f"api.field.{name}" not in known} <= set(LANGUAGES)


def test_every_problem_has_its_words():
    known = texts("en")
    for kind in (*KINDS.values(), *MORE_KINDS):
        assert {f"api.problem.{kind}.{part}" for part in ("title", "why", "do")} <= known.keys()


def test_the_guide_names_every_operation(server):
    guide = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    wanted = {f"`{entry.method} {path_of(entry)}`" for entry in operations_of(server)}
    assert [each for each in sorted(wanted) if each not in guide] == []
