"""Templates to fill in, and rows of a sent file that wait to be mended (4.2 a)."""

from __future__ import annotations

from flask import Flask
from flask.typing import ResponseReturnValue

from callbacks.context import Context
from callbacks.http.downloads import attached, refused
from callbacks.routes import Route, route
from services.collection import sent_rows
from services.collection.attachments import EntryYear
from services.collection.file_kinds import MEDIA_TYPES
from services.errors import PlatformError
from services.security.permissions import Action

TEMPLATE = Route(
    "download_template",
    "/download/template/<int:organization_id>/<int:year>/<kind>",
    Action.EDIT_ACTIVITY,
    limit="file",
)
TO_MEND = Route(
    "download_rows_to_mend",
    "/download/rows-to-mend/<int:organization_id>/<int:year>/<sha256>",
    Action.EDIT_ACTIVITY,
    limit="file",
)


def add_imports(server: Flask, context: Context) -> None:
    """Add the addresses of what a person takes along to fill in or to mend."""

    def download_template(organization_id: int, year: int, kind: str) -> ResponseReturnValue:
        place, given = EntryYear(organization_id, year), (context.database, context.catalog)
        try:
            file = sent_rows.template_of(context.actor(), *given, place, kind)
        except PlatformError as error:
            return refused(context, error)
        return attached(file, MEDIA_TYPES[file.kind])

    def download_rows_to_mend(organization_id: int, year: int, sha256: str) -> ResponseReturnValue:
        place, given = EntryYear(organization_id, year), (context.database, context.catalog)
        try:
            file = sent_rows.rows_to_mend(context.actor(), *given, place, sha256)
        except PlatformError as error:
            return refused(context, error)
        return attached(file, MEDIA_TYPES[file.kind])

    route(server, TEMPLATE, download_template)
    route(server, TO_MEND, download_rows_to_mend)
