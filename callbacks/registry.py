"""The one list of callback modules, in the order of the standard's clauses."""

from __future__ import annotations

from types import ModuleType

from dash import Dash

from callbacks import charts, home
from callbacks.administration import audit as administration_audit
from callbacks.administration import institutions as administration_institutions
from callbacks.administration import labels as administration_labels
from callbacks.administration import organizations as administration_organizations
from callbacks.administration import parameters as administration_parameters
from callbacks.administration import people as administration_people
from callbacks.administration import privacy as administration_privacy
from callbacks.administration import roles as administration_roles
from callbacks.administration import seals as administration_seals
from callbacks.administration import sessions as administration_sessions
from callbacks.administration import walls as administration_walls
from callbacks.collection import alerts as collection_alerts
from callbacks.collection import campaigns as collection_campaigns
from callbacks.collection import checks as collection_checks
from callbacks.collection import connectors as collection_connectors
from callbacks.collection import devices as collection_devices
from callbacks.collection import imports as collection_imports
from callbacks.collection import limits as collection_limits
from callbacks.collection import manual as collection_manual
from callbacks.collection import provisional as collection_provisional
from callbacks.collection import radar as collection_radar
from callbacks.collection import review as collection_review
from callbacks.collection import tasks as collection_tasks
from callbacks.collection import telemetry as collection_telemetry
from callbacks.collection import verification as collection_verification
from callbacks.collection import verification_work as collection_verification_work
from callbacks.collection import webhooks as collection_webhooks
from callbacks.context import Context
from callbacks.enterprise import accounting as enterprise_accounting
from callbacks.enterprise import restatement as enterprise_restatement
from callbacks.government import accounting as government_accounting
from callbacks.government import discrepancies as government_discrepancies
from callbacks.government import energy_balance as government_energy_balance
from callbacks.government import recalculation as government_recalculation
from callbacks.standards import library as standards_library

# Each page's module is added here by its clause; each has register(app, context).
MODULES: tuple[ModuleType, ...] = (
    home,
    charts,
    collection_campaigns,
    collection_manual,
    collection_tasks,
    collection_review,
    collection_imports,
    collection_webhooks,
    collection_checks,
    collection_telemetry,
    collection_connectors,
    collection_devices,
    collection_limits,
    collection_provisional,
    collection_alerts,
    collection_verification,
    collection_verification_work,
    collection_radar,
    standards_library,
    government_accounting,
    government_discrepancies,
    government_energy_balance,
    government_recalculation,
    enterprise_accounting,
    enterprise_restatement,
    administration_people,
    administration_roles,
    administration_organizations,
    administration_institutions,
    administration_sessions,
    administration_walls,
    administration_audit,
    administration_seals,
    administration_parameters,
    administration_labels,
    administration_privacy,
)


def register_all(app: Dash, context: Context) -> None:
    """Wire every page of the application."""
    for module in MODULES:
        module.register(app, context)
