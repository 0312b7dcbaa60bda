"""Institutions of the carbon market: who works for them, for whom they act, in which years (7.2).

Only the security administrator writes here: what stands here decides who may be given which role.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services import clock
from services.data import institutions as rows
from services.data import memberships, organizations, people
from services.data.engine import ROOT_PATH, Database
from services.data.institutions import Employed, Institution, Term, Tie, Verifying
from services.data.organizations import Organization
from services.data.work import Work
from services.errors import ConflictError, NotFoundError, PlatformError
from services.security.conflicts import conflicts_told, years_told
from services.security.permissions import Action, Actor, require
from services.security.rights import OwnRightsError, TermError
from services.security.scopes import scope_for
from services.security.trail import PLATFORM, Deed, record_deed

__all__ = ["Employed", "Institution", "Term", "Tie", "years_told"]

KINDS = ("technical_service", "regulator", "registry", "exchange")
COMPILES, VERIFIES, INTEREST = "compiles", "verifies", "has_interest"
RELATIONS = (COMPILES, VERIFIES, INTEREST)
# Which organizations an institution may be tied to: reports are a firm's, a share may be a group's.
TIED_KINDS: Mapping[str, tuple[str, ...]] = {
    COMPILES: ("enterprise",),
    VERIFIES: ("enterprise",),
    INTEREST: ("enterprise", "group", "park"),
}
# The code of a legal person (GB 32100), or whatever a register of another kind gives.
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{1,31}")
LONGEST_NAME = 120
FIRST_YEAR, LAST_YEAR = 1990, 2100


class InstitutionError(PlatformError):
    """An institution or a tie cannot be so: its kind, code, name, years or organization."""

    text_key = "institution_form"


@dataclass(frozen=True, slots=True)
class NewInstitution:
    """What is needed to add an institution; an empty English name is the Chinese one."""

    kind: str
    code: str
    name_zh: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class NewTie:
    """For which organization, by its code, an institution acts; years are those of reports."""

    institution_id: UUID
    organization_code: str
    relation: str
    term: Term
    years: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Insight:
    """One institution with those who work for it and those for whom it acts."""

    institution: Institution
    staff: tuple[Employed, ...]
    ties: tuple[Tie, ...]


def institutions(actor: Actor, database: Database) -> tuple[Institution, ...]:
    """Return every institution in the order of codes."""
    require(actor, Action.MANAGE_INSTITUTIONS, ROOT_PATH)
    with database.work(scope_for(actor, Action.MANAGE_INSTITUTIONS)) as work:
        return rows.every(work)


def insight(actor: Actor, database: Database, institution_id: UUID) -> Insight:
    """Return one institution with its staff and its ties, or raise NotFoundError."""
    require(actor, Action.MANAGE_INSTITUTIONS, ROOT_PATH)
    with database.work(scope_for(actor, Action.MANAGE_INSTITUTIONS)) as work:
        return _insight(work, institution_id)


def add(actor: Actor, database: Database, new: NewInstitution) -> UUID:
    """Add an institution and return its id."""
    require(actor, Action.MANAGE_INSTITUTIONS, ROOT_PATH)
    names = {"zh-CN": new.name_zh.strip(), "en": new.name_en.strip() or new.name_zh.strip()}
    _check(new, names)
    with database.work(scope_for(actor, Action.MANAGE_INSTITUTIONS)) as work, conflicts_told():
        if any(each.code == new.code for each in rows.every(work)):
            raise ConflictError("code", value=new.code)
        made = rows.add(work, new.kind, new.code, names, actor.person_id)
        told = {"kind": new.kind, "name": names["zh-CN"]}
        record_deed(work, actor.person_id, PLATFORM, Deed("add_institution", new.code, after=told))
        work.commit()
    return made


def employ(actor: Actor, database: Database, institution_id: UUID, login: str, term: Term) -> UUID:
    """Write down that a person works for an institution; return the row's id."""
    require(actor, Action.MANAGE_INSTITUTIONS, ROOT_PATH)
    _check_term(term)
    with database.work(scope_for(actor, Action.MANAGE_INSTITUTIONS)) as work, conflicts_told():
        found = _insight(work, institution_id).institution
        person = people.by_login(work, login.strip().lower())
        if person is None or not person.is_active:
            raise NotFoundError("login", value=login)
        if person.person_id == actor.person_id:
            raise OwnRightsError("login", value=login)
        made = rows.employ(work, institution_id, person.person_id, term, actor.person_id)
        told = {"institution": found.code, **_days(term)}
        record_deed(work, actor.person_id, PLATFORM, Deed("employ", person.login, after=told))
        work.commit()
    return made


