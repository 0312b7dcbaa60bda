"""What every page looks with: the tokens as CSS, the chart templates, the Chinese font."""

from __future__ import annotations

from pathlib import Path

from dash import Dash
from flask import Response, current_app, jsonify, send_file
from flask.typing import ResponseReturnValue

from callbacks.routes import public_file, route_all
from components import theme
from services.fonts import full_font, web_font

FOLDER = "SHUANGTAN_DATA_FOLDER"
YEAR_SECONDS = 365 * 24 * 3600


def add_looks(app: Dash, data_folder: Path) -> None:
    """Add the addresses of the looks; strangers need them for the sign-in page."""
    app.server.config[FOLDER] = data_folder
    route_all(app.server, ROUTES)


def head_links() -> str:
    """Return the links that stand in the head of every document."""
    mark = theme.fingerprint()
    sheets = (f"/theme.css?v={mark}", "/fonts/face.css")
    return "".join(f'<link rel="stylesheet" href="{sheet}">' for sheet in sheets)


def tokens() -> ResponseReturnValue:
    """Return the tokens of both themes."""
    return _kept(Response(theme.style_sheet(), mimetype="text/css"))


def templates() -> ResponseReturnValue:
    """Return what the browser needs to give a drawn chart the other theme."""
    return _kept(
        jsonify(
            {
                name: {
                    "template": theme.template(name).to_plotly_json(),
                    "colours": dict(theme.TOKENS[name]),
                }
                for name in theme.THEMES
            }
        )
    )


def face() -> ResponseReturnValue:
    """Return the font face; its address changes when the smaller file is ready."""
    font = web_font(current_app.config[FOLDER])
    kind = "woff2" if font.suffix == ".woff2" else "opentype"
    local = ", ".join(
        f'local("{name}")' for name in ("Noto Sans SC", "Source Han Sans SC", "Noto Sans CJK SC")
    )
    rule = (
        '@font-face { font-family: "Shuangtan Sans"; font-weight: 400; font-display: swap; '
        f'src: {local}, url("/fonts/{font.name}") format("{kind}"); }}\n'
    )
    return Response(rule, mimetype="text/css", headers={"Cache-Control": "no-cache"})


def font(name: str) -> ResponseReturnValue:
    """Return the font file."""
    # A page written before the smaller file was ready still asks for the full one.
    known = {path.name: path for path in (full_font(), web_font(current_app.config[FOLDER]))}
    if name not in known:
        return Response(status=404)
    return _kept(send_file(known[name]))


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return response


ROUTES = (
    (public_file("looks.tokens", "/theme.css"), tokens),
    (public_file("looks.templates", "/theme.json"), templates),
    (public_file("looks.face", "/fonts/face.css"), face),
    (public_file("looks.font", "/fonts/<name>"), font),
)
