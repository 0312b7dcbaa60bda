"""The settings and dated data in force, and where each is from; no secret is ever shown (7.2)."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from services import jobs
from services.collection import files
from services.collection.sheets.bounds import MOST_ROWS
from services.data.engine import Database
from services.dated_parameters import DATED_GROUPS, RETENTION, Dated, dated_parameters
from services.organization_keeping import LONGEST_NAME
from services.security import api_tokens, rights
from services.security.permissions import Action, Actor, require
from services.security.profiles import Profile, profile_of
from services.settings import LONGEST_UNSEALED, Settings
from services.walls import INVITED_FOR
from services.walls import LONGEST_DAYS as LONGEST_WALL

SETTINGS, SIGN_IN, LIMITS = "settings", "sign_in", "limits"
GROUPS = (SETTINGS, SIGN_IN, LIMITS)
ENVIRONMENT, FILE, STANDARD, CODE = "environment", "file", "standard", "code"
# Settings by their variable: the field that holds it, in the order of README's table.
VARIABLES = {
    "DATABASE_URL": "database_url",
    "DATABASE_OWNER_URL": "database_owner_url",
    "REDIS_URL": "redis_url",
    "MQTT_URL": "mqtt_url",
    "SHUANGTAN_MQTT_CA": "mqtt_ca",
    "SHUANGTAN_DEVICE_PER_SECOND": "device_per_second",
    "SHUANGTAN_HJ212": "hj212",
    "SHUANGTAN_SPARKPLUG": "sparkplug",
    "SHUANGTAN_DATA": "data_folder",
    "SHUANGTAN_SECRET_KEY": "secret_key",
    "SHUANGTAN_FACTOR_KEY": "factor_key",
    "SHUANGTAN_DEVICE_KEY": "device_key",
    "SHUANGTAN_LOG_SIGNING": "log_signing",
    "SHUANGTAN_SIGN_IN": "sign_in",
    "SHUANGTAN_HOST": "host",
    "SHUANGTAN_PUBLIC_HOST": "public_host",
    "SHUANGTAN_PORT": "port",
    "SHUANGTAN_WEB_PROCESSES": "web_processes",
    "SHUANGTAN_WORKERS": "workers",
    "SHUANGTAN_SAMPLE": "sample",
    "SHUANGTAN_LOG_LEVEL": "log_level",
    "SHUANGTAN_SEAL_SECONDS": "seal_seconds",
    "SHUANGTAN_FILE_MB": "file_mb",
    "SHUANGTAN_FILES_MB": "files_mb",
    "SHUANGTAN_WITNESSES": "witnesses",
    "SHUANGTAN_OUTBOUND_NETWORKS": "outbound_networks",
    "SHUANGTAN_EXTENSIONS": "extensions",
    "SHUANGTAN_SMTP": "smtp",
    "SHUANGTAN_MAIL_FROM": "mail_from",
    "SHUANGTAN_TLS": "tls",
    "SHUANGTAN_PROXIES": "proxies",
}
ADDRESSES = frozenset(
    {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "MQTT_URL", "SHUANGTAN_SMTP"}
)
# Of these it is said that they are set, and never what they are; the file each may come from.
SECRETS = {
    "SHUANGTAN_SECRET_KEY": Path("secrets", "session-key"),
    "SHUANGTAN_FACTOR_KEY": Path("keys", "factor_secrets"),
    "SHUANGTAN_DEVICE_KEY": Path("keys", "device_secrets"),
    "SHUANGTAN_LOG_SIGNING": Path("keys", "log_signing"),
}
# The signing key is read by the scheduler alone: where none is given, it is that of the file.
OF_SCHEDULER = "SHUANGTAN_LOG_SIGNING"
ABOUT_PROFILE = ("name", "applies_from", "published", "source", "status")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number or word in force; a secret has no value. `where` names file, variable, module."""

    group: str
    name: str
    value: str | None
    source: str
    where: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """Everything in force on a day, and the profile of sign-in that its numbers are from."""

    day: date
    profile: Profile
    rows: tuple[Parameter, ...]
    dated: tuple[Dated, ...] = ()

    def of(self, group: str) -> tuple[Parameter, ...]:
        """Return the parameters of a group, in their order."""
        return tuple(row for row in self.rows if row.group == group)

    def dated_of(self, group: str) -> tuple[Dated, ...]:
        """Return the dated values of a group, in their order."""
        return tuple(row for row in self.dated if row.group == group)


