"""Who may do what. Every use case asks here before it touches data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from services.errors import NotAllowedError
from services.labels import Clearance, DataSet, Label


class ClearanceError(NotAllowedError):
    """The actor has the right, but is not cleared for the label of what it would show."""

    text_key = "clearance"


class Action(StrEnum):
    """What a person can be permitted to do."""

    VIEW_HOME = "view_home"
    VIEW_STANDARDS = "view_standards"
    VIEW_ORGANIZATION = "view_organization"
    EDIT_ACTIVITY = "edit_activity"
    SUBMIT_ACTIVITY = "submit_activity"
    VIEW_ENTRY = "view_entry"
    CHECK_ACTIVITY = "check_activity"
    APPROVE_ACTIVITY = "approve_activity"
    VIEW_CAMPAIGNS = "view_campaigns"
    MANAGE_CAMPAIGNS = "manage_campaigns"
    VIEW_VERIFICATION = "view_verification"
    ASSIGN_VERIFICATION = "assign_verification"
    ASSIGN_STATUTORY_VERIFICATION = "assign_statutory_verification"
    VERIFY = "verify"
    RUN_RADAR = "run_radar"
    VIEW_RESULT = "view_result"
    RESTATE = "restate"
    RECALCULATE = "recalculate"
    RESOLVE_FINDING = "resolve_finding"
    VIEW_CHECKS = "view_checks"
    SET_CHECK_LIMIT = "set_check_limit"
    ORDER_REPORT = "order_report"
    EXPORT_EVIDENCE = "export_evidence"
    VIEW_REGION = "view_region"
    SIGN_DISCREPANCY = "sign_discrepancy"
    RECORD_BALANCE = "record_balance"
    VIEW_TELEMETRY = "view_telemetry"
    MANAGE_DEVICES = "manage_devices"
    VIEW_ALERTS = "view_alerts"
    HANDLE_ALERTS = "handle_alerts"
    MANAGE_WEBHOOKS = "manage_webhooks"
    VIEW_CONNECTORS = "view_connectors"
    MANAGE_CONNECTORS = "manage_connectors"
    VIEW_ACCOUNTS = "view_accounts"
    MANAGE_PEOPLE = "manage_people"
    GRANT_ROLE = "grant_role"
    DELEGATE = "delegate"
    VIEW_AUDIT = "view_audit"
    EXPORT_AUDIT = "export_audit"
    REVEAL_PERSONAL = "reveal_personal"
    SET_LABEL = "set_label"
    SET_RETENTION = "set_retention"
    UNLOCK_SIGN_IN = "unlock_sign_in"
    RESET_PASSWORD = "reset_password"
    RESET_FACTOR = "reset_factor"
    MANAGE_SESSIONS = "manage_sessions"
    MANAGE_WALLS = "manage_walls"
    MANAGE_ORGANIZATIONS = "manage_organizations"
    MANAGE_INSTITUTIONS = "manage_institutions"
    VIEW_PARAMETERS = "view_parameters"
    CHANGE_OWN_SETTINGS = "change_own_settings"


class Role(StrEnum):
    """What a membership makes of a person at a place; which go together is in the database."""

    REPORTER = "reporter"
    CHECKER = "checker"
    APPROVER = "approver"
    MANAGER = "manager"
    TRADER = "trader"
    PARK_OFFICER = "park_officer"
    BUREAU_VIEWER = "bureau_viewer"
    BUREAU_OFFICER = "bureau_officer"
    VERIFIER = "verifier"
    PUBLIC_EDITOR = "public_editor"
    WALL = "wall"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"


_EVERYBODY = frozenset({Action.VIEW_HOME, Action.VIEW_STANDARDS, Action.CHANGE_OWN_SETTINGS})
_READING = frozenset(
    {Action.VIEW_ORGANIZATION, Action.VIEW_RESULT, Action.VIEW_TELEMETRY, Action.VIEW_ALERTS}
)
_ENTERPRISE = _READING | {
    Action.HANDLE_ALERTS,
    Action.RESTATE,
    Action.ORDER_REPORT,
    Action.EXPORT_EVIDENCE,
    Action.VIEW_CAMPAIGNS,
    Action.VIEW_CHECKS,
    Action.VIEW_VERIFICATION,
}
_REGION = frozenset(
    {Action.VIEW_REGION, Action.VIEW_ORGANIZATION, Action.VIEW_CAMPAIGNS, Action.VIEW_ALERTS}
)
# Who calls others to fill in: a bureau, a park, a group.
_CALLING = frozenset({Action.VIEW_CAMPAIGNS, Action.MANAGE_CAMPAIGNS})
_OFFICER = (
    _REGION
    | _CALLING
    | {Action.RECALCULATE, Action.SIGN_DISCREPANCY, Action.RECORD_BALANCE}
    | {Action.MANAGE_WEBHOOKS, Action.VIEW_CHECKS, Action.SET_CHECK_LIMIT, Action.RUN_RADAR}
    # What a firm must have verified by law is assigned by the bureau, never by the firm.
    | {Action.VIEW_VERIFICATION, Action.ASSIGN_VERIFICATION}
    | {Action.ASSIGN_STATUTORY_VERIFICATION}
)
PERMISSIONS: dict[Role, frozenset[Action]] = {
    Role.REPORTER: _EVERYBODY
    | _ENTERPRISE
    | {Action.EDIT_ACTIVITY, Action.SUBMIT_ACTIVITY, Action.VIEW_ENTRY, Action.MANAGE_DEVICES}
    | {Action.VIEW_CONNECTORS},
    Role.CHECKER: _EVERYBODY
    | _ENTERPRISE
    | {Action.VIEW_ENTRY, Action.CHECK_ACTIVITY, Action.RESOLVE_FINDING, Action.DELEGATE},
    Role.APPROVER: _EVERYBODY
    | _ENTERPRISE
    | {Action.APPROVE_ACTIVITY, Action.RESOLVE_FINDING, Action.DELEGATE}
    | {Action.SET_CHECK_LIMIT},
    Role.MANAGER: _EVERYBODY
    | _READING
    | _CALLING
    | {Action.VIEW_ACCOUNTS, Action.MANAGE_PEOPLE, Action.GRANT_ROLE, Action.MANAGE_DEVICES}
    | {Action.MANAGE_ORGANIZATIONS, Action.MANAGE_SESSIONS, Action.MANAGE_WEBHOOKS}
    | {Action.HANDLE_ALERTS}
    | {Action.VIEW_CONNECTORS, Action.MANAGE_CONNECTORS}
    | {Action.VIEW_VERIFICATION, Action.ASSIGN_VERIFICATION},
    # Trading itself comes with the assets; until then a trader reads.
    Role.TRADER: _EVERYBODY | {Action.VIEW_ORGANIZATION, Action.VIEW_RESULT},
    Role.PARK_OFFICER: _EVERYBODY
    | _REGION
    | _CALLING
    | {Action.SIGN_DISCREPANCY, Action.MANAGE_WEBHOOKS},
    Role.BUREAU_VIEWER: _EVERYBODY | _REGION,
    Role.BUREAU_OFFICER: _EVERYBODY | _OFFICER | {Action.DELEGATE},
    # Appointed at one organization, and reads there what an audit asks for.
    Role.VERIFIER: _EVERYBODY
    | _READING
    | {Action.EXPORT_EVIDENCE, Action.VIEW_CHECKS, Action.VIEW_VERIFICATION, Action.VERIFY}
    | {Action.RUN_RADAR},
    Role.PUBLIC_EDITOR: _EVERYBODY,
    # An alert tells what is wrong and where, and no figure.
    Role.WALL: frozenset({Action.VIEW_HOME, Action.VIEW_REGION, Action.VIEW_ALERTS}),
    # Who has lost everything is let in again by two: one sets the password, the other ends factors.
    Role.SYSTEM_ADMINISTRATOR: _EVERYBODY
    | {Action.VIEW_ACCOUNTS, Action.MANAGE_PEOPLE, Action.RESET_PASSWORD}
    | {Action.MANAGE_ORGANIZATIONS, Action.VIEW_PARAMETERS},
    # A wall is given a role at a place, which is for who gives roles.
    Role.SECURITY_ADMINISTRATOR: _EVERYBODY
    | {Action.VIEW_ACCOUNTS, Action.GRANT_ROLE, Action.UNLOCK_SIGN_IN, Action.RESET_FACTOR}
    | {Action.MANAGE_SESSIONS, Action.MANAGE_WALLS, Action.SET_LABEL, Action.SET_RETENTION}
    | {Action.MANAGE_INSTITUTIONS},
    Role.AUDIT_ADMINISTRATOR: _EVERYBODY
    | {Action.VIEW_AUDIT, Action.EXPORT_AUDIT, Action.REVEAL_PERSONAL},
}
ADMINISTRATORS = frozenset(
    {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR}
)
_OF_A_RUN = (DataSet.RESULT, DataSet.LINE, DataSet.ACTIVITY)
# What an action lets somebody read; for the others no label counts.
READS: dict[Action, tuple[DataSet, ...]] = {
    Action.EDIT_ACTIVITY: (DataSet.ACTIVITY,),
    Action.SUBMIT_ACTIVITY: (DataSet.ACTIVITY, DataSet.RESULT),
    Action.VIEW_ENTRY: (DataSet.ACTIVITY,),
    Action.CHECK_ACTIVITY: (DataSet.ACTIVITY,),
    Action.APPROVE_ACTIVITY: _OF_A_RUN,
    Action.ASSIGN_VERIFICATION: (DataSet.ACTIVITY,),
    Action.ASSIGN_STATUTORY_VERIFICATION: (DataSet.ACTIVITY,),
    Action.VIEW_VERIFICATION: _OF_A_RUN,
    Action.VERIFY: (*_OF_A_RUN, DataSet.EVIDENCE),
    Action.VIEW_RESULT: _OF_A_RUN,
    Action.RESTATE: _OF_A_RUN,
    Action.RESOLVE_FINDING: _OF_A_RUN,
    Action.VIEW_CHECKS: _OF_A_RUN,
    Action.RECALCULATE: _OF_A_RUN,
    Action.RUN_RADAR: _OF_A_RUN,
    Action.ORDER_REPORT: (*_OF_A_RUN, DataSet.REPORT),
    Action.EXPORT_EVIDENCE: (*_OF_A_RUN, DataSet.EVIDENCE),
    Action.VIEW_REGION: (DataSet.AGGREGATE,),
    Action.SIGN_DISCREPANCY: (DataSet.AGGREGATE, DataSet.REGION),
    Action.RECORD_BALANCE: (DataSet.REGION,),
    Action.VIEW_TELEMETRY: (DataSet.TELEMETRY,),
    Action.MANAGE_DEVICES: (DataSet.TELEMETRY,),
    Action.VIEW_AUDIT: (DataSet.TRAIL,),
    Action.EXPORT_AUDIT: (DataSet.TRAIL,),
}
# Which roles a role may give to others, at its own place and below.
_OF_A_FIRM = frozenset({Role.REPORTER, Role.CHECKER, Role.APPROVER, Role.TRADER})
GRANTABLE: dict[Role, frozenset[Role]] = {
    Role.MANAGER: _OF_A_FIRM,
    Role.SECURITY_ADMINISTRATOR: frozenset(Role),
}


@dataclass(frozen=True, slots=True)
class Membership:
    """A role on an organization and everything below it."""

    role: Role
    organization_id: int
    access_path: str


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or process on whose behalf something is done.

    `only` names the actions of a program that acts with a person's token; None means all. Without
    `clearance` nothing that bears a label can be read.
    """

    person_id: int
    name: str
    memberships: tuple[Membership, ...] = field(default=())
    only: frozenset[Action] | None = None
    clearance: Clearance = field(default=Clearance())

    @property
    def access_paths(self) -> tuple[str, ...]:
        """Return the place paths that row-level security admits for this actor."""
        return tuple(sorted({m.access_path for m in self.memberships}))

    @property
    def is_administrator(self) -> bool:
        """Return whether one of the memberships is an administrator's."""
        return any(m.role in ADMINISTRATORS for m in self.memberships)

    @property
    def actions(self) -> frozenset[Action]:
        """Return what the actor may do anywhere."""
        held = frozenset[Action]().union(*(PERMISSIONS[m.role] for m in self.memberships))
        return held if self.only is None else held & self.only

    def may(self, action: Action, access_path: str | None = None) -> bool:
        """Return whether a membership grants the action, on the path when one is named."""
        if self.only is not None and action not in self.only:
            return False
        return any(
            action in PERMISSIONS[m.role]
            and (access_path is None or is_below(access_path, m.access_path))
            for m in self.memberships
        )


