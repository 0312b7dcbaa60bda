"""From an opened entry to what the grid and the list of problems show (4.2 a)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from callbacks.chosen import Chosen
from callbacks.collection.suggestions import advice, suggestion
from components.forms.entry_view import Choice, EntryState, EntryView, GridFile
from components.forms.method_columns import grid_items, grid_sources, name_of, with_own_values
from components.panels.entry_before import BeforeRow, BeforeView
from components.panels.entry_obstacle import Edition, Obstacle
from components.panels.entry_problems import ListedProblem, RowPlace
from components.panels.entry_screen import EntryHead
from services.collection.cells import WHOLE_ENTRY, CellProblem
from services.collection.editions import editions_for, methods_for
from services.collection.last_period import Earlier, begun_with
from services.collection.manual import Entry
from services.collection.row_comments import lines_of
from services.collection.rows import symbols_of
from services.data.row_comments import StoredComment
from services.errors import PlatformError
from services.formatting import date_text
from services.i18n.texts import has_text, t
from services.security.permissions import Actor
from services.standards.balance_forms import PREFIX
from services.standards.catalog import Catalog
from services.standards.descriptions import MethodDescription
from services.standards.model import Method
from services.standards.own_values import standing_in, standing_in_months

Row = Mapping[str, str]
COMMENT = "comment"


def entry_view(actor: Actor, entry: Entry, catalog: Catalog, file_mb: int) -> EntryView:
    """Return the entry with the columns that its method asks for, and the files it may name."""
    method = catalog.describe(entry.method)
    accounting = catalog.method(entry.method)
    own = standing_in(accounting, entry.period, entry.own)
    by_month = standing_in_months(accounting, entry.year, entry.own)
    return EntryView(
        organization_id=entry.subject.organization_id,
        year=entry.year,
        visitor=actor.person_id,
        revision=entry.version.revision,
        rows=entry.rows,
        sources=with_own_values(grid_sources(method), own, by_month),
        items=grid_items(method),
        state=EntryState(entry.may_edit, entry.may_submit, why_not(entry)),
        files=tuple(GridFile(f.sha256, f.name, f.size) for f in entry.files.values()),
        file_mb=file_mb,
    )


def head_of(entry: Entry, chosen: Chosen, catalog: Catalog) -> EntryHead:
    """Return what stands above the grid."""
    return EntryHead(
        organization_id=entry.subject.organization_id,
        organization=name_of(entry.subject.names, entry.subject.code),
        is_sample=entry.subject.is_sample,
        year=entry.year,
        years=chosen.years,
        revision=entry.version.revision,
        state=entry.state,
        comment=entry.comment,
        method=entry.method,
        methods=_offered(catalog, entry.year),
    )


def before_view(earlier: Earlier, method: MethodDescription) -> BeforeView:
    """Return the rows of the year before in words, and as this year's grid takes them."""
    items = {item.item: item.names for source in method.sources for item in source.items}
    sources = {source.source: source.names for source in method.sources}
    rows = [
        BeforeRow(
            name_of(sources[row["source"]], row["source"]),
            name_of(items.get(row.get("item", ""), {}), row.get("item", "")),
            row.get("month", ""),
            " · ".join(f"{symbol} {text}" for symbol, text in symbols_of(row).items()),
        )
        for row in earlier.usable
    ]
    taken = {way: begun_with(earlier.usable, way) for way in (False, True)}
    return BeforeView(earlier.year, rows, len(earlier.rows) - len(rows), taken[False], taken[True])


def obstacle_of(error: PlatformError, entry: Entry, catalog: Catalog) -> Obstacle:
    """Return why the year cannot be entered by its method, with the editions that cover it."""
    found = editions_for(catalog, entry.method, entry.year)
    return Obstacle(error.explain(), tuple(_edition(method) for method in found))


def _edition(method: Method) -> Edition:
    return Edition(
        Choice(method.designation, name_of(method.names, "")),
        date_text(method.valid_from),
        date_text(method.valid_to) if method.valid_to else "",
        method.is_loaded,
    )


