"""Tables for people: plain where nobody watches, safe whatever the library holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from syncengine.cli.text import safe

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:]+Z\Z")

if TYPE_CHECKING:
    from rich.table import Table


def table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """Return a table of values under their titles; numbers stand to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    listed = [[Text(safe(str(value))) for value in row] for row in rows]
    made = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for place, title in enumerate(titles):
        cells = [row[place].plain for row in listed if row[place].plain]
        numbers = bool(cells) and all(cell.replace(",", "").isdigit() for cell in cells)
        # Names and keys may be folded where a terminal is narrow; half a moment or number is no use.
        whole = numbers or all(_MOMENT.match(cell) for cell in cells)
        made.add_column(
            title, justify="right" if numbers else "left", overflow="fold", no_wrap=whole
        )
    for row in listed:
        made.add_row(*row)
    return made
