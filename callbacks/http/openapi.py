"""The contract of the API: OpenAPI 3.1 from the register of routes, and a page that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, render_template
from flask.typing import ResponseReturnValue

from callbacks.contracts import Contract, Parameter
from callbacks.http.answers import LABEL, answer
from callbacks.http.operations import KEY, MATCH, operation
from callbacks.http.schemas import SCHEMAS, named
from callbacks.problems import KINDS, MORE_KINDS, PROBLEM
from callbacks.routes import Access, Route, route_all, routes_of
from services.i18n.texts import has_text, language, t

VERSION = "1.0.0"
PLACE = re.compile(r"<(?:(?P<kind>[a-z]+):)?(?P<name>[a-z0-9_]+)>")
PLACES: Mapping[str, dict[str, Any]] = {
    "int": {"type": "integer", "minimum": 0},
    "uuid": {"type": "string", "format": "uuid"},
    "": {"type": "string", "maxLength": 200, "pattern": "^[^/]+$"},
}
TEXT = {"type": "string"}
# What an answer may carry beside its body.
HEADERS = (LABEL, "ETag", "RateLimit", "RateLimit-Policy", "Content-Language")
CONTRACT = operation(
    "contract", "/openapi.json", Access.PUBLIC, Contract("contract", "Contract", has_tag=False)
)
PAGE = operation("page", "/docs", Access.PUBLIC, Contract("contract", media=("text/html",)))


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation as the page shows it."""

    method: str
    path: str
    told: Mapping[str, Any]
    permission: str


def add_contract(server: Flask) -> None:
    """Add the addresses of the contract; anybody may read what the API promises."""
    route_all(server, ((CONTRACT, contract), (PAGE, page)))


def contract() -> ResponseReturnValue:
    """Return the contract in the language that was asked for."""
    return answer(document(current_app), 200)


def page() -> ResponseReturnValue:
    """Return the contract as a page for people."""
    told = document(current_app)
    shown = [_shown(entry, told) for entry in operations_of(current_app)]
    groups = {tag: [one for one in shown if one.told["tags"] == [tag]] for tag in _tags(shown)}
    kinds: list[tuple[int | None, str]] = [*KINDS.items(), *((None, k) for k in MORE_KINDS)]
    values = {"groups": groups, "kinds": kinds, "schemas": told["components"]["schemas"]}
    return render_template("api.html", t=t, language=language(), written=written, **values)


def operations_of(server: Flask) -> list[Route]:
    """Return every route that has a contract, in the order of the register."""
    return [entry for entry in routes_of(server).values() if entry.contract is not None]


def document(server: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of a server's register, in the language in use."""
    paths: dict[str, dict[str, Any]] = {}
    for entry in operations_of(server):
        at = paths.setdefault(path_of(entry), {})
        at[entry.method.lower()] = _operation(entry)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": t("api.title"),
            "version": VERSION,
            "description": t("api.about"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": tag, "description": t(f"api.tag.{tag}")} for tag in _all_tags(server)],
        "paths": paths,
        "components": {
            "schemas": {name: _described(schema) for name, schema in SCHEMAS.items()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": t("api.token")}
            },
        },
    }


def path_of(entry: Route) -> str:
    """Return the address of a route with its places in braces."""
    return PLACE.sub(lambda found: "{" + found["name"] + "}", entry.rule)


def written(schema: Mapping[str, Any]) -> str:
    """Return a schema in a few signs, for the page."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(written(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"{written(schema['items'])}[]"
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    return str(schema.get("format") or schema.get("type", ""))


def _operation(entry: Route) -> dict[str, Any]:
    found, name = _contract(entry), entry.endpoint.removeprefix("api.")
    told: dict[str, Any] = {
        "operationId": name,
        "tags": [found.tag],
        "summary": t(f"api.operation.{name}.summary"),
        "description": _description(entry, name),
        "parameters": [*_places(entry), *map(_parameter, found.query), *_headers(found)],
        "responses": _responses(entry),
    }
    if entry.is_public:
        told["security"] = []
    if entry.method in ("POST", "PUT"):
        content = named(found.body) if found.body else {"type": "string", "format": "binary"}
        told["requestBody"] = {"required": True, "content": {found.sends: {"schema": content}}}
    return told


def _description(entry: Route, name: str) -> str:
    text = t(f"api.operation.{name}.about")
    permission = entry.permission
    return f"{text} {t('api.needs', permission=permission.value)}" if permission else text


def _contract(entry: Route) -> Contract:
    assert entry.contract is not None
    return entry.contract


def _places(entry: Route) -> Iterator[dict[str, Any]]:
    for found in PLACE.finditer(entry.rule):
        schema = dict(PLACES[found["kind"] or ""])
        if found["name"] == "year":
            schema["maximum"] = 9_999
        yield _named("path", found["name"], schema, required=True)


def _parameter(each: Parameter) -> dict[str, Any]:
    schema = dict(each.schema)
    if each.default not in (None, ""):
        schema["default"] = each.default
    return _named("query", each.name, schema, required=False)


def _headers(found: Contract) -> Iterator[dict[str, Any]]:
    if found.has_tag and not found.needs_match:
        yield _named("header", "If-None-Match", TEXT, required=False)
    if found.needs_match:
        yield _named("header", MATCH, TEXT, required=True)
    if found.takes_key:
        key = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
        yield _named("header", KEY, key, required=False)


def _named(where: str, name: str, schema: Mapping[str, Any], required: bool) -> dict[str, Any]:
    text = t(f"api.parameter.{name.lower().replace('-', '_')}")
    told = {"name": name, "in": where, "required": required, "schema": schema}
    return told | {"description": text}


def _responses(entry: Route) -> dict[str, Any]:
    found = _contract(entry)
    schema = named(found.answer) if found.answer else TEXT
    content = {medium: {"schema": schema} for medium in found.media}
    headers = {name: {"schema": TEXT, "description": _of_header(name)} for name in HEADERS}
    told: dict[str, Any] = {
        str(found.status): {
            "description": t("api.done"),
            "headers": headers,
            "content": content,
        }
    }
    if found.has_tag and entry.method == "GET":
        told["304"] = {"description": t("api.unchanged")}
    problem = {PROBLEM: {"schema": named("Problem")}}
    for status in found.statuses(entry.rule, entry.is_public):
        title = t(f"api.problem.{KINDS[status]}.title")
        told[str(status)] = {"description": title, "content": problem}
    return told


def _of_header(name: str) -> str:
    return t(f"api.header.{name.lower().replace('-', '_')}")


def _described(schema: Any) -> Any:
    """Return a schema whose members say what they mean, where a text does."""
    if isinstance(schema, list):
        return [_described(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    found = {key: _described(value) for key, value in schema.items() if key != "properties"}
    if "properties" in schema:
        found["properties"] = {n: _member(n, each) for n, each in schema["properties"].items()}
    return found


def _member(name: str, schema: Mapping[str, Any]) -> Any:
    key = f"api.field.{name}"
    return _described(schema) | ({"description": t(key)} if has_text(key) else {})


def _all_tags(server: Flask) -> list[str]:
    return list(dict.fromkeys(_contract(entry).tag for entry in operations_of(server)))


def _tags(shown: list[Shown]) -> list[str]:
    return list(dict.fromkeys(one.told["tags"][0] for one in shown))


def _shown(entry: Route, told: Mapping[str, Any]) -> Shown:
    path = path_of(entry)
    permission = entry.permission.value if entry.permission else ""
    return Shown(entry.method, path, told["paths"][path][entry.method.lower()], permission)
