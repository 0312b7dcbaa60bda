"""The registry of devices: what is bound, calibrated, changed and replaced, by whom (4.2 c)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

from services.clock import SHANGHAI
from services.collection.metered import Held, standing
from services.collection.rows import unit_of
from services.collection.telemetry import RegisteredDevice, add_device, check_device
from services.data import devices, organizations, point_facts, roll_ups
from services.data.engine import Database
from services.data.organizations import Organization
from services.data.point_facts import Fact
from services.data.work import Work
from services.errors import Explanation, NotFoundError, PlatformError
from services.i18n.texts import t
from services.metering import NewDevice, NewPoint
from services.registry import (
    INSTALLED,
    REMOVED,
    REPLACED,
    ROLLED_OVER,
    USED,
    WITHDRAWN,
    Binding,
    Calibration,
    CounterMark,
    PointFacts,
    ProvenReading,
    RegisteredPoint,
    amount_unit,
)
from services.security.permissions import Action, Actor, require
from services.security.readings import note_view
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed
from services.standards.catalog import Catalog
from services.units import UnknownUnitNameError, are_alike, convert

SHOWN_FOR = timedelta(days=7)
LONGEST_NOTE = 500
MARKS = (ROLLED_OVER, REPLACED, WITHDRAWN)


class PointFactError(PlatformError):
    """A field of what is recorded of a point cannot be used."""

    text_key = "point_fact"

    def explain(self) -> Explanation:
        """Return the explanation with the field as the page calls it."""
        where = t(f"devices.fields.{self.where}")
        what = t("errors.point_fact.what", where=where, **self.values)
        return replace(super().explain(), what=what)


class UnlikeUnitsError(PlatformError):
    """The amount of a point and the quantity it is bound to measure unlike things."""

    text_key = "unlike_units"


@dataclass(frozen=True, slots=True)
class Registry:
    """The points of an organization at one instant, with the way down to it."""

    organization: Organization
    places: tuple[Organization, ...]
    points: tuple[RegisteredPoint, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class BindingOrder:
    """Where a point's amounts shall go from a day on; without a scale the units say it.

    An empty source lets them go nowhere.
    """

    source: str
    item: str
    symbol: str
    scale: float | None
    valid_from: date


@dataclass(frozen=True, slots=True)
class ReplacementOrder:
    """A device in the place of another: what the old counter showed last, the new one first."""

    device_id: int
    code: str
    end_value: float | None
    start_value: float | None
    factor: float = 1.0


def registry_of(actor: Actor, database: Database, organization_id: int, now: datetime) -> Registry:
    """Return the points of an organization as they stand now."""
    with database.work(scope_for(actor, Action.VIEW_TELEMETRY)) as work:
        organization = organizations.get(work, organization_id)
        require(actor, Action.VIEW_TELEMETRY, organization.access_path)
        places = organizations.ancestors(work, organization_id)
        points = point_facts.points_of(work, organization_id, now, _day(now))
    deed = Deed("view_devices", str(organization_id))
    note_view(database, actor, Action.VIEW_TELEMETRY, organization, deed)
    return Registry(organization, places, points, now)


def facts_of(
    actor: Actor, database: Database, organization_id: int, point_id: int, now: datetime
) -> PointFacts:
    """Return what was recorded of a point, and its readings of the last days."""
    with database.work(scope_for(actor, Action.VIEW_TELEMETRY)) as work:
        organization = organizations.get(work, organization_id)
        require(actor, Action.VIEW_TELEMETRY, organization.access_path)
        found = point_facts.facts_of(work, organization_id, point_id, now - SHOWN_FOR, now)
        held = {
            year: standing(work, organization_id, year)
            for year in {_day(reading.taken_at).year for reading in found.readings}
        }
    readings = tuple(_proven(reading, found.bindings, held) for reading in found.readings)
    return replace(found, readings=readings)


def _proven(
    reading: ProvenReading, bindings: tuple[Binding, ...], held: Mapping[int, Held]
) -> ProvenReading:
    """Return a reading as used where its month was submitted as what devices metered."""
    day = _day(reading.taken_at)
    bound = next((each for each in bindings if each.valid_from <= day), None)
    if bound is None:
        return reading
    quantity = (bound.source, bound.item, bound.symbol)
    state, _ = held[day.year].get((day.month, *quantity), ("", None))
    return replace(reading, proof=USED) if state == USED else reading


@dataclass(frozen=True, slots=True)
class PointPlace:
    """A point of an organization, and the instant at which something is recorded of it."""

    organization_id: int
    point_id: int
    now: datetime


def bind_point(
    actor: Actor, database: Database, catalog: Catalog, place: PointPlace, order: BindingOrder
) -> Binding:
    """Let the amounts of a point go to a quantity of the organization's method, from a day on."""
    with database.work(scope_for(actor, Action.MANAGE_DEVICES)) as work:
        owner, point = _point(actor, work, place)
        scale, unit = _scaled(catalog, owner, point, order)
        chosen = (order.source, order.item, order.symbol, unit, scale, order.valid_from)
        fact = Binding(point.point_id, *chosen)
        _record(actor, work, (owner, point), fact, place.now)
        work.commit()
    return fact


