"""Open sessions and failed sign-ins; of a session's token only the SHA-256 is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, case, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data.asking import question
from services.data.engine import Database
from services.data.identity_tables import membership, session, sign_in_guard
from services.data.people import (
    IDENTITY_COLUMNS,
    StoredIdentity,
    identity_from,
    with_identity,
)
from services.data.work import Scope, Work


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session of one person; `expires_at` is its absolute end.

    Without `stepped_up_at`, when the second factor was last given, only the password is known.
    """

    token_hash: str
    person_id: int
    channel: str
    began_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    session_id: UUID
    address: str
    agent: str
    stepped_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class Guard:
    """How often signing in failed with a name, and until when it is locked."""

    failures: int
    locked_until: datetime | None


_NAMES = tuple(StoredSession.__dataclass_fields__)
# The columns of the session come first.
_OPENED = question(
    "session_opened",
    select(*(session.c[name].label(f"session_{name}") for name in _NAMES), *IDENTITY_COLUMNS)
    .select_from(with_identity(session))
    .where(
        session.c.token_hash == bindparam("token_hash"),
        session.c.person_id == bindparam("person_id"),
    )
    .order_by(membership.c.organization_id, membership.c.role),
)


def add(work: Work, new: StoredSession) -> None:
    """Store a new session."""
    values = {name: getattr(new, name) for name in _NAMES} | {"challenge": "", "ended_why": ""}
    work.connection.execute(insert(session).values(values).inline())


def opened(
    database: Database, token_hash: str, person_id: int, day: date
) -> tuple[StoredSession, StoredIdentity] | None:
    """Return the session of a token's hash with whose it is, or None.

    It is asked in the scope of that person; a session of anybody else is not found.
    """
    scope = Scope(person_id=person_id)
    rows = database.ask(scope, _OPENED, token_hash=token_hash, person_id=person_id, today=day)
    if not rows:
        return None
    return StoredSession(*rows[0][: len(_NAMES)]), identity_from(rows)


def touch(work: Work, token_hash: str, at: datetime) -> None:
    """Remember that the session was used."""
    work.connection.execute(
        update(session).where(session.c.token_hash == token_hash).values(seen_at=at)
    )


@dataclass(frozen=True, slots=True)
class Opening:
    """What changes when a half-open session opens: the token, the instant, the absolute end."""

    token_hash: str
    at: datetime
    expires_at: datetime


def open_up(work: Work, token_hash: str, opening: Opening) -> bool:
    """Give a half-open session another token and open it; False when it has ended meanwhile."""
    opened_up = (
        update(session)
        .where(
            session.c.token_hash == token_hash,
            session.c.ended_at.is_(None),
            session.c.stepped_up_at.is_(None),
        )
        .values(
            token_hash=opening.token_hash,
            stepped_up_at=opening.at,
            seen_at=opening.at,
            expires_at=opening.expires_at,
            challenge="",
        )
    )
    return work.connection.execute(opened_up).rowcount == 1


def step_up(work: Work, token_hash: str, at: datetime) -> None:
    """Remember that the second factor was given again."""
    work.connection.execute(
        update(session)
        .where(session.c.token_hash == token_hash)
        .values(stepped_up_at=at, challenge="")
    )


def set_challenge(work: Work, token_hash: str, challenge: str) -> None:
    """Keep what a passkey is to sign next."""
    work.connection.execute(
        update(session).where(session.c.token_hash == token_hash).values(challenge=challenge)
    )


def take_challenge(work: Work, token_hash: str) -> str:
    """Return what a passkey was to sign, and forget it; empty when there is nothing."""
    held = select(session.c.challenge).where(session.c.token_hash == token_hash).with_for_update()
    found: str = work.connection.scalar(held) or ""
    set_challenge(work, token_hash, "")
    return found


def living(work: Work, person_id: int, at: datetime) -> list[StoredSession]:
    """Return the sessions of a person that have not ended, the one used last first."""
    query = (
        select(*(session.c[name] for name in _NAMES))
        .where(
            session.c.person_id == person_id,
            session.c.ended_at.is_(None),
            session.c.expires_at > at,
        )
        .order_by(session.c.seen_at.desc())
    )
    return [StoredSession(*row) for row in work.connection.execute(query)]


