"""Second factors and recovery codes of a person; the scope must be that person's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from services.data.identity_tables import recovery_code, second_factor
from services.data.work import Work

TOTP, PASSKEY = "totp", "passkey"


@dataclass(frozen=True, slots=True)
class StoredFactor:
    """One second factor.

    `secret` is the sealed seed, or the public key of a passkey; `counter` the last step used, or
    the passkey's own count of signatures. It counts from `confirmed_at` on.
    """

    factor_id: UUID
    person_id: int
    kind: str
    name: str
    secret: bytes
    credential_id: bytes | None
    counter: int
    made_at: datetime
    confirmed_at: datetime | None
    used_at: datetime | None


_NAMES = tuple(StoredFactor.__dataclass_fields__)
_COLUMNS = tuple(second_factor.c[name] for name in _NAMES)


def add(work: Work, new: StoredFactor) -> None:
    """Store a factor."""
    values = {name: getattr(new, name) for name in _NAMES}
    work.connection.execute(insert(second_factor).values(values).inline())


def of_person(work: Work, person_id: int) -> list[StoredFactor]:
    """Return the factors that count, oldest first."""
    return _found(work, person_id, confirmed=True)


def waiting(work: Work, person_id: int) -> StoredFactor | None:
    """Return the factor that is being enrolled, or None."""
    return next(iter(_found(work, person_id, confirmed=False)), None)


def forget_waiting(work: Work, person_id: int) -> None:
    """Remove what was being enrolled and never confirmed."""
    work.connection.execute(
        delete(second_factor).where(
            second_factor.c.person_id == person_id, second_factor.c.confirmed_at.is_(None)
        )
    )


def confirm(work: Work, enrolled: StoredFactor) -> None:
    """Let a factor count from its `confirmed_at` on."""
    work.connection.execute(
        update(second_factor)
        .where(second_factor.c.factor_id == enrolled.factor_id)
        .values(name=enrolled.name, confirmed_at=enrolled.confirmed_at, counter=enrolled.counter)
    )


def use(work: Work, factor_id: UUID, counter: int, at: datetime) -> bool:
    """Move the counter up and return True, or False when it already stands there or higher."""
    used = (
        update(second_factor)
        .where(second_factor.c.factor_id == factor_id, second_factor.c.counter < counter)
        .values(counter=counter, used_at=at)
    )
    return work.connection.execute(used).rowcount == 1


def mark_used(work: Work, factor_id: UUID, at: datetime) -> None:
    """Remember the use of a passkey that counts nothing."""
    work.connection.execute(
        update(second_factor).where(second_factor.c.factor_id == factor_id).values(used_at=at)
    )


def end(work: Work, person_id: int, at: datetime, only: UUID | None = None) -> int:
    """End all factors of a person, or only one; return how many."""
    ended = update(second_factor).where(
        second_factor.c.person_id == person_id, second_factor.c.ended_at.is_(None)
    )
    if only is not None:
        ended = ended.where(second_factor.c.factor_id == only)
    return work.connection.execute(ended.values(ended_at=at)).rowcount


def replace_codes(work: Work, person_id: int, hashes: Iterable[str], at: datetime) -> None:
    """Forget the recovery codes of a person and store others."""
    work.connection.execute(delete(recovery_code).where(recovery_code.c.person_id == person_id))
    rows = [{"person_id": person_id, "code_hash": one, "made_at": at} for one in hashes]
    if rows:
        work.connection.execute(insert(recovery_code), rows)


def use_code(work: Work, person_id: int, code_hash: str, at: datetime) -> bool:
    """Use a recovery code up, or return False when there is none such left."""
    used = (
        update(recovery_code)
        .where(
            recovery_code.c.person_id == person_id,
            recovery_code.c.code_hash == code_hash,
            recovery_code.c.used_at.is_(None),
        )
        .values(used_at=at)
    )
    return work.connection.execute(used).rowcount == 1


def codes_left(work: Work, person_id: int) -> int:
    """Return how many recovery codes are not used yet."""
    query = select(func.count()).where(
        recovery_code.c.person_id == person_id, recovery_code.c.used_at.is_(None)
    )
    return int(work.connection.scalar(query) or 0)


def _found(work: Work, person_id: int, confirmed: bool) -> list[StoredFactor]:
    counts = (
        second_factor.c.confirmed_at.is_not(None)
        if confirmed
        else second_factor.c.confirmed_at.is_(None)
    )
    query = (
        select(*_COLUMNS)
        .where(second_factor.c.person_id == person_id, second_factor.c.ended_at.is_(None), counts)
        .order_by(second_factor.c.made_at, second_factor.c.factor_id)
    )
    return [StoredFactor(*row) for row in work.connection.execute(query)]
