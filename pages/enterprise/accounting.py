"""Enterprise side: accounting of an organization's emissions (T/ISC 0029-2023, 5.2.1)."""

import dash
from dash import dcc, html

from components.ids import enterprise_accounting as ids
from components.ids import findings as finding_ids
from components.ids import row_comments as comment_ids
from components.panels.result_screen import result_frame

dash.register_page(__name__, path="/enterprise/accounting", name="result.title", order=521)


def layout(**query: str) -> html.Div:
    """Show the result of the organization and year that the address names."""
    return html.Div(
        [
            dcc.Store(id=ids.QUERY, data=query),
            html.Div(id=finding_ids.PLACE, className="findings-place", role="status"),
            html.Div(id=ids.RESTATED, className="findings-place", role="status"),
            html.Div(id=comment_ids.RESULT_PLACE),
            html.Div(result_frame(), id=ids.RESULT),
        ]
    )
