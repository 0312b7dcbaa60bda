"""Where every page stands in the navigation, and what a person must be permitted to open it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.i18n.texts import language, t
from services.security.permissions import Action, Actor


@dataclass(frozen=True, slots=True)
class Place:
    """One page: its address, the clause it answers, its group and the permission it asks.

    A page of an extension brings its title and what it is about, by language.
    """

    path: str
    clause: str
    group: str
    icon: str
    permission: Action
    names: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)

    def told(self) -> str:
        """Return what the page is about, in the language in use."""
        if self.about:
            return self.about[language()]
        return t(f"home.about.{self.path.strip('/').replace('/', '_')}")


# In the order of the standard's clauses. A page that is not here cannot be opened.
PLACES = (
    Place("/", "", "overview", "home", Action.VIEW_HOME),
    Place("/collection/campaigns", "4.2 a", "collection", "flag", Action.VIEW_CAMPAIGNS),
    Place("/collection/manual", "4.2 a", "collection", "grid", Action.VIEW_ENTRY),
    Place("/collection/import", "4.2 a", "collection", "book", Action.EDIT_ACTIVITY),
    Place("/collection/connectors", "4.2 b", "collection", "tree", Action.VIEW_CONNECTORS),
    Place("/collection/webhooks", "4.2 b", "collection", "bell", Action.MANAGE_WEBHOOKS),
    Place("/collection/telemetry", "4.2 c", "collection", "pulse", Action.VIEW_TELEMETRY),
    Place("/collection/devices", "4.2 c", "collection", "sliders", Action.VIEW_TELEMETRY),
    Place("/collection/provisional", "4.2 c", "collection", "sum", Action.VIEW_TELEMETRY),
    Place("/collection/alerts", "4.2 c", "collection", "bell", Action.VIEW_ALERTS),
    Place("/collection/checks", "5.1.7 c", "collection", "scales", Action.VIEW_CHECKS),
    Place("/collection/radar", "4.2 a", "collection", "screen", Action.RUN_RADAR),
    Place("/collection/verification", "5.2.1 a", "collection", "seal", Action.VIEW_VERIFICATION),
    Place("/standards/library", "4.5", "standards", "book", Action.VIEW_STANDARDS),
    Place("/government/accounting", "5.1.1", "government", "map", Action.VIEW_REGION),
    Place("/government/discrepancies", "5.1.1 a", "government", "scales", Action.VIEW_REGION),
    Place("/government/energy-balance", "5.1.1 a", "government", "grid", Action.RECORD_BALANCE),
    Place("/government/recalculation", "5.1.1 b", "government", "scales", Action.RECALCULATE),
    Place("/enterprise/accounting", "5.2.1", "enterprise", "sum", Action.VIEW_RESULT),
    Place("/enterprise/restatement", "5.2.1 b", "enterprise", "scales", Action.VIEW_RESULT),
    Place("/administration/people", "7.2", "administration", "home", Action.VIEW_ACCOUNTS),
    Place("/administration/roles", "7.2", "administration", "grid", Action.GRANT_ROLE),
    Place(
        "/administration/organizations",
        "7.2",
        "administration",
        "tree",
        Action.MANAGE_ORGANIZATIONS,
    ),
    Place("/administration/sessions", "7.2", "administration", "person", Action.MANAGE_SESSIONS),
    Place(
        "/administration/institutions",
        "7.2",
        "administration",
        "scales",
        Action.MANAGE_INSTITUTIONS,
    ),
    Place("/administration/walls", "7.2", "administration", "screen", Action.MANAGE_WALLS),
    Place("/administration/audit", "7.2", "administration", "book", Action.VIEW_AUDIT),
    Place("/administration/seals", "7.2", "administration", "seal", Action.VIEW_AUDIT),
    Place("/administration/parameters", "7.2", "administration", "sliders", Action.VIEW_PARAMETERS),
    Place("/administration/labels", "7.3", "administration", "scales", Action.SET_LABEL),
    Place("/administration/privacy", "7.3", "administration", "book", Action.SET_RETENTION),
)
GROUPS = ("overview", "collection", "standards", "government", "enterprise", "administration")


def place_at(path: str | None) -> Place | None:
    """Return the place of an address, or nothing when no page stands there."""
    wanted = "/" + (path or "").strip("/")
    return next((place for place in PLACES if place.path == wanted), None)


def places_of(
    actor: Actor, existing: Iterable[str], added: Iterable[Place] = ()
) -> tuple[Place, ...]:
    """Return the places that exist and that the actor may open, in the order of the clauses.

    `added` are those of extensions, which come after ours.
    """
    there = set(existing)
    return tuple(p for p in (*PLACES, *added) if p.path in there and actor.may(p.permission))