def calibrate_point(
    actor: Actor, database: Database, organization_id: int, fact: Calibration, now: datetime
) -> None:
    """Record when a point was calibrated and when it has to be again."""
    if fact.calibrated_on > _day(now):
        raise PointFactError("calibrated_on", value=fact.calibrated_on)
    if fact.next_due <= fact.calibrated_on:
        raise PointFactError("next_due", value=fact.next_due)
    _check_note("document", fact.document)
    _keep(actor, database, PointPlace(organization_id, fact.point_id, now), fact)


def mark_counter(
    actor: Actor, database: Database, organization_id: int, mark: CounterMark, now: datetime
) -> None:
    """Record that a counter rolled over or was changed; `withdrawn` takes a mark back."""
    if mark.kind not in MARKS:
        raise PointFactError("kind", value=mark.kind)
    values = (mark.end_value, mark.start_value)
    if mark.kind != WITHDRAWN and None in values:
        raise PointFactError("end_value", value="—")
    checked = replace(mark, end_value=None, start_value=None) if mark.kind == WITHDRAWN else mark
    _check_counts(checked)
    _check_note("note", mark.note)
    if mark.at > now:
        raise PointFactError("at", value=mark.at.isoformat())
    _keep(actor, database, PointPlace(organization_id, mark.point_id, now), checked)


def replace_device(
    actor: Actor, database: Database, organization_id: int, order: ReplacementOrder, now: datetime
) -> RegisteredDevice:
    """Register a device in the place of another, which is retired; return its key, this once.

    The new one measures the same points and is bound as the old one was; what the counters showed
    at the change stands beside both, so that nothing between is lost or counted twice.
    """
    with database.work(scope_for(actor, Action.MANAGE_DEVICES)) as work:
        owner = organizations.get(work, organization_id)
        require(actor, Action.MANAGE_DEVICES, owner.access_path)
        old = _in_use(work, owner, order.device_id, now)
        new = _same_device(old, order.code)
        check_device(new)
        made = add_device(work, owner, new, now, actor.person_id)
        devices.retire(work, organization_id, order.device_id, now)
        devices.follow(work, organization_id, made.device_id, order.device_id)
        _hand_over(actor, work, owner, (old, made.device_id), order, now)
        told = {"replaces": order.device_id, "device": made.device_id}
        deed = Deed("replace_device", f"device:{order.code}", after=told, at=now)
        record_deed(work, actor.person_id, owner, deed)
        work.commit()
    return made


def _keep(actor: Actor, database: Database, place: PointPlace, fact: Fact) -> None:
    with database.work(scope_for(actor, Action.MANAGE_DEVICES)) as work:
        owner, point = _point(actor, work, place)
        if isinstance(fact, CounterMark) and not point.is_counter:
            raise PointFactError("kind", value=point.kind)
        _record(actor, work, (owner, point), fact, place.now)
        work.commit()


def _record(
    actor: Actor, work: Work, about: tuple[Organization, RegisteredPoint], fact: Fact, now: datetime
) -> None:
    owner, point = about
    point_facts.add(work, owner, point.device_id, fact, (actor.person_id, now))
    if isinstance(fact, CounterMark):
        roll_ups.touch(work, owner.organization_id, point.point_id, fact.at)
    told = {name: _told(value) for name, value in asdict(fact).items()}
    kind = {Binding: "bind_point", Calibration: "calibrate_point", CounterMark: "mark_counter"}
    deed = Deed(kind[type(fact)], f"point:{point.device_code}/{point.code}", after=told, at=now)
    record_deed(work, actor.person_id, owner, deed)


