"""People: adding them with a one-time password, and what they may set for themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services import clock
from services.data import memberships, organizations, people
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.memberships import NewMembership
from services.data.work import Scope, Work
from services.errors import ConflictError, NotAllowedError, NotFoundError, PlatformError
from services.i18n.texts import LANGUAGES
from services.security import passwords
from services.security.actors import ROOT_ID
from services.security.conflicts import NotAppointedError, days_told
from services.security.permissions import Action, Actor, Role, may_grant, require
from services.security.scopes import scope_for
from services.security.trail import PLATFORM, Deed, record_deed

ADMINISTRATOR, SECURITY, AUDIT = "admin", "security", "audit"
# Three that can never be one (GB/T 22239-2019 8.1.5): who runs, who entitles, who watches.
FIRST_PEOPLE = (
    (ADMINISTRATOR, "系统管理员", Role.SYSTEM_ADMINISTRATOR),
    (SECURITY, "安全管理员", Role.SECURITY_ADMINISTRATOR),
    (AUDIT, "审计管理员", Role.AUDIT_ADMINISTRATOR),
)
THEMES = ("system", "light", "dark")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,62}")


class LoginError(PlatformError):
    """A sign-in name holds signs that it may not."""

    text_key = "login_name"


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to add: roles by organization id."""

    login: str
    name: str
    roles: Sequence[tuple[Role, int]]
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class OneTimePassword:
    """A password shown once and stored nowhere in clear; it must be changed at first use."""

    login: str
    password: str


def add_person(actor: Actor, database: Database, new: NewPerson) -> OneTimePassword:
    """Add a person and return the one-time password to hand over.

    Roles may be given along with it by who may give them there; else they are given later.
    """
    require(actor, Action.MANAGE_PEOPLE)
    with database.work(scope_for(actor, Action.MANAGE_PEOPLE)) as work:
        for role, organization_id in new.roles:
            place = organizations.get(work, organization_id).access_path
            require(actor, Action.MANAGE_PEOPLE, place)
            if not may_grant(actor, role, place):
                raise NotAllowedError(Action.GRANT_ROLE.value, value=place)
            if role is Role.VERIFIER:
                # Nobody who is new here works for an institution yet.
                raise NotAppointedError("login", value=days_told(clock.today(), None))
        added = create_person(work, actor.person_id, new)
        work.commit()
    return added


def bootstrap_administrators(database: Database) -> tuple[OneTimePassword, ...]:
    """Add the three administrators of a new platform; nobody when people exist."""
    with database.work(SYSTEM_SCOPE) as work:
        if people.count(work):
            return ()
        added = tuple(
            create_person(work, None, NewPerson(login, name, [(role, ROOT_ID)]))
            for login, name, role in FIRST_PEOPLE
        )
        work.commit()
    return added


def create_person(work: Work, creator_id: int | None, new: NewPerson) -> OneTimePassword:
    """Add a person inside an open unit of work that already holds the right to do so."""
    login = new.login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise LoginError("login", value=new.login)
    if people.by_login(work, login):
        raise ConflictError("login", value=login)
    password = passwords.one_time_password()
    person_id = people.add(work, login, new.name, new.is_sample)
    people.add_credential(work, person_id, passwords.hash_password(password))
    for role, organization_id in new.roles:
        memberships.add(
            work,
            NewMembership(
                person_id, role.value, organization_id, clock.today(), granted_by=creator_id
            ),
        )
    _audit(work, creator_id, "add_person", login)
    return OneTimePassword(login, password)


def change_settings(actor: Actor, database: Database, language: str, theme: str) -> None:
    """Keep the language (zh-CN, en) and theme (system, light, dark) that a person chose."""
    require(actor, Action.CHANGE_OWN_SETTINGS)
    if language not in LANGUAGES:
        raise NotFoundError("language", value=language)
    if theme not in THEMES:
        raise NotFoundError("theme", value=theme)
    with database.work(Scope(person_id=actor.person_id)) as work:
        people.change_settings(work, actor.person_id, language, theme)
        deed = Deed("change_settings", "", after={"language": language, "theme": theme})
        record_deed(work, actor.person_id, PLATFORM, deed)
        work.commit()


def _audit(work: Work, person_id: int | None, action: str, login: str) -> None:
    record_deed(work, person_id, PLATFORM, Deed(action, login))
