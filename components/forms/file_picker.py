"""A field for files, each sent as soon as it is chosen; assets/57-uploads.js fills it (4.2 a)."""

from __future__ import annotations

import json

from dash import dcc, html

from components.forms.controls import field
from services.i18n.texts import t

# What the browser offers first, a phone's camera among it; the server looks at the content.
ACCEPTED = ".pdf,.xlsx,.csv,image/png,image/jpeg"
TEXTS = ("too_large", "sending", "attached", "failed")


def file_picker(
    picker_id: str, store_id: str, label: str, to: tuple[str, int], accepted: str = ACCEPTED
) -> html.Div:
    """Return a field whose files go to an address, where one may have so many megabytes.

    The store holds what the address told of each file that was kept: `sha256`, `year`, `name`.
    """
    address, most_mb = to
    given = {
        "store": store_id,
        "send": address,
        "most_mb": most_mb,
        "accept": accepted,
        "texts": {name: t(f"files.{name}") for name in TEXTS} | {"pick": t("own_values.pick")},
    }
    # The label opens the list of files, and the field of the browser within it takes the keyboard.
    place = html.Span(id=picker_id, **{"data-file-picker": json.dumps(given, ensure_ascii=False)})
    told = html.Small(className="field-hint", role="status", **{"data-file-status": picker_id})
    return html.Div(
        [field(label, place), told, dcc.Store(id=store_id, data=[])], className="upload"
    )
