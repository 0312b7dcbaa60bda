"""Labels and clearances: looked up and changed by the security administrator alone (7.1, 7.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services import clock
from services.data import labels, organizations, people
from services.data.engine import ROOT_PATH, Database
from services.data.labels import NewClearance, NewLabel, StoredClearance, StoredLabel
from services.data.organizations import Organization
from services.data.work import Work
from services.errors import NotFoundError, PlatformError
from services.labels import Clearance, DataSet, Label
from services.security.permissions import Action, Actor, require
from services.security.rights import OwnRightsError
from services.security.scopes import scope_for
from services.security.trail import PLATFORM, Deed, record_deed

LONGEST_REASON = 500


class LabelOrderError(PlatformError):
    """A label or a level was ordered without a reason, for a day gone by, or below the whole."""

    text_key = "label_order"


@dataclass(frozen=True, slots=True)
class LabelOrder:
    """A label for a data set at the place of a code and below, from a day on."""

    data_set: DataSet
    code: str
    label: Label
    first: date
    reason: str


@dataclass(frozen=True, slots=True)
class LabelRegister:
    """The labels that count or will, the level of each role, and who has one of their own."""

    labels: tuple[StoredLabel, ...]
    roles: Mapping[str, int]
    people: tuple[StoredClearance, ...]
    today: date


def label_register(actor: Actor, database: Database) -> LabelRegister:
    """Return what is labelled how, and who may read up to where."""
    require(actor, Action.SET_LABEL)
    today = clock.today()
    with database.work(scope_for(actor, Action.SET_LABEL)) as work:
        stored, levels = labels.newest(work, today), labels.role_levels(work, today)
        return LabelRegister(tuple(stored), levels, tuple(labels.own_levels(work)), today)


def set_label(actor: Actor, database: Database, order: LabelOrder) -> None:
    """Label a data set at a place from a day on; a place only ever higher than the whole."""
    reason = _reason(order.reason)
    if order.first < clock.today():
        raise LabelOrderError("first", value=order.first)
    with database.work(scope_for(actor, Action.SET_LABEL)) as work:
        place = organizations.by_code(work, order.code.strip())
        require(actor, Action.SET_LABEL, place.access_path)
        known = labels.clearance_of(work, actor.person_id, order.first)
        _check_height(known, order, place)
        before = known.label(order.data_set, place.access_path)
        new = NewLabel(
            order.data_set, place.organization_id, place.access_path, order.label, order.first,
            reason, actor.person_id, clock.now(),
        )  # fmt: skip
        labels.add(work, new)
        told = {"label": order.label.word, "first": order.first.isoformat(), "reason": reason}
        deed = Deed("set_label", order.data_set, {"label": before.word}, told)
        record_deed(work, actor.person_id, place, deed)
        work.commit()


def set_clearance(
    actor: Actor, database: Database, login: str, level: Label | None, reason: str
) -> None:
    """Give somebody else a level instead of that of the roles; None goes back to those."""
    given = _reason(reason)
    require(actor, Action.SET_LABEL, ROOT_PATH)
    with database.work(scope_for(actor, Action.SET_LABEL)) as work:
        person_id = _another(work, actor, login)
        before = {each.login: each.clearance for each in labels.own_levels(work)}
        labels.add_clearance(
            work, NewClearance(person_id, level, given, actor.person_id, clock.now())
        )
        name = login.strip().lower()
        told = {"level": level.word if level else "", "reason": given}
        was = Label(before[name]).word if name in before else ""
        deed = Deed("set_clearance", name, {"level": was}, told)
        record_deed(work, actor.person_id, PLATFORM, deed)
        work.commit()


def _another(work: Work, actor: Actor, login: str) -> int:
    person = people.by_login(work, login.strip().lower())
    if person is None or not person.is_active:
        raise NotFoundError("login", value=login)
    if person.person_id == actor.person_id:
        raise OwnRightsError("login", value=login)
    return person.person_id


def _check_height(known: Clearance, order: LabelOrder, place: Organization) -> None:
    whole = known.label(order.data_set, ROOT_PATH)
    if place.access_path != ROOT_PATH and order.label < whole:
        raise LabelOrderError("label", value=order.label.word)


def _reason(text: str) -> str:
    reason = text.strip()[:LONGEST_REASON]
    if not reason:
        raise LabelOrderError("reason", value="")
    return reason
