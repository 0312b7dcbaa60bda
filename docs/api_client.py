"""A client of the 双碳 API with nothing but the standard library: copy it, change it.

    python3 api_client.py https://carbon.example.cn TOKEN

lists the organizations of the token's person with their newest result.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

TRIES = 5


class ProblemError(Exception):
    """A refusal as the API tells it (RFC 9457): `told` has title, detail, code, problems."""

    def __init__(self, status: int, told: dict[str, Any]) -> None:
        super().__init__(f"{status}: {told.get('detail') or told.get('title') or 'no answer'}")
        self.status, self.told = status, told


class Client:
    """Sends requests with a token; waits where it is told to, and sends what was lost again."""

    def __init__(self, address: str, token: str, language: str = "zh-CN") -> None:
        self.base = f"{address.rstrip('/')}/api/v1"
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}

    def get(self, path: str, **query: Any) -> Any:
        """Return a document."""
        return self.send("GET", path, query)[0]

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield every item of a listing."""
        cursor: str | None = ""
        while cursor is not None:
            page = self.get(path, **query, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]

    def post(self, path: str, body: Any) -> Any:
        """Have something done once, however often it has to be sent."""
        return self.send("POST", path, {}, body, {"Idempotency-Key": str(uuid.uuid4())})[0]

    def put_rows(self, organization: int, year: int, rows: list[dict[str, str]]) -> Any:
        """Put rows into the draft of a year as it stands now; refused (412) if it changed since."""
        place = f"/organizations/{organization}/entries/{year}"
        _, headers = self.send("GET", place, {})
        return self.send("PUT", place, {}, {"rows": rows}, {"If-Match": headers["ETag"]})[0]

    def report(self, organization: int, year: int, language: str = "zh-CN") -> dict[str, Any]:
        """Order a report and return its state once it has ended."""
        order = {"year": year, "language": language}
        found: dict[str, Any] = self.post(f"/organizations/{organization}/reports", order)
        while found["state"] not in ("done", "failed"):
            time.sleep(0.5)
            found = self.get(f"/reports/{found['id']}")
        return found

    def file(self, report: str, kind: str) -> bytes:
        """Return a file of a report: docx, pdf or xlsx."""
        content: bytes = self.send("GET", f"/reports/{report}/files/{quote(kind)}", {})[0]
        return content

    def send(
        self,
        method: str,
        path: str,
        query: dict[str, Any],
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[Any, Any]:
        """Return the document and the headers of an answer, or raise ProblemError."""
        address = f"{self.base}{path}?{urlencode(query)}"
        data = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        for left in reversed(range(TRIES)):
            request = Request(
                address, data, {**self.headers, **kind, **(headers or {})}, method=method
            )
            try:
                with urlopen(request, timeout=60) as answer:
                    return read(answer.read(), answer.headers), answer.headers
            except HTTPError as error:
                told = read(error.read(), error.headers)
                if error.code not in (429, 503) or not left:
                    raise ProblemError(error.code, told if isinstance(told, dict) else {}) from None
                time.sleep(float(error.headers.get("Retry-After", 1)))
        raise AssertionError("the last try returns or raises")


def read(content: bytes, headers: Any) -> Any:
    """Return JSON as a value, and anything else as the bytes it is."""
    return json.loads(content) if "json" in headers.get("Content-Type", "") else content


def main(address: str, token: str) -> None:
    """Print each organization and its newest result."""
    client = Client(address, token)
    for one in client.pages("/organizations", limit=100):
        try:
            found = client.get(f"/organizations/{one['id']}/results", limit=1)["items"]
        except ProblemError as problem:
            print(one["code"], one["names"]["zh-CN"], problem)
            continue
        total = f"{found[0]['year']} {found[0]['total_t']} tCO2e" if found else "—"
        print(one["code"], one["names"]["zh-CN"], total)


if __name__ == "__main__":
    main(*sys.argv[1:3])
