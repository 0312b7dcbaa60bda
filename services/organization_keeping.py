"""Keeping the tree of organizations: adding, renaming, closing; nothing is ever moved (7.2).

Every row of facts carries the path of its day, and rights follow the path: an organization that
moved would take its history out of the sight of those who answered for it. It is closed where it
was and added where it is now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from services import clock
from services.data import memberships, organization_tree, organizations
from services.data.engine import Database
from services.data.memberships import HeldRole
from services.data.organization_tree import PAGE, WHOLE_PAGE, Child, Slice
from services.data.organizations import BEGINNING, NewOrganization, Organization
from services.data.work import Work
from services.errors import PlatformError
from services.security.conflicts import conflict_in
from services.security.permissions import Action, Actor, Role, is_below, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed

__all__ = ["PAGE", "Branch", "Child", "HeldRole", "Organization", "Slice"]

# Provinces and cities are base data by the codes of the state.
KINDS_BELOW: Mapping[str, tuple[str, ...]] = {
    "country": ("group", "enterprise"),
    "province": ("park", "group", "enterprise"),
    "city": ("county", "park", "group", "enterprise"),
    "county": ("park", "group", "enterprise"),
    "park": ("enterprise",),
    "group": (),
    "enterprise": ("site",),
    "site": (),
}
KEPT_KINDS = ("county", "park", "group", "enterprise", "site")
# What the manager of a firm keeps: its sites.
OF_MANAGERS = ("site",)
LONGEST_NAME = 120
COUNTY_CODE = re.compile(r"[0-9]{6}")
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{1,31}")


class OrganizationError(PlatformError):
    """An organization cannot be so: its name, code or kind, or where it would lie."""

    text_key = "organization_form"


class CodeTakenError(PlatformError):
    """Another organization has the code, perhaps out of the sight of who asks."""

    text_key = "organization_code"


class StillOpenError(PlatformError):
    """Something below an organization would go on after it was closed."""

    text_key = "organization_open"


@dataclass(frozen=True, slots=True)
class NewPlace:
    """What is needed to add an organization; an empty English name is the Chinese one."""

    parent_id: int
    kind: str
    code: str
    name_zh: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """A place of the tree: the way to it, what lies below, who is there, what may be done.

    `children` is the part that was asked for, of `count` that fit its words.
    """

    here: Organization
    way: tuple[Organization, ...]
    children: tuple[Child, ...]
    people: tuple[HeldRole, ...]
    may_add: tuple[str, ...]
    may_change: bool
    part: Slice
    count: int


def branch(
    actor: Actor, database: Database, organization_id: int | None, part: Slice = WHOLE_PAGE
) -> Branch:
    """Return a place of the tree within the actor's own; without an id, the actor's first."""
    require(actor, Action.MANAGE_ORGANIZATIONS)
    with database.work(scope_for(actor, Action.MANAGE_ORGANIZATIONS)) as work:
        wanted = organization_id or _first(actor)
        here = organizations.get(work, wanted)
        require(actor, Action.MANAGE_ORGANIZATIONS, here.access_path)
        above = organizations.ancestors(work, here.organization_id)
        own = [o for o in above if actor.may(Action.MANAGE_ORGANIZATIONS, o.access_path)]
        return Branch(
            here,
            tuple(own),
            organization_tree.children(work, here.organization_id, clock.today(), part),
            _people_at(work, here),
            _may_add(actor, here),
            here.closed_on is None and _keeps(actor, here.kind, here.access_path),
            part,
            organization_tree.count_children(work, here.organization_id, part.words),
        )


def add(actor: Actor, database: Database, new: NewPlace) -> Organization:
    """Add an organization below another and return it."""
    names = _names(new.name_zh, new.name_en)
    with database.work(scope_for(actor, Action.MANAGE_ORGANIZATIONS)) as work:
        parent = organizations.get(work, new.parent_id)
        require(actor, Action.MANAGE_ORGANIZATIONS, parent.access_path)
        _check(actor, parent, new)
        place = NewOrganization(
            new.kind, new.code, parent.organization_id, names, parent.factor_region,
            is_sample=parent.is_sample,
        )  # fmt: skip
        try:
            added = organizations.add(work, place, clock.today())
        except IntegrityError as error:
            raise conflict_in(error) or CodeTakenError("code", value=new.code) from error
        told = {"kind": new.kind, "code": new.code, "name": names["zh-CN"]}
        record_deed(work, actor.person_id, added, Deed("add_organization", new.code, after=told))
        work.commit()
    return added


def rename(actor: Actor, database: Database, organization_id: int, names: tuple[str, str]) -> None:
    """Give an organization other names (Chinese, English); its history keeps its number."""
    given = _names(*names)
    with database.work(scope_for(actor, Action.MANAGE_ORGANIZATIONS)) as work:
        here = _kept(work, actor, organization_id)
        organization_tree.rename(work, organization_id, given)
        before = {"name": here.names["zh-CN"], "name_en": here.names["en"]}
        after = {"name": given["zh-CN"], "name_en": given["en"]}
        deed = Deed("rename_organization", here.code, before=before, after=after)
        record_deed(work, actor.person_id, here, deed)
        work.commit()


def close(actor: Actor, database: Database, organization_id: int, day: date) -> None:
    """Write down the last day of an organization, once nothing below it goes on for longer."""
    if day < BEGINNING:
        raise OrganizationError("closed_on", value=day)
    with database.work(scope_for(actor, Action.MANAGE_ORGANIZATIONS)) as work:
        here = _kept(work, actor, organization_id)
        count = organization_tree.open_below(work, organization_id, day)
        if count:
            raise StillOpenError("organization", value=here.code, count=count)
        organization_tree.close(work, organization_id, day)
        deed = Deed("close_organization", here.code, after={"closed_on": day.isoformat()})
        record_deed(work, actor.person_id, here, deed)
        work.commit()


def _first(actor: Actor) -> int:
    held = (m for m in actor.memberships if actor.may(Action.MANAGE_ORGANIZATIONS, m.access_path))
    return next(m.organization_id for m in held)


def _people_at(work: Work, here: Organization) -> tuple[HeldRole, ...]:
    return memberships.at(work, here.organization_id)


def _may_add(actor: Actor, parent: Organization) -> tuple[str, ...]:
    if parent.closed_on is not None:
        return ()
    kinds = KINDS_BELOW[parent.kind]
    return tuple(kind for kind in kinds if _keeps(actor, kind, parent.access_path))


def _keeps(actor: Actor, kind: str, access_path: str) -> bool:
    """Return whether the actor keeps organizations of a kind at a path."""
    if kind not in KEPT_KINDS:
        return False
    whole = any(
        m.role is Role.SYSTEM_ADMINISTRATOR and is_below(access_path, m.access_path)
        for m in actor.memberships
    )
    return whole or kind in OF_MANAGERS


def _kept(work: Work, actor: Actor, organization_id: int) -> Organization:
    here = organizations.get(work, organization_id)
    require(actor, Action.MANAGE_ORGANIZATIONS, here.access_path)
    if here.closed_on is not None or not _keeps(actor, here.kind, here.access_path):
        raise OrganizationError("organization", value=here.code)
    return here


def _check(actor: Actor, parent: Organization, new: NewPlace) -> None:
    if new.kind not in _may_add(actor, parent):
        raise OrganizationError("kind", value=new.kind)
    form = COUNTY_CODE if new.kind == "county" else CODE
    if not form.fullmatch(new.code):
        raise OrganizationError("code", value=new.code)


def _names(name_zh: str, name_en: str) -> dict[str, str]:
    chinese, english = name_zh.strip(), name_en.strip() or name_zh.strip()
    if not chinese or max(len(chinese), len(english)) > LONGEST_NAME:
        raise OrganizationError("name", value=chinese[:LONGEST_NAME])
    return {"zh-CN": chinese, "en": english}