def _offered(catalog: Catalog, year: int) -> tuple[Choice, ...]:
    found = methods_for(catalog, year)
    return tuple(Choice(method.designation, name_of(method.names, "")) for method in found)


def why_not(entry: Entry) -> str:
    """Return why the visitor cannot submit the entry, or nothing when they can."""
    if entry.may_submit:
        return ""
    key = f"entry.state.why_not_{entry.state}"
    return t(key) if has_text(key) else t("entry.state.why_not_permission")


def told_problems(problems: Sequence[CellProblem], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the problems as the grid's script marks them."""
    return [
        {
            "record": problem.record,
            "field": problem.field,
            "severity": problem.severity,
            "text": _sentence(problem),
            "suggestion": suggestion(problem, _row(problem, rows)),
        }
        for problem in problems
    ]


def _row(problem: CellProblem, rows: Sequence[Row]) -> Row:
    return {} if problem.record == WHOLE_ENTRY else rows[problem.record]


def _sentence(problem: CellProblem) -> str:
    told = problem.error.explain()
    return " ".join(part for part in (told.what, told.why, advice(problem)) if part)


def comments_at(comments: Sequence[StoredComment], rows: Sequence[Row]) -> dict[int, str]:
    """Return what was said of which row, the first being 0."""
    places, said = lines_of(comments, rows), defaultdict[int, list[str]](list)
    for each in comments:
        if each.comment_id in places:
            said[places[each.comment_id]].append(each.body)
    return {at: " · ".join(words) for at, words in said.items()}


def told_comments(said: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return comments on rows as the grid's script marks them."""
    return [
        {"record": at, "field": "source", "severity": COMMENT, "text": words, "suggestion": ""}
        for at, words in said.items()
    ]


def listed_comments(said: Mapping[int, str], request: Mapping[str, Any]) -> list[ListedProblem]:
    """Return comments on rows as the list beside the grid shows them."""
    return [
        ListedProblem(
            place=RowPlace(str(request["ids"][at]), int(request["lines"][at])),
            field="source",
            label=t("row_comments.title"),
            severity=COMMENT,
            what=words,
            do="",
        )
        for at, words in said.items()
    ]


def counts_of(problems: Sequence[CellProblem]) -> dict[str, int]:
    """Return how many errors and warnings there are."""
    counted = Counter(problem.severity for problem in problems)
    return {"error": counted["error"], "warning": counted["warning"]}


def listed_problems(
    problems: Sequence[CellProblem], request: Mapping[str, Any], method: MethodDescription
) -> list[ListedProblem]:
    """Return the problems as the list beside the grid shows them."""
    labels = _labels(method)
    return [
        ListedProblem(
            place=_place(problem, request),
            field=problem.field,
            label=labels.get(problem.field, problem.field),
            severity=problem.severity,
            what=problem.error.explain().what,
            do=advice(problem),
            suggestion=suggestion(problem, _row(problem, request["rows"])),
        )
        for problem in problems
    ]


def _place(problem: CellProblem, request: Mapping[str, Any]) -> RowPlace | None:
    if problem.record == WHOLE_ENTRY:
        return None
    return RowPlace(str(request["ids"][problem.record]), int(request["lines"][problem.record]))


def _labels(method: MethodDescription) -> dict[str, str]:
    named = {
        symbol.symbol: f"{name_of(symbol.names, symbol.symbol)} {symbol.symbol}"
        for source in method.sources
        for symbol in source.symbols
    }
    named |= {
        f"{PREFIX}{code}": name_of(term.names, code)
        for source in method.sources
        for form in source.balances
        for code, term in form.terms.items()
    }
    plain = ("source", "item", "key", "month", "origin", "note", "files")
    columns = {field: t(f"entry.columns.{field}") for field in plain}
    return named | columns | {"method": t("entry.method")}
