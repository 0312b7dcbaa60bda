"""Organizations over the API: those that somebody may see."""

from __future__ import annotations

from typing import Any

from callbacks.contracts import Contract
from callbacks.http.operations import About, Answered, Call, Operation, operation
from callbacks.http.rest.listing import PAGED, asked_for, page_of
from services.data.organizations import Organization
from services.organization_listing import organization_of, organization_page
from services.security.permissions import Action

TAG = "organizations"
ALL = operation(
    "organizations",
    "/organizations",
    Action.VIEW_ORGANIZATION,
    Contract(TAG, "OrganizationPage", PAGED, has_tag=True),
)
ONE = operation(
    "organization",
    "/organizations/<int:organization_id>",
    Action.VIEW_ORGANIZATION,
    Contract(TAG, "Organization", has_tag=True),
)


def list_organizations(call: Call) -> Answered:
    """Return a page of organizations."""
    found = organization_page(call.actor, call.context.database, asked_for(call, TAG))
    return Answered(page_of(found, told))


def show_organization(call: Call) -> Answered:
    """Return one organization."""
    found = organization_of(call.actor, call.context.database, call.path["organization_id"])
    return Answered(told(found), About(Action.VIEW_ORGANIZATION, found))


def told(one: Organization) -> dict[str, Any]:
    """Return an organization as a document."""
    return {
        "id": one.organization_id,
        "public_id": str(one.public_id),
        "code": one.code,
        "kind": one.kind,
        "names": dict(one.names),
        "parent": one.parent_id,
        "industry_code": one.industry_code,
        "factor_region": one.factor_region,
        "method": one.method,
        "is_sample": one.is_sample,
        "closed_on": one.closed_on.isoformat() if one.closed_on else None,
    }


OPERATIONS: tuple[Operation, ...] = ((ALL, list_organizations), (ONE, show_organization))
