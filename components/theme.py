"""Colours, sizes and type: the one source of the style sheets and of the Plotly template."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from types import MappingProxyType
from typing import Any

import plotly.graph_objects as go

LIGHT, DARK = "light", "dark"
THEMES = (LIGHT, DARK)

FONT_STACK = (
    '"Shuangtan Sans", "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", '
    '"Microsoft YaHei", "WenQuanYi Micro Hei", "DejaVu Sans", sans-serif'
)

_LIGHT = {
    "background": "#f4f7f5",
    "surface": "#ffffff",
    "raised": "#ffffff",
    "sunken": "#eef3f0",
    "line": "#dfe7e2",
    "line-strong": "#8a9a92",
    "ink": "#14201b",
    "muted": "#55645c",
    "brand": "#0e7c5b",
    "brand-strong": "#0a6349",
    "brand-soft": "#e7f5ef",
    "on-brand": "#ffffff",
    "accent": "#2b6cb0",
    "accent-soft": "#e6eff9",
    "good": "#177a50",
    "good-soft": "#eaf7f0",
    "watch": "#a87000",
    "watch-soft": "#fdf3dc",
    "watch-ink": "#7a5200",
    "over": "#bf3f2b",
    "over-soft": "#fbe9e5",
    "over-ink": "#a33220",
    "unknown": "#5f6b78",
    "unknown-soft": "#eff2f5",
    "shadow": "0 1px 2px rgba(16, 40, 30, .05), 0 6px 20px -12px rgba(16, 40, 30, .18)",
    "shadow-raised": "0 12px 40px -12px rgba(16, 40, 30, .32)",
    "fuel-coal": "#4b5157",
    "fuel-oil": "#b0662a",
    "fuel-gas": "#b98200",
    "fuel-electricity": "#2b6cb0",
    "fuel-heat": "#c0503c",
    "fuel-process": "#7b5ea7",
    "fuel-nonfossil": "#2a8f62",
    "fuel-other": "#6c7885",
    "scenario-baseline": "#6c7885",
    "scenario-policy": "#2b6cb0",
    "scenario-enhanced": "#0e7c5b",
    "scope-direct": "#0e7c5b",
    "scope-indirect": "#2b6cb0",
    "scope-deducted": "#7b5ea7",
    "scope-memo": "#6c7885",
    "gas-co2": "#3b6286",
    "gas-ch4": "#c06a1c",
    "gas-n2o": "#8b4f9f",
    "gas-fluorinated": "#1d8487",
}
_DARK = {
    "background": "#06110d",
    "surface": "#0d1f19",
    "raised": "#132a22",
    "sunken": "#0a1914",
    "line": "#1d4034",
    "line-strong": "#5d8575",
    "ink": "#e9f3ee",
    "muted": "#9db3a8",
    "brand": "#35d39a",
    "brand-strong": "#66e2b5",
    "brand-soft": "#12382b",
    "on-brand": "#04150e",
    "accent": "#6fb1ff",
    "accent-soft": "#12304f",
    "good": "#35d39a",
    "good-soft": "#0f3326",
    "watch": "#ffc857",
    "watch-soft": "#3a2e0f",
    "watch-ink": "#ffd684",
    "over": "#ff8b73",
    "over-soft": "#451d16",
    "over-ink": "#ffab99",
    "unknown": "#a9c7d8",
    "unknown-soft": "#1c2f38",
    "shadow": "none",
    "shadow-raised": "0 16px 48px -8px rgba(0, 0, 0, .7)",
    "fuel-coal": "#8b949d",
    "fuel-oil": "#c97a38",
    "fuel-gas": "#e0a412",
    "fuel-electricity": "#4f93dd",
    "fuel-heat": "#e0705b",
    "fuel-process": "#a186cf",
    "fuel-nonfossil": "#35b57c",
    "fuel-other": "#a9c7d8",
    "scenario-baseline": "#a9b4be",
    "scenario-policy": "#6fb1ff",
    "scenario-enhanced": "#35d39a",
    "scope-direct": "#35d39a",
    "scope-indirect": "#6fb1ff",
    "scope-deducted": "#a186cf",
    "scope-memo": "#a9c7d8",
    "gas-co2": "#7fb0d6",
    "gas-ch4": "#f0a35a",
    "gas-n2o": "#c79be0",
    "gas-fluorinated": "#5fd0cc",
}
# What does not change with the light: type scale, space, radius, motion.
_SIZES = {
    "text-xs": "12px",
    "text-s": "14px",
    "text-m": "16px",
    "text-l": "20px",
    "text-xl": "30px",
    "space-1": "4px",
    "space-2": "8px",
    "space-3": "14px",
    "space-4": "20px",
    "space-5": "32px",
    "radius-control": "8px",
    "radius-card": "10px",
    "target": "36px",
    "target-small": "30px",
    "motion": "140ms",
}

TOKENS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {LIGHT: MappingProxyType(_LIGHT), DARK: MappingProxyType(_DARK)}
)
_GROUPS = ("fuel", "scenario", "scope", "gas")
_STATUS = ("good", "watch", "over", "unknown")

# Status never speaks by colour alone: each has its mark.
STATUS_MARKS = MappingProxyType({"good": "▼", "watch": "▲", "over": "■", "unknown": "—"})

# Which colour a source of the methods wears; every page and report uses the same.
SOURCE_COLOURS = MappingProxyType(
    {
        "coal": "fuel-coal",
        "oil": "fuel-oil",
        "gas": "fuel-gas",
        "electricity": "fuel-electricity",
        "heat": "fuel-heat",
        "process": "fuel-process",
        "non_fossil": "fuel-nonfossil",
    }
)

_theme: ContextVar[str] = ContextVar("theme", default=LIGHT)


def current() -> str:
    """Return the theme of the visitor: light or dark."""
    return _theme.get()


def set_theme(name: str | None) -> None:
    """Use a theme from here on in this context (a request)."""
    _theme.set(name if name in THEMES else LIGHT)


@contextmanager
def use_theme(name: str) -> Iterator[None]:
    """Use a theme inside the block."""
    token = _theme.set(name if name in THEMES else LIGHT)
    try:
        yield
    finally:
        _theme.reset(token)


def colour(name: str, theme: str | None = None) -> str:
    """Return a token's colour (`brand`, `fuel-coal`) in the theme named, or the visitor's."""
    return TOKENS[theme or current()][name]


def _colours(theme: str) -> Mapping[str, Mapping[str, str]]:
    grouped = {
        group: {
            name.removeprefix(f"{group}-"): value
            for name, value in TOKENS[theme].items()
            if name.startswith(f"{group}-")
        }
        for group in _GROUPS
    }
    grouped["status"] = {name: TOKENS[theme][name] for name in _STATUS}
    return MappingProxyType(grouped)


# COLORS["light"]["fuel"]["coal"]; groups: fuel, scenario, scope, gas, status.
COLORS: Mapping[str, Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {theme: _colours(theme) for theme in THEMES}
)


@cache
def template(theme: str = LIGHT) -> go.layout.Template:
    """Return the Plotly template made of the same tokens as the style sheets."""
    return go.layout.Template(
        layout=_layout(theme),
        data={"scatter": [{"line": {"width": 2}}], "bar": [{"marker": {"line": {"width": 0}}}]},
    )


@cache
def template_values(theme: str) -> dict[str, Any]:
    """Return the template as plain values, checked once; nobody may change them."""
    values: dict[str, Any] = template(theme).to_plotly_json()
    return values


def _layout(theme: str) -> dict[str, Any]:
    tokens = TOKENS[theme]
    clear, muted = "rgba(0,0,0,0)", {"color": tokens["muted"], "size": 12}
    text = {"family": FONT_STACK, "size": 13, "color": tokens["ink"]}
    hover = {"bgcolor": tokens["raised"], "bordercolor": tokens["line-strong"], "font": text}
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
    modebar = {"bgcolor": clear, "color": tokens["muted"], "activecolor": tokens["brand"]}
    return {
        "font": text,
        "paper_bgcolor": clear,
        "plot_bgcolor": clear,
        "colorway": [value for name, value in tokens.items() if name.startswith("fuel-")],
        "margin": {"l": 8, "r": 12, "t": 12, "b": 8},
        "xaxis": {**_axis(tokens), "showgrid": False},
        "yaxis": {**_axis(tokens), "showline": False},
        "hoverlabel": hover,
        "legend": {**legend, "font": muted, "bgcolor": clear},
        "separators": ".,",
        "bargap": 0.32,
        "dragmode": False,
        "modebar": modebar,
        "colorscale": {"sequential": sequential(theme)},
    }


def _axis(tokens: Mapping[str, str]) -> dict[str, Any]:
    muted = {"color": tokens["muted"], "size": 12}
    return {
        "automargin": True,
        "gridcolor": tokens["line"],
        "linecolor": tokens["line-strong"],
        "zerolinecolor": tokens["line-strong"],
        "zerolinewidth": 1,
        "tickfont": muted,
        "title": {"font": muted, "standoff": 8},
        "ticks": "",
    }


def sequential(theme: str | None = None) -> list[list[float | str]]:
    """Return the one scale for amounts: pale to brand, the same for every map and heat map."""
    if (theme or current()) == LIGHT:
        return [[0.0, "#e4f1ea"], [0.35, "#a5d5bb"], [0.7, "#3f9a74"], [1.0, "#0a5a41"]]
    return [[0.0, "#12332a"], [0.35, "#1c6a52"], [0.7, "#39ac82"], [1.0, "#b4f1d7"]]


@cache
def style_sheet() -> str:
    """Return the tokens as CSS variables: light, dark by attribute, sizes for both."""
    blocks = (
        (":root", {**_SIZES, "font": FONT_STACK}),
        (':root, [data-theme="light"]', TOKENS[LIGHT]),
        ('[data-theme="dark"]', TOKENS[DARK]),
    )
    return "\n".join(_block(selector, values) for selector, values in blocks) + (
        f'\n:root {{ color-scheme: {LIGHT}; }}\n[data-theme="{DARK}"] {{ color-scheme: {DARK}; }}\n'
    )


@cache
def fingerprint() -> str:
    """Return a short name of these tokens, so that a browser may keep them for long."""
    return hashlib.sha256(style_sheet().encode()).hexdigest()[:12]


def _block(selector: str, values: Mapping[str, str]) -> str:
    lines = "".join(f"  --{name}: {value};\n" for name, value in values.items())
    return f"{selector} {{\n{lines}}}"