def parameters(actor: Actor, settings: Settings, given: frozenset[str], today: date) -> Parameters:
    """Return what is in force; `given` names the variables that the environment holds."""
    require(actor, Action.VIEW_PARAMETERS)
    profile = profile_of(settings.sign_in, today)
    rows = (*_settings(settings, given), *_sign_in(profile), *_limits())
    return Parameters(today, profile, rows)


def with_dated(found: Parameters, database: Database) -> Parameters:
    """Return the parameters with the dated values that are in force on their day."""
    dated = dated_parameters(database, found.profile.name, found.day)
    return replace(found, dated=dated)


def _settings(settings: Settings, given: frozenset[str]) -> Iterator[Parameter]:
    for variable, field in VARIABLES.items():
        value = getattr(settings, field)
        source, where = _origin(settings, variable, str(value), given)
        yield Parameter(SETTINGS, variable, _shown(variable, value), source, where)


def _origin(
    settings: Settings, variable: str, value: str, given: frozenset[str]
) -> tuple[str, str]:
    file = SECRETS.get(variable)
    if file is not None and _is_from(settings, variable, value, file):
        return FILE, str(settings.data_folder / file)
    return (ENVIRONMENT, variable) if variable in given else (STANDARD, "services/settings.py")


def _is_from(settings: Settings, variable: str, value: str, file: Path) -> bool:
    if variable == OF_SCHEDULER:
        return not value
    try:
        kept = (settings.data_folder / file).read_bytes().strip()
    except OSError:
        return False
    return hmac.compare_digest(kept, value.encode())


def _shown(variable: str, value: object) -> str | None:
    if variable in SECRETS:
        return None
    if variable in ADDRESSES:
        return _without_password(str(value))
    if isinstance(value, bool):
        return str(int(value))
    return str(value)


def _without_password(address: str) -> str:
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def _sign_in(profile: Profile) -> Iterator[Parameter]:
    for field in fields(profile):
        if field.name not in ABOUT_PROFILE:
            value = str(getattr(profile, field.name))
            yield Parameter(SIGN_IN, field.name, value, FILE, "services/security/profiles.toml")


def _limits() -> Iterator[Parameter]:
    found = {
        "token_days": (api_tokens.LONGEST_DAYS, "services/security/api_tokens.py"),
        "delegation_days": (rights.LONGEST_DELEGATION.days, "services/security/rights.py"),
        "wall_days": (LONGEST_WALL, "services/walls.py"),
        "wall_hours": (int(INVITED_FOR.total_seconds() // 3600), "services/walls.py"),
        "unsealed_seconds": (LONGEST_UNSEALED, "services/settings.py"),
        "job_attempts": (jobs.MOST_ATTEMPTS, "services/jobs.py"),
        "job_lease_seconds": (int(jobs.LEASE.total_seconds()), "services/jobs.py"),
        "import_mb": (files.MOST_BYTES // 2**20, "services/collection/files.py"),
        "import_rows": (MOST_ROWS, "services/collection/sheets/bounds.py"),
        "name_characters": (LONGEST_NAME, "services/organization_keeping.py"),
    }
    for name, (value, where) in found.items():
        yield Parameter(LIMITS, name, str(value), CODE, where)


__all__ = ["DATED_GROUPS", "RETENTION", "Dated", "Parameter", "Parameters", "Profile"]
