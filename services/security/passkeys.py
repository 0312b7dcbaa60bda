"""Passkeys (WebAuthn) as second factors; the challenge is kept in the session and used once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from services import clock
from services.data import factors, sessions
from services.data.factors import PASSKEY, StoredFactor
from services.data.work import Scope, Work
from services.security.door import Door
from services.security.factors import ISSUER, Enrolled, let_in
from services.security.proving import FactorError, Proof
from services.security.session import Session, Stage, session_at

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

CHALLENGE_BYTES = 32
Verified = TypeVar("Verified")


@dataclass(frozen=True, slots=True)
class Site:
    """Where the browser is: the host a passkey belongs to, and the whole origin."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser sent back, as JSON, and from where."""

    text: str
    site: Site


def registration_options(door: Door, token: str, site: Site) -> str:
    """Return as JSON what the browser needs to make a passkey."""
    import webauthn
    from webauthn.helpers.structs import AuthenticatorSelectionCriteria, ResidentKeyRequirement

    found = session_at(door, token, Stage.ENROL, Stage.OPEN)
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=ISSUER,
        user_id=_handle(found.person_id),
        user_name=found.login,
        user_display_name=found.name,
        challenge=_challenge(door, found),
        exclude_credentials=_descriptors(_passkeys(door, found)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED
        ),
    )
    return webauthn.options_to_json(options)


def register(door: Door, token: str, answer: Answer, name: str) -> Enrolled:
    """Store the passkey that the browser made."""
    import webauthn

    found = session_at(door, token, Stage.ENROL, Stage.OPEN)
    with door.database.work(Scope(person_id=found.person_id)) as work:
        made = _verified(
            lambda: webauthn.verify_registration_response(
                credential=answer.text,
                expected_challenge=_taken(work, found),
                expected_rp_id=answer.site.host,
                expected_origin=answer.site.origin,
            )
        )
        enrolled = None
        if made is not None:
            keys = (made.credential_public_key, made.credential_id, made.sign_count)
            factors.add(work, _new(found, name, *keys))
            enrolled = let_in(work, door, found, token)
        work.commit()
    if enrolled is None:
        raise FactorError("passkey")
    return enrolled


def request_options(door: Door, token: str, site: Site) -> str:
    """Return as JSON what the browser needs to use a passkey; empty when there is none."""
    import webauthn

    found = session_at(door, token, Stage.FACTOR, Stage.OPEN)
    held = _passkeys(door, found)
    if not held:
        return ""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, challenge=_challenge(door, found), allow_credentials=_descriptors(held)
    )
    return webauthn.options_to_json(options)


def passkey_proof(answer: Answer) -> Proof:
    """Return the proof by a passkey that signed the challenge of the session."""

    def proof(work: Work, door: Door, found: Session) -> bool:
        challenge = _taken(work, found)
        return any(
            _signed(work, answer, challenge, one)
            for one in factors.of_person(work, found.person_id)
            if one.kind == PASSKEY and _names(answer, one)
        )

    return proof


def _signed(work: Work, answer: Answer, challenge: bytes, stored: StoredFactor) -> bool:
    import webauthn

    # An authenticator that counts must have counted on; a copy of it would not know how far.
    right = _verified(
        lambda: webauthn.verify_authentication_response(
            credential=answer.text,
            expected_challenge=challenge,
            expected_rp_id=answer.site.host,
            expected_origin=answer.site.origin,
            credential_public_key=stored.secret,
            credential_current_sign_count=stored.counter,
        )
    )
    if right is None:
        return False
    if right.new_sign_count:
        return factors.use(work, stored.factor_id, right.new_sign_count, clock.now())
    factors.mark_used(work, stored.factor_id, clock.now())
    return True


def _verified(verify: Callable[[], Verified]) -> Verified | None:
    """Return what was verified, or None when anything of the browser's answer is not as it must."""
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return verify()
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None


def _names(answer: Answer, stored: StoredFactor) -> bool:
    from webauthn.helpers import bytes_to_base64url

    wanted = bytes_to_base64url(stored.credential_id or b"")
    return f'"{wanted}"' in answer.text


def _taken(work: Work, found: Session) -> bytes:
    from webauthn.helpers import base64url_to_bytes

    # Nobody signs an empty challenge: without one, a random one that nobody knows is expected.
    kept = sessions.take_challenge(work, found.token_hash)
    return base64url_to_bytes(kept) if kept else _random()


def _challenge(door: Door, found: Session) -> bytes:
    from webauthn.helpers import bytes_to_base64url

    challenge = _random()
    with door.database.work(Scope(person_id=found.person_id)) as work:
        sessions.set_challenge(work, found.token_hash, bytes_to_base64url(challenge))
        work.commit()
    return challenge


def _random() -> bytes:
    return secrets.token_bytes(CHALLENGE_BYTES)


def _passkeys(door: Door, found: Session) -> list[StoredFactor]:
    with door.database.work(Scope(person_id=found.person_id)) as work:
        held = factors.of_person(work, found.person_id)
    return [one for one in held if one.kind == PASSKEY]


def _handle(person_id: int) -> bytes:
    # Not the number itself: an authenticator shows to other sites whose keys it holds.
    return hashlib.sha256(f"shuangtan person {person_id}".encode()).digest()


def _descriptors(held: list[StoredFactor]) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=one.credential_id or b"") for one in held]


def _new(found: Session, name: str, key: bytes, credential_id: bytes, count: int) -> StoredFactor:
    now = clock.now()
    return StoredFactor(
        factor_id=uuid4(),
        person_id=found.person_id,
        kind=PASSKEY,
        name=name or PASSKEY,
        secret=key,
        credential_id=credential_id,
        counter=count,
        made_at=now,
        confirmed_at=now,
        used_at=None,
    )