def end(work: Work, token_hash: str, at: datetime, why: str = "") -> bool:
    """End a session; return whether it was open."""
    ended = work.connection.execute(
        update(session)
        .where(session.c.token_hash == token_hash, session.c.ended_at.is_(None))
        .values(ended_at=at, ended_why=why)
    )
    return ended.rowcount > 0


def end_one(work: Work, person_id: int, session_id: UUID, at: datetime, why: str) -> bool:
    """End the session of that id when it is the person's; return whether there was one."""
    ended = (
        update(session)
        .where(
            session.c.session_id == session_id,
            session.c.person_id == person_id,
            session.c.ended_at.is_(None),
        )
        .values(ended_at=at, ended_why=why)
    )
    return work.connection.execute(ended).rowcount == 1


def end_others(work: Work, person_id: int, at: datetime, kept: str = "", why: str = "") -> None:
    """End every session of a person but the one to keep."""
    work.connection.execute(
        update(session)
        .where(
            session.c.person_id == person_id,
            session.c.token_hash != kept,
            session.c.ended_at.is_(None),
        )
        .values(ended_at=at, ended_why=why)
    )


def why_ended(work: Work, token_hash: str) -> str:
    """Return why a session was ended by somebody or something else; empty when it was not."""
    query = select(session.c.ended_why).where(session.c.token_hash == token_hash)
    return work.connection.scalar(query) or ""


def purge(work: Work, before: datetime) -> int:
    """Remove sessions and locks that ended before an instant; return how many sessions."""
    old = delete(session).where(session.c.expires_at < before)
    forgotten = delete(sign_in_guard).where(sign_in_guard.c.failed_at < before)
    work.connection.execute(forgotten)
    return work.connection.execute(old).rowcount


def lock_guard(work: Work, login: str, at: datetime) -> Guard:
    """Return the guard of a sign-in name and hold it, so that tries come one by one."""
    fresh = upsert(sign_in_guard).values(login=login, failures=0, failed_at=at)
    # Writing the row, even unchanged, takes its lock in the same step that may create it.
    held = fresh.on_conflict_do_update(
        index_elements=["login"], set_={"failures": sign_in_guard.c.failures}
    ).returning(sign_in_guard.c.failures, sign_in_guard.c.locked_until)
    row = work.connection.execute(held).one()
    return Guard(row.failures, row.locked_until)


def lock_of(work: Work, key: str) -> datetime | None:
    """Return until when a key is locked, without holding it."""
    query = select(sign_in_guard.c.locked_until).where(sign_in_guard.c.login == key)
    found: datetime | None = work.connection.scalar(query)
    return found


def count_failure(work: Work, key: str, at: datetime, since: datetime) -> int:
    """Count a failure and return how many there are; those before an instant are forgotten."""
    kept, column = sign_in_guard, sign_in_guard.c
    counted = upsert(kept).values(login=key, failures=1, failed_at=at)
    more = case((column.failed_at < since, 1), else_=column.failures + 1)
    written = counted.on_conflict_do_update(
        index_elements=["login"], set_={"failures": more, "failed_at": at}
    ).returning(column.failures)
    return int(work.connection.scalar(written) or 0)


def forget_guard(work: Work, login: str) -> bool:
    """Unlock a sign-in name; False when nothing was counted of it."""
    gone = delete(sign_in_guard).where(sign_in_guard.c.login == login)
    return work.connection.execute(gone).rowcount == 1


def forget_guards(work: Work, beginning: str) -> None:
    """Forget what is counted under every name that begins so."""
    like = sign_in_guard.c.login.startswith(beginning, autoescape=True)
    work.connection.execute(delete(sign_in_guard).where(like))


def write_guard(work: Work, login: str, guard: Guard, at: datetime) -> None:
    """Store the number of failures and the lock."""
    work.connection.execute(
        update(sign_in_guard)
        .where(sign_in_guard.c.login == login)
        .values(failures=guard.failures, locked_until=guard.locked_until, failed_at=at)
    )
