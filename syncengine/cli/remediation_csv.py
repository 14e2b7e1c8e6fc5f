"""What a remediation found as CSV, for spreadsheets.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line end for a formula, and
runs it: a track may be called so (https://owasp.org/www-community/attacks/CSV_Injection). So such texts get
an apostrophe in front, which a spreadsheet does not show. Numbers stay numbers. Line ends and other
control characters are made visible: every row is one line. JSON has every value as it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from syncengine.cli.text import safe
from syncengine.core.moment import to_iso
from syncengine.core.plan import Value

if TYPE_CHECKING:
    from syncengine.cli.remediating import Outcome

COLUMNS = (
    "kind", "where", "entity", "title", "key", "field", "there", "library", "source", "since",
    "page", "detail", "status", "reason",
)  # fmt: skip
NAMES = "name-mismatch"
"""The kind of the rows that say how two sources call a track."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 -- the wide ones


def to_csv(outcome: Outcome) -> bytes:
    """Return all rows in UTF-8; relations and other lists are separated by semicolons."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([_cell(value) for value in row] for row in _rows(outcome))
    return written.getvalue().encode()


def is_ours(start: bytes) -> bool:
    """Tell whether a file that begins so is such a table."""
    return start.startswith(",".join(COLUMNS).encode())


def _rows(outcome: Outcome) -> Iterator[tuple[Value, ...]]:
    from syncengine.bootstrap.remediation import shown_name

    for found, fix in outcome.rows:
        yield (
            found.kind, found.where, found.entity, found.title, found.key,
            found.field and shown_name(found.field), found.there, found.ours, found.source,
            None if found.since is None else to_iso(found.since),
            found.address, found.detail, fix.status, fix.reason,
        )  # fmt: skip
    for each in outcome.judged.names:
        yield (
            NAMES, "spotify", "track", None, each.track, each.field, each.api, each.csv,
            each.csv_source, to_iso(each.csv_at), None, None, None, None,
        )  # fmt: skip


def _cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case tuple():
            return _text("; ".join(value))
        case _:
            return _text(value)


def _text(text: str) -> str:
    return f"'{safe(text)}" if text.lstrip(" ").startswith(_FORMULA) else safe(text)
