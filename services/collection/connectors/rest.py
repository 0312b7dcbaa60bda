"""Rows from another system's REST API: JSON over HTTPS, page by page (4.2 b)."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from services.collection.connectors.kinds import (
    MOST_ROWS,
    MOST_SECONDS,
    ConnectorAnswerError,
    ConnectorFieldError,
    Field,
    Names,
    Period,
    Settings,
    Table,
    in_languages,
    table_of,
)
from services.outbound import MEGABYTE, Limits, Outbound, TooSlowError

MOST_PAGES = 200
MOST_BYTES = 10 * MEGABYTE
FIRST_PAGE = 1
ALONE, NEXT, NUMBER = "alone", "next", "number"
NO_SECRET, BEARER, HEADER, BASIC = "none", "bearer", "header", "basic"
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
# Of these the call itself decides.
OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})


class Rest:
    """Gets a list of objects; each is a row, and what lies within one is `outer.inner`."""

    name = "rest"

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    @property
    def labels(self) -> Names:
        """Return what people read, by language."""
        return in_languages("connector.rest.label")

    @property
    def fields(self) -> Sequence[Field]:
        """Return address, place of the list, paging, and how the caller shows who it is."""
        pages = [(each, in_languages(f"connector.rest.paging_{each}")) for each in _PAGING]
        ways = [(each, in_languages(f"connector.rest.secret_{each}")) for each in _SECRETS]
        return (
            _field("url"),
            _field("list", is_needed=False),
            _field("paging", choices=pages),
            _field("paging_by", is_needed=False),
            _field("sign_in", choices=ways),
            _field("sign_in_name", is_needed=False),
            _field("secret", is_needed=False, is_secret=True),
        )

    def check(self, settings: Settings) -> None:
        """Raise for an address that is not called, and for what belongs to a choice and lacks."""
        self._outbound.check(Period.of_year(2000).filled(settings["url"]))
        for pointer in _pointers(settings):
            if pointer and not pointer.startswith("/"):
                raise ConnectorFieldError("list", value=pointer[:40])
        if settings["paging"] != ALONE and not settings["paging_by"]:
            raise ConnectorFieldError("paging_by", value="")
        named = settings["sign_in_name"]
        if settings["sign_in"] == HEADER and not _is_header(named):
            raise ConnectorFieldError("sign_in_name", value=named[:40])
        if settings["sign_in"] == BASIC and (not named or ":" in named):
            raise ConnectorFieldError("sign_in_name", value=named[:40])

    def fetch(self, settings: Settings, secrets: Settings, period: Period) -> Table:
        """Return the objects of all pages as rows."""
        url = period.filled(settings["url"])
        rows: list[Mapping[str, str]] = []
        for found in self._pages(url, settings, _headers(settings, secrets)):
            rows += [_row(each) for each in found]
            if len(rows) > MOST_ROWS:
                raise ConnectorAnswerError(_host(url), "rows", most=MOST_ROWS)
        return table_of(_host(url), rows)

    def _pages(self, url: str, settings: Settings, headers: Names) -> Iterator[list[Any]]:
        until, left = time.monotonic() + MOST_SECONDS, MOST_BYTES
        first, at = url, url
        for number in range(FIRST_PAGE, FIRST_PAGE + MOST_PAGES):
            if settings["paging"] == NUMBER:
                at = _with(first, settings["paging_by"], str(number))
            seconds = until - time.monotonic()
            if seconds <= 0:
                raise TooSlowError(_host(url), seconds=MOST_SECONDS)
            answer = self._outbound.get(at, headers, Limits(seconds=seconds, most_bytes=left))
            if not answer.is_good:
                raise ConnectorAnswerError(_host(url), "status", status=answer.status)
            left -= len(answer.body)
            document = _json(_host(url), answer.body)
            found = _list(_host(url), document, settings["list"])
            yield found
            following = _following(first, at, document, settings)
            if settings["paging"] == ALONE or not found or not following:
                return
            at = following
        raise ConnectorAnswerError(_host(url), "pages", most=MOST_PAGES)


_PAGING = (ALONE, NEXT, NUMBER)
_SECRETS = (NO_SECRET, BEARER, HEADER, BASIC)


def _field(name: str, **given: Any) -> Field:
    labels, hints = (in_languages(f"connector.rest.{name}{end}") for end in ("", "_hint"))
    return Field(name, labels, hints, **given)


def _pointers(settings: Settings) -> Iterator[str]:
    yield settings["list"]
    if settings["paging"] == NEXT:
        yield settings["paging_by"]


def _is_header(name: str) -> bool:
    return bool(HEADER_NAME.fullmatch(name)) and name.lower() not in OURS


def _headers(settings: Settings, secrets: Settings) -> dict[str, str]:
    secret, named = secrets.get("secret", ""), settings["sign_in_name"]
    headers = {"Accept": "application/json"}
    if settings["sign_in"] == BEARER:
        headers["Authorization"] = f"Bearer {secret}"
    if settings["sign_in"] == HEADER:
        headers[named] = secret
    if settings["sign_in"] == BASIC:
        both = base64.b64encode(f"{named}:{secret}".encode()).decode()
        headers["Authorization"] = f"Basic {both}"
    return headers


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _with(url: str, name: str, value: str) -> str:
    parts = urlsplit(url)
    query = [(key, each) for key, each in parse_qsl(parts.query, True) if key != name]
    return urlunsplit(parts._replace(query=urlencode([*query, (name, value)])))


def _following(first: str, at: str, document: Any, settings: Settings) -> str:
    """Return the address of the next page; it may not lead to whom the secret is not meant for."""
    if settings["paging"] != NEXT:
        return at
    link = _at(document, settings["paging_by"])
    if not isinstance(link, str) or not link:
        return ""
    following = urljoin(at, link)
    if urlsplit(following)[:2] != urlsplit(first)[:2]:
        raise ConnectorAnswerError(_host(first), "elsewhere", link=following[:200])
    return following


def _json(host: str, body: bytes) -> Any:
    """Return a document with its numbers as the other side wrote them."""
    try:
        return json.loads(body, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise ConnectorAnswerError(host, "json") from error


def _list(host: str, document: Any, pointer: str) -> list[Any]:
    found = _at(document, pointer)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ConnectorAnswerError(host, "list", pointer=pointer or "/")
    return found


def _at(document: Any, pointer: str) -> Any:
    """Return what a JSON pointer names (RFC 6901), or None.

    >>> _at({"data": {"a/b": [1]}}, "/data/a~1b/0")
    1
    """
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list) and key.isascii() and key.isdecimal() and len(key) < 7:
            document = document[int(key)] if int(key) < len(document) else None
        else:
            document = document.get(key) if isinstance(document, dict) else None
    return document


def _row(found: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Return an object as texts by name.

    >>> _row({"a": {"b": "1.50"}, "c": None, "d": [True]})
    {'a.b': '1.50', 'c': '', 'd': '[true]'}
    """
    row: dict[str, str] = {}
    for key, value in found.items():
        if isinstance(value, dict):
            row |= _row(value, f"{before}{key}.")
        elif value is None or isinstance(value, str):
            row[before + key] = value or ""
        else:
            row[before + key] = json.dumps(value, ensure_ascii=False)
    return row
