"""Organizations and people for tests, made through the same functions as real ones."""

from services.data import organizations
from services.data.engine import SYSTEM_SCOPE
from services.data.organizations import NewOrganization
from services.security.actors import actor_of_login
from services.security.people import NewPerson, create_person
from services.security.permissions import Role

NANJING, SUZHOU = 320100, 320500


def add_firm(database, code="T1", parent_id=NANJING, method="GB/T 32150-2015"):
    """Add an enterprise below a city."""
    names = {"zh-CN": f"测试企业{code}", "en": f"Test firm {code}"}
    new = NewOrganization("enterprise", code, parent_id, names, "320000", method)
    with database.work(SYSTEM_SCOPE) as work:
        firm = organizations.add(work, new)
        work.commit()
    return firm


def add_person(database, login, *roles):
    """Add a person with (role, organization id) pairs; return the actor."""
    add_login(database, login, *roles)
    return actor_of_login(database, login)


def add_login(database, login, *roles):
    """Add a person with (role, organization id) pairs; return the one-time password."""
    with database.work(SYSTEM_SCOPE) as work:
        made = create_person(work, None, NewPerson(login, login, roles))
        work.commit()
    return made


def add_staff(database, firm):
    """Add a reporter and an approver of a firm; return both as actors."""
    key = firm.organization_id
    reporter = add_person(database, f"reporter{key}", (Role.REPORTER, key))
    approver = add_person(database, f"approver{key}", (Role.APPROVER, key))
    return reporter, approver