def label_of(actor: Actor, action: Action, access_path: str) -> Label:
    """Return the highest label of what the action shows of a place; public where it shows none."""
    return actor.clearance.highest(READS.get(action, ()), access_path)


def require_cleared(
    actor: Actor, action: Action, data_sets: Iterable[DataSet], access_path: str
) -> None:
    """Raise ClearanceError unless the actor may read data sets of a place, by who may act so."""
    roles = [m.role for m in actor.memberships if action in PERMISSIONS[m.role]]
    label = actor.clearance.highest(data_sets, access_path)
    if label > max(actor.clearance.level(roles), Label.PUBLIC):
        raise ClearanceError(action.value, value=access_path)


def may_grant(actor: Actor, role: Role, access_path: str) -> bool:
    """Return whether the actor may give somebody else the role on what lies at the path."""
    return actor.may(Action.GRANT_ROLE, access_path) and any(
        role in GRANTABLE.get(m.role, frozenset()) and is_below(access_path, m.access_path)
        for m in actor.memberships
    )


def may_be_delegated(role: Role) -> bool:
    """Return whether somebody may let another hold the role too: none that gives roles or rights.

    Else a deputy whom nobody entitled would entitle others.
    """
    held = PERMISSIONS[role]
    return Action.DELEGATE in held and Action.GRANT_ROLE not in held and role not in ADMINISTRATORS


def is_below(path: str, ancestor: str) -> bool:
    """Return whether a place path is the ancestor itself or lies below it."""
    return path == ancestor or path.startswith(ancestor + ".")


def require(actor: Actor, action: Action, access_path: str | None = None) -> None:
    """Raise NotAllowedError unless the actor may do the action to what lies at the path.

    What it would show there must not bear a higher label than the actor is cleared for.
    """
    if not actor.may(action, access_path):
        raise NotAllowedError(action.value, value=access_path or "")
    if access_path is not None:
        require_cleared(actor, action, READS.get(action, ()), access_path)
