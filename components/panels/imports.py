"""The import of a file: what it would do, row by row, before anything is done (4.2 a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import button, file_link, link_button
from components.forms.file_picker import file_picker
from components.ids import collection_import as ids
from components.panels.card import card
from components.panels.states import calm, empty
from components.panels.tile import tile
from components.panels.year_links import year_links
from components.shell.filters import write_filters
from components.shell.page import Crumb, page, stack, tiles
from components.tables.table import Column, browser_table
from services.i18n.texts import t

PATH = "/collection/import"
ENTRY_PATH = "/collection/manual"
ACCEPTED = ".xlsx,.csv"
# One page of a list; the first ones are here, and all of them in the file to mend.
A_PAGE, MOST_LISTED = 50, 1_000


@dataclass(frozen=True, slots=True)
class ImportHead:
    """Whose year is imported into; `why_not` says why nothing can be now."""

    organization_id: int
    organization: str
    year: int
    years: Sequence[int]
    file_mb: int
    why_not: str = ""
    way: Sequence[Crumb] = ()

    @property
    def place(self) -> str:
        """Return organization and year as addresses of files have them."""
        return f"{self.organization_id}/{self.year}"


@dataclass(frozen=True, slots=True)
class PartCounts:
    """The rows of one organization and year by what would be done with them."""

    name: str
    new: int
    same: int
    differing: int
    bad: int


@dataclass(frozen=True, slots=True)
class Told:
    """A problem of one cell; texts as they are shown."""

    severity: str
    sheet: str
    row: int
    column: str
    value: str
    why: str
    do: str


@dataclass(frozen=True, slots=True)
class Differing:
    """One cell that stands otherwise in the draft."""

    sheet: str
    row: int
    what: str
    column: str
    draft: str
    file: str


@dataclass(frozen=True, slots=True)
class ImportView:
    """A file with what it would do; `shown` is what the buttons send back.

    Of problems and differing cells the first are here; the counts are of all.
    """

    name: str
    parts: Sequence[PartCounts]
    problems: Sequence[Told]
    problem_count: int
    differing: Sequence[Differing]
    differing_count: int
    notes: Sequence[str]
    to_mend: str
    shown: Mapping[str, object]

    def count(self, what: str) -> int:
        """Return how many rows of all parts are new, same, differing or bad."""
        return sum(getattr(part, what) for part in self.parts)


def import_screen(head: ImportHead, found: Component | None = None) -> html.Div:
    """Return the page: template, file, and what stands in the file or the place for it."""
    years = year_links(PATH, head.organization_id, head.years, head.year)
    address = write_filters({"organization": head.organization_id, "year": head.year})
    return page(
        t("import_page.title"),
        _steps(head),
        html.Div(
            found,
            id=ids.RESULT,
            className="import-result",
            # Shown while the server reads and checks; a large file takes some seconds.
            **{"data-working": t("import_page.working")},
        ),
        breadcrumb=head.way,
        filters=html.Div(years, className="entry-choices"),
        subtitle=t("entry.subtitle", organization=head.organization, year=head.year),
        actions=[link_button(t("import_page.to_entry"), ENTRY_PATH + address)],
    )


def no_organization() -> html.Div:
    """Say that there is nothing to import for this visitor."""
    hint = t("entry.no_organization_hint")
    return page(t("import_page.title"), card("", empty(t("entry.no_organization"), hint)))


def _steps(head: ImportHead) -> Component:
    templates = html.Div(
        [
            file_link(t(f"import_page.template_{kind}"), f"/download/template/{head.place}/{kind}")
            for kind in ("xlsx", "csv")
        ],
        className="import-links",
    )
    if head.why_not:
        return card("", empty(t("import_page.closed"), head.why_not))
    picker = file_picker(
        ids.UPLOAD,
        ids.SENT,
        t("import_page.file", most=head.file_mb),
        (f"/api/v1/entries/{head.place}/files", head.file_mb),
        ACCEPTED,
    )
    hint = html.P(t("import_page.hint"), className="muted")
    return card(t("import_page.steps"), [picker, hint], actions=templates)


def preview_panel(view: ImportView) -> Component:
    """Return what a file would do: counts, what to press, differences, problems."""
    pieces = [_counts(view)]
    if view.differing:
        pieces.append(_differences(view))
    pieces.append(_problems(view))
    return preview_place(dcc.Store(id=ids.SHOWN, data=view.shown), *pieces)


def preview_place(*pieces: Component) -> Component:
    """Return what stands below the field for a file: a preview, or a form for its columns."""
    return stack(*pieces)


def done_panel(written: int, replaced: int, waiting: int, links: tuple[str, str]) -> Component:
    """Say what was put into the draft, and where to go from here."""
    to_draft, to_mend = links
    key = "done" if written or replaced else "done_nothing"
    told = t(f"import_page.{key}", written=written, replaced=replaced)
    ways: list[Component] = [link_button(t("import_page.open_draft"), to_draft, "primary")]
    hint = t("import_page.done_hint")
    if waiting:
        ways.append(file_link(t("import_page.to_mend", count=waiting), to_mend))
        hint = t("import_page.waiting_hint", count=waiting)
    return card("", calm(told, hint), footer=html.Div(ways, className="import-links"))


def _counts(view: ImportView) -> html.Section:
    names = ("new", "same", "differing", "bad")
    shown = tiles(
        *(
            tile(
                t(f"import_page.count.{name}"),
                f"{view.count(name):,}",
                t("import_page.rows"),
                t(f"import_page.note.{name}"),
            )
            for name in names
        )
    )
    notes = [html.P(note, className="muted") for note in view.notes]
    parts = [_parts(view)] if len(view.parts) > 1 else []
    other = button(t("import_layout.open"), ids.OPEN_LAYOUT)
    title = t("import_page.found", name=view.name)
    return card(title, [shown, *parts, *notes], footer=_ways(view), actions=other)


def _ways(view: ImportView) -> Component:
    new, differing = view.count("new"), view.count("differing")
    ways: list[Component] = []
    if new:
        label = t("import_page.put_new", count=new)
        ways.append(button(label, ids.put(ids.NEW), "primary"))
    if differing:
        label = t("import_page.put_all", new=new, count=differing)
        ways.append(button(label, ids.put(ids.ALL_ROWS)))
    if not ways:
        ways.append(html.P(t("import_page.nothing_new")))
    if view.count("bad") or view.to_mend:
        ways.append(file_link(t("import_page.to_mend", count=view.count("bad")), view.to_mend))
    return html.Div(ways, className="import-links")


def _parts(view: ImportView) -> Component:
    columns = [Column("name", t("import_page.part"))]
    columns += [
        Column(name, t(f"import_page.count.{name}"), numeric=True)
        for name in ("new", "same", "differing", "bad")
    ]
    rows = [{column.key: getattr(part, column.key) for column in columns} for part in view.parts]
    return browser_table(columns, rows, t("import_page.parts"))


def _differences(view: ImportView) -> html.Section:
    names = ("sheet", "row", "what", "column", "draft", "file")
    columns = [Column(name, t(f"import_page.columns.{name}")) for name in names]
    rows = [{name: getattr(each, name) for name in names} for each in view.differing]
    title = t("import_page.differences", count=view.differing_count)
    listed = _listed(columns, rows, view.differing_count, title)
    return card(title, listed, t("import_page.differences_hint"))


def _problems(view: ImportView) -> html.Section:
    if not view.problems:
        return card("", calm(t("import_page.clear"), t("import_page.clear_hint")))
    names = ("severity", "sheet", "row", "column", "value", "why", "do")
    columns = [Column(name, t(f"import_page.columns.{name}")) for name in names]
    rows = [
        {name: getattr(each, name) for name in names}
        | {"severity": t(f"entry.problems.severity_{each.severity}")}
        for each in view.problems
    ]
    title = t("import_page.problems", count=view.problem_count)
    listed = _listed(columns, rows, view.problem_count, title)
    return card(title, listed, t("import_page.problems_hint"))


def _listed(
    columns: Sequence[Column], rows: Sequence[Mapping[str, object]], count: int, caption: str
) -> list[Component]:
    """Return a list page by page: the first is open, the others open at a touch."""
    listed: list[Component] = []
    for first in range(0, len(rows), A_PAGE):
        some = rows[first : first + A_PAGE]
        label = t("import_page.page", first=first + 1, last=first + len(some))
        table = browser_table(columns, some, f"{caption} · {label}")
        if len(rows) <= A_PAGE:
            return [table]
        summary = html.Summary(label, className="button button-plain")
        listed.append(html.Details([summary, table], open=first == 0, className="import-page"))
    if count > len(rows):
        listed.append(html.P(t("import_page.more", count=count - len(rows))))
    return listed