def tie(actor: Actor, database: Database, new: NewTie) -> UUID:
    """Write down for whom an institution compiles or verifies, or in whom it has an interest."""
    require(actor, Action.MANAGE_INSTITUTIONS, ROOT_PATH)
    _check_term(new.term)
    _check_years(new)
    with database.work(scope_for(actor, Action.MANAGE_INSTITUTIONS)) as work, conflicts_told():
        found = _insight(work, new.institution_id).institution
        place = _tied(work, new)
        made = rows.tie(
            work, new.institution_id, place, new.relation, new.years, new.term, actor.person_id
        )
        told = {"relation": new.relation, "organization": place.code, **_days(new.term)}
        told |= {"years": f"{new.years[0]}-{new.years[1]}"} if new.years else {}
        record_deed(work, actor.person_id, place, Deed("tie_institution", found.code, after=told))
        work.commit()
    return made


def end(actor: Actor, database: Database, institution_id: UUID, row_id: UUID, last: date) -> None:
    """Give an employment or a tie its last day, and end the verifiers' roles that rest on it.

    What has not begun by that day is withdrawn: it was a mistake, and counts no more.
    """
    require(actor, Action.MANAGE_INSTITUTIONS, ROOT_PATH)
    with database.work(scope_for(actor, Action.MANAGE_INSTITUTIONS)) as work, conflicts_told():
        found = _insight(work, institution_id)
        row = _row_of(found, row_id)
        if row.term.last is not None and row.term.last < last:
            raise TermError("last", value=last, days=0)
        resting = _appointed(work, institution_id)
        rows.end(work, row, last, clock.now())
        what = row.login if isinstance(row, Employed) else row.relation
        told = {"institution": found.institution.code, "last": last.isoformat()}
        told["withdrawn"] = str(last < row.term.first).lower()
        deed = Deed("end_institution_row", what, before=_days(row.term), after=told)
        record_deed(work, actor.person_id, PLATFORM, deed)
        _end_unappointed(work, actor, resting)
        work.commit()


def _appointed(work: Work, institution_id: UUID) -> list[Verifying]:
    """Return the verifiers' roles of an institution's people that an appointment covers."""
    today = clock.today()
    ahead = [
        replace(each, term=Term(max(each.term.first, today), each.term.last))
        for each in rows.verifying(work, institution_id)
        if each.term.last is None or each.term.last >= today
    ]
    return [each for each in ahead if _is_appointed(work, each)]


def _is_appointed(work: Work, held: Verifying) -> bool:
    return rows.is_appointed(work, held.person_id, held.access_path, held.term)


def _end_unappointed(work: Work, actor: Actor, resting: Iterable[Verifying]) -> None:
    """End the roles that rested on an appointment which covers them no more."""
    for role in resting:
        if _is_appointed(work, role):
            continue
        memberships.end(work, [role.membership_id], clock.now())
        held = memberships.get(work, role.membership_id)
        if held is not None:
            deed = Deed("withdraw_role", held.login, before={"role": held.role})
            record_deed(work, actor.person_id, held, deed)


def _insight(work: Work, institution_id: UUID) -> Insight:
    found = next((i for i in rows.every(work) if i.institution_id == institution_id), None)
    if found is None:
        raise NotFoundError("institution", value=institution_id)
    return Insight(found, rows.staff_of(work, institution_id), rows.ties_of(work, institution_id))


def _row_of(found: Insight, row_id: UUID) -> Employed | Tie:
    every: tuple[Employed | Tie, ...] = (*found.staff, *found.ties)
    row = next((each for each in every if _id_of(each) == row_id), None)
    if row is None:
        raise NotFoundError("institution", value=row_id)
    return row


def _tied(work: Work, new: NewTie) -> Organization:
    place = organizations.by_code(work, new.organization_code)
    if place.kind not in TIED_KINDS[new.relation]:
        raise InstitutionError("organization", value=new.organization_code)
    return place


def _check(new: NewInstitution, names: Mapping[str, str]) -> None:
    if new.kind not in KINDS:
        raise InstitutionError("kind", value=new.kind)
    if not CODE.fullmatch(new.code):
        raise InstitutionError("code", value=new.code)
    if not names["zh-CN"] or max(map(len, names.values())) > LONGEST_NAME:
        raise InstitutionError("name", value=names["zh-CN"][:LONGEST_NAME])


def _check_years(new: NewTie) -> None:
    if new.relation not in RELATIONS:
        raise InstitutionError("relation", value=new.relation)
    if (new.relation == INTEREST) != (new.years is None):
        raise InstitutionError("years", value="")
    if new.years and not FIRST_YEAR <= new.years[0] <= new.years[1] <= LAST_YEAR:
        raise InstitutionError("years", value=f"{new.years[0]}–{new.years[1]}")


def _check_term(term: Term) -> None:
    if term.last is not None and term.last < term.first:
        raise TermError("last", value=term.last, days=0)


def _id_of(row: Employed | Tie) -> UUID:
    return row.staff_id if isinstance(row, Employed) else row.tie_id


def _days(term: Term) -> dict[str, str]:
    return {"first": term.first.isoformat(), "last": term.last.isoformat() if term.last else ""}
