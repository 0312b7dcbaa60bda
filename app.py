"""Builds the web application from a context (who asks, where the data is)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import plotly.io
from dash import Dash
from flask import Flask, request

from callbacks.account import add_account
from callbacks.context import Context
from callbacks.dash_own import adopt_own
from callbacks.delegation import add_delegation
from callbacks.extensions import add_pages, register_pages
from callbacks.gate import set_gate
from callbacks.http.api import add_api
from callbacks.http.downloads import add_downloads
from callbacks.http.files import add_files
from callbacks.http.health import add_health
from callbacks.http.imports import add_imports
from callbacks.http.log import add_log
from callbacks.http.looks import add_looks, head_links
from callbacks.http.openapi import add_contract
from callbacks.http.protection import protect
from callbacks.layouts import set_shell, title_at
from callbacks.registry import register_all
from callbacks.routes import refuse_strange_routes
from callbacks.second_factor import add_factor
from callbacks.session import add_session, present_actor
from callbacks.walls import add_walls
from callbacks.wiring import WiringError, refuse_strangers
from components import theme
from services.bootstrap import build
from services.data.readiness import Readiness
from services.extensions import pages_of
from services.fonts import start_subsetting
from services.i18n.texts import language, t
from services.refusals import refuse_unsafe
from services.settings import Settings, environment
from workers.counters import counters_at
from workers.queue import connect

ROOT = Path(__file__).parent
INDEX = """<!doctype html>
<html lang="__language__" data-theme="__theme__">
<head>{%metas%}<title>{%title%}</title>__head__{%css%}</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""
ICON = '<link rel="icon" type="image/svg+xml" href="/assets/icon.svg">'
COLOUR = '<meta name="theme-color" content="{colour}">'
# A script without an address is written into the page and needs the nonce of the request.
INLINE_SCRIPT = re.compile(r"<script(?=[ >])(?![^>]*\bsrc=)")


class ShuangtanDash(Dash):
    """Dash with our document: language, theme, title, and a nonce for its own scripts."""

    def interpolate_index(self, **parts: str) -> str:
        """Return the document of the present request."""
        nonce = getattr(request, "csp_nonce", "")
        for name in ("scripts", "renderer", "config"):
            parts[name] = INLINE_SCRIPT.sub(f'<script nonce="{nonce}"', parts[name])
        parts["title"] = title_at(request.path)
        parts["app_entry"] = _entry()
        document: str = super().interpolate_index(**parts)
        colour = COLOUR.format(colour=theme.colour("surface"))
        return (
            document.replace("__language__", language(), 1)
            .replace("__theme__", theme.current(), 1)
            .replace("__head__", ICON + colour + head_links(), 1)
        )

    def _config(self) -> dict[str, Any]:
        config: dict[str, Any] = super()._config()
        # Nobody outside needs to know which Python answers.
        return config | {"python_version": ""}


def create_app(context: Context) -> Dash:
    """Return a fresh application; tests may build as many as they like."""
    # Plotly would copy its own look into every figure, and ours takes its place on each.
    plotly.io.templates.default = None
    ready = Readiness(context.database)
    server = _server(context, ready)
    app = ShuangtanDash(
        "app",
        server=server,
        use_pages=True,
        pages_folder=str(ROOT / "pages"),
        assets_folder=str(ROOT / "assets"),
        index_string=INDEX,
        include_pages_meta=False,
        suppress_callback_exceptions=True,
        serve_locally=True,
        enable_mcp=False,
        add_log_handler=False,
        title="双碳",
        update_title="",
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    add_looks(app, context.settings.data_folder)
    add_pages(context)
    set_shell(app)
    register_all(app, context)
    register_pages(app, context)
    _finish(app)
    set_gate(app, context, ready)
    return app


def _server(context: Context, ready: Readiness) -> Flask:
    """Return Flask's own server with every route that is not Dash's."""
    # Static files are Dash's; a folder of Flask's own would be one more way in.
    server = Flask(
        "app", root_path=str(ROOT), template_folder="components/templates", static_folder=None
    )
    server.jinja_env.globals.update(
        head_links=head_links, theme=theme, asset_address=_asset_address
    )
    protect(server, context.settings)
    add_session(server, context)
    add_factor(server)
    add_account(server)
    add_delegation(server)
    add_walls(server)
    add_health(server, context, ready)
    add_downloads(server, context)
    add_imports(server, context)
    add_api(server, context)
    add_files(server, context)
    add_contract(server)
    add_log(server, context)
    return server


def create_server() -> Flask:
    """Return the server for gunicorn, built from the environment."""
    environ = environment()
    refuse_unsafe(environ)
    settings = Settings.from_environment(environ)
    platform = build(settings, connect(settings.redis_url))
    counters = counters_at(settings.redis_url)
    context = Context(
        platform.database,
        platform.catalog,
        settings,
        platform.queue,
        present_actor,
        counters,
        kinds=platform.kinds,
        pages=pages_of(settings.extensions),
    )
    app = create_app(context)
    start_subsetting(settings.data_folder)
    server: Flask = app.server
    return server


def _finish(app: Dash) -> None:
    """Let Dash complete itself now, not on somebody's first request, and check the register."""
    server = app.server
    if server.debug or app._dev_tools.ui or app._enable_mcp:
        raise WiringError("Debug mode, the developer tools and MCP stay off; unset their settings.")
    with server.test_request_context("/"):
        for prepare in list(server.before_request_funcs.get(None, ())):
            if prepare.__module__ == "dash.dash":
                prepare()
    adopt_own(app)
    refuse_strangers(app)
    refuse_strange_routes(server)


def _asset_address(name: str) -> str:
    # The same address as Dash gives it, so that a browser loads it once and keeps it.
    changed = (ROOT / "assets" / name).stat().st_mtime
    return f"/assets/{name}?m={changed}"


def _entry() -> str:
    return (
        '<div id="react-entry-point"><div class="_dash-loading first-paint" role="status">'
        f'<span class="brand-mark"></span>{t("shell.loading")}</div></div>'
    )
