"""Requests that are done once, however often they are sent: by a key of the sender (4.2 b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from services import clock
from services.data import api_answers
from services.data.api_answers import KeyedRequest
from services.data.engine import Database
from services.data.work import Scope
from services.errors import PlatformError

# A request that is not answered after so long died with its process. What it did, if anything, is
# held by the use case: an order by its effect, a message by its key.
GIVEN_UP = timedelta(seconds=120)


class KeyReusedError(PlatformError):
    """The key was given to another request before."""

    text_key = "key_reused"


class InFlightError(PlatformError):
    """The request of this key is still being done."""

    text_key = "in_flight"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    document: str


def begin(database: Database, asked: KeyedRequest) -> Answer | None:
    """Return the answer that a request was given before; None where it is to be done now.

    KeyReusedError where the key belongs to another request, InFlightError where another process
    is at it.
    """
    now = clock.now()
    with database.work(Scope(person_id=asked.person_id)) as work:
        if api_answers.begin(work, asked, now):
            work.commit()
            return None
        stored = api_answers.get(work, asked)
        if stored is None:  # it came to nothing this very moment
            raise InFlightError("key", value=asked.key)
        if (stored.operation, bytes(stored.digest)) != (asked.operation, asked.digest):
            raise KeyReusedError("key", value=asked.key)
        if stored.status is not None:
            headers = tuple((str(name), str(value)) for name, value in stored.headers)
            return Answer(stored.status, headers, stored.document)
        lost = stored.begun_at < now - GIVEN_UP
        if not lost or not api_answers.take_over(work, asked, stored.begun_at, now):
            raise InFlightError("key", value=asked.key)
        work.commit()
        return None


def finish(database: Database, asked: KeyedRequest, answer: Answer) -> None:
    """Keep an answer for whoever sends the request again."""
    headers: Sequence[tuple[str, str]] = answer.headers
    with database.work(Scope(person_id=asked.person_id)) as work:
        api_answers.finish(work, asked, (answer.status, headers, answer.document))
        work.commit()


def release(database: Database, asked: KeyedRequest) -> None:
    """Let a request that was refused be sent again under its key."""
    with database.work(Scope(person_id=asked.person_id)) as work:
        api_answers.release(work, asked)
        work.commit()
