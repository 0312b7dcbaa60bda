"""Comments on single rows: made and settled beside a result, answered above the grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import Options, button, field, select
from components.ids import row_comments as ids
from components.panels.card import card
from services.i18n.texts import t

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment in words; `goes_to` is the cell of the grid that it stands at, empty when gone."""

    comment_id: str
    where: str
    body: str
    by: str
    answer: str
    answered_by: str
    goes_to: str = ""


@dataclass(frozen=True, slots=True)
class NewCommentForm:
    """The rows of a submission that can be commented on, as (line, words)."""

    submission: str
    rows: Options


def review_card(
    comments: Sequence[CommentRow], form: NewCommentForm | None, may_settle: bool
) -> Component | None:
    """Return the comments beside a result, with the form of another; nothing without either."""
    if not comments and form is None:
        return None
    listed = [
        html.Li(
            [*told_of(each), *([_settle(each)] if may_settle else [])],
            id=ids.row(each.comment_id),
            className="row-comment",
        )
        for each in comments
    ]
    parts: list[Component] = [html.Ul(listed, className="row-comments")] if listed else []
    if form is not None:
        parts.append(_form(form))
    return card(t("row_comments.title"), parts, t("row_comments.review_hint"))


def answer_card(comments: Sequence[CommentRow], may_answer: bool) -> Component | None:
    """Return the comments above the grid: each leads to its row, and can be answered."""
    if not comments:
        return None
    listed = [
        html.Li(answer_row(each, may_answer), id=ids.row(each.comment_id), className="row-comment")
        for each in comments
    ]
    hint = t("row_comments.answer_hint")
    return card(t("row_comments.title"), html.Ul(listed, className="row-comments"), hint)


def answer_row(each: CommentRow, may_answer: bool) -> list[Component]:
    """Return one comment above the grid."""
    parts = told_of(each)
    if each.goes_to:
        parts.append(
            html.Button(
                t("row_comments.go"),
                type="button",
                className="button button-quiet",
                **{"data-entry-problem": each.goes_to},
            )
        )
    if may_answer:
        text = dcc.Textarea(
            id=ids.answer(each.comment_id), className="input campaign-text", maxLength=LONGEST
        )
        parts.append(field(t("row_comments.answer"), text))
        parts.append(button(t("row_comments.send"), ids.send(each.comment_id)))
    return parts


def told_of(each: CommentRow) -> list[Component]:
    """Return what was said of which row and by whom, and the answer."""
    parts: list[Component] = [
        html.P([html.Strong(each.where), " ", html.Small(each.by)]),
        html.P(each.body, className="campaign-said"),
    ]
    if each.answer:
        told = html.Small(t("row_comments.answered", by=each.answered_by))
        parts.append(html.Blockquote([each.answer, " ", told], className="filing-comment"))
    return parts


def lock_card(organization_id: int, year: int, may_correct: bool) -> Component:
    """Say that an accepted year is locked, and let who may edit open it with a reason."""
    told: list[Component] = [html.P(t("correction.locked", year=year))]
    if may_correct:
        reason = dcc.Textarea(
            id=ids.CORRECT_REASON, className="input campaign-text", maxLength=LONGEST
        )
        shown = {"organization": organization_id, "year": year}
        told += [
            dcc.Store(id=ids.TO_CORRECT, data=shown),
            field(t("correction.reason"), reason),
            button(t("correction.open"), ids.CORRECT),
        ]
    return card(t("correction.title"), html.Div(told, className="stack"))


def _settle(each: CommentRow) -> Component:
    return button(t("row_comments.settle"), ids.settle(each.comment_id), "quiet")


def _form(form: NewCommentForm) -> Component:
    words = dcc.Textarea(id=ids.WORDS, className="input campaign-text", maxLength=LONGEST)
    return html.Div(
        [
            dcc.Store(id=ids.SHOWN, data=form.submission),
            select(ids.LINE, t("row_comments.row"), form.rows, form.rows[0][0]),
            field(t("row_comments.words"), words),
            button(t("row_comments.add"), ids.ADD),
        ],
        className="row-comment-form",
    )