def _told(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _point(actor: Actor, work: Work, place: PointPlace) -> tuple[Organization, RegisteredPoint]:
    owner = organizations.get(work, place.organization_id)
    require(actor, Action.MANAGE_DEVICES, owner.access_path)
    points = point_facts.points_of(work, place.organization_id, place.now, _day(place.now))
    found = next((each for each in points if each.point_id == place.point_id), None)
    if found is None:
        raise NotFoundError("point", value=place.point_id)
    return owner, found


def _in_use(
    work: Work, owner: Organization, device_id: int, now: datetime
) -> tuple[RegisteredPoint, ...]:
    points = point_facts.points_of(work, owner.organization_id, now, _day(now))
    found = tuple(p for p in points if p.device_id == device_id and p.state != "retired")
    if not found:
        raise NotFoundError("device", value=device_id)
    return found


def _same_device(old: tuple[RegisteredPoint, ...], code: str) -> NewDevice:
    first = old[0]
    points = tuple(NewPoint(each.code, each.names, each.unit, each.kind) for each in old)
    return NewDevice(code, first.gateway, first.device_names, first.interval_s, points)


def _hand_over(  # noqa: PLR0913  # who, where, what from what, how, and when
    actor: Actor,
    work: Work,
    owner: Organization,
    change: tuple[tuple[RegisteredPoint, ...], int],
    order: ReplacementOrder,
    now: datetime,
) -> None:
    """Give the new device's points the bindings of the old ones, and mark where counters end."""
    old, device_id = change
    numbers = devices.numbers_of(work, owner.organization_id, device_id)
    recorded = (actor.person_id, now)
    for point in old:
        number = numbers[point.code]
        if point.binding:
            bound = replace(point.binding, point_id=number, valid_from=_day(now))
            point_facts.add(work, owner, device_id, bound, recorded)
        if not point.is_counter:
            continue
        if order.end_value is not None:
            gone = CounterMark(point.point_id, now, REMOVED, order.end_value, None, 1.0, "")
            _check_counts(gone)
            point_facts.add(work, owner, point.device_id, gone, recorded)
            roll_ups.touch(work, owner.organization_id, point.point_id, now)
        begun = CounterMark(number, now, INSTALLED, None, order.start_value, order.factor, "")
        _check_counts(begun)
        if order.start_value is not None or order.factor != 1:
            point_facts.add(work, owner, device_id, begun, recorded)
            roll_ups.touch(work, owner.organization_id, number, now)


def _scaled(
    catalog: Catalog, owner: Organization, point: RegisteredPoint, order: BindingOrder
) -> tuple[float, str]:
    """Return by what the amount is multiplied, and in which unit it is then."""
    if not order.source:
        return 1.0, ""
    known = catalog.describe(owner.method).sources if owner.method else ()
    source = next((each for each in known if each.source == order.source), None)
    asked = unit_of(source, order.item, order.symbol)
    items = {each.item for each in source.items} if source else set()
    if not asked or (items and order.item not in items):
        raise PointFactError("source", value=f"{order.source} {order.item} {order.symbol}".strip())
    measured = amount_unit(point.kind, point.unit)
    if not measured:
        raise PointFactError("kind", value=point.kind)
    choices = asked.split(" or ")
    fits = next((each for each in choices if _alike(measured, each)), "")
    if order.scale is not None:
        if not (math.isfinite(order.scale) and order.scale > 0):
            raise PointFactError("scale", value=order.scale)
        return order.scale, fits or choices[0]
    if not fits:
        raise UnlikeUnitsError("scale", value=measured, asked=asked)
    return convert(1.0, measured, fits), fits


def _alike(left: str, right: str) -> bool:
    try:
        return are_alike(left, right)
    except UnknownUnitNameError:
        return False


def _check_counts(mark: CounterMark) -> None:
    for name, value in (("end_value", mark.end_value), ("start_value", mark.start_value)):
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise PointFactError(name, value=value)
    if not (math.isfinite(mark.factor) and mark.factor > 0):
        raise PointFactError("factor", value=mark.factor)


def _check_note(name: str, note: str) -> None:
    if len(note) > LONGEST_NOTE or not note.isprintable():
        raise PointFactError(name, value=repr(note[:50]))


def _day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()
