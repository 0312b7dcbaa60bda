"""The verbs of `shuangtan` that need servers, running ones or started for the while."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from services.administration import import_as, told
from services.clock import today
from services.data.engine import Database
from services.data.migrate import status
from services.errors import PlatformError
from services.i18n.texts import t
from services.preparation import bring_up_to_date
from services.sample import remove_sample
from services.security.actors import actor_of_login
from services.security.people import ADMINISTRATOR, SECURITY, NewPerson, add_person
from services.security.permissions import Role
from services.security.rights import Grant, grant
from services.settings import Settings, environment
from services.standards.catalog import load_catalog
from workers import run as supervisor
from workers.embedded.servers import reach, refuse_without_database
from workers.start import ROOT


def run(_words: Sequence[str]) -> int:
    """Run the platform until it is told to stop."""
    return supervisor.main()


def db(words: Sequence[str]) -> int:
    """Bring the database up to date, or tell how far it is."""
    parser = argparse.ArgumentParser("shuangtan db", description=t("running.command.db"))
    parser.add_argument("what", choices=("upgrade", "status", "remove-sample"))
    wanted = parser.parse_args(words).what
    return _told(lambda: _database(wanted))


def user(words: Sequence[str]) -> int:
    """Add a person and print the one-time password, or give a person a role."""
    parser = argparse.ArgumentParser("shuangtan user", description=t("running.command.user"))
    parser.add_argument("what", choices=("add", "grant"))
    parser.add_argument("login", help=t("running.command.login"))
    parser.add_argument("name", nargs="?", default="", help=t("running.command.name"))
    parser.add_argument("--role", choices=[role.value for role in Role])
    parser.add_argument("--organization", type=int, help=t("running.command.place"))
    parser.add_argument("--by", help=t("running.command.by"))
    options = parser.parse_args(words)
    if options.what == "add":
        new = NewPerson(options.login, options.name or options.login, [])
        return _told(lambda: _add(options.by or ADMINISTRATOR, new))
    if not (options.role and options.organization):
        parser.error("--role, --organization")
    order = Grant(options.login, Role(options.role), options.organization, today())
    return _told(lambda: _grant(options.by or SECURITY, order))


def data(words: Sequence[str]) -> int:
    """Store a file of activity as drafts, with the rights of a person."""
    parser = argparse.ArgumentParser("shuangtan data", description=t("administration.command"))
    parser.add_argument("what", choices=("import",))
    parser.add_argument("file", type=Path, help=t("administration.file"))
    parser.add_argument("--as", dest="login", required=True, help=t("administration.login"))
    options = parser.parse_args(words)
    return _told(lambda: _import(options.login, options.file))


def _import(login: str, file: Path) -> None:
    with _settings() as settings:
        database = Database(settings.database_url)
        try:
            made = import_as(database, load_catalog(), login, file)
        finally:
            database.dispose()
    for line in (line for draft in made for line in told(draft)):
        _print(line)


def _database(wanted: str) -> None:
    with _new_settings() if wanted == "upgrade" else _settings() as settings:
        if wanted == "upgrade":
            bring_up_to_date(settings.database_owner_url)
        if wanted == "remove-sample":
            counts = remove_sample(settings.database_owner_url)
            _print(t("administration.removed", count=sum(counts.values())))
        found, newest = status(settings.database_owner_url)
    state = "current" if found == newest else "behind"
    _print(t(f"running.database.{state}", found=found or "—", newest=newest))


def _add(creator: str, new: NewPerson) -> None:
    with _settings() as settings:
        database = Database(settings.database_url)
        try:
            made = add_person(actor_of_login(database, creator), database, new)
        finally:
            database.dispose()
    _print(f"{made.login}  {made.password}")


def _grant(giver: str, order: Grant) -> None:
    with _settings() as settings:
        database = Database(settings.database_url)
        try:
            grant(actor_of_login(database, giver), database, order)
        finally:
            database.dispose()


@contextmanager
def _settings() -> Iterator[Settings]:
    """Give the settings of a platform that ran before."""
    refuse_without_database(environment(), ROOT)
    with _new_settings() as settings:
        yield settings


@contextmanager
def _new_settings() -> Iterator[Settings]:
    with reach(environment(), ROOT) as addresses:
        yield Settings.from_environment(addresses)


def _told(act: Callable[[], None]) -> int:
    try:
        act()
    except PlatformError as error:
        supervisor.tell(error)
        return 1
    return 0


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
