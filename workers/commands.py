"""The verbs of `shuangtan` that need servers, running ones or started for the while."""

from __future__ import annotations

import argparse
import os
import pwd
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from services.administration import import_as, look_at, template_for, told
from services.clock import now, today
from services.collection.imports import Place
from services.collection.node_devices import node_device, point_of, register_node_device
from services.collection.stations import NewStation, register_station
from services.data.engine import Database
from services.data.migrate import status
from services.data.sealing import Sealing
from services.errors import PlatformError
from services.extensions import catalog_of
from services.i18n.texts import LANGUAGES, language, t, use_language
from services.preparation import bring_up_to_date
from services.sample import remove_sample
from services.security.actors import actor_of_login
from services.security.lost_access import unlock_by_owner
from services.security.people import ADMINISTRATOR, SECURITY, NewPerson, add_person
from services.security.permissions import Role
from services.security.rights import Grant, grant
from services.security.trail import COMMAND, Sender, sent_by
from services.settings import Settings, environment
from workers import run as supervisor
from workers.embedded.servers import reach, refuse_without_database
from workers.start import ROOT

# A name of the operating system has no more signs.
MOST_SIGNS = 32


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
    """Add a person and print the one-time password, give a role, or unlock an account."""
    parser = argparse.ArgumentParser("shuangtan user", description=t("running.command.user"))
    parser.add_argument("what", choices=("add", "grant", "unlock"))
    parser.add_argument("login", help=t("running.command.login"))
    parser.add_argument("name", nargs="?", default="", help=t("running.command.name"))
    parser.add_argument("--role", choices=[role.value for role in Role])
    parser.add_argument("--organization", type=int, help=t("running.command.place"))
    parser.add_argument("--by", help=t("running.command.by"))
    parser.add_argument("--reason", default="", help=t("running.command.reason"))
    options = parser.parse_args(words)
    if options.what == "unlock":
        return _told(lambda: _unlock(options.login, options.reason))
    if options.what == "add":
        new = NewPerson(options.login, options.name or options.login, [])
        return _told(lambda: _add(options.by or ADMINISTRATOR, new))
    if not (options.role and options.organization):
        parser.error("--role, --organization")
    order = Grant(options.login, Role(options.role), options.organization, today())
    return _told(lambda: _grant(options.by or SECURITY, order))


def station(words: Sequence[str]) -> int:
    """Register a station that speaks HJ 212 and print its number and password."""
    parser = argparse.ArgumentParser("shuangtan station", description=t("running.command.station"))
    parser.add_argument("what", choices=("add",))
    parser.add_argument("number", help="MN")
    parser.add_argument("gateway", help=t("running.command.gateway"))
    parser.add_argument("name", help=t("running.command.name"))
    parser.add_argument("--organization", type=int, required=True, help=t("running.command.place"))
    parser.add_argument("--as", dest="login", required=True, help=t("administration.login"))
    options = parser.parse_args(words)
    return _told(lambda: _add_station(options))


def _add_station(options: argparse.Namespace) -> None:
    names = dict.fromkeys(LANGUAGES, options.name)
    new = NewStation(options.number, options.gateway, names)
    with _settings() as settings:
        database = Database(settings.database_url, sealing=Sealing(settings.device_secrets))
        try:
            actor = actor_of_login(database, options.login)
            made = register_station(actor, database, options.organization, new, now())
        finally:
            database.dispose()
    _print(f"MN={made.number};PW={made.password}")


def node(words: Sequence[str]) -> int:
    """Register a device of an edge node that speaks Sparkplug B, and print its node's group."""
    parser = argparse.ArgumentParser("shuangtan node", description=t("running.command.node"))
    parser.add_argument("what", choices=("add",))
    parser.add_argument("device", help=t("running.command.device"))
    parser.add_argument("node", help=t("running.command.edge_node"))
    parser.add_argument("name", help=t("running.command.name"))
    parser.add_argument("--point", action="append", required=True, help=t("running.command.point"))
    parser.add_argument("--organization", type=int, required=True, help=t("running.command.place"))
    parser.add_argument("--as", dest="login", required=True, help=t("administration.login"))
    options = parser.parse_args(words)
    return _told(lambda: _add_node_device(options))


def _add_node_device(options: argparse.Namespace) -> None:
    points = tuple(point_of(said) for said in options.point)
    new = node_device(options.device, options.node, options.name, points)
    with _settings() as settings:
        database = Database(settings.database_url, sealing=Sealing(settings.device_secrets))
        try:
            actor = actor_of_login(database, options.login)
            group = register_node_device(actor, database, options.organization, new, now())
        finally:
            database.dispose()
    last = "" if options.device == options.node else f"/{options.device}"
    _print(f"spBv1.0/{group}/{'D' if last else 'N'}DATA/{options.node}{last}")


def data(words: Sequence[str]) -> int:
    """Look at a file of activity or store its good rows as drafts, or write a template."""
    parser = argparse.ArgumentParser("shuangtan data", description=t("administration.command"))
    parser.add_argument("what", choices=("import", "preview", "template"))
    parser.add_argument("file", type=Path, help=t("administration.file"))
    parser.add_argument("--as", dest="login", help=t("administration.login"))
    parser.add_argument("--organization", default="", help=t("administration.organization"))
    parser.add_argument("--year", type=int, default=0, help=t("administration.year"))
    parser.add_argument("--replace", action="store_true", help=t("administration.replace"))
    parser.add_argument("--method", default="", help=t("administration.method"))
    parser.add_argument("--language", choices=LANGUAGES, help=t("administration.language"))
    options = parser.parse_args(words)
    if options.what == "template":
        return _told(lambda: _template(options))
    if not options.login:
        parser.error("--as")
    if bool(options.organization) != bool(options.year):
        parser.error("--organization, --year")
    return _told(lambda: _import(options))


def _template(options: argparse.Namespace) -> None:
    with use_language(options.language or language()):
        kind = options.file.suffix.lower().lstrip(".")
        names = environment().get("SHUANGTAN_EXTENSIONS", "")
        options.file.write_bytes(template_for(catalog_of(names), options.method, kind))


def _import(options: argparse.Namespace) -> None:
    place = Place(options.organization, options.year) if options.organization else None
    with _settings() as settings:
        database = Database(settings.database_url)
        catalog = catalog_of(settings.extensions)
        given = (database, catalog, options.login, options.file, place)
        try:
            if options.what == "preview":
                lines = told(look_at(*given))
            else:
                lines = told(*import_as(*given, replaces=options.replace))
        finally:
            database.dispose()
    for line in lines:
        _print(line)


def _database(wanted: str) -> None:
    with _new_settings() if wanted == "upgrade" else _settings() as settings:
        if wanted == "upgrade":
            bring_up_to_date(settings.database_owner_url, Sealing(settings.device_secrets))
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


def _unlock(login: str, reason: str) -> None:
    """Unlock an account that a platform without administrators could not: it opens nothing."""
    with _settings() as settings:
        database = Database(settings.database_url)
        try:
            unlock_by_owner(database, login, reason)
        finally:
            database.dispose()
    _print(t("running.command.unlocked", login=login))


def operator() -> str:
    """Return the user of the operating system who runs this, and who became that user by sudo."""
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:
        name = str(number)
    became = environment().get("SUDO_USER", "")
    return f"{name} (sudo: {became[:MOST_SIGNS]})" if became else name


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
        with sent_by(Sender(COMMAND, operator=operator())):
            act()
    except PlatformError as error:
        supervisor.tell(error)
        return 1
    return 0


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
