"""A program that sends requests with the token of a person."""

from datetime import timedelta
from uuid import uuid4

from services.clock import now
from services.data import api_tokens, people
from services.data.api_tokens import StoredToken
from services.data.engine import SYSTEM_SCOPE
from services.data.work import Scope
from services.security.api_tokens import MARK
from services.security.session import hash_of, new_token


class Program:
    """Sends what it is told to, in a language."""

    def __init__(self, app, token, language="en"):
        self.client = app.server.test_client()
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}

    def get(self, path, **headers):
        return self.client.get(f"/api/v1{path}", headers=self.headers | named(headers))

    def post(self, path, body, **headers):
        return self.client.post(f"/api/v1{path}", json=body, headers=self.headers | named(headers))

    def put(self, path, body, **headers):
        return self.client.put(f"/api/v1{path}", json=body, headers=self.headers | named(headers))

    def all_of(self, path, limit):
        """Return every item of a listing, read in pages of so many."""
        cursor, found = "", []
        while cursor is not None:
            told = self.get(f"{path}?limit={limit}&cursor={cursor}").json
            assert len(told["items"]) <= limit
            found, cursor = found + told["items"], told["next"]
        return found


def named(headers):
    """Return headers from names with underscores."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def token_for(database, login, actions):
    """Return a token of somebody, written straight into the database."""
    with database.work(SYSTEM_SCOPE) as work:
        person_id = people.by_login(work, login).person_id
    token, at = MARK + new_token(person_id), now()
    days = {"made_at": at, "expires_at": at + timedelta(days=30), "used_at": at, "ended_at": None}
    kept = {"name": "test", "actions": sorted(each.value for each in actions)}
    row = StoredToken(uuid4(), person_id, token_hash=hash_of(token), **kept, **days)
    with database.work(Scope(person_id=person_id)) as work:
        api_tokens.add(work, row)
        work.commit()
    return token
