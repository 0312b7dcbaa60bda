"""The command `shuangtan`: every service without a browser.

`calculate` and `methods` need neither database nor server nor environment.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

from services.errors import OutputError, PlatformError
from services.i18n.texts import DEFAULT_LANGUAGE, LANGUAGES, t, use_language
from services.settings import environment
from services.standards.problems import UnreadableFileError, UsageError, shown

if TYPE_CHECKING:
    from services.standards.catalog import Catalog

BAD_INPUT = 2
STANDARD_INPUT = "-"

# The other verbs: module and function that take the rest of the command line and return the exit
# status. They are imported when called, so that a calculation never waits for a database driver.
PLUGGED: Mapping[str, str] = MappingProxyType(
    {
        "run": "workers.commands:run",
        "db": "workers.commands:db",
        "user": "workers.commands:user",
        "data": "workers.commands:data",
        "station": "workers.commands:station",
        "node": "workers.commands:node",
        "log": "workers.log_commands:log",
    }
)
# What the verbs above do, for the list of verbs.
PLUGGED_HELP: Mapping[str, str] = MappingProxyType(
    {
        "run": "running.command.run",
        "db": "running.command.db",
        "user": "running.command.user",
        "data": "administration.command",
        "station": "running.command.station",
        "node": "running.command.node",
        "log": "transparency.command",
    }
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the verb of the command line and return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in PLUGGED:
        return plugged(given[0])(given[1:])
    with use_language(_language(given)):
        try:
            options = _parser().parse_args(given)
            _write(sys.stdout, f"{COMMANDS[options.verb](options)}\n")
        except PlatformError as error:
            return _refused(error)
    return 0


def plugged(verb: str) -> Callable[[Sequence[str]], int]:
    """Return the function of a verb that lives elsewhere."""
    module, _, function = PLUGGED[verb].partition(":")
    command: Callable[[Sequence[str]], int] = getattr(import_module(module), function)
    return command


def error_json(error: PlatformError) -> dict[str, object]:
    """Return an error as the contract of `calculate` has it."""
    told = error.explain()
    return {"error": {"where": told.where, "what": told.what, "why": told.why, "do": told.do}}


def _catalog() -> Catalog:
    """Return the methods, with those of extensions that the environment names."""
    from services.standards.catalog import load_catalog

    names = environment().get("SHUANGTAN_EXTENSIONS", "")
    if not names.split():
        return load_catalog()
    from services.extensions import catalog_of

    return catalog_of(names)


def calculate_command(options: argparse.Namespace) -> str:
    """Return the result of the order in a file."""
    from services.standards.calculate import calculate, parse_request
    from services.standards.printing import calculation_table
    from services.standards.reading import read_json

    document = read_json(read_text(options.file))
    result = calculate(_catalog(), parse_request(document))
    if not options.json:
        return calculation_table(result)
    return json.dumps(result.as_json(), ensure_ascii=False, allow_nan=False)


def explain_command(options: argparse.Namespace) -> str:
    """Return what is behind every total and line of the order in a file."""
    from services.reports.line_lineage import Explained
    from services.reports.lineage import lineage
    from services.reports.lineage_text import lineage_text
    from services.standards.calculate import calculate, parse_request
    from services.standards.reading import read_json

    catalog = _catalog()
    request = parse_request(read_json(read_text(options.file)))
    explained = Explained(calculate(catalog, request), request.records)
    told = lineage(catalog, explained, options.line)
    if not options.json:
        return lineage_text(told)
    return json.dumps(told, ensure_ascii=False, allow_nan=False)


def methods_command(options: argparse.Namespace) -> str:
    """Return all methods, or everything one method asks for."""
    from services.standards.describing import description_json, summary_json
    from services.standards.printing import method_table, methods_table

    catalog = _catalog()
    if options.designation is None:
        found = [catalog.describe(designation) for designation in catalog.designations()]
        if options.json:
            return json.dumps([summary_json(m) for m in found], ensure_ascii=False)
        return methods_table(found)
    method = catalog.describe(options.designation)
    if options.json:
        return json.dumps(description_json(method), ensure_ascii=False, allow_nan=False)
    return method_table(method)


COMMANDS: Mapping[str, Callable[[argparse.Namespace], str]] = MappingProxyType(
    {
        "calculate": calculate_command,
        "explain": explain_command,
        "methods": methods_command,
    }
)


def read_text(name: str) -> str:
    """Return the text of a file, or of standard input for “-”."""
    try:
        content = _standard_input() if name == STANDARD_INPUT else Path(name).read_bytes()
        # Editors on Windows put a mark before the text.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(name, value=shown(name), reason=error.reason) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFileError(name, value=shown(name), reason=reason) from None


def _standard_input() -> bytes:
    # Python has no standard input at all where the caller closed it.
    if sys.stdin is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return sys.stdin.buffer.read()


class _Parser(argparse.ArgumentParser):
    """Tells a wrong command line as every other error is told."""

    def error(self, message: str) -> NoReturn:
        raise UsageError("shuangtan", value=message)

    def _print_message(self, message: str, file: object = None) -> None:
        _write(file or sys.stdout, message)


def _parser() -> _Parser:
    parser = _Parser(prog="shuangtan", description=t("command.help.about"))
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    shared = _Parser(add_help=False)
    shared.add_argument("--json", action="store_true", help=t("command.help.json"))
    shared.add_argument("--language", choices=LANGUAGES, help=t("command.help.language"))
    calculation = verbs.add_parser("calculate", parents=[shared], help=t("command.help.calculate"))
    calculation.add_argument("file", metavar="FILE|-", help=t("command.help.file"))
    explanation = verbs.add_parser("explain", parents=[shared], help=t("command.help.explain"))
    explanation.add_argument("file", metavar="FILE|-", help=t("command.help.file"))
    explanation.add_argument("--line", type=int, metavar="N", help=t("command.help.line"))
    methods = verbs.add_parser("methods", parents=[shared], help=t("command.help.methods"))
    methods.add_argument(
        "designation", nargs="?", metavar="DESIGNATION", help=t("command.help.designation")
    )
    # Only to be listed: main() has called these before it comes to the parser.
    for verb, key in PLUGGED_HELP.items():
        verbs.add_parser(verb, help=t(key), add_help=False)
    return parser


def _language(given: Sequence[str]) -> str:
    """Return the language asked for, before the parser itself speaks."""
    for index, word in enumerate(given):
        name, _, value = word.partition("=")
        if name == "--language":
            return value or next(iter(given[index + 1 :]), DEFAULT_LANGUAGE)
    return DEFAULT_LANGUAGE


def _refused(error: PlatformError) -> int:
    try:
        _write(sys.stderr, f"{json.dumps(error_json(error), ensure_ascii=False)}\n")
    except OutputError:
        # Nobody can be told; the exit status still says it.
        return BAD_INPUT
    return BAD_INPUT


def _write(stream: object, text: str) -> None:
    """Write a text whole, or raise OutputError."""
    # Always UTF-8, whatever the terminal claims; half a surrogate pair is written as an escape.
    content = text.encode("utf-8", "backslashreplace")
    try:
        if stream is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        buffer = getattr(stream, "buffer", None)
        if buffer is None:
            stream.write(content.decode("utf-8"))  # type: ignore[attr-defined]
            return
        buffer.write(content)
        buffer.flush()
    except OSError as error:
        _forget(stream)
        raise OutputError(STANDARD_INPUT, reason=error.strerror or str(error)) from error


def _forget(stream: object) -> None:
    """Let go what could not be written, or Python would fail on it once more at its end."""
    if stream is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[attr-defined]


if __name__ == "__main__":
    raise SystemExit(main())
