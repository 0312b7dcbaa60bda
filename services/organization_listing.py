"""Organizations that somebody may see, page by page, for programs (4.2 b)."""

from __future__ import annotations

from services.data import organizations
from services.data.engine import Database
from services.data.organizations import Organization
from services.paging import Asked, Page
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for


def organization_page(actor: Actor, database: Database, asked: Asked) -> Page[Organization]:
    """Return a page of what lies at the actor's places and below them, in the order of numbers."""
    after = asked.after(int) or (0,)
    scope = scope_for(actor, Action.VIEW_ORGANIZATION)
    with database.work(scope) as work:
        found = organizations.page(work, scope.access_paths, int(after[0]), asked.limit + 1)
    return asked.page(found, lambda each: (each.organization_id,))


def organization_of(actor: Actor, database: Database, organization_id: int) -> Organization:
    """Return one organization, or raise NotFoundError."""
    with database.work(scope_for(actor, Action.VIEW_ORGANIZATION)) as work:
        found = organizations.get(work, organization_id)
    require(actor, Action.VIEW_ORGANIZATION, found.access_path)
    return found
