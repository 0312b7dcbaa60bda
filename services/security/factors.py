"""Second factors: codes of an authenticator (TOTP), recovery codes, and the list of a person's."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from services import clock
from services.data import factors
from services.data.factors import TOTP, StoredFactor
from services.data.sealed import seal, unseal
from services.data.work import Scope, Work
from services.errors import ConflictError, NotFoundError
from services.security import tries
from services.security.door import Door
from services.security.proving import DONE, FactorError, Proof, open_session
from services.security.session import Session, Stage, new_token, note, session_at

ISSUER = "双碳"
STEP_SECONDS, DIGITS = 30, 6
CODES, GROUPS, GROUP = 10, 4, 5
# 31 signs: a code of 20 has 99 bits, so that its plain hash cannot be turned back.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator is told: the seed in base 32, and all of it as an address."""

    seed: str
    uri: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The token that is valid from now on, and the recovery codes when they are the first."""

    token: str
    codes: tuple[str, ...]


def begin_totp(door: Door, token: str) -> Enrolment:
    """Return the seed that is being enrolled; it counts when a code made with it was given."""
    import pyotp

    found = session_at(door, token, Stage.ENROL, Stage.OPEN)
    with door.database.work(Scope(person_id=found.person_id)) as work:
        waiting = _waiting(work, found)
        if waiting is None:
            seed = pyotp.random_base32()
            factors.forget_waiting(work, found.person_id)
            factors.add(work, _new(door, found, seed))
            work.commit()
        else:
            seed = _seed(door, waiting)
    name = pyotp.TOTP(seed).provisioning_uri(name=found.login, issuer_name=ISSUER)
    return Enrolment(seed, name)


def confirm_totp(door: Door, token: str, code: str, name: str) -> Enrolled:
    """Let the authenticator count after one right code, which is used up by that."""
    found = session_at(door, token, Stage.ENROL, Stage.OPEN)
    with door.database.work(Scope(person_id=found.person_id)) as work:
        key, now = tries.factor_key(found.person_id), clock.now()
        guard = tries.hold(work, key, found.login, now)
        waiting = _waiting(work, found)
        step = _step_of(door, waiting, code) if waiting else None
        enrolled = None
        if waiting is None or step is None:
            tries.failed(work, key, guard, door.profile, now)
        else:
            confirmed = replace(waiting, name=name or TOTP, confirmed_at=now, counter=step)
            factors.confirm(work, confirmed)
            enrolled = let_in(work, door, found, token)
        work.commit()
    if enrolled is None:
        raise FactorError("code")
    return enrolled


def let_in(work: Work, door: Door, found: Session, token: str) -> Enrolled:
    """After an enrolment: open a session that waited for it, and make the first recovery codes."""
    note(work, found.person_id, "factor_added", found.login, DONE)
    codes: tuple[str, ...] = ()
    if found.stage is Stage.ENROL:
        token, codes = new_token(found.person_id), _new_codes(work, found.person_id)
        open_session(work, door, found, token)
    return Enrolled(token, codes)


def code_proof(code: str) -> Proof:
    """Return the proof by a code of an authenticator, or by a recovery code."""

    def proof(work: Work, door: Door, found: Session) -> bool:
        plain = _bare(code)
        if len(plain) != DIGITS or not plain.isdecimal():
            used = factors.use_code(
                work, found.person_id, _hash(found.person_id, plain), clock.now()
            )
            if used:
                note(work, found.person_id, "recovery_code_used", found.login, DONE)
            return used
        return any(
            _uses(work, door, one, plain)
            for one in factors.of_person(work, found.person_id)
            if one.kind == TOTP
        )

    return proof


def factors_of(door: Door, token: str) -> tuple[list[StoredFactor], int]:
    """Return the factors of the session's person, and how many recovery codes are left."""
    found = session_at(door, token, Stage.FACTOR, Stage.OPEN)
    with door.database.work(Scope(person_id=found.person_id)) as work:
        return factors.of_person(work, found.person_id), factors.codes_left(work, found.person_id)


def remove_factor(door: Door, token: str, factor_id: UUID) -> None:
    """Remove a factor of one's own while another remains."""
    found = session_at(door, token, Stage.OPEN)
    with door.database.work(Scope(person_id=found.person_id)) as work:
        held = {one.factor_id for one in factors.of_person(work, found.person_id)}
        if factor_id not in held:
            raise NotFoundError("factor", value=str(factor_id))
        if len(held) == 1:
            raise LastFactorError("factor")
        factors.end(work, found.person_id, clock.now(), only=factor_id)
        note(work, found.person_id, "factor_removed", found.login, DONE)
        work.commit()


def renew_codes(door: Door, token: str) -> tuple[str, ...]:
    """Return ten new recovery codes; those before count no more."""
    found = session_at(door, token, Stage.OPEN)
    with door.database.work(Scope(person_id=found.person_id)) as work:
        codes = _new_codes(work, found.person_id)
        note(work, found.person_id, "recovery_codes_renewed", found.login, DONE)
        work.commit()
    return codes


class LastFactorError(ConflictError):
    """The only second factor cannot be removed."""

    text_key = "last_factor"


def _waiting(work: Work, found: Session) -> StoredFactor | None:
    """Return what this very session enrols: a seed shown in another one may be known to others."""
    waiting = factors.waiting(work, found.person_id)
    return waiting if waiting and waiting.name == str(found.session_id) else None


def _new(door: Door, found: Session, seed: str) -> StoredFactor:
    return StoredFactor(
        factor_id=uuid4(),
        person_id=found.person_id,
        kind=TOTP,
        name=str(found.session_id),
        secret=seal(door.key, seed.encode(), _owner(found.person_id)),
        credential_id=None,
        counter=0,
        made_at=clock.now(),
        confirmed_at=None,
        used_at=None,
    )


def _owner(person_id: int) -> str:
    # A seed moved to another person's row does not open there.
    return f"factor of {person_id}"


def _seed(door: Door, stored: StoredFactor) -> str:
    return unseal(door.key, stored.secret, _owner(stored.person_id)).decode()


def _step_of(door: Door, stored: StoredFactor, code: str) -> int | None:
    """Return the step whose code this is, of the present one and its two neighbours, or None."""
    import pyotp

    totp, now = pyotp.TOTP(_seed(door, stored)), int(clock.now().timestamp()) // STEP_SECONDS
    wanted = _bare(code).encode()
    right = [
        step
        for step in (now, now - 1, now + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), wanted)
    ]
    return right[0] if right else None


def _uses(work: Work, door: Door, stored: StoredFactor, code: str) -> bool:
    step = _step_of(door, stored, code)
    # A step is used up with those before it: a code that somebody looked at is worth nothing.
    return step is not None and factors.use(work, stored.factor_id, step, clock.now())


def _bare(code: str) -> str:
    return "".join(sign for sign in code.lower() if sign.isalnum())


def _hash(person_id: int, bare: str) -> str:
    return hashlib.sha256(f"{person_id}:{bare}".encode()).hexdigest()


def _new_codes(work: Work, person_id: int) -> tuple[str, ...]:
    codes = tuple(_random_code() for _ in range(CODES))
    hashes = [_hash(person_id, _bare(code)) for code in codes]
    factors.replace_codes(work, person_id, hashes, clock.now())
    return codes


def _random_code() -> str:
    groups = ("".join(secrets.choice(SIGNS) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)
